from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portraits.usages import Usage


class ConsentRequest(models.Model):
    """One question put to one person about one Version. Only the hash of its link is kept.

    `asked` is the list of usages; `closes_at` is when it stops taking a yes. Withdrawing works as long as a consent lives.
    """

    subject = models.ForeignKey("portraits.Subject", models.PROTECT, related_name="requests")
    asked = models.JSONField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closes_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__lte=F("asked_at") + timedelta(days=30)), name="closes_in_30_days"
            ),
        ]

    def __str__(self):
        return f"request {self.pk}"


class Consent(models.Model):
    """One Subject's yes for one usage, from an instant to an instant; start included, end excluded, never open-ended.

    A no is a ledger line, not a row here: nothing that staff can list tells who refused.
    """

    class Reason(models.TextChoices):
        WITHDRAWN = "withdrawn"
        REPLACED = "replaced"

    subject = models.ForeignKey("portraits.Subject", models.PROTECT, related_name="consents")
    request = models.ForeignKey(ConsentRequest, models.PROTECT, related_name="consents")
    usage = models.CharField(max_length=20, choices=Usage)
    usage_number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    rendering_sha256 = models.CharField(max_length=64)
    ledger_entry = models.OneToOneField("portraits.LedgerEntry", models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["subject", "usage"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="consent_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(days=731)), name="consent_at_most_24_months"
            ),
            models.UniqueConstraint(
                fields=["subject", "usage", "usage_number"], condition=Q(ended_at__isnull=True), name="one_open_consent"
            ),
        ]

    def __str__(self):
        return f"{self.usage} until {self.ends_at:%Y-%m-%d}"
