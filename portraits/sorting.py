"""Where each message of the inbox waits, since when, and how long such a wait lasts: two clocks in working days.

Passed on within PASS_ON days, answered within ANSWER, both counted from the day when it came. Figures are medians and ninetieth
percentiles with their number: a mean hides whoever waited longest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portraits import inbox, state, workdays
from portraits.models import Compliment
from portraits.models.compliment import SUSPECT

Stage, Kind = Compliment.Stage, Compliment.Kind
PASS_ON, ANSWER = 2, 5  # working days
SAMPLE = 500  # messages that the delays are measured on: the last ones
OPEN = ~Q(stage=Stage.CLOSED)
TO_SORT = Q(stage=Stage.RECEIVED, suspicion__lt=SUSPECT)
TO_PASS_ON = Q(stage=Stage.TRIAGED, kind__in=(Kind.COMPLIMENT, Kind.MIXED))
TO_ANSWER = Q(stage=Stage.PASSED_ON) | Q(stage=Stage.TRIAGED, kind=Kind.OFF_TOPIC)
NOWHERE = Q(writer__email="", writer__phone="") & ~Q(channel__in=Compliment.SOCIAL)  # to answer to: inbox.reachable
CRITICAL = Q(stage__in=(Stage.TRIAGED, Stage.ANSWERED), kind=Kind.COMPLAINT)
REPORTED = Q(reported_at__isnull=False) & OPEN
SHELF = Q(stage=Stage.TRIAGED, kind=Kind.SPAM) | Q(stage=Stage.RECEIVED, suspicion__gte=SUSPECT)


def late(at: datetime) -> Q:
    """What has waited longer than was promised."""
    to_pass_on = Q(received_at__lte=workdays.before(at, PASS_ON)) & (TO_SORT | TO_PASS_ON)
    unanswered = Q(stage=Stage.TRIAGED, kind=Kind.COMPLAINT) | (TO_ANSWER & ~NOWHERE)
    return to_pass_on | Q(received_at__lte=workdays.before(at, ANSWER), answered_at__isnull=True) & unanswered


@dataclass(frozen=True, slots=True)
class Shelf:
    """One saved filter of the list."""

    name: str
    label: Promise
    which: Callable[[datetime], Q]


SHELVES = (
    Shelf("a-trier", _("To sort"), lambda at: TO_SORT),
    Shelf("a-transmettre", _("To pass on"), lambda at: TO_PASS_ON),
    Shelf("a-repondre", _("To answer"), lambda at: TO_ANSWER),
    Shelf("en-retard", _("Late"), late),
    Shelf("signales", _("Reported"), lambda at: REPORTED),
    Shelf("critiques", _("Criticisms"), lambda at: CRITICAL),
    Shelf("indesirables", _("Unwanted"), lambda at: SHELF),
    Shelf("tous", _("All"), lambda at: Q()),
)
BY_NAME = {one.name: one for one in SHELVES}


def rows(name: str, *, at: datetime) -> QuerySet[Compliment]:
    """The messages of one shelf, the likeliest to be kind words first, the oldest first among them; « all » is newest first.
    `stopped` says of each whether staff hides it now."""
    order = ("-received_at",) if name == "tous" else ("suspicion", "received_at")
    found = Compliment.objects.readable().filter(BY_NAME[name].which(at))
    found = found.select_related("team", "spot", "portrait", "happening", "writer").annotate(
        stopped=state.stopped(at=at)
    )
    return found.order_by(*order, "pk")


def by_reference(said: str) -> Compliment | None:
    """The message that has this reference, however it was said or typed: « mk4t 7qxb ». One query."""
    return Compliment.objects.readable().filter(reference=_reference(said)).first()


def unread(said: str) -> Compliment | None:
    """The colleague's words of this reference that no moderator reads, unless whoever received them asks: a team, or somebody
    without an account. Whoever has one reports them there, and nobody else does it for them. One query."""
    kept = Compliment.objects.filter(private=True, reported_at=None, removed_at=None, erased_at=None)
    kept = kept.exclude(named__person__user__isnull=False)
    return kept.filter(reference=_reference(said)).first()


def _reference(said: str) -> str:
    letters = "".join(one for one in said.upper() if one.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def counts(*, at: datetime) -> dict[str, int]:
    """How many wait on each shelf, « all » left out. One query, on what is not closed."""
    waiting = [one for one in SHELVES if one.name != "tous"]
    found = Compliment.objects.readable().filter(OPEN)
    return found.aggregate(**{one.name: Count("pk", filter=one.which(at)) for one in waiting})


def due(row: Compliment) -> datetime | None:
    """When the next thing owed about this message is due; None when nothing is."""
    if row.stage in {Stage.RECEIVED, Stage.TRIAGED} and row.kind in {"", Kind.COMPLIMENT, Kind.MIXED}:
        return workdays.after(row.received_at, PASS_ON)
    owed = row.kind == Kind.COMPLAINT or (row.kind != Kind.SPAM and inbox.reachable(row))
    if row.stage in {Stage.TRIAGED, Stage.PASSED_ON} and owed:
        return workdays.after(row.received_at, ANSWER)
    return None


@dataclass(frozen=True, slots=True)
class Delay:
    """How many working days something took: half took `median` or less, nine in ten `ninth` or less, among `number`."""

    number: int
    median: float
    ninth: float

    @classmethod
    def of(cls, lapses: list[float]) -> Delay | None:
        if not lapses:
            return None
        lapses.sort()
        return cls(len(lapses), median(lapses), lapses[-(-len(lapses) * 9 // 10) - 1])


def delays() -> tuple[Delay | None, Delay | None]:
    """Passed on, and answered, among the last SAMPLE messages that were passed on. One query."""
    found = Compliment.objects.filter(passed_on_at__isnull=False, private=False).order_by("-passed_on_at")
    found = list(found.values_list("received_at", "passed_on_at", "answered_at")[:SAMPLE])
    told = [workdays.between(since, passed) for since, passed, _answered in found]
    answered = [workdays.between(since, done) for since, _passed, done in found if done]
    return Delay.of(told), Delay.of(answered)
