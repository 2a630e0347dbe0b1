"""What a publication reached: what was published where, and figures read about it on a day. Nothing here shows anybody."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Publication(models.Model):
    """Something of the campaign that was published: an article, a post, an issue, a screen’s loop, a poster.

    `exposure` ties it to what we published ourselves; a publication of before this system has none, and none of them needs
    a portrait. `reference` is its number at Meta, `title` is erased with its portrait (portraits/erasing.py).
    """

    class Medium(models.TextChoices):
        SITE = "site", _("Site")
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        LINKEDIN = "linkedin", "LinkedIn"
        INFOLETTRE = "infolettre", _("Newsletter")
        ECRAN = "ecran", _("Screens")
        AFFICHE = "affiche", _("Posters")
        OTHER = "other", _("Other network")

    medium = models.CharField(_("medium"), max_length=10, choices=Medium, help_text=_("Where it was published."))
    title = models.CharField(
        _("title"), max_length=200, blank=True, help_text=_("As it was published. It is erased with its portrait.")
    )
    published_on = models.DateField(_("published on"), help_text=_("The day alone: it decides the year it counts in."))
    address = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("Where it can be seen, if it is online. Figures find it again by this address."),
    )
    reference = models.CharField(
        _("number"), max_length=80, blank=True, help_text=_("Its number in the exports of the network, if it has one.")
    )
    theme = models.CharField(
        _("theme"), max_length=60, blank=True, help_text=_("One theme of the campaign: « Neige », « Bibliothèques »…")
    )
    portrait = models.ForeignKey(
        "portraits.Portrait",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("portrait"),
        help_text=_("Whom it was about. Leave empty for nobody, or for several people."),
    )
    exposure = models.OneToOneField(
        "portraits.Exposure", models.PROTECT, null=True, editable=False, related_name="publication"
    )

    class Meta:
        ordering = ["-published_on", "-pk"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            models.UniqueConstraint(
                fields=["medium", "reference"],
                condition=~Q(reference=""),
                name="one_publication_per_reference",
                violation_error_message=_("A publication has this number already."),
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=~Q(address=""),
                name="one_publication_per_address",
                violation_error_message=_("A publication has this address already."),
            ),
        ]

    def __str__(self):
        return self.title or f"{self.get_medium_display()} {self.published_on:%Y-%m-%d}"


class FigureImport(models.Model):
    """One file of figures. Read first (`done_at` empty: nothing is written yet), then confirmed, whole.

    `content` holds the file between the two, and nothing afterwards. `refused` keeps for each refused row its line, its
    column, the reason and its cells (never a title): they are downloaded, mended and imported again.
    """

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes)
    medium = models.CharField(max_length=10, choices=Publication.Medium)
    read_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    publications = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "medium"], condition=Q(done_at__isnull=False), name="a_file_is_imported_once"
            )
        ]

    def __str__(self):
        return self.file_name


class Figure(models.Model):
    """One metric of one publication as it was read on a day: append-only (a trigger holds it). Nothing read is no row, never 0.

    A later day is another row. A mistake is mended by another row of the same day, `correction` one higher, with its note.
    """

    class Metric(models.TextChoices):
        REACH = "reach", _("People reached")
        VIEWS = "views", _("Views")
        INTERACTIONS = "interactions", _("Interactions")
        REACTIONS = "reactions", _("Reactions")
        COMMENTS = "comments", _("Comments")
        SHARES = "shares", _("Shares")
        CLICKS = "clicks", _("Clicks")
        LIKES = "likes", _("Likes")
        SAVES = "saves", _("Saves")
        FOLLOWS = "follows", _("New followers")

    class Source(models.TextChoices):
        FILE = "file", _("Imported file")
        HAND = "hand", _("Typed in")

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="figures")
    metric = models.CharField(max_length=12, choices=Metric)
    value = models.PositiveBigIntegerField()
    read_on = models.DateField()
    correction = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=4, choices=Source)
    batch = models.ForeignKey(FigureImport, models.PROTECT, null=True, related_name="figures")
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-read_on", "metric", "-correction"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "metric", "read_on", "correction"], name="one_figure_a_day_and_correction"
            )
        ]

    def __str__(self):
        return f"{self.metric} {self.read_on:%Y-%m-%d}"


class ColumnName(models.Model):
    """One more name that Meta gives to a column, beside those the product knows (portraits/meta_export.py)."""

    class Column(models.TextChoices):
        REFERENCE = "reference", _("Number of the publication")
        ADDRESS = "address", _("Address of the publication")
        TITLE = "title", _("Title")
        PUBLISHED_ON = "published_on", _("Day of publication")
        REACH = "reach", Figure.Metric.REACH.label
        VIEWS = "views", Figure.Metric.VIEWS.label
        INTERACTIONS = "interactions", Figure.Metric.INTERACTIONS.label
        REACTIONS = "reactions", Figure.Metric.REACTIONS.label
        COMMENTS = "comments", Figure.Metric.COMMENTS.label
        SHARES = "shares", Figure.Metric.SHARES.label
        CLICKS = "clicks", Figure.Metric.CLICKS.label
        LIKES = "likes", Figure.Metric.LIKES.label
        SAVES = "saves", Figure.Metric.SAVES.label
        FOLLOWS = "follows", Figure.Metric.FOLLOWS.label

    class Language(models.TextChoices):
        FRENCH = "fr", _("French: the day comes first")
        ENGLISH = "en", _("English: the month comes first")

    header = models.CharField(
        _("header in the file"),
        max_length=80,
        unique=True,
        help_text=_("As it stands in the file. Accents and capitals do not count; the rest must be the same."),
    )
    column = models.CharField(_("what it holds"), max_length=12, choices=Column, help_text=_("Read it as this."))
    language = models.CharField(
        _("language of the header"),
        max_length=2,
        choices=Language,
        default=Language.FRENCH,
        help_text=_("That of the day of publication decides the order of its dates, never the dates themselves."),
    )

    class Meta:
        ordering = ["column", "header"]
        verbose_name = _("column name")
        verbose_name_plural = _("column names")

    def __str__(self):
        return self.header


class Survey(models.Model):
    """One question put to people and what they answered: always told with how many answered, of how many asked."""

    question = models.CharField(_("question"), max_length=200, help_text=_("As it was asked, word for word."))
    answer = models.CharField(
        _("answer counted"), max_length=80, help_text=_("The answer that the share is about: « Tout à fait d’accord ».")
    )
    asked_on = models.DateField(_("closed on"), help_text=_("The day the answers were counted."))
    invited = models.PositiveIntegerField(_("people asked"), help_text=_("To how many it was put."))
    answered = models.PositiveIntegerField(_("answers"), help_text=_("How many answered, whatever they answered."))
    favourable = models.PositiveIntegerField(_("of which that answer"), help_text=_("How many gave this very answer."))

    class Meta:
        ordering = ["-asked_on", "-pk"]
        verbose_name = _("survey question")
        verbose_name_plural = _("survey questions")
        constraints = [
            models.CheckConstraint(
                condition=Q(favourable__lte=models.F("answered"), answered__lte=models.F("invited"), answered__gt=0),
                name="survey_adds_up",
                violation_error_message=_(
                    "These numbers do not fit: that answer ≤ answers ≤ people asked, and at least one answer."
                ),
            )
        ]

    def __str__(self):
        return self.question
