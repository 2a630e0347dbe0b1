from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portraits.models.person import Person
from portraits.models.version import Subject


class ConsentRequest(models.Model):
    """One question put to one person about one Version.

    `asked` is the list of usages; `closes_at` is when it stops taking a yes. `recipient` is who answers when it is not
    the person in the picture: the guardian of a child under 14. `renewal` asks again about what was already said yes
    to. `notice` is the number of the text that was read (NoticeText).
    """

    MOST_REMINDERS = 2

    subject = models.ForeignKey("portraits.Subject", models.PROTECT, related_name="requests")
    recipient = models.ForeignKey("portraits.Person", models.PROTECT, null=True, related_name="+")
    asked = models.JSONField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closes_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    renewal = models.BooleanField(default=False)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    notice_code = models.CharField(max_length=20)
    notice = models.PositiveSmallIntegerField()

    class Meta:
        permissions = [("guard_consents", _("Guard the consents: refusals, evidence, calls for help, lifting a stop"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__lte=F("asked_at") + timedelta(days=30)), name="closes_in_30_days"
            ),
            models.CheckConstraint(condition=Q(reminders__lte=2), name="two_reminders_at_most"),
        ]

    def __str__(self):
        return f"request {self.pk}"

    @property
    def addressee(self):
        """Whoever answers: the person, or the one who speaks for them."""
        return self.recipient or self.subject.person

    @property
    def tu(self) -> bool:
        """Whether whoever answers is addressed as « tu »: an employee, about their own picture. A parent is a parent here,
        even on the payroll: every page, letter and mail says « vous » as the notice does."""
        own = self.recipient is None and self.subject.role != Subject.Role.GUARDIAN
        return own and self.subject.person.kind == Person.Kind.EMPLOYEE


class Link(models.Model):
    """One secret address of a request. Only its sha256 is kept.

    A *respond* link takes answers until the request closes, then only does what a *manage* link does: read, pause,
    withdraw, ask for help, as long as a consent lives. A *counter* link takes answers in front of `witness`, until
    `dies_at`. A printed letter's link has a `witness` too, whoever printed it: staff held both before the person did.
    """

    class Kind(models.TextChoices):
        RESPOND = "respond"
        MANAGE = "manage"
        COUNTER = "counter"

    request = models.ForeignKey(ConsentRequest, models.PROTECT, related_name="links")
    kind = models.CharField(max_length=8, choices=Kind)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    dies_at = models.DateTimeField(null=True)
    witness = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="counter") | Q(witness__isnull=False, dies_at__isnull=False),
                name="counter_has_a_witness",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class Handover(models.Model):
    """A tablet handed over at a counter. `digest` is the keyed hash of the digits that may be typed on it instead of `link`;
    `typed` the link that they made, once; `ended_at` when the agent ended it early."""

    link = models.OneToOneField(Link, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, db_index=True)
    typed = models.OneToOneField(Link, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"handover {self.pk}"


class Code(models.Model):
    """Six digits sent to the person's own address or telephone: the second proof of a yes. Only a keyed hash is kept."""

    request = models.ForeignKey(ConsentRequest, models.PROTECT, related_name="codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"code {self.pk}"


class Remark(models.Model):
    """What a person writes back instead of an answer: a word to change, read by editors, or a call for help, read by the
    consent officer alone."""

    class Kind(models.TextChoices):
        CHANGE = "change", _("Something to change")
        HELP = "help", _("Help wanted")

    request = models.ForeignKey(ConsentRequest, models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=8, choices=Kind)
    words = models.TextField(max_length=1000)
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self):
        return f"{self.kind} {self.pk}"
