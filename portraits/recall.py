"""What a withdrawal, an end or a hide owes: one handler per usage, durable rows, retried, proven.

Channels record where a capsule was materialised (`record`) and register how it is called back (`handler`). What is
computed at each request (pages, archives, screens) needs no exposure: the gate already says no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portraits import duty, gate, witness
from portraits.capsule import Capsule
from portraits.models import Exposure, Recall
from portraits.usages import Usage


@dataclass(frozen=True, slots=True)
class Owed:
    """One place to be cleared: what a handler is given."""

    usage: Usage
    locator: str
    portrait: int
    version: int


Handler = Callable[[Owed], str]
_handlers: dict[Usage, list[Handler]] = defaultdict(list)


def handler(*usages: Usage) -> Callable[[Handler], Handler]:
    """Declare the function that clears one exposure of these usages. It is idempotent and returns the proof, in words."""

    def declare(function: Handler) -> Handler:
        for usage in usages:
            _handlers[usage].append(function)
        return function

    return declare


def handlers(usage: Usage) -> tuple[Handler, ...]:
    return tuple(_handlers.get(usage, ()))


def record(usage: Usage, capsule: Capsule, *, locator: str, at: datetime) -> None:
    """Remember that this capsule now exists at this place, in the transaction that puts it there. Idempotent."""
    row = Exposure(version_id=capsule.version, usage=usage, locator=locator, first_at=at)
    Exposure.objects.bulk_create([row], ignore_conflicts=True)


def owe(*, at: datetime) -> int:
    """Write the recall of every exposure that the gate no longer allows. Returns how many are new. Called with each end,
    and by the sweep for those that come by themselves. Nothing is owed while the database is not believed: the door is
    closed then to everybody, for a while."""
    if witness.doubt():
        return 0
    new = 0
    open_rows = Exposure.objects.filter(recall__isnull=True)
    for usage in open_rows.values_list("usage", flat=True).distinct():
        allowed = gate.visible(Usage(usage), at=at).values("pk")
        rows = [
            Recall(exposure=row, owed_at=at, not_before=at)
            for row in open_rows.filter(usage=usage).exclude(version__in=allowed)
        ]
        Recall.objects.bulk_create(rows, ignore_conflicts=True)
        new += len(rows)
    if new:
        duty.ring("portraits.sweep")
    return new


def forgive(*, at: datetime) -> int:
    """Drop what is owed for exposures that the gate allows again, after an undo. What was done stays done. Returns how many."""
    dropped = 0
    for usage in Recall.objects.filter(state=Recall.State.DUE).values_list("exposure__usage", flat=True).distinct():
        allowed = gate.visible(Usage(usage), at=at).values("pk")
        rows = Recall.objects.filter(state=Recall.State.DUE, exposure__usage=usage, exposure__version__in=allowed)
        dropped += rows.delete()[0]
    return dropped


def work(row: Recall) -> dict:
    """Clear one exposure. Returns the proof to be kept on the row."""
    exposure = row.exposure
    usage = Usage(exposure.usage)
    owed = Owed(usage, exposure.locator, exposure.version.portrait_id, exposure.version_id)
    (clear,) = _handlers[usage]
    return {"proof": clear(owed)[:200]}
