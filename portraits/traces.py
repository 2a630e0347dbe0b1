"""Where a portrait has been, in words: each issue, wall, screen and post that it stood on, from when and until when.

Each channel names its own places (`namer`, by the beginning of their locator) and counts its own rows (`counter`): counts of
what was made, never of who looked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portraits.models import Exposure
from portraits.usages import Usage


@dataclass(frozen=True, slots=True)
class Place:
    """One place in words: what it is, where it stands ("" when nowhere), its address if it has one."""

    what: str
    where: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Stood:
    """One portrait at one place. `gone_at` is None while it may still be there."""

    usage: Usage
    place: Place
    first_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that a channel knows of itself: what is counted, how many."""

    what: str
    value: int


Namer = Callable[[Collection[str]], Mapping[str, Place]]
Counter = Callable[[], Iterable[Counted]]
_namers: dict[str, Namer] = {}
_counters: list[Counter] = []


def namer(prefix: str) -> Callable[[Namer], Namer]:
    """Declare who names the places whose locator begins so. Raises ValueError when it is already taken."""

    def declare(function: Namer) -> Namer:
        if prefix in _namers:
            raise ValueError(f"{prefix} has two namers")
        _namers[prefix] = function
        return function

    return declare


def counter(function: Counter) -> Counter:
    """Declare what a channel counts of its own."""
    _counters.append(function)
    return function


def stood(across: UUID) -> list[Stood]:
    """Every place of one portrait, in all its languages and Versions, oldest first. One query, and a fixed number per kind
    of place."""
    found: dict[tuple[str, str], list[Exposure]] = defaultdict(list)
    for row in Exposure.objects.filter(version__across=across).order_by("first_at", "pk"):
        found[row.usage, row.locator].append(row)
    places = _named({locator for _usage, locator in found})
    made = []
    for (usage, locator), rows in found.items():
        ends = [row.gone_at for row in rows]
        gone_at = None if None in ends else max(ends)
        made.append(Stood(Usage(usage), places[locator], rows[0].first_at, gone_at))
    return made


def counted() -> list[Counted]:
    """What every channel counts, in the present language."""
    return [one for function in _counters for one in function()]


def _named(locators: Collection[str]) -> dict[str, Place]:
    places = {locator: Place(locator) for locator in locators}
    for prefix, function in _namers.items():
        if mine := [locator for locator in locators if locator.startswith(prefix)]:
            places.update(function(mine))
    return places
