"""Entrusting: who answers for a minor, or for a represented adult, and until when. One living representation per person."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime

from portraits import consent, guardians, ledger
from portraits.models import Person, Representation


@transaction.atomic
def entrust(person: Person, representative: Person | None, quality: str, until: date | None, *, at: datetime) -> None:
    """From now on `representative` answers for this person, until a day; None: nobody does any more.

    What a former representative said ends now, and what the present one said ends on that day at the latest.
    """
    today = localtime(at).date()
    for former in Representation.objects.filter(person=person, valid_until__gt=today).select_related("representative"):
        if representative is None or former.representative_id != representative.pk:
            former.valid_until = today
            former.save(update_fields=["valid_until"])
            _line("represented_no_more", person, former.representative, today, at=at)
            consent.relieve(person, former.representative, on=today, at=at)
    if representative is None:
        return
    values = {"quality": quality, "valid_until": until}
    before = Representation.objects.filter(person=person, representative=representative).values(*values).first()
    if before != values:
        Representation.objects.update_or_create(person=person, representative=representative, defaults=values)
        _line("represented", person, representative, until, at=at)
        consent.relieve(person, representative, on=until, at=at)


def _line(kind: str, person: Person, representative: Person, until: date, *, at: datetime) -> None:
    who, actor = ledger.pseudonym(person), ledger.pseudonym(representative)
    ledger.append(kind, at=at, person=who, actor=actor, until=until.isoformat())


@transaction.atomic
def birthdays_changed(person: Person, *, at: datetime) -> None:
    """A birthday was corrected: what the representative said ends at the next one. It is never lengthened."""
    found = guardians.representation(person, at=at)
    coming = [day for day in (person.turns_14_on, person.turns_18_on) if day and guardians.midnight(day) > at]
    if found and coming:
        consent.relieve(person, found.representative, on=min(coming), at=at)
