"""What a withdrawal, an end or a hide owes: one way per usage, durable rows, retried, proven.

Channels record where a capsule was materialised (`record`) and register how it is called back: `handler` when a worker
can do it, `by_hand` when only somebody can. What is computed at each request (pages, archives) needs no exposure: the
gate already says no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from portraits import duty, gate, ledger, witness
from portraits.capsule import Capsule, Quote
from portraits.models import Consent, Exposure, Hidden, LedgerEntry, Recall
from portraits.models.exposure import empty_wall
from portraits.usages import Usage

AT_ONCE = timedelta(
    seconds=60
)  # what a worker does is promised « at once »: the time that any cache may keep (DESIGN 10)
INSTANT = timedelta(microseconds=1)
RECENT = 50  # lines of the ledger among which a recall finds its cause: one withdrawal writes fewer


@dataclass(frozen=True, slots=True)
class Owed:
    """One place to be cleared: what a handler is given."""

    usage: Usage
    locator: str
    portrait: int | None
    version: int
    owed_at: datetime

    @property
    def words(self) -> bool:
        """Whether it is kind words, and not a portrait, that must go."""
        return self.portrait is None


@dataclass(frozen=True, slots=True)
class Former:
    """A Version that was shown, without anything that can be seen of it: to record what somebody did with it."""

    version: int
    language: str


@dataclass(frozen=True, slots=True)
class Terms:
    """When one exposure is promised to be gone, and who does it: a worker from `start`, or hands."""

    due_at: datetime
    by_hand: bool = False
    start: datetime | None = None


Handler = Callable[[Owed], str]
Planner = Callable[[Sequence[Owed]], Sequence[Terms]]


@dataclass(frozen=True, slots=True)
class Way:
    """How one usage is called back. `clear` is None where only hands can."""

    module: str
    terms: Planner
    clear: Handler | None = None


_ways: dict[Usage, list[Way]] = defaultdict(list)


def at_once(owed: Sequence[Owed]) -> list[Terms]:
    """A worker does it, now."""
    return [Terms(one.owed_at + AT_ONCE) for one in owed]


def handler(*usages: Usage, terms: Planner = at_once) -> Callable[[Handler], Handler]:
    """Declare the function that clears one exposure of these usages. It is idempotent and returns the proof, in words; it
    raises duty.Later while there is nothing to do. `terms` says when it is due."""

    def declare(function: Handler) -> Handler:
        for usage in usages:
            _ways[usage].append(Way(function.__module__, terms, function))
        return function

    return declare


def by_hand(*usages: Usage) -> Callable[[Planner], Planner]:
    """Declare the function that says until when somebody has to clear exposures of these usages (`cleared`)."""

    def declare(function: Planner) -> Planner:
        for usage in usages:
            _ways[usage].append(Way(function.__module__, function))
        return function

    return declare


def ways(usage: Usage) -> tuple[Way, ...]:
    return tuple(_ways.get(usage, ()))


# -- what is where


def record(usage: Usage, *capsules: Capsule | Quote | Former, locator: str, at: datetime) -> None:
    """Remember that these capsules, or kind words, now exist at this place, in the transaction that puts them there. Idempotent."""
    rows = [Exposure(version_id=one.version, usage=usage, locator=locator, first_at=at) for one in capsules]
    Exposure.objects.bulk_create(rows, ignore_conflicts=True)


def former(usage: Usage, portrait: int, *, at: datetime) -> Former | None:
    """What this portrait last showed for a usage before an instant, though it may show nothing now; None when it never showed
    anything. One query for each end and each stop since, and two."""
    ends = Consent.objects.filter(subject__version__portrait=portrait, usage=usage)
    ends = ends.annotate(end=Least("ends_at", Coalesce("ended_at", "ends_at"))).values_list("end", flat=True)
    stops = Hidden.objects.filter(portrait=portrait).values_list("from_at", flat=True)
    for end in sorted({end for end in (*ends, *stops) if end <= at}, reverse=True):
        row = gate.visible(usage, at=end - INSTANT).filter(portrait=portrait).first()
        if row is not None:
            return Former(row.pk, row.language)
    return None


def on_record(usage: Usage, *capsules: Capsule | Quote, locator: str) -> bool:
    """Whether every one of these is known to stand at this place now: a withdrawal would owe each. One query."""
    versions = {one.version for one in capsules}
    rows = Exposure.objects.filter(usage=usage, locator=locator, version__in=versions, gone_at=None)
    return rows.count() == len(versions)


def back(usage: Usage, *capsules: Capsule | Quote, locator: str) -> None:
    """Those that had left this place and stand there again, after `record`: they may be owed once more."""
    rows = Exposure.objects.filter(usage=usage, locator=locator, version__in=[one.version for one in capsules])
    rows.filter(gone_at__isnull=False).update(gone_at=None)


def stands(locator: str, *, versions: Collection[int], at: datetime) -> None:
    """A place says that it has these Versions, which another word had told gone: they stand there again, and what the gate
    forbids is owed anew. Only what was ever handed to it is believed."""
    rows = Exposure.objects.filter(locator=locator, version__in=versions, gone_at__isnull=False)
    if rows.update(gone_at=None):
        owe(at=at)


def seen_as(usage: Usage, *, locators: Iterable[str], at: datetime) -> None:
    """What stands at these places is from now on under another usage too (a room was opened to the public): its consent
    is owed from here on."""
    rows = (
        Exposure.objects.filter(locator__in=list(locators), gone_at=None).values_list("version", "locator").distinct()
    )
    made = [Exposure(version_id=version, usage=usage, locator=locator, first_at=at) for version, locator in rows]
    Exposure.objects.bulk_create(made, ignore_conflicts=True)
    owe(at=at)


@transaction.atomic
def cleared(
    locator: str,
    *,
    at: datetime,
    versions: Collection[int] | None = None,
    by=None,
    proof: str = "",
    note: str = "",
    photo: bytes = b"",
) -> int:
    """What was at this place is gone (all of it, or these Versions): every open recall of it is done, and nothing is owed
    for it any more. `photo` holds clean bytes (portraits.ingest). Returns how many recalls that ended.

    Also for what goes before anything is owed: a poster taken down at the end of a campaign is never called back.
    """
    rows = Exposure.objects.filter(locator=locator, gone_at=None)
    if versions is not None:
        rows = rows.filter(version__in=versions)
    keys = list(rows.values_list("pk", flat=True))
    owed = Recall.objects.filter(exposure__in=keys).exclude(state__in=Recall.CLOSED)
    name = default_storage.save(empty_wall(), ContentFile(photo)) if photo else ""
    done = {"state": Recall.State.DONE, "done_at": at, "lease_until": None, "error": "", "done_by": by}
    count = owed.update(**done, proof=proof[:200], note=note[:300], photo=name)
    Exposure.objects.filter(pk__in=keys).update(gone_at=at)
    if count:
        ledger.append("recalled", at=at, where=locator, by_hand=by is not None)
    return count


# -- what is owed


def owe(*, at: datetime) -> int:
    """Write the recall of every exposure that the gate no longer allows. Returns how many are new. Called with each end,
    and by the sweep for those that come by themselves. Nothing is owed while the database is not believed: the door is
    closed then to everybody, for a while."""
    if witness.doubt():
        return 0
    new = 0
    standing = Exposure.objects.filter(~Exists(_open().filter(exposure=OuterRef("pk"))), gone_at=None)
    for usage in standing.values_list("usage", flat=True).distinct():
        found = standing.filter(usage=usage).exclude(version__in=gate.visible(Usage(usage), at=at).values("pk"))
        new += _write(Usage(usage), list(found.select_related("version").order_by("pk")), at=at)
    if new:
        duty.ring("portraits.sweep")
    return new


def _write(usage: Usage, found: Sequence[Exposure], *, at: datetime) -> int:
    if not found:
        return 0
    (way,) = _ways[usage]
    causes = _causes(at)
    owed = [Owed(usage, row.locator, row.version.portrait_id, row.version_id, at) for row in found]
    rows = [
        Recall(
            exposure=row,
            cause=_cause(causes, usage, row),
            owed_at=at,
            due_at=terms.due_at,
            by_hand=terms.by_hand,
            state=Recall.State.WAITING if terms.by_hand else Recall.State.DUE,
            not_before=terms.start or at,
        )
        for row, terms in zip(found, way.terms(owed), strict=True)
    ]
    Recall.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _causes(at: datetime) -> list[LedgerEntry]:
    """The lines that this very transaction wrote about a portrait or kind words: they carry its instant."""
    last = LedgerEntry.objects.order_by("-seq")[:RECENT]
    return [line for line in last if line.at == at and "portrait" in line.body]


def _cause(lines: Sequence[LedgerEntry], usage: Usage, row: Exposure) -> LedgerEntry | None:
    portrait = str(row.version.across)
    about = (line for line in lines if line.body["portrait"] == portrait)
    return next((line for line in about if line.body.get("usage", usage.value) == usage.value), None)


def _open():
    return Recall.objects.exclude(state__in=Recall.CLOSED)


@transaction.atomic
def forgive(*, at: datetime) -> int:
    """Drop what is no longer owed: open recalls whose exposure the gate allows again (an undo, a new yes to the same
    Version, the end of a hide). Returns how many. What hands took down stays down; what a worker had called back (the
    picture of a mail) stands again by itself, and may be owed once more."""
    count = 0
    for usage in _open().values_list("exposure__usage", flat=True).distinct():
        allowed = gate.visible(Usage(usage), at=at).values("pk")
        rows = _open().filter(exposure__usage=usage, exposure__version__in=allowed)
        count += rows.update(state=Recall.State.CANCELLED, lease_until=None, error="")
    worked = Recall.objects.filter(
        exposure=OuterRef("pk"), state=Recall.State.DONE, by_hand=False, done_at=OuterRef("gone_at")
    )
    gone = Exposure.objects.filter(Exists(worked), gone_at__isnull=False)
    for usage in gone.values_list("usage", flat=True).distinct():
        allowed = gate.visible(Usage(usage), at=at).values("pk")
        gone.filter(usage=usage, version__in=allowed).update(gone_at=None)
    return count


def work(row: Recall) -> dict:
    """Clear one exposure. Returns the proof to be kept on the row."""
    exposure = row.exposure
    usage, version = Usage(exposure.usage), exposure.version
    (way,) = _ways[usage]
    proof = way.clear(Owed(usage, exposure.locator, version.portrait_id, version.pk, row.owed_at))
    at = timezone.now()
    with transaction.atomic():
        Exposure.objects.filter(pk=exposure.pk).update(gone_at=at)
        ledger.append("recalled", at=at, where=exposure.locator, by_hand=False)
    return {"proof": proof[:200], "done_at": at}


# -- what is told of it


@dataclass(frozen=True, slots=True)
class Called:
    """One recall, as channels may know it. `across` is its portrait in every language; `done_at` is None while it is open;
    `words` that it is about kind words."""

    pk: int
    usage: Usage
    locator: str
    across: str
    version: int
    owed_at: datetime
    due_at: datetime
    done_at: datetime | None
    by_hand: bool
    proof: str
    note: str
    photo: bool
    words: bool = False


def called(
    *,
    usage: Usage | None = None,
    across: str | None = None,
    since: datetime | None = None,
    hands: bool | None = None,
    open_only: bool = False,
    prefix: str = "",
) -> list[Called]:
    """Recalls, oldest first, those that were dropped left out: of one portrait in every language (`across`), owed since an
    instant or still open, by hand or not, at places whose locator begins so. One query."""
    rows = Recall.objects.exclude(state=Recall.State.CANCELLED).select_related("exposure__version")
    if usage is not None:
        rows = rows.filter(exposure__usage=usage)
    if across is not None:
        rows = rows.filter(exposure__version__across=across)
    if since is not None:
        rows = rows.filter(Q(owed_at__gte=since) | ~Q(state__in=Recall.CLOSED))
    if hands is not None:
        rows = rows.filter(by_hand=hands)
    if open_only:
        rows = rows.exclude(state__in=Recall.CLOSED)
    if prefix:
        rows = rows.filter(exposure__locator__startswith=prefix)
    return [_called(row) for row in rows.order_by("owed_at", "pk")]


def _called(row: Recall) -> Called:
    exposure = row.exposure
    return Called(
        row.pk,
        Usage(exposure.usage),
        exposure.locator,
        str(exposure.version.across),
        exposure.version_id,
        row.owed_at,
        row.due_at,
        row.done_at,
        row.by_hand,
        row.proof,
        row.note,
        bool(row.photo),
        exposure.version.compliment_id is not None,
    )


def missed(*, at: datetime) -> list[Recall]:
    """The open recalls that are beyond their promise, oldest first: each is an incident to be looked at."""
    rows = _open().filter(due_at__lt=at).select_related("exposure__version", "cause")
    return list(rows.order_by("due_at", "pk"))
