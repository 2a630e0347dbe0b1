"""The ledger held against everything that rests on it: its own chain, anchors given away, its copy, the consents.

Each gap is one sentence. No gap: what is shown today is what people said.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from portraits import chain, ledger, witness
from portraits.chain import Line, Why
from portraits.models import Compliment, Consent, Hidden, LedgerEntry, Person, Portrait
from portraits.replay import ENDS, YES, About, about, over

Anchor = tuple[int, str]  # a number and a hash, or its beginning
SHORTEST = 8  # hexadecimal digits of a hash that are worth comparing


class NotAnAnchor(ValueError):
    """These words are no anchor."""


def anchor(words: str) -> Anchor:
    """« 1284:9f3ab2c4… » as people copy it from a mail. Raises NotAnAnchor."""
    seq, _colon, digits = words.strip().lower().partition(":")
    if not seq.isdecimal() or not SHORTEST <= len(digits) <= 64 or set(digits) - set("0123456789abcdef"):
        raise NotAnAnchor(words)
    return int(seq), digits


Keeper = Callable[[], Iterable[str]]
_keepers: list[Keeper] = []


def given(keeper: Keeper) -> Keeper:
    """Declare who remembers anchors that were given away on paper or by mail, as « 1284:9f3a… »."""
    _keepers.append(keeper)
    return keeper


def remembered() -> list[Anchor]:
    """The anchors that this installation remembers having given. One query for each keeper."""
    return sorted({anchor(words) for keeper in _keepers for words in keeper()})


def anchors_in(receipt) -> Iterator[Anchor]:
    """Every {"seq": number, "hash": 64 digits} anywhere in a receipt."""
    if isinstance(receipt, dict):
        seq, digits = receipt.get("seq"), receipt.get("hash")
        if isinstance(seq, int) and isinstance(digits, str) and len(digits) == 64:
            yield seq, digits
        receipt = list(receipt.values())
    if isinstance(receipt, list):
        for one in receipt:
            yield from anchors_in(one)


@dataclass
class _Told:
    """What one reading of the ledger leaves to be compared."""

    last: int = 0
    anchored: dict[int, str] = field(default_factory=dict)
    yes: dict[int, Line] = field(default_factory=dict)
    ends: dict[About, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    hides: dict[tuple[str, str], str | None] = field(default_factory=dict)
    lifts: set[tuple[str, str]] = field(default_factory=set)
    replayed: list[tuple[int, int]] = field(default_factory=list)
    # Of the copy: how many lines were compared, the first that is another, how many are left over.
    unreadable: bool = False
    copied: int = 0
    unlike: int = 0
    beyond: int = 0


def gaps(*, anchors: Iterable[Anchor] = (), copy: bool = False) -> Iterator[str]:
    """Every gap between the ledger and what rests on it, in words. The ledger is read once, and its copy beside it."""
    anchors, told = list(anchors), _Told()
    lines = LedgerEntry.objects.lines()
    if copy:
        lines = _beside_the_copy(lines, told)
    for found in chain.breaks(_kept(lines, told, {seq for seq, _digits in anchors})):
        yield _broken(found)
    yield from _unanchored(told, anchors)
    if copy:
        yield from _uncopied(told)
    yield from _consents(told)
    yield from _hides(told)


def _beside_the_copy(lines: Iterable[Line], told: _Told) -> Iterator[Line]:
    """The lines as they are, each compared with the text of the copy."""
    try:
        file = io.BytesIO() if witness.path() is None else witness.path().open("rb")
    except OSError:
        told.unreadable, file = True, io.BytesIO()
    with file:
        first = file.readline()
        for line in lines:
            text = file.readline() if first in {b"", witness.BEGUN} else first
            first = b""
            if text.endswith(b"\n"):
                told.copied += 1
                if not told.unlike and text != f"{chain.written(line)}\n".encode():
                    told.unlike = line.seq
            yield line
        told.beyond = sum(text.endswith(b"\n") for text in file)


def _kept(lines: Iterable[Line], told: _Told, wanted: set[int]) -> Iterator[Line]:
    """The lines as they are, remembering on the way what the rest compares."""
    for line in lines:
        told.last = max(told.last, line.seq)
        if line.seq in wanted:
            told.anchored[line.seq] = line.hash
        if line.kind == "granted" or (line.kind in YES and "ends_at" in line.body):  # an undo may put nothing back
            told.yes[line.seq] = line
        elif line.kind in ENDS:
            told.ends[about(line)].append((line.seq, over(line)))
        elif line.kind == "hidden":
            told.hides[line.body["portrait"], line.at] = line.body["until"]
        elif line.kind == "lifted":
            told.lifts.add((line.body["portrait"], line.at))
        elif line.kind == "replayed":
            told.replayed.append((line.body["first"], line.body["last"]))
        yield line


def _broken(found: chain.Break) -> str:
    if found.last > found.seq:
        return f"Lines {found.seq} to {found.last} are missing."
    return {
        Why.ALTERED: f"Line {found.seq} was altered.",
        Why.MISSING: f"Line {found.seq} is missing.",
        Why.MISPLACED: f"Line {found.seq} is not in its place.",
        Why.UNLINKED: f"Line {found.seq} does not follow from line {found.seq - 1}: one of them was written anew.",
    }[found.why]


def _unanchored(told: _Told, anchors: list[Anchor]) -> Iterator[str]:
    for seq, digits in anchors:
        if seq > told.last:
            yield f"The end was cut: an anchor proves that line {seq} existed, the ledger stops at {told.last}."
        elif seq and not told.anchored.get(seq, "").startswith(digits):
            yield f"Line {seq} is not the one that was anchored: the ledger was written anew."


def _uncopied(told: _Told) -> Iterator[str]:
    """The copy says what the database says, no less and no more."""
    if witness.path() is None:
        yield "This installation keeps no copy of the ledger (LEDGER_COPY is empty)."
    elif told.unreadable:
        yield "The copy of the ledger is missing or cannot be read."
    else:
        if told.unlike:
            yield f"From line {told.unlike} on, the copy does not say what the database says."
        if told.beyond:
            yield f"The copy goes {told.beyond} lines beyond line {told.last}, the database’s last."
        elif told.copied < told.last and not told.unlike:
            yield f"The copy stops at line {told.copied}, the database at line {told.last}."


# -- the rows


class _Row(NamedTuple):
    """A consent, as it is compared: the names of the first fields are those of its line."""

    person: str
    portrait: str
    usage: str
    number: int
    fingerprint: str
    request: int
    rendering: str
    method: str
    language: str
    evidence: str
    starts_at: datetime
    ends_at: datetime
    pk: int
    entry: int
    ended_at: datetime | None
    reason: str


COLUMNS = (
    "subject__person",
    "subject__version__across",
    "usage",
    "usage_number",
    "subject__version__fingerprint",
    "request",
    "rendering_sha256",
    "method",
    "language",
    Coalesce("evidence__sha256", Value("")),
    "starts_at",
    "ends_at",
    "pk",
    "ledger_entry",
    "ended_at",
    "end_reason",
)
SAID = _Row._fields[:12]


def _rows() -> Iterator[_Row]:
    names = {person.pk: ledger.pseudonym(person) for person in Person.objects.only("uuid")}
    for person, portrait, *rest in Consent.objects.order_by("pk").values_list(*COLUMNS).iterator():
        yield _Row(names[person], str(portrait), *rest)


def _consents(told: _Told) -> Iterator[str]:
    """Every consent has its line and is what that line says; every end has its own; every line has had its effect."""
    renewed = {(line.at, line.body["usage"]) for line in told.yes.values()}
    without = dict(told.yes)
    for row in _rows():
        line = told.yes.get(row.entry)
        without.pop(row.entry, None)
        if line is None:
            yield f"Consent {row.pk} rests on line {row.entry}, which is no yes."
        elif other := _differs(row, line):
            yield f"Consent {row.pk} is not what line {row.entry} says ({other})."
        yield from _ending(row, told, renewed)
    for seq in without:
        if not any(first <= seq <= last for first, last in told.replayed):
            yield f"Line {seq} is a yes without its consent."


def _differs(row: _Row, line: Line) -> str:
    """The first field in which a consent is not what its line says; a line that does not speak of a field agrees."""
    told = {"starts_at": line.at, **line.body} if line.kind == "granted" else line.body
    mine = row._replace(starts_at=chain.instant(row.starts_at), ends_at=chain.instant(row.ends_at))
    return next((name for name in SAID if name in told and told[name] != getattr(mine, name)), "")


def _ending(row: _Row, told: _Told, renewed: set) -> Iterator[str]:
    """A yes is ended by a line of its own, or replaced by another yes at the same instant."""
    lines = told.ends.get((row.person, row.portrait, row.usage), ())
    if row.ended_at and row.ended_at < row.ends_at:
        at = chain.instant(row.ended_at)
        replaced = row.reason == Consent.Reason.REPLACED and (at, row.usage) in renewed
        if not replaced and at not in {when for _seq, when in lines}:
            yield f"Consent {row.pk} was ended without a line."
    last = min(row.ends_at, row.ended_at or row.ends_at)
    for seq, when in lines:
        if seq > row.entry and last > parse_datetime(when):
            yield f"Consent {row.pk} goes on although line {seq} ended it."
            return


def _hides(told: _Told) -> Iterator[str]:
    """Each stop of staff has its line, and each line its stops; one that was lifted has that line too."""
    done = set()
    across = Coalesce("portrait__translation_key", "compliment__across")
    for key, from_at, to_at in Hidden.objects.values_list(across, "from_at", "to_at"):
        stop = (str(key), chain.instant(from_at))
        done.add(stop)
        if stop not in told.hides:
            yield f"A portrait was hidden at {stop[1]} without a line."
        elif to_at and to_at != _instant(told.hides[stop]) and (stop[0], chain.instant(to_at)) not in told.lifts:
            yield f"The stop of {stop[1]} was lifted without a line."
    known = {str(key) for key in Portrait.objects.values_list("translation_key", flat=True)}
    known |= {str(key) for key in Compliment.objects.values_list("across", flat=True)}
    for key, at in told.hides:
        if key in known and (key, at) not in done:
            yield f"A portrait that was hidden at {at} is not hidden any more."


def _instant(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
