from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from portraits.usages import Usage


class Consent(models.Model):
    """One Subject's yes for one usage, from an instant to an instant; start included, end excluded, never open-ended.

    A no is a ledger line, not a row here: nothing that staff can list tells who refused. `ended_by` is the ledger line
    that ended it and `ended_before` the end it had until then: what an undo within ten minutes puts back.
    """

    class Reason(models.TextChoices):
        WITHDRAWN = "withdrawn"
        PAUSED = "paused"
        REPLACED = "replaced"
        CLOSED = "closed"

    class Method(models.TextChoices):
        """How we know that it was the person: never the link alone."""

        LINK = "link"  # the link alone, given before a second proof was asked; nothing writes it any more
        SESSION = "session"  # signed in with their own account
        CODE = "code"  # six digits sent to their own address or telephone
        COUNTER = "counter"  # at a counter, in front of somebody on staff
        PAPER = "paper"  # a signed sheet, recorded by staff and a second person
        PHONE = "phone"  # on the telephone, recorded by staff and a second person
        FORM = "form"  # ticked by whoever wrote the kind words, on the form where they wrote them
        STANDING = "standing"  # said once for all kind words to come
        INTAKE = "intake"  # said by the writer to whoever on staff wrote their words down, script read

    subject = models.ForeignKey("portraits.Subject", models.PROTECT, related_name="consents")
    request = models.ForeignKey("portraits.ConsentRequest", models.PROTECT, related_name="consents")
    usage = models.CharField(max_length=20, choices=Usage)
    usage_number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    ended_by = models.ForeignKey("portraits.LedgerEntry", models.PROTECT, null=True, related_name="+")
    ended_before = models.DateTimeField(null=True)
    method = models.CharField(max_length=12, choices=Method)
    actor = models.ForeignKey("portraits.Person", models.PROTECT, null=True, related_name="+")
    evidence = models.ForeignKey("portraits.Evidence", models.PROTECT, null=True, related_name="consents")
    language = models.CharField(max_length=10)
    rendering_sha256 = models.CharField(max_length=64)
    ledger_entry = models.OneToOneField("portraits.LedgerEntry", models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["subject", "usage"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="consent_ends_after_start"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(days=731)), name="consent_at_most_24_months"
            ),
            models.CheckConstraint(
                condition=~Q(method__in=["paper", "phone"]) | Q(evidence__isnull=False), name="consent_has_evidence"
            ),
            models.UniqueConstraint(
                fields=["subject", "usage", "usage_number"], condition=Q(ended_at__isnull=True), name="one_open_consent"
            ),
        ]

    def __str__(self):
        return f"{self.usage} until {self.ends_at:%Y-%m-%d}"
