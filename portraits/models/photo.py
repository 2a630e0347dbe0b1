import secrets

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from portraits.ingest import pixels_only


def random_name(photo, name):
    """No name of a person, no order, no guess: 128 random bits."""
    return f"photos/{secrets.token_hex(16)}.jpg"


class Photo(models.Model):
    """A photograph of people: not a Wagtail image. Never replaced in place: its bytes are what was consented to.

    `file` holds pixels only, upright, in sRGB (portraits.ingest). Focus is in percent of width and height. A purged photo
    has neither file nor title left; its hash stays, since people were asked about it.
    """

    title = models.CharField(
        _("title"), max_length=100, help_text=_("For the editors only. For example: « Serre, 12 mai ».")
    )
    file = models.FileField(
        _("photo"),
        upload_to=random_name,
        help_text=_("JPEG, PNG, WebP or HEIC, at most 25 MB and 40 megapixels. Location and camera data are removed."),
    )
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    focus_x = models.PositiveSmallIntegerField(
        _("point of interest, across (%)"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Where the eyes are, from 0 (left) to 100 (right). Every crop follows it."),
    )
    focus_y = models.PositiveSmallIntegerField(
        _("point of interest, down (%)"),
        default=38,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Where the eyes are, from 0 (top) to 100 (bottom)."),
    )
    zoom = models.PositiveSmallIntegerField(
        _("zoom (%)"),
        default=100,
        validators=[MinValueValidator(100), MaxValueValidator(200)],
        help_text=_("100 keeps as much of the picture as possible; 142 comes closer to the face."),
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    purged_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self):
        return pgettext("photo", "erased") if self.purged_at else self.title

    def save(self, *args, **kwargs):
        """A new photo keeps pixels only, whatever brought it here. Raises ValidationError when the file cannot be a portrait."""
        if self._state.adding and not self.sha256:
            pixels = pixels_only(self.file)
            self.file = ContentFile(pixels.data, name="photo.jpg")
            self.sha256, self.width, self.height = pixels.sha256, pixels.width, pixels.height
        super().save(*args, **kwargs)

    @property
    def stored(self) -> tuple[str, str]:
        """Its file's name in the private storage, and its hash."""
        return self.file.name, self.sha256

    @property
    def crop(self) -> list[int]:
        """What a Version freezes of the framing: focus across, focus down, zoom; percents."""
        return [self.focus_x, self.focus_y, self.zoom]
