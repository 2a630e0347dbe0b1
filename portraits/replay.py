"""After a restore: put back the ledger's missing lines from its copy, and do again what they took away.

A yes is never made again from a line: whoever said one since the backup has to be asked again, and is named in the report.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.dateparse import parse_datetime

from portraits import chain, ledger, recall, witness
from portraits.chain import Line
from portraits.models import Compliment, Consent, ConsentRequest, Hidden, LedgerEntry, Person, Portrait, StandingAnswer
from portraits.usages import PROMISES, Usage

Reason = Consent.Reason
About = tuple[str, str, str]
ENDS = frozenset({"withdrawn", "refused", "paused", "closed"})
BREAKS = frozenset({"unpromised", "withdrawn", "refused"})
YES = frozenset({"granted", "undone"})
SLICE = 500  # lines written at a time


class Unsound(Exception):
    """The copy is no chain: nothing was done. `found` is its first break."""

    def __init__(self, found: chain.Break):
        super().__init__(f"line {found.seq} of the copy: {found.why.value}")
        self.found = found


class Forked(Exception):
    """The database and the copy tell two different stories from number `seq` on: nothing was done."""

    def __init__(self, seq: int):
        super().__init__(f"the database and the copy part at line {seq}")
        self.seq = seq


@dataclass
class Report:
    """What was done. `again`: each yes that was not made again, nor taken back since: by pseudonym, portrait and usage;
    the person is None where the database no longer knows them. `moved`: people whose address changed since."""

    kinds: Counter = field(default_factory=Counter)
    ended: int = 0
    hidden: int = 0
    again: dict[About, Person | None] = field(default_factory=dict)
    moved: set[Person] = field(default_factory=set)

    @property
    def lines(self) -> int:
        return self.kinds.total()

    def people(self) -> list[Person]:
        """Whom to ask again, each once; those that the database does not know are not among them."""
        return sorted({person for person in self.again.values() if person}, key=str)


def missing() -> list[Line]:
    """The lines of the copy that the database lacks. Raises Unsound, Forked, or OSError and ValueError when it cannot be read."""
    here, there = ledger.head(), witness.head()
    if there is None and witness.path().exists():
        raise ValueError("it was emptied")
    if found := next(chain.breaks(witness.lines()), None):
        raise Unsound(found)
    if there and LedgerEntry.objects.filter(seq=there[0], hash=there[1]).exists():
        return []
    joined, lacking = here == (0, chain.FIRST), []
    for line in witness.lines():
        if line.seq > here[0]:
            lacking.append(line)
        joined = joined or (line.seq, line.hash) == here
    if not joined:
        raise Forked(_parting())
    return lacking


def _parting() -> int:
    """The first number at which the two differ."""
    pairs = zip(LedgerEntry.objects.lines(), witness.lines(), strict=False)
    return next((mine.seq for mine, theirs in pairs if mine.hash != theirs.hash), (witness.head() or (0,))[0] + 1)


@transaction.atomic
def replay(*, at: datetime, dry_run: bool = False) -> Report:
    """Write the missing lines as they are, end and hide again what they ended and hid, each at its own instant. A last
    line, « replayed », says which were put back without their yeses. Doing it again does nothing; `dry_run` keeps nothing.

    Raises what `missing` raises.
    """
    lacking, report = missing(), Report()
    for start in range(0, len(lacking), SLICE):
        LedgerEntry.objects.bulk_create(_entry(line) for line in lacking[start : start + SLICE])
    people = _people() if lacking else {}
    for line in lacking:
        _apply(line, people, report)
    if lacking:
        ledger.append("replayed", at=at, first=lacking[0].seq, last=lacking[-1].seq)
    if dry_run:
        transaction.set_rollback(True)
    else:
        recall.owe(at=at)
    return report


def _entry(line: Line) -> LedgerEntry:
    return LedgerEntry(**{**line._asdict(), "at": parse_datetime(line.at)})


def _people() -> dict[str, Person]:
    return {ledger.pseudonym(person): person for person in Person.objects.all()}


def _apply(line: Line, people: dict[str, Person], report: Report) -> None:
    report.kinds[line.kind] += 1
    said = about(line)
    person = people.get(said[0])
    if person and line.kind in BREAKS:
        _break_promise(line, person)
    if line.kind in ENDS:
        report.ended += _end(line, person) if person else 0
        report.again.pop(said, None)
    elif line.kind == "hidden":
        report.hidden += _hide(line)
    elif line.kind in YES:
        report.again[said] = person
    elif line.kind == "readdressed" and person:
        report.moved.add(person)
    elif line.kind == "standing" and person:
        _stand(line, person)
    elif line.kind == "removed":
        rows = Compliment.objects.filter(across=line.body["portrait"], removed_at=None)
        rows.update(removed_at=parse_datetime(line.at), stage=Compliment.Stage.CLOSED)


def about(line: Line) -> About:
    """Whom and what a line is about: by pseudonym, portrait (the same key in both languages) and usage; "" when unsaid."""
    return tuple(line.body.get(name, "") for name in ("person", "portrait", "usage"))


def over(line: Line) -> str:
    """From which instant a line that ends something ends it: its own, or the day of a departure that is to come."""
    return line.body.get("when", line.at)


def _end(line: Line, person: Person) -> int:
    """End this person's yeses at the line's own instant, as consent.withdraw did then. Returns how many."""
    at = parse_datetime(over(line))
    _name, portrait, usage = about(line)
    rows = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        ends_at__gt=at,
        subject__person=person,
        subject__version__across=portrait,
        usage=usage,
    )
    if line.kind == "refused":  # reminders stop after a no
        ConsentRequest.objects.filter(pk=line.body["request"], answered_at=None).update(answered_at=at)
    reason = line.kind if line.kind in Reason.values else Reason.WITHDRAWN
    return rows.update(ended_before=F("ended_at"), ended_at=at, end_reason=reason, ended_by=line.seq)


def _break_promise(line: Line, person: Person) -> None:
    """The writer of kind words took back what they promised, or their yes: it is not to be promised again."""
    usage = line.body.get("usage")
    audience = line.body.get("audience") or PROMISES[Usage(usage)].audience.value
    rows = Compliment.objects.filter(across=line.body["portrait"], writer=person)
    rows.filter(**{audience: "yes"}).update(**{audience: "no"})


def _stand(line: Line, person: Person) -> None:
    """What somebody answered once and for all: a no again, never a yes, and an « always » that was taken back ends."""
    kept = {"person": person, "audience": line.body["audience"]}
    if line.body["answer"] == StandingAnswer.Answer.NEVER:
        since = parse_datetime(line.at)
        StandingAnswer.objects.update_or_create(**kept, defaults={"answer": line.body["answer"], "since": since})
    else:
        StandingAnswer.objects.filter(**kept).delete()


def _hide(line: Line) -> int:
    """Staff's stop again, by nobody in particular: the ledger does not say who. Returns how many."""
    at, until = parse_datetime(line.at), line.body.get("until")
    already, across = Hidden.objects.filter(from_at=at), line.body["portrait"]
    portraits = Portrait.objects.filter(translation_key=across)
    portraits = portraits.exclude(pk__in=already.filter(portrait__isnull=False).values("portrait"))
    words = Compliment.objects.filter(across=across)
    words = words.exclude(pk__in=already.filter(compliment__isnull=False).values("compliment"))
    of = [*({"portrait": one} for one in portraits), *({"compliment": one} for one in words)]
    rows = [Hidden(**one, from_at=at, to_at=until and parse_datetime(until)) for one in of]
    return len(Hidden.objects.bulk_create(rows))


def start_again(seq: int, hash: str) -> None:
    """The copy is lost for good: make a new one from the database, which must hold this anchor.

    Raises Forked when it does not, FileExistsError when there is a copy.
    """
    if witness.path().exists():
        raise FileExistsError(witness.path())
    if not LedgerEntry.objects.filter(seq=seq, hash__startswith=hash).exists():
        raise Forked(seq)
    witness.begin()
    witness.sync()
