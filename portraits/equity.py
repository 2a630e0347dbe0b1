"""Does each part of the borough get its share of portraits? For HR and communications; never a ranking of people.

Wilson's score interval (E. B. Wilson, JASA 22, 1927) of a group's share of the portraits, held against its share of the
headcount. « To look at » is the strongest word: with few portraits almost nothing is outside the margin, and the answer is
whom to meet next, not a report on anybody.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from django.db.models import Max, Min
from django.db.models.functions import Coalesce, Least

from portraits.models import Consent, Headcount, Person, Subject

WINDOW = timedelta(days=730)
LATELY = 3  # months during which a group needs no reminder
SMALLEST = 5  # people: below it nothing is said of a group by itself
Z = 1.959964  # 95 %
MONTH = timedelta(days=30.4375)


@dataclass(frozen=True, slots=True)
class Share:
    """One group, by its row: how many people and their share of all (0 to 1), how many portraits shown in the window, how many its
    headcount would make, the interval of its share of them, and months since the newest began (None when there was none)."""

    group: int
    name: str
    headcount: int
    share: float
    portraits: int
    expected: float
    low: float
    high: float
    months: int | None

    @property
    def under(self) -> bool:
        return self.high < self.share

    @property
    def over(self) -> bool:
        return self.low > self.share


@dataclass(frozen=True, slots=True)
class Board:
    """One dimension: its groups of five people and more, by name, and how many smaller ones are not shown. `portraits` is n."""

    dimension: Headcount.Dimension
    shares: tuple[Share, ...]
    small: int
    portraits: int


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % interval of k out of n; all of [0, 1] when n is 0."""
    if n == 0:
        return 0.0, 1.0
    p, d = k / n, 1 + Z * Z / n
    centre, half = (p + Z * Z / (2 * n)) / d, Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / d
    return max(0.0, centre - half), min(1.0, centre + half)


def boards(*, at: datetime) -> list[Board]:
    """One per dimension that has headcounts. Two queries."""
    groups: dict[str, list[Headcount]] = defaultdict(list)
    for row in Headcount.objects.all():
        groups[row.dimension].append(row)
    shown = _shown(at) if groups else {}
    return [_board(Headcount.Dimension(name), rows, shown, at) for name, rows in groups.items()]


def _shown(at: datetime) -> dict[int, dict]:
    """Headcount's id → portrait → the first yes that it ever had (a renewal is no new portrait), of employees seen in the window:
    a yes to it lived then, whenever it began. A portrait that nobody ever said yes to is not there: nothing here tells a
    refusal from a portrait never begun."""
    rows = Consent.objects.filter(
        subject__person__kind=Person.Kind.EMPLOYEE,
        subject__person__groups__isnull=False,
        subject__role__in=(Subject.Role.MAIN, Subject.Role.PAIRED),
        starts_at__lte=at,
    )
    found: dict[int, dict] = defaultdict(dict)
    rows = rows.values_list("subject__person__groups", "subject__version__across").annotate(
        first=Min("starts_at"), last=Max(Least("ends_at", Coalesce("ended_at", "ends_at")))
    )
    for group, portrait, first, _last in rows.filter(last__gt=at - WINDOW).order_by():
        found[group][portrait] = first
    return found


def _board(dimension: Headcount.Dimension, rows: list[Headcount], shown: dict[int, dict], at: datetime) -> Board:
    heads = sum(row.number for row in rows) or 1
    n = len({portrait for row in rows for portrait in shown.get(row.pk, ())})
    kept = [row for row in rows if row.number >= SMALLEST]
    shares = tuple(_share(row, shown.get(row.pk, {}), heads, n, at) for row in kept)
    return Board(dimension, shares, len(rows) - len(kept), n)


def _share(row: Headcount, portraits: dict, heads: int, n: int, at: datetime) -> Share:
    k = len(portraits)
    last = max(portraits.values(), default=None)
    months = None if last is None else int((at - last) / MONTH)
    of_all = row.number / heads
    return Share(row.pk, row.name, row.number, of_all, k, n * of_all, *wilson(k, n), months)


def to_meet(boards: list[Board], *, most: int = 5) -> list[tuple[Headcount.Dimension, Share]]:
    """Whom to meet soon: groups under their share first, then those seen longest ago, or never; not those seen lately."""
    found = [
        (board.dimension, one)
        for board in boards
        for one in board.shares
        if one.under or (not one.over and one.expected >= 1 and (one.months is None or one.months >= LATELY))
    ]
    never = float("inf")
    found.sort(key=lambda pair: (not pair[1].under, -(never if pair[1].months is None else pair[1].months)))
    return found[:most]
