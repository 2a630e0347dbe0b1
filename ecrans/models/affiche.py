import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ecrans.models.place import Audience
from portraits.usages import Usage

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that the eye takes for another: it may be typed by hand


def code() -> str:
    """Eight random letters, 39 bits: short enough to be typed, and the page behind names nobody."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


class Affiche(models.Model):
    """One print batch: the same sheet, so many copies, one place. Whether it may hang is computed, never stored.

    It shows a portrait or kind words, never both. `portrait`, `compliment` and `version` are keys that only the gate
    understands; `printed_at` is the first download of the PDF;
    `hung_at` is when somebody said that it hangs. `anchor` is the ledger's head as it was at the first print, which the
    sheets bear in short: on as many walls, it proves later that no line was cut or rewritten.
    """

    class Size(models.TextChoices):
        LETTER = "letter", _("Letter (8.5 × 11 in)")
        TABLOID = "tabloid", _("Tabloid (11 × 17 in)")

    portrait = models.PositiveBigIntegerField(
        _("portrait"),
        null=True,
        help_text=_("Only portraits whose people said yes to posters in this kind of place can be printed."),
    )
    compliment = models.PositiveBigIntegerField(
        _("kind words"),
        null=True,
        help_text=_(
            "Only words whose writer, and those whom they are for, said yes to posters in this kind of place can be printed."
        ),
    )
    place = models.ForeignKey(
        "ecrans.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="affiches",
        verbose_name=_("place"),
        help_text=_("Where the copies will hang. Left empty: somewhere among the staff, and harder to find again."),
    )
    size = models.CharField(
        _("size"), max_length=10, choices=Size, default=Size.LETTER, help_text=_("The paper it is printed on.")
    )
    copies = models.PositiveSmallIntegerField(
        _("copies"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
        help_text=_("How many will hang: as many will have to be taken down."),
    )
    version = models.PositiveBigIntegerField(editable=False)
    language = models.CharField(max_length=10, editable=False)
    code = models.CharField(max_length=16, unique=True, default=code, editable=False)
    created_at = models.DateTimeField(_("ordered on"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("ordered by"),
    )
    anchor = models.CharField(max_length=90, blank=True, editable=False)
    printed_at = models.DateTimeField(_("printed on"), null=True, editable=False)
    hung_at = models.DateTimeField(_("hung on"), null=True, editable=False)
    hung_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("hung by"),
    )
    taken_down_at = models.DateTimeField(_("taken down on"), null=True, editable=False)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken down by"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("poster")
        verbose_name_plural = _("posters")
        permissions = [("hang_affiche", "Can hang posters and take them down")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(portrait=None) ^ models.Q(compliment=None), name="affiche_shows_one_thing"
            )
        ]

    def __str__(self):
        return _("Batch %(number)s") % {"number": self.pk}

    @property
    def usage(self) -> Usage:
        """What the people must have said yes to, by who walks past today: a place opened to the public closes the gate."""
        return Usage.VITRINE if self.place and self.place.audience == Audience.PUBLIC else Usage.AFFICHE

    @property
    def locator(self) -> str:
        """How the record of exposures names this batch."""
        return f"affiche:{self.code}"
