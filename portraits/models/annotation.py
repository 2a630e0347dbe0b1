from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from portraits.models.version import Version


class Annotation(models.Model):
    """What somebody says in the margin of one field while a portrait is read. Never part of what is frozen."""

    class Field(models.TextChoices):
        """The fields that are read, in the order of the form."""

        FIRST_NAME = "first_name", _("first name")
        JOB = "job", _("job")
        SENTENCE = "sentence", _("sentence")
        STORY = "story", _("« je » text")
        PHOTO = "photo", _("photo")
        ALT = "alt", _("description of the photo")
        PARTNER_NAME = "partner_name", _("Bandeau")
        PARTNER_PHOTO = "partner_photo", _("photo of the resident")
        PARTNER_ALT = "partner_alt", _("description of the second photo")

    portrait = models.ForeignKey("portraits.Portrait", models.CASCADE, related_name="+")
    field = models.CharField(max_length=20, choices=Field)
    words = models.TextField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"annotation {self.pk}"

    @classmethod
    def told(cls, portrait) -> QuerySet["Annotation"]:
        """The open ones of a portrait, and those settled since people were last asked about it."""
        asked = Version.objects.filter(portrait=OuterRef("portrait"), frozen_at__gte=OuterRef("settled_at"))
        rows = cls.objects.filter(~Exists(asked), portrait=portrait).exclude(words="")  # erased (portraits/erasing.py)
        return rows.select_related("by", "settled_by")
