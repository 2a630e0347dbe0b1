"""The verbs of consent: answer · withdraw · pause · undo · depart. Keyword-only, one transaction each, with its ledger lines.

Asking is in `asking.py`, staff's stop in `hiding.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from portraits import chain, closing, guardians, ledger, notices, recall, receipts, refusing, turn, unlock, usages
from portraits.models import (
    Compliment,
    Consent,
    ConsentRequest,
    Evidence,
    LedgerEntry,
    Person,
    Portrait,
    Subject,
    Version,
)
from portraits.usages import Usage

Method, Reason = Consent.Method, Consent.Reason
MONTH = 30  # days of « try for a month »
TERMS = {"annee": settings.CONSENT_DAYS, "mois": MONTH}  # days that a yes holds, by the name that forms give it
UNDO = timedelta(minutes=10)


class Closed(Exception):
    """The request takes no answer any more: too late, or replaced by a newer one."""


class Unseen(Exception):
    """A yes to a usage whose rendering was not shown to the person in this visit."""


class Unproven(Exception):
    """A yes without a second proof of who says it: the link alone is not enough, a robot may follow it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How we know who says yes, and in which language they read. `evidence` goes with paper and telephone."""

    method: Method
    language: str = settings.LANGUAGE_CODE
    evidence: Evidence | None = None


# -- answer


@transaction.atomic
def answer(
    request: ConsentRequest,
    answers: Mapping[Usage, str],
    *,
    seen: Mapping[Usage, str],
    at: datetime,
    proof: Proof | None = None,
    days: int | None = None,
    since: datetime | None = None,
) -> None:
    """What the person said, usage by usage: "yes", "no", or "" which changes nothing and is no consent.

    `seen` holds the sha256 of each rendering shown in this visit; it is stored with the yes. A no needs no proof. `since`
    is when the end that they read was written, when it is not now: on a printed sheet, or aloud. Raises
    Closed, Unproven when a yes lacks its proof, or Unseen when it lacks its rendering; nothing is written then.
    """
    turn.take(request.subject.version.work)
    request = ConsentRequest.objects.select_for_update().get(pk=request.pk)
    if at >= request.closes_at:
        raise Closed
    for name in request.asked:
        usage = Usage(name)
        said = answers.get(usage, "")
        if said == "yes":
            if proof is None:
                raise Unproven(usage)
            if usage not in seen:
                raise Unseen(usage)
            ends = ends_at(request, at=at, days=days or settings.CONSENT_DAYS, since=since)
            _grant(request, usage, seen[usage], proof, at=at, ends=ends)
        elif said == "no":
            _refuse(request, usage, at=at)
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    unlock.after_answer(request.subject.version, at=at)
    if {"yes", "no"} & {answers.get(Usage(name)) for name in request.asked}:
        receipts.owe(request.subject.version.work, request.subject.person, at=at, request=request)


@transaction.atomic
def keep(
    request: ConsentRequest, seen: Mapping[Usage, str], *, at: datetime, proof: Proof, since: datetime | None = None
) -> None:
    """What a person said beforehand becomes their yes to these very renderings (usage → sha256): on the form where they wrote
    kind words, `since` then; or once for all those that name them. It lasts no longer than if it were said then."""
    turn.take(request.subject.version.work)
    request = ConsentRequest.objects.select_for_update().get(pk=request.pk)
    for usage, rendering in seen.items():
        ends = ends_at(request, at=at, days=settings.CONSENT_DAYS, since=since)
        _grant(request, usage, rendering, proof, at=at, ends=ends)
    if seen:
        request.answered_at = at
        request.save(update_fields=["answered_at"])
        receipts.owe(request.subject.version.work, request.subject.person, at=at, request=request)


def _line(kind: str, request: ConsentRequest, usage: Usage, *, at: datetime, **more) -> LedgerEntry:
    subject = request.subject
    return ledger.append(
        kind,
        at=at,
        person=ledger.pseudonym(subject.person),
        portrait=str(subject.version.across),
        fingerprint=subject.version.fingerprint,
        usage=usage.value,
        number=usages.number(usage, at),
        request=request.pk,
        **more,
    )


def _grant(
    request: ConsentRequest, usage: Usage, rendering: str, proof: Proof, *, at: datetime, ends: datetime
) -> None:
    subject, actor = request.subject, request.addressee
    former = Consent.objects.filter(subject=subject, usage=usage)
    _end(former, at=at, reason=Reason.REPLACED)
    # One that ran out by itself is closed at its own end: at most one open row per subject, usage and number.
    former.filter(ended_at__isnull=True).update(ended_at=F("ends_at"), end_reason=Reason.REPLACED)
    line = _line(
        "granted",
        request,
        usage,
        at=at,
        ends_at=chain.instant(ends),
        rendering=rendering,
        words=notices.words_sha256(request, usage, proof.language),
        method=proof.method,
        language=proof.language,
        actor=ledger.pseudonym(actor),
        evidence=proof.evidence.sha256 if proof.evidence else "",
    )
    Consent.objects.create(
        subject=subject,
        request=request,
        usage=usage,
        usage_number=usages.number(usage, at),
        starts_at=at,
        ends_at=ends,
        method=proof.method,
        actor=actor,
        evidence=proof.evidence,
        language=proof.language,
        rendering_sha256=rendering,
        ledger_entry=line,
    )
    _replace_older(subject.version, usage, at=at)


def ends_at(request: ConsentRequest, *, at: datetime, days: int, since: datetime | None = None) -> datetime:
    """When a yes said now to this request ends: what the person reads is what is written, one instant for every usage.

    So many days after `since`, or now; a renewal goes on from the first end that it was asked about, 24 months from there
    at most; sooner when a departure, a birthday or a mandate says so. Raises Closed when nothing of it would be left.
    """
    since = since or at
    ends = min(max(since, _first_end(request) or since) + timedelta(days=days), since + timedelta(days=730))
    limit = guardians.limit(request.subject, request.addressee, at=at)
    ends = min(ends, limit) if limit else ends
    if ends <= at:
        raise Closed
    return ends


def _first_end(request: ConsentRequest) -> datetime | None:
    """The first end among the yeses that lived when this renewal was asked; None when it renews nothing (a pause). What is
    answered meanwhile changes nothing to it: answering twice does not lengthen twice."""
    if not request.renewal:
        return None
    asked_at = request.asked_at
    lived = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=asked_at),
        subject=request.subject_id,
        usage__in=request.asked,
        starts_at__lte=asked_at,
        ends_at__gt=asked_at,
    )
    return lived.exclude(request=request).order_by("ends_at").values_list("ends_at", flat=True).first()


def _refuse(request: ConsentRequest, usage: Usage, *, at: datetime) -> None:
    _line("refused", request, usage, at=at)
    _stop(request.subject.version.work, request.subject.person, [usage], at=at, reason=Reason.WITHDRAWN)


def _end(rows: QuerySet[Consent], *, at: datetime, reason: str, line: LedgerEntry | None = None) -> int:
    """End what lives or is scheduled after `at`; `ended_at` is only ever set, or brought nearer."""
    return (
        rows.filter(ends_at__gt=at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))
        .update(ended_before=F("ended_at"), ended_at=at, end_reason=reason, ended_by=line)
    )


def _replace_older(version: Version, usage: Usage, *, at: datetime) -> None:
    """Once a Version has everyone's yes, the yeses to older ones end: else an older picture comes back when this one ends."""
    before = Version.objects.filter(pk__lt=version.pk, portrait=version.portrait_id, compliment=version.compliment_id)
    older = Consent.objects.filter(subject__version__in=before, usage=usage)
    if not older.exists():  # nearly always: there was no older yes
        return
    yes = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        subject__version=version,
        usage=usage,
        usage_number=usages.number(usage, at),
        ends_at__gt=at,
    )
    # Another's yes may carry a later instant than ours although it was written first: it is complete from the last one on.
    at = max([at, *yes.values_list("starts_at", flat=True)])
    if Subject.objects.filter(version=version).exclude(pk__in=yes.values("subject")).exists():
        return
    if _end(older, at=at, reason=Reason.REPLACED):
        recall.owe(at=at)


