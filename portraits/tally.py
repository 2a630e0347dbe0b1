"""The sums of the campaign: the latest reading of each metric of each publication, added up by year, theme, capsule, medium.

Reach does not add up across publications: its sum is « cumulated », named so, since one person may count several times.
Nothing here ranks anybody: capsules come newest first, never by their figures.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portraits.equity import wilson
from portraits.models import Figure, Portrait, Publication, Survey

METRIC = Figure.Metric


@dataclass(frozen=True, slots=True)
class Summed:
    """One metric added up: over how many publications it was measured, and the days of the readings it is made of."""

    value: int
    measured: int
    first: date
    last: date


@dataclass(slots=True)
class Total:
    """A group of publications and its sums. `key` is what groups them, `name` its words; a metric never read is not there."""

    key: Hashable
    name: str = ""
    publications: int = 0
    first: date | None = None
    last: date | None = None
    sums: dict[str, Summed] = field(default_factory=dict)

    @property
    def reach(self) -> Summed | None:
        return self.sums.get(METRIC.REACH)

    @property
    def interactions(self) -> Summed | None:
        return self.sums.get(METRIC.INTERACTIONS)

    @property
    def comments(self) -> Summed | None:
        return self.sums.get(METRIC.COMMENTS)

    @property
    def since(self) -> date | None:
        """The oldest of the readings added up."""
        return min((one.first for one in self.sums.values()), default=None)

    @property
    def read_on(self) -> date | None:
        """The newest of the readings added up."""
        return max((one.last for one in self.sums.values()), default=None)


@dataclass(frozen=True, slots=True)
class Share:
    """The answers to one survey question: the share, and between what the share of everybody lies 19 times in 20."""

    survey: Survey
    percent: float
    low: float
    high: float
    response: float


def latest() -> QuerySet[Figure]:
    """Of each metric of each publication, the last day’s reading, and of that day its last correction."""
    newer = Figure.objects.filter(publication=OuterRef("publication"), metric=OuterRef("metric"))
    later = Q(read_on__gt=OuterRef("read_on")) | Q(read_on=OuterRef("read_on"), correction__gt=OuterRef("correction"))
    return Figure.objects.filter(~Exists(newer.filter(later)))


def overall(**only) -> Total:
    """Everything, or the publications that these conditions choose. Two queries."""
    found = _grouped(None, **only)
    return found[0] if found else Total(None)


def by_year() -> list[Total]:
    """Oldest first: the year of publication. Two queries."""
    rows = _grouped(ExtractYear("published_on"), ExtractYear("publication__published_on"))
    for row in rows:
        row.name = str(row.key)
    return sorted(rows, key=lambda row: row.key)


def by_medium() -> list[Total]:
    """In the order of the media. Two queries."""
    order = Publication.Medium.values
    rows = sorted(_grouped("medium", "publication__medium"), key=lambda row: order.index(row.key))
    for row in rows:
        row.name = str(Publication.Medium(row.key).label)
    return rows


def by_theme() -> list[Total]:
    """In the order of the alphabet, those without a theme last. Two queries."""
    rows = _grouped("theme", "publication__theme")
    for row in rows:
        row.name = row.key or _("No theme")
    return sorted(rows, key=lambda row: (not row.key, row.key.casefold()))


def by_capsule() -> list[Total]:
    """The portrait in all its languages, the last published first. `name` is what its desk says, for staff. Three queries."""
    rows = [
        row
        for row in _grouped("portrait__translation_key", "publication__portrait__translation_key")
        if row.key is not None
    ]
    desks = desk_by_key({row.key for row in rows})
    for row in rows:
        row.name = str(desks[row.key])
    return sorted(rows, key=lambda row: (row.last, row.name), reverse=True)


def desk_by_key(keys: set[UUID]) -> dict[UUID, Portrait]:
    """Of each portrait, the desk in the present language, or the first one. One query."""
    found: dict[UUID, Portrait] = {}
    rows = Portrait.objects.filter(translation_key__in=keys).select_related("locale").order_by("pk")
    for row in rows:
        if row.translation_key not in found or row.locale.language_code == get_language():
            found[row.translation_key] = row
    return found


def _grouped(group, through=None, **only) -> list[Total]:
    """The publications grouped by an expression about them, and the same `through` a figure."""
    groups: dict[Hashable, Total] = {}
    publications = Publication.objects.filter(**only).order_by()
    figures = latest().filter(**{f"publication__{name}": value for name, value in only.items()}).order_by()
    if group is None:
        publications, figures = publications.values("medium"), figures.values("metric")
    else:
        publications = publications.annotate(group=_expression(group)).values("group")
        figures = figures.annotate(group=_expression(through)).values("group", "metric")
    counted = publications.annotate(count=Count("pk"), oldest=Min("published_on"), newest=Max("published_on"))
    for row in counted:
        total = groups.setdefault(row.get("group"), Total(row.get("group")))
        total.publications += row["count"]
        total.first = min(filter(None, (total.first, row["oldest"])))
        total.last = max(filter(None, (total.last, row["newest"])))
    sums = figures.annotate(sum=Sum("value"), count=Count("pk"), oldest=Min("read_on"), newest=Max("read_on"))
    for row in sums:
        one = Summed(row["sum"], row["count"], row["oldest"], row["newest"])
        groups[row.get("group")].sums[row["metric"]] = one
    return list(groups.values())


def _expression(group):
    return F(group) if isinstance(group, str) else group


def surveys() -> list[Share]:
    """Newest first, in percent. One query."""
    found = []
    for row in Survey.objects.all():
        low, high = wilson(row.favourable, row.answered)
        percent, response = 100 * row.favourable / row.answered, 100 * row.answered / row.invited
        found.append(Share(row, percent, 100 * low, 100 * high, response))
    return found
