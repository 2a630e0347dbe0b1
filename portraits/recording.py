"""Recording an answer given on paper or on the telephone: record · open · confirm · dismiss. Keyword-only, one transaction
each, with its ledger line.

A no is applied at once. A yes waits until a second person on staff has opened what the first one recorded, and agrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet

from portraits import consent, ledger, letter, receipts
from portraits.consent import Closed, Method, Proof
from portraits.models import ConsentRequest, Evidence, LedgerEntry
from portraits.sheets import Sheet
from portraits.usages import Usage

METHODS = {Evidence.Kind.PAPER: Method.PAPER, Evidence.Kind.PHONE: Method.PHONE}
TAKEN_BACK = ("refused", "withdrawn", "paused")


class NotYours(Exception):
    """Nobody on staff records, nor confirms, an answer about themselves; nor confirms what they recorded."""


class NotOpened(Exception):
    """The second person agrees to what they have opened, not to a line of a list."""


class Changed(Exception):
    """A channel no longer renders what the sheet showed: the person said yes to something else."""


class Settled(Exception):
    """It was confirmed or dismissed meanwhile."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answered, usage by usage ("yes" or "no"), how, when, for how many days, in which language.

    `notice`: the number of the script that was read aloud, 0 on paper.
    """

    kind: Evidence.Kind
    answers: Mapping[Usage, str]
    said_at: datetime
    days: int
    language: str
    note: str = ""
    sheet: Sheet | None = None
    notice: int = 0


def hash_of(data: bytes) -> str:
    """What the record, and the ledger, keep of a sheet."""
    return sha256(data).hexdigest()


def theirs(request: ConsentRequest, by) -> bool:
    """Whether this account belongs to whoever answers, or is portrayed."""
    return by.pk in {request.addressee.user_id, request.subject.person.user_id}


@transaction.atomic
def record(request: ConsentRequest, said: Said, *, seen: Mapping[Usage, str], by, at: datetime) -> Evidence:
    """Keep what was answered. A no is applied now; a yes waits for a second person.

    `seen`: usage → hash of its rendering as it is now. Raises Closed, NotYours, or Changed when a usage that was accepted
    has no rendering: nothing is written then.
    """
    if theirs(request, by):
        raise NotYours
    accepted = [usage for usage, answer in said.answers.items() if answer == "yes"]
    if any(usage not in seen for usage in accepted):
        raise Changed
    refused = {usage: answer for usage, answer in said.answers.items() if answer == "no"}
    consent.answer(request, refused, seen={}, at=at)  # raises Closed, before a file is written
    fingerprint = hash_of(said.sheet.data) if said.sheet else ledger.seal(said.note)
    evidence = Evidence(
        request=request,
        kind=said.kind,
        answers={usage.value: answer for usage, answer in said.answers.items()},
        seen={usage.value: seen[usage] for usage in accepted},
        days=said.days,
        said_at=said.said_at,
        language=said.language,
        note=said.note,
        notice=said.notice,
        sha256=fingerprint,
        recorded_by=by,
        recorded_at=at,
        dismissed_at=None if accepted else at,
    )
    if said.sheet:
        evidence.file.save(f"sheet.{said.sheet.extension}", ContentFile(said.sheet.data), save=False)
    evidence.save()
    if accepted and refused:
        receipts.hold(request, decided_at=at, until=request.closes_at)
    _line("recorded", evidence, at=at, how=said.kind, evidence=fingerprint, notice=said.notice)
    return evidence


def _line(kind: str, row: Evidence, /, *, at: datetime, **more) -> LedgerEntry:
    """No answer in it, and nobody on staff by name: accounts are their numbers, meaningless outside."""
    subject = row.request.subject
    return ledger.append(
        kind,
        at=at,
        person=ledger.pseudonym(subject.person),
        portrait=str(subject.version.across),
        request=row.request_id,
        record=row.pk,
        **more,
    )


# -- the second person


def waiting(by, *, at: datetime) -> QuerySet[Evidence]:
    """What this account could confirm: recorded by another, about another, while the request is open. One query."""
    rows = Evidence.objects.filter(confirmed_at__isnull=True, dismissed_at__isnull=True, request__closes_at__gt=at)
    person = "request__subject__person"
    about_them = Q(**{f"{person}__user": by}) | Q(request__recipient__user=by)
    # In a list of keys: an exclusion through a nullable account would drop whoever has none.
    others = rows.exclude(recorded_by=by).exclude(pk__in=rows.filter(about_them).values("pk"))
    return others.select_related(person, "request__subject__version__portrait", "recorded_by").order_by("pk")


def unconfirmed(request: ConsentRequest, *, at: datetime) -> set[Usage]:
    """What this person said yes to on paper or by telephone, about this portrait, that no second person has confirmed yet and
    that they have not taken back since. One query, and one for each yes."""
    subject = request.subject
    rows = Evidence.objects.filter(
        confirmed_at__isnull=True,
        dismissed_at__isnull=True,
        request__closes_at__gt=at,
        request__subject__person=subject.person_id,
        request__subject__version__portrait=subject.version.portrait_id,
    )
    said = [(row, Usage(name)) for row in rows for name, answer in row.answers.items() if answer == "yes"]
    return {usage for row, usage in said if not _taken_back(row, usage)}


def _pending(evidence: Evidence, by) -> Evidence:
    """The row, locked, if this account may settle it. Raises Settled or NotYours."""
    row = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if row.confirmed_at or row.dismissed_at:
        raise Settled
    if row.recorded_by_id == by.pk or theirs(row.request, by):
        raise NotYours
    return row


@transaction.atomic
def show(evidence: Evidence, *, by, at: datetime) -> Evidence:
    """Open it as its second person: only whoever opened it last may confirm. Raises Settled or NotYours."""
    row = _pending(evidence, by)
    row.second_person, row.shown_at = by, at
    row.save(update_fields=["second_person", "shown_at"])
    read(row, by=by, at=at)
    return row


@transaction.atomic
def read(evidence: Evidence, *, by, at: datetime) -> None:
    """Leave a line for each opening, whoever opens and whatever for."""
    _line("evidence_read", evidence, at=at, account=by.pk)


@transaction.atomic
def confirm(evidence: Evidence, *, seen: Mapping[Usage, str], by, at: datetime) -> None:
    """The second person agrees: each recorded yes is now said, save what the person took back since.

    What they took back is left out without a word, since staff must not learn of it. Raises Settled, NotYours, NotOpened,
    Closed, or Changed.
    """
    row = _pending(evidence, by)
    if row.second_person_id != by.pk or row.shown_at is None:
        raise NotOpened
    if at >= row.request.closes_at:
        raise Closed
    accepted = [Usage(name) for name, answer in row.answers.items() if answer == "yes"]
    if any(seen.get(usage) != row.seen[usage.value] for usage in accepted):
        raise Changed
    row.confirmed_at = at
    row.save(update_fields=["confirmed_at"])
    _line("evidence_confirmed", row, at=at, evidence=row.sha256)
    proof = Proof(METHODS[row.kind], row.language, row)
    kept = {usage: "yes" for usage in accepted if not _taken_back(row, usage)}
    consent.answer(row.request, kept, seen=seen, at=at, proof=proof, days=row.days, since=counted_from(row))
    if kept:
        receipts.absorb(row.request, decided_at=row.recorded_at)
    else:
        receipts.release(row.request, decided_at=row.recorded_at, at=at)


def counted_from(evidence: Evidence) -> datetime:
    """The instant from which what the person read counts: the printing of their sheet, which bears the end, even when it was
    read to them; without one, when they said it. How long the second person takes changes nothing."""
    printed = letter.first_printed(evidence.request)
    paper = evidence.kind == Evidence.Kind.PAPER
    return printed if printed and (paper or printed <= evidence.said_at) else evidence.said_at


def _taken_back(evidence: Evidence, usage: Usage) -> bool:
    """Whether the person has themselves refused, withdrawn or paused this since they said yes, and not undone it."""
    subject = evidence.request.subject
    lines = LedgerEntry.objects.filter(
        at__gt=evidence.said_at,
        kind__in=(*TAKEN_BACK, "undone"),
        body__person=ledger.pseudonym(subject.person),
        body__portrait=str(subject.version.across),
        body__usage=usage.value,
    )
    last = lines.order_by("-seq").first()
    return last is not None and last.kind != "undone"


@transaction.atomic
def dismiss(evidence: Evidence, *, by, at: datetime) -> None:
    """The second person does not agree: nothing is granted, what was refused stays refused. Raises Settled or NotYours."""
    row = _pending(evidence, by)
    row.second_person, row.dismissed_at = by, at
    row.save(update_fields=["second_person", "dismissed_at"])
    receipts.release(row.request, decided_at=row.recorded_at, at=at)
    _line("evidence_dismissed", row, at=at, evidence=row.sha256)