# -- withdraw, pause, undo, depart


def _everywhere(work: Portrait | Compliment, person: Person, usage: Usage) -> QuerySet[Consent]:
    """That person's yeses for one usage on ALL Versions, in both languages: ending the newest would bring the older back."""
    return Consent.objects.filter(subject__version__across=work.across, subject__person=person, usage=usage)


@transaction.atomic
def withdraw(
    work: Portrait | Compliment,
    person: Person,
    stopped: Iterable[Usage],
    *,
    at: datetime,
    reason: Reason = Reason.WITHDRAWN,
) -> list[Usage]:
    """End that person's yes for these usages, scheduled ones too. A pause is a withdrawal whose reason is PAUSED: coming
    back is a new request. Returns what ended."""
    ended = _stop(work, person, stopped, at=at, reason=reason)
    if ended:
        receipts.owe(work, person, at=at)
    return ended


def _stop(
    work: Portrait | Compliment, person: Person, stopped: Iterable[Usage], *, at: datetime, reason: Reason
) -> list[Usage]:
    turn.take(work)
    ended = []
    for usage in stopped:
        rows = _everywhere(work, person, usage)
        if not rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), ends_at__gt=at).exists():
            continue
        line = ledger.append(
            reason.value,
            at=at,
            person=ledger.pseudonym(person),
            portrait=str(work.across),
            usage=usage.value,
        )
        _end(rows, at=at, reason=reason, line=line)
        ended.append(usage)
    if ended:
        recall.owe(at=at)
        closing.owe(work, person, ended, at=at)
    return ended


