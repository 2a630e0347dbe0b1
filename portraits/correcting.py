"""Whom kind words are for, corrected after they were passed on: they went to the wrong Nadia, or not to everybody.

Nobody had said yes to these words for these people: every yes ends, on every channel, and the question is put again to those
whom they are for now. Nothing is written to whoever had them by mistake: a moderator tells them. Keyword-only, one transaction
each; inbox.NotNow when it cannot be corrected any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portraits import consent, gate, inbox, ledger, push, quoting, refusing, state
from portraits.models import Compliment, ConsentRequest, Named, Person, Push

Kind, Stage = Compliment.Kind, Compliment.Stage


def may(row: Compliment, *, at: datetime) -> bool:
    """Whether it can be corrected: words hidden by staff wait for the consent officer, since new words would lift it; what a
    colleague wrote for one person alone is nobody else's."""
    passed = row.passed_on_at and row.kind in {Kind.COMPLIMENT, Kind.MIXED}
    over = row.private or row.erased_at or row.removed_at
    return bool(passed and not over) and state.stop(row.pk, at=at, of=gate.COMPLIMENT) is None


@transaction.atomic
def not_for(compliment: Compliment, person: Person | None, *, by, at: datetime) -> Compliment:
    """It was not for this person; without one, not for the team. When nobody is left, it waits to be passed on as on the first
    day."""
    row = _take(compliment, at=at)
    if person is None:
        if not row.for_team:
            raise inbox.NotNow(row.stage)
        row.for_team, row.team, row.team_told_at = False, None, None
        row.save(update_fields=["for_team", "team", "team_told_at"])
    who = _unnamed(row, person) if person else {}
    ledger.append("not_for", at=at, portrait=str(row.across), by=ledger.account(by), **who)
    _anew(row, by=by, at=at)
    return row


@transaction.atomic
def also_for(compliment: Compliment, person: Person, *, by, at: datetime) -> Compliment:
    """It was for this person too: they get the words now. Somebody taken off them by mistake finds them as they left them."""
    row = _take(compliment, at=at)
    if person.pk == row.writer_id or row.named.filter(person=person).exists():
        raise inbox.NotNow(row.stage)
    confirmed = {"confirmed_by": by, "confirmed_at": at}
    Named.objects.create(compliment=row, person=person, **confirmed, **refusing.as_left(person, row, at=at))
    ledger.append("passed_on", at=at, portrait=str(row.across), people=[ledger.pseudonym(person)])
    _anew(row, by=by, at=at)
    return row


def _unnamed(row: Compliment, person: Person) -> dict:
    """Take this person off the words. The ledger keeps what they did with them, for the row goes."""
    mine = row.named.filter(person=person).first()
    if mine is None:
        raise inbox.NotNow(row.stage)
    mine.delete()
    return {
        "person": ledger.pseudonym(person),
        "told": mine.told_at is not None,
        "put_away": mine.put_away_at is not None,
    }


def _take(compliment: Compliment, *, at: datetime) -> Compliment:
    row = inbox.take(compliment, Stage.PASSED_ON, Stage.ANSWERED, Stage.CLOSED)
    if not may(row, at=at):
        raise inbox.NotNow(row.stage)
    return row


def _anew(row: Compliment, *, by, at: datetime) -> None:
    """End what was said, and ask those whom it is for now."""
    consent.end_all(row, at=at)
    ConsentRequest.objects.filter(subject__version__compliment=row, closes_at__gt=at).update(closes_at=at)
    push.drop(kind=Push.Kind.REACTION, about=row, at=at)  # nobody reads them on the wall any more
    people = [one.person for one in row.named.select_related("person").order_by("pk")]
    if people or row.for_team:
        quoting.ask(row, inbox.wording(row), people, by=by, at=at, anew=True)
    else:
        row.stage, row.passed_on_at, row.passed_on_by, row.closed_at = Stage.TRIAGED, None, None, None
        row.save(update_fields=["stage", "passed_on_at", "passed_on_by", "closed_at"])
