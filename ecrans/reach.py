"""What each screen may still show, told by the screens themselves with every poll: how far a withdrawal has reached.

A screen says which Versions it holds (`Ecran-Holds`, numbers only). What it was handed counts as held until it says
otherwise: an answer that was lost on the way is never taken for a face that is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ecrans import loop
from ecrans.models import Ecran, Pulse
from portraits import recall
from portraits.capsule import Capsule, Quote
from portraits.recall import Called

QUIET = timedelta(seconds=30)  # nothing new is written more often than this
AWAY = timedelta(seconds=60)  # without a word for so long, a screen is cut off
MOST = 50  # Versions in one header; a loop has far fewer
PREFIX = "ecran:"
ACKNOWLEDGED, LEASE = "acknowledged", "lease"  # the proof kept with a recall: the screen said so, or its time was over


@dataclass(frozen=True, slots=True)
class Waiting:
    """A screen that has not said yet that a face is gone. `until` is when it stops by itself; `away` that it is cut off."""

    name: str
    place: str
    last_seen_at: datetime
    until: datetime
    away: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one withdrawal has reached: `cleared` screens of the `total` that held the portrait, and the others."""

    cleared: int
    total: int
    waiting: tuple[Waiting, ...]
    last_at: datetime | None


def locator(ecran: Ecran) -> str:
    """How the record of exposures names this screen."""
    return PREFIX + ecran.public_id


def said(header: str | None) -> frozenset[int] | None:
    """The Versions that a poll says it holds; None when it says nothing, or nothing that can be read."""
    if header is None:
        return None
    words = header.split()
    if words == ["none"]:
        return frozenset()
    if (
        not words
        or len(words) > MOST
        or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words)
    ):
        return None
    return frozenset(map(int, words))


def is_new(ecran: Ecran, handed: Sequence[Capsule | Quote]) -> bool:
    """Whether any of these was not yet on record as held by this screen, so that a withdrawal might not call it back: what its
    lease had ended is no more, whatever its pulse says. Its pulse comes with it (`select_related`). One query at most."""
    if not {one.version for one in handed} <= _held(ecran):
        return True
    return bool(handed) and not recall.on_record(loop.usage(ecran.place), *handed, locator=locator(ecran))


def is_noted(ecran: Ecran, etag: str) -> bool:
    """Whether the answer that is on record is this one: a note may have been lost."""
    pulse = getattr(ecran, "pulse", None)
    return pulse is not None and pulse.etag == etag


def _held(ecran: Ecran) -> frozenset[int]:
    pulse = getattr(ecran, "pulse", None)
    return frozenset(pulse.versions) if pulse else frozenset()


def heard(
    ecran: Ecran,
    *,
    holds: frozenset[int] | None,
    handed: Sequence[Capsule | Quote],
    etag: str,
    lease_until: datetime,
    new: bool,
    at: datetime,
) -> None:
    """Keep what a poll said, and what the answer hands out (nothing for a 304 that is on record), `new` or not (`is_new`). No query
    when nothing changed.

    The pulse comes with the screen (`select_related`). What the screen no longer holds is cleared, its recalls are done.
    """
    given = frozenset(one.version for one in handed)
    pulse, before = getattr(ecran, "pulse", None), _held(ecran)
    now = (before if holds is None else holds) | given
    if pulse and not new and now == before and etag in {"", pulse.etag} and at - pulse.last_seen_at < QUIET:
        return
    with transaction.atomic():
        # Notes may be written in another order than their polls came (they wait for the disk): what counts is what is kept now.
        pulse = Pulse.objects.select_for_update().filter(ecran=ecran).first()
        before = frozenset(pulse.versions) if pulse else frozenset()
        late = pulse is not None and pulse.last_seen_at > at
        now = before | given if late else (before if holds is None else holds) | given
        values = {"versions": sorted(now)} | ({} if late else {"last_seen_at": at})
        if etag and not late:
            values |= {"etag": etag, "lease_until": lease_until}
        Pulse.objects.update_or_create(
            ecran=ecran, defaults=values, create_defaults={"lease_until": lease_until, **values}
        )
        if handed:
            usage = loop.usage(ecran.place)
            recall.record(usage, *handed, locator=locator(ecran), at=at)
            recall.back(usage, *handed, locator=locator(ecran))
        if again := now - before - given:
            recall.stands(locator(ecran), versions=again, at=at)
        if gone := before - now:
            recall.cleared(locator(ecran), versions=gone, at=at, proof=ACKNOWLEDGED)


def by_end(calls: Sequence[Called], *, at: datetime) -> list[tuple[Called, Reach]]:
    """How far each end has reached (one portrait in every language, one instant), with one of its recalls, oldest first.
    Recalls of paper are left out; a screen counts once. One query, however many ends."""
    ends: dict[tuple, list[Called]] = {}
    for one in calls:
        if one.locator.startswith(PREFIX):
            ends.setdefault((one.owed_at, one.across), []).append(one)
    screens = _screens(calls) if ends else []
    return [(rows[0], _reach(rows, screens, at)) for _end, rows in sorted(ends.items())]


def _screens(calls: Sequence[Called]) -> list[Ecran]:
    keys = {one.locator.removeprefix(PREFIX) for one in calls if one.done_at is None}
    rows = Ecran.objects.filter(public_id__in=keys, pulse__isnull=False).select_related("place", "pulse")
    return list(rows.order_by("place", "name"))


def _reach(calls: Sequence[Called], screens: Sequence[Ecran], at: datetime) -> Reach:
    total = {one.locator for one in calls}
    open_ = {one.locator for one in calls if one.done_at is None}
    waiting = tuple(
        Waiting(
            one.name, str(one.place), one.pulse.last_seen_at, one.pulse.lease_until, at - one.pulse.last_seen_at > AWAY
        )
        for one in screens
        if locator(one) in open_
    )
    done = [one.done_at for one in calls if one.done_at]
    return Reach(len(total) - len(open_), len(total), waiting, max(done, default=None))
