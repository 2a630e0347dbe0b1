"""Where a portrait was shown, and what became of each place after an end: the same words for staff and for the person.

Each channel registers one teller per usage, which says its own exposures in words; what is computed at each request is
said in one line. Nothing here names anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from portraits import recall
from portraits.recall import Called
from portraits.usages import Usage


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing at one place. `removed_at` is None while it is still there, and then `until` says until when at most.

    `remains` says, in words, what does not come back ("" when nothing does). The rest is for whoever walks there: who put
    it there (`by`) and when (`since`), the address that shows it (`link`), the one that records that it is gone (`tick`)
    and the right that this takes.
    """

    usage: Usage
    what: str
    where: str
    removed_at: datetime | None = None
    until: datetime | None = None
    remains: str = ""
    called: Called | None = None
    by: str = ""
    since: datetime | None = None
    link: str = ""
    tick: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a teller is asked: the recalls of one usage. `since` is the instant of the end that is reported on; without it,
    only what was materialised is told, not what is computed at each request; `words` then says that they are kind words."""

    usage: Usage
    called: tuple[Called, ...]
    at: datetime
    since: datetime | None = None
    words: bool = False


Teller = Callable[[Told], Iterable[Outcome]]
_tellers: dict[Usage, Teller] = {}


def teller(*usages: Usage) -> Callable[[Teller], Teller]:
    """Declare who says what became of these usages. Raises ValueError when one is already taken."""

    def declare(function: Teller) -> Teller:
        for usage in usages:
            if usage in _tellers:
                raise ValueError(f"{usage} has two tellers")
            _tellers[usage] = function
        return function

    return declare


def registered() -> frozenset[Usage]:
    return frozenset(_tellers)


def report(
    across: str, usages: Iterable[Usage], *, since: datetime, at: datetime, words: bool = False
) -> list[Outcome]:
    """What became of a portrait (its `translation_key`), or of kind `words`, on these usages, for an end at the instant `since`, as seen at
    `at`: each thing removed when, or there until when, and what remains. In the present language, in the order of usages.

    The closing report to the person and the staff’s progress are both made of this.
    """
    found: list[Outcome] = []
    for usage in usages:
        calls = tuple(recall.called(usage=usage, across=across, since=since))
        found += _tellers[usage](Told(usage, calls, at, since, words))
    return found


def progress(*, since: datetime, at: datetime) -> list[tuple[datetime, list[Outcome]]]:
    """Every end that owed something since an instant, or that still does, newest first: its instant and what became of
    each thing. A fixed number of queries per usage, however many ends."""
    ends: dict[tuple, list[Outcome]] = defaultdict(list)
    for outcome in _told(recall.called(since=since), at):
        ends[outcome.called.owed_at, outcome.called.across].append(outcome)
    return [(owed_at, rows) for (owed_at, _across), rows in sorted(ends.items(), key=lambda end: end[0], reverse=True)]


def _told(calls: Iterable[Called], at: datetime) -> list[Outcome]:
    by_usage: dict[Usage, list[Called]] = defaultdict(list)
    for one in calls:
        by_usage[one.usage].append(one)
    return [outcome for usage, rows in by_usage.items() for outcome in _tellers[usage](Told(usage, tuple(rows), at))]


def to_take_down(*, at: datetime) -> list[tuple[str, list[Outcome]]]:
    """What hands still have to take away, by place in alphabetical order, unnamed places last; the soonest first in each.
    A fixed number of queries per usage, whatever their number."""
    places: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for outcome in _told(recall.called(hands=True, open_only=True), at):
        places[outcome.where].setdefault(outcome.called.locator, outcome)
    found = [(where, sorted(rows.values(), key=lambda row: row.until)) for where, rows in places.items()]
    return sorted(found, key=lambda place: (place[0] == "", place[0]))
