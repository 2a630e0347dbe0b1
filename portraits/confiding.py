"""« Montrer à ma ou mon gestionnaire »: kind words go to a manager when whom they are for sends them, one by one, and never
otherwise. One mail, and a row that says to whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from portraits import gate, inbox, invitation, ledger, match, own_words, state, throttle, turn
from portraits.models import Compliment, Confidence, Person
from portraits.received import Word

A_DAY = 10  # sent by one person
LONGEST = 60  # letters of a manager's name


class NotOurs(Exception):
    """No e-mail address of the borough: these words leave it by nobody's hand but their person's own."""


class NoName(Exception):
    """What stands for the manager's name is none: an official mail opens with it."""


class Stopped(Exception):
    """Staff hid these words, or they were removed."""


class Several(Exception):
    """These words name others too, who have not chosen to show them."""


class Again(Exception):
    """They were sent to this address already."""


class TooMany(Exception):
    """A_DAY were sent today."""


@transaction.atomic
def confide(word: Word, person: Person, *, name: str, email: str, at: datetime) -> Confidence:
    """Send these words to this person's manager. Raises NotOurs, NoName, Stopped, Several, Again or TooMany: nothing
    leaves then."""
    row = word.request.subject.version.compliment
    turn.take(row)
    name, email = " ".join(inbox.legible(name).split()), email.strip()
    if name and not match.is_name(name, most=LONGEST):
        raise NoName(name)
    try:
        validate_email(email)
    except ValidationError:
        raise NotOurs(email) from None
    if email.rpartition("@")[2].casefold() not in {one.casefold() for one in settings.STAFF_DOMAINS}:
        raise NotOurs(email)
    removed = Compliment.objects.filter(pk=row.pk, removed_at__isnull=False).exists()
    if removed or state.stop(row.pk, at=at, of=gate.COMPLIMENT):
        raise Stopped(row.pk)
    if len(word.quote.to) != 1 or own_words.strangers(" ".join(word.quote.text), [person]):
        raise Several(row.pk)
    if Confidence.objects.filter(compliment=row, person=person, email__iexact=email).exists():
        raise Again(email)
    if not throttle.allow("confide", str(person.pk), most=A_DAY, within=timedelta(days=1), at=at):
        raise TooMany
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
