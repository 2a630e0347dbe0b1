"""« Montrer à ma ou mon gestionnaire »: kind words go to a manager when whom they are for sends them, one by one, and never
otherwise. One mail, and a row that says to whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from portraits import inbox, invitation, ledger, throttle, turn
from portraits.models import Confidence, Person
from portraits.received import Word

A_DAY = 10  # sent by one person


class NotOurs(Exception):
    """No e-mail address of the borough: these words leave it by nobody's hand but their person's own."""


class Several(Exception):
    """These words name others too, who have not chosen to show them."""


class Again(Exception):
    """They were sent to this address already."""


class TooMany(Exception):
    """A_DAY were sent today."""


def domains(person: Person) -> set[str]:
    """The ends of the borough's addresses: of what it writes from, and of this person's own account."""
    ours = [parseaddr(settings.DEFAULT_FROM_EMAIL)[1], person.user.email if person.user else ""]
    return {one.rpartition("@")[2].casefold() for one in ours if "@" in one}


@transaction.atomic
def confide(word: Word, person: Person, *, name: str, email: str, at: datetime) -> Confidence:
    """Send these words to this person's manager. Raises NotOurs, Several, Again or TooMany: nothing leaves then."""
    row = word.request.subject.version.compliment
    turn.take(row)
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise NotOurs(email) from None
    if email.rpartition("@")[2].casefold() not in domains(person):
        raise NotOurs(email)
    if len(word.quote.to) != 1:
        raise Several(row.pk)
    if Confidence.objects.filter(compliment=row, person=person, email__iexact=email).exists():
        raise Again(email)
    if not throttle.allow("confide", str(person.pk), most=A_DAY, within=timedelta(days=1), at=at):
        raise TooMany
    name = " ".join(inbox.legible(name).split())[:80]
    made = Confidence.objects.create(compliment=row, person=person, name=name or email, email=email, at=at)
    ledger.append("confided", at=at, person=ledger.pseudonym(person), portrait=str(row.across))
    invitation.confide(person, word.quote, name=name, to=email)
    return made


def sent(person: Person, keys: Iterable[int]) -> dict[int, list[Confidence]]:
    """Compliment → to whom this person sent it, the oldest first. One query."""
    found: dict[int, list[Confidence]] = {}
    for one in Confidence.objects.filter(person=person, compliment__in=list(keys)):
        found.setdefault(one.compliment_id, []).append(one)
    return found
