from django.conf import settings
from django.db import models
from django.db.models import Q


class Version(models.Model):
    """What is on the wall: a copy of a portrait's content, frozen by « ask », or of the words of a compliment, frozen when they
    are passed on; never changed (database triggers hold it). `across` is the same for one portrait in every language.

    `content` holds every word and crop that channels show; `key` is the random part of its pictures' addresses. Once its
    time is over it is purged (portraits/erasing.py): `content` is then empty, and everything else stays.
    """

    portrait = models.ForeignKey("portraits.Portrait", models.PROTECT, null=True, related_name="versions")
    compliment = models.ForeignKey("portraits.Compliment", models.PROTECT, null=True, related_name="versions")
    across = models.UUIDField(db_index=True)
    content = models.JSONField()
    photo = models.ForeignKey("portraits.Photo", models.PROTECT, null=True, related_name="+")
    partner_photo = models.ForeignKey("portraits.Photo", models.PROTECT, null=True, related_name="+")
    fingerprint = models.CharField(max_length=64)
    key = models.CharField(max_length=32, unique=True)
    slug = models.SlugField(max_length=60)
    language = models.CharField(max_length=10)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    purged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["language", "slug"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(portrait__isnull=False, compliment__isnull=True, photo__isnull=False)
                | Q(portrait__isnull=True, compliment__isnull=False, photo__isnull=True),
                name="version_of_one_thing",
            )
        ]

    def __str__(self):
        return f"{self.slug} #{self.pk}"

    @property
    def work(self):
        """The portrait or the compliment that this is a copy of."""
        return self.portrait or self.compliment


class Subject(models.Model):
    """One person's presence in one Version."""

    class Role(models.TextChoices):
        MAIN = "main"
        PAIRED = "paired"
        BACKGROUND = "background"
        GUARDIAN = "guardian"  # not in the picture: answers beside somebody of 14 to 17
        WRITER = "writer"  # of a compliment
        NAMED = "named"  # whom a compliment is for

    version = models.ForeignKey(Version, models.PROTECT, related_name="subjects")
    person = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="person_once_per_version")]

    def __str__(self):
        return f"subject {self.pk}"


class Hidden(models.Model):
    """Staff's stop, from an instant to another (or open). It covers the Versions frozen before it; nobody can « show »,
    and only the consent officer lifts it, with a reason."""

    portrait = models.ForeignKey("portraits.Portrait", models.PROTECT, null=True, related_name="+")
    compliment = models.ForeignKey("portraits.Compliment", models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # null: put back from the ledger
    reason = models.CharField(max_length=200, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(portrait__isnull=False) ^ Q(compliment__isnull=False), name="hidden_is_one_thing"
            )
        ]

    def __str__(self):
        return f"hidden from {self.from_at:%Y-%m-%d %H:%M}"


class Exemption(models.Model):
    """The consent officer says that somebody once asked about a picture is not in it after all: they need not be asked again."""

    person = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    photo = models.ForeignKey("portraits.Photo", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "photo"], name="one_exemption_per_picture")]

    def __str__(self):
        return f"exemption {self.pk}"
