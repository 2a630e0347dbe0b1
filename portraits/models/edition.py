from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import MONTHS
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portraits.models.identity import Colour

FARTHEST = timedelta(days=5 * 366)  # from today: a day that an edition may begin or end on


class Edition(models.Model):
    """A special edition: a frame around portraits, on its days. It changes no portrait, hence rests on no consent of its own:
    who is in it is asked of the gate each time. `portraits/framing.py` says when it is on."""

    class Rule(models.TextChoices):
        DATES = "dates", _("Once, from one day to another")
        DAY = "day", _("Every year, around a day")
        WEEK = "week", _("Every year, one week of a month")

    class Criterion(models.TextChoices):
        ALL = "all", _("Every portrait")
        TAG = "tag", _("Those of a theme")
        PAIRS = "pairs", _("Couples and duos")
        SERVICE = "service", _("5, 10, 15… years of service that year")

    WEEKS = [
        (1, _("the first week")),
        (2, _("the second week")),
        (3, _("the third week")),
        (4, _("the fourth week")),
        (5, _("the last week")),
    ]

    title = models.CharField(
        _("title"), max_length=48, help_text=_("Painted very large: « Elles travaillent pour vous ! ».")
    )
    introduction = models.TextField(
        _("introduction"),
        max_length=400,
        help_text=_("Two or three plain sentences: why these faces, why now. A blank line starts a paragraph."),
    )
    title_en = models.CharField(
        _("title in English"), max_length=48, blank=True, help_text=_("Empty: no English edition.")
    )
    introduction_en = models.TextField(
        _("introduction in English"), max_length=400, blank=True, help_text=_("With the title in English.")
    )
    colour = models.CharField(
        _("colour"),
        max_length=10,
        choices=Colour,
        default=Colour.LILAS,
        help_text=_("One flat colour, behind the title and under the names."),
    )
    slug = models.SlugField(_("address"), max_length=60, unique=True, editable=False)
    created_on = models.DateField(default=localdate, editable=False)

    rule = models.CharField(
        _("when"),
        max_length=10,
        choices=Rule,
        default=Rule.DATES,
        help_text=_("Fill in the lines of this choice only."),
    )
    first_day = models.DateField(
        _("first day"), null=True, blank=True, help_text=_("Once: shown from this day, at midnight…")
    )
    last_day = models.DateField(_("last day"), null=True, blank=True, help_text=_("… to the end of this one."))
    month = models.PositiveSmallIntegerField(
        _("month"), null=True, blank=True, choices=list(MONTHS.items()), help_text=_("Every year: the month.")
    )
    day = models.PositiveSmallIntegerField(
        _("day of the month"), null=True, blank=True, help_text=_("Around a day: 8 for March 8.")
    )
    days_before = models.PositiveSmallIntegerField(
        _("days before"), default=3, help_text=_("Around a day: how long before it. 60 at most.")
    )
    days_after = models.PositiveSmallIntegerField(
        _("days after"), default=3, help_text=_("Around a day: how long after it. 60 at most.")
    )
    week = models.PositiveSmallIntegerField(
        _("week"),
        null=True,
        blank=True,
        choices=WEEKS,
        help_text=_("One week of a month: it goes from a Monday of that month to the next Sunday."),
    )

    criterion = models.CharField(
        _("which portraits to propose"),
        max_length=10,
        choices=Criterion,
        default=Criterion.ALL,
        help_text=_("Only those whose people say yes today are ever proposed."),
    )
    tag = models.ForeignKey(
        "taggit.Tag",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("theme"),
        help_text=_("With « Those of a theme »: a theme written on portraits."),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("special edition")
        verbose_name_plural = _("special editions")

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """Its address is given once, from its title, and never changes."""
        if not self.slug:
            stem = slugify(self.title)[:50].strip("-") or "edition"
            taken = set(Edition.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
            numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
            self.slug = next(slug for slug in (stem, *numbered) if slug not in taken)
        return super().save(*args, **kwargs)

    def clean(self):
        faults = {Edition.Rule.DATES: self._dates, Edition.Rule.DAY: self._around, Edition.Rule.WEEK: self._of_a_month}
        found = faults.get(self.rule, dict)()
        if bool(self.title_en.strip()) != bool(self.introduction_en.strip()):
            lacking = "introduction_en" if self.title_en.strip() else "title_en"
            found[lacking] = gettext("The English edition needs both its title and its introduction.")
        if self.criterion == Edition.Criterion.TAG and self.tag_id is None:
            found["tag"] = gettext("Choose a theme.")
        if found:
            raise ValidationError(found)

    def _dates(self) -> dict:
        found = {name: gettext("Give this day.") for name in ("first_day", "last_day") if not getattr(self, name)}
        if not found and self.last_day < self.first_day:
            found["last_day"] = gettext("The last day comes after the first one.")
        farthest = localdate() + FARTHEST
        days = {name: getattr(self, name) for name in ("first_day", "last_day")}
        far = (name for name, day in days.items() if day and day > farthest)
        return found | {name: gettext("Five years from today at most.") for name in far}

    def _around(self) -> dict:
        found = {name: gettext("Say it for « around a day ».") for name in ("month", "day") if not getattr(self, name)}
        longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
        if not found and self.day > longest.get(self.month, 31):
            found["day"] = gettext("This month has no such day.")
        too_long = (name for name in ("days_before", "days_after") if (getattr(self, name) or 0) > 60)
        return found | {name: gettext("60 days at most.") for name in too_long}

    def _of_a_month(self) -> dict:
        return {
            name: gettext("Say it for « one week of a month ».")
            for name in ("month", "week")
            if not getattr(self, name)
        }


class Framed(models.Model):
    """One portrait chosen for an edition, by what it is in every language. It holds no yes: the gate is asked each time."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="chosen")
    across = models.UUIDField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "across"], name="once_in_an_edition")]

    def __str__(self):
        return f"framed {self.pk}"
