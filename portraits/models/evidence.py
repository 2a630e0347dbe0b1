import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def random_name(evidence, name):
    """No name of a person, no guess: 128 random bits. The extension is the one that the file was checked to be."""
    return f"evidence/{secrets.token_hex(16)}.{name.rsplit('.', 1)[-1].lower()}"


class Evidence(models.Model):
    """What staff recorded of an answer given on paper or on the telephone. It grants nothing until a second person agrees.

    `answers` is usage → "yes" or "no"; `seen` is usage → hash of the rendering that the sheet showed; `notice` the number
    of the script that was read aloud, 0 on paper; `sha256` the file's, or the keyed hash of the note. The second person
    opens it before agreeing (`shown_at`), the consent officer afterwards; each opening is a ledger line. `dismissed_at`:
    nothing of it is, or is still, to be confirmed.
    """

    class Kind(models.TextChoices):
        PAPER = "paper", _("Signed on paper")
        PHONE = "phone", _("Said on the telephone")

    request = models.ForeignKey("portraits.ConsentRequest", models.PROTECT, related_name="evidence")
    kind = models.CharField(
        _("how"), max_length=8, choices=Kind, help_text=_("How the person answered: on a sheet, or on the telephone.")
    )
    answers = models.JSONField()
    seen = models.JSONField(default=dict)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    notice = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField()
    said_at = models.DateTimeField(_("when"), help_text=_("When the sheet was signed, or when the call was."))
    note = models.TextField(
        _("note"),
        max_length=1000,
        blank=True,
        help_text=_("For a call: who called whom, at which number, and that the script was read. Nothing else."),
    )
    file = models.FileField(
        _("signed sheet"), upload_to=random_name, blank=True, help_text=_("A scan or a photo: PDF, JPEG or PNG.")
    )
    sha256 = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    second_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    shown_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_person__isnull=True) | ~Q(second_person=F("recorded_by")), name="two_people_record"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(second_person__isnull=False), name="confirmed_by_a_second"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
