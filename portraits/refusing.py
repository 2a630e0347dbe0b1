"""Who ever said no to these kind words, and what a correction ended: neither is walked round by naming people anew, nor undone.
It reads, and errs on the side of silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from portraits import ledger
from portraits.models import Compliment, LedgerEntry, Named, Person, Subject, Version

NO = ("refused", "withdrawn")


def taken_back(person: Person, compliment: Compliment) -> set[str]:
    """The usages to which this person ever said no for these words. One query."""
    lines = _lines(compliment, NO).filter(body__person=ledger.pseudonym(person))
    return set(lines.values_list("body__usage", flat=True))


def put_away(person: Person, compliment: Compliment) -> bool:
    """Whether they took these words off their own page, or reported them. One query."""
    return Named.objects.filter(compliment=compliment, person=person, put_away_at__isnull=False).exists()


def declined(person: Person, compliment: Compliment) -> bool:
    """Whether they are not to be asked about these words again."""
    return put_away(person, compliment) or bool(taken_back(person, compliment))


def dropped(compliment: Compliment, people: Iterable[Person]) -> bool:
    """Whether somebody for whom these words were once is not among `people` any more, and had said no to them or put them away:
    un-naming them, and asking the others, would be a way round their refusal. One query the first time, two after."""
    before = Subject.objects.filter(version__compliment=compliment).exclude(role=Subject.Role.WRITER)
    before = before.exclude(person__in=[one.pk for one in people]).values("person")
    gone = [ledger.pseudonym(one) for one in Person.objects.filter(pk__in=before)]
    if not gone:
        return False
    said = _lines(compliment, NO) | _lines(compliment, ("not_for",)).filter(body__put_away=True)
    return said.filter(body__person__in=gone).exists()


def as_left(person: Person, compliment: Compliment, *, at: datetime) -> dict[str, datetime | None]:
    """What a row of Named starts with: somebody whom a moderator took off these words finds them as they left them, told and put
    away. One query."""
    lines = _lines(compliment, ("not_for",)).filter(body__person=ledger.pseudonym(person))
    before = lines.order_by("-seq").values_list("body", flat=True).first() or {}
    return {f"{what}_at": at if before.get(what) else None for what in ("told", "put_away")}


# -- an undo ends with a correction


def since_correction(compliment: Compliment, lines: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Those of these lines that were written after it was last said whom the words are for: what was undone before would bring
    back a wording that is over. One query, when there is a line."""
    if not lines:
        return []
    said = list(_lines(compliment, ("passed_on", "not_for")).order_by("seq").values_list("seq", flat=True))
    last = max(said[1:], default=0)  # the first one corrects nothing
    return [line for line in lines if line.seq > last]


def superseded(version: Version) -> bool:
    """Whether these are kind words that were passed on anew since, or wait for it: no yes to them stands again."""
    if not version.compliment_id:
        return False
    newer = Version.objects.filter(compliment=version.compliment_id, pk__gt=version.pk)
    return version.compliment.passed_on_at is None or newer.exists()


def _lines(compliment: Compliment, kinds: Sequence[str]) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(kind__in=kinds, body__portrait=str(compliment.across))