def undoable(work: Portrait | Compliment, person: Person, *, at: datetime) -> list[LedgerEntry]:
    """The last gesture of the last ten minutes that may still be undone, usage by usage: what was refused or withdrawn at
    one instant, neither undone yet nor followed by a new yes. Never several: a slip must not bring back what was meant."""
    lines = LedgerEntry.objects.filter(
        at__gt=at - UNDO,
        at__lte=at,
        body__person=ledger.pseudonym(person),
        body__portrait=str(work.across),
    )
    last: dict[str, LedgerEntry] = {}
    for line in lines.order_by("seq"):
        if line.kind in {"refused", "withdrawn", "paused"}:
            last[line.body["usage"]] = line
        elif line.kind in {"granted", "undone"}:
            last.pop(line.body["usage"], None)
    newest = max((line.at for line in last.values()), default=None)
    return sorted((line for line in last.values() if line.at == newest), key=lambda line: line.seq)


@transaction.atomic
def undo(work: Portrait | Compliment, person: Person, *, at: datetime) -> list[Usage]:
    """A slip, or a robot that clicked, is repaired within ten minutes: what stood before stands again, with the same ends
    and never more; a refused question is unanswered again. Returns the usages concerned."""
    turn.take(work)
    undone = []
    for line in undoable(work, person, at=at):
        usage = Usage(line.body["usage"])
        rows = Consent.objects.filter(ended_by=line, ends_at__gt=at).select_related("subject__version").order_by("pk")
        back = [row for row in rows if row.ended_before is None or row.ended_before > at]
        back = [row for row in back if _put_back(row, line, at=at)]
        if not back:
            _undone(line, at=at)
        undone.append(usage)
    if undone:
        open_rows = ConsentRequest.objects.filter(
            subject__version__across=work.across,
            subject__person=person,
            closes_at__gt=at,
        )
        open_rows.filter(consents__isnull=True).update(answered_at=None)
        recall.forgive(at=at)
        receipts.owe(work, person, at=at)
    return undone


def _undone(line: LedgerEntry, *, at: datetime, **more) -> LedgerEntry:
    kept = {name: line.body[name] for name in ("person", "portrait", "usage")}
    return ledger.append("undone", at=at, **kept, undoes=line.seq, **more)


def _put_back(row: Consent, line: LedgerEntry, *, at: datetime) -> bool:
    """Whether it stands again. A departure, a birthday or another representative since then limits it as any yes."""
    starts, limit = max(at, row.starts_at), guardians.limit(row.subject, row.actor or row.subject.person, at=at)
    ends = min(row.ends_at, limit) if limit else row.ends_at
    if ends <= starts or refusing.superseded(row.subject.version):
        return False
    Consent.objects.create(
        subject=row.subject,
        request_id=row.request_id,
        usage=row.usage,
        usage_number=row.usage_number,
        starts_at=starts,
        ends_at=ends,
        ended_at=row.ended_before,
        end_reason=Reason.CLOSED if row.ended_before else "",  # an end to come is a departure's
        method=row.method,
        actor_id=row.actor_id,
        evidence_id=row.evidence_id,
        language=row.language,
        rendering_sha256=row.rendering_sha256,
        ledger_entry=_undone(line, at=at, ends_at=chain.instant(ends), fingerprint=row.subject.version.fingerprint),
    )
    _replace_older(row.subject.version, Usage(row.usage), at=at)
    return True


@transaction.atomic
def depart(person: Person, *, on: date, at: datetime) -> int:
    """An employee leaves: every yes of theirs ends at midnight that day, or now when it is past. Returns how many end.

    In the transaction that writes `left_on`. It is never lengthened: somebody who stays after all is asked again.
    """
    return _close(Consent.objects.filter(subject__person=person), when=max(at, guardians.midnight(on)), at=at)


@transaction.atomic
def relieve(person: Person, representative: Person, *, on: date, at: datetime) -> int:
    """Somebody no longer answers for a person: what they said for them ends at midnight that day, or now when it is past.
    Returns how many end. In the transaction that writes the end of the representation, or a birthday."""
    beside = Q(subject__role=Subject.Role.GUARDIAN, subject__version__subjects__person=person)
    said = Consent.objects.filter(Q(subject__person=person) | beside, actor=representative).values_list("pk", flat=True)
    return _close(Consent.objects.filter(pk__in=list(said)), when=max(at, guardians.midnight(on)), at=at)


@transaction.atomic
def end_all(work: Compliment, *, at: datetime) -> int:
    """These words are removed for good: every yes to them, whoever gave it, ends now. Returns how many end."""
    turn.take(work)
    return _close(Consent.objects.filter(subject__version__compliment=work), when=at, at=at)


def _close(rows: QuerySet[Consent], *, when: datetime, at: datetime) -> int:
    """End these rows at `when`, with one line per person, portrait and usage. Returns how many lines."""
    living = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=when), ends_at__gt=when)
    kinds = living.values_list("subject__person", "subject__version__across", "usage")
    found = sorted({(who, str(key), usage) for who, key, usage in kinds})
    people = Person.objects.in_bulk({who for who, _key, _usage in found})
    for who, key, usage in found:
        line = ledger.append(
            "closed", at=at, person=ledger.pseudonym(people[who]), portrait=key, usage=usage, when=chain.instant(when)
        )
        one = rows.filter(subject__person=who, subject__version__across=key, usage=usage)
        _end(one, at=when, reason=Reason.CLOSED, line=line)
    if found and when <= at:
        recall.owe(at=at)
    return len(found)
