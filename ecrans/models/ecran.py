import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel


def unguessable() -> str:
    """64 random bits: knowing one screen's address tells nothing of another's."""
    return secrets.token_hex(8)


class Ecran(models.Model):
    """One screen. It plays the portraits that the audience of its place may see, and forgets the others by itself."""

    class Languages(models.TextChoices):
        """What the loop speaks; two languages alternate."""

        FRENCH = "fr-ca", _("French")
        ENGLISH = "en", _("English")
        BOTH = "fr-ca en", _("French and English, in turn")

    name = models.CharField(_("name"), max_length=60, help_text=_("For example: « Cuisine du 3e »."))
    place = models.ForeignKey(
        "ecrans.Place",
        on_delete=models.PROTECT,
        related_name="ecrans",
        verbose_name=_("place"),
        help_text=_("Its audience decides who may be shown."),
    )
    languages = models.CharField(
        _("languages"),
        max_length=10,
        choices=Languages,
        default=Languages.FRENCH,
        help_text=_("Only portraits written in these languages are shown."),
    )
    seconds = models.PositiveSmallIntegerField(
        _("shortest time of a portrait (seconds)"),
        default=8,
        validators=[MinValueValidator(4), MaxValueValidator(16)],
        help_text=_("Longer sentences stay longer, up to 16 seconds."),
    )
    public_id = models.CharField(max_length=16, unique=True, default=unguessable, editable=False)

    panels = [
        FieldPanel("name"),
        FieldPanel("place"),
        FieldRowPanel([FieldPanel("languages"), FieldPanel("seconds")]),
        HelpPanel(template="ecrans/panels/address.html", heading=_("Address to open on the screen")),
    ]

    class Meta:
        ordering = ["place", "name"]
        verbose_name = _("screen")
        verbose_name_plural = _("screens")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("ecran-open", args=[self.public_id])

    def address(self) -> str:
        """The full address of its player, as a link."""
        full = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + self.get_absolute_url()
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', full, full)

    address.short_description = _("address")


class Pulse(models.Model):
    """The last that one screen told, and was told: written when something changes, and twice a minute at most otherwise.

    `versions` is what it may still show: what it says that it holds, and what it was handed since. `lease_until` is when
    it stops by itself if nobody can reach it. Nothing here is about anybody who walks past.
    """

    ecran = models.OneToOneField(Ecran, models.CASCADE, related_name="pulse")
    last_seen_at = models.DateTimeField()
    versions = models.JSONField(default=list)
    etag = models.CharField(max_length=70, blank=True)
    lease_until = models.DateTimeField()

    def __str__(self):
        return f"{self.ecran_id} {self.last_seen_at:%Y-%m-%d %H:%M:%S}"
