"""« Dire bravo »: a colleague thanks a person or a team. For them alone, it is brought at once and no moderator reads it; for the
wall too, it goes through the inbox as any kind words (inbox.py, quoting.py). Keyword-only, one transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from portraits import consent, gate, hiding, inbox, ledger, links, push, quoting, throttle, turn
from portraits.models import Compliment, ConsentRequest, Link, Named, Person, Push, Subject, Team
from portraits.usages import Audience, Usage

A_DAY = 20  # bravos that one account may send
WALL, ALONE = "mur", "prive"
Channel, Stage = Compliment.Channel, Compliment.Stage
_OURS = {"channel": Channel.COLLEAGUE}


class TooMany(Exception):
    """This account has sent A_DAY bravos today: those before have left."""


class Unreachable(Exception):
    """A team without a mailbox: words for it alone would reach nobody."""


@dataclass(frozen=True, slots=True)
class For:
    """Whom a bravo is for: somebody who was found, a team, or a first name that a moderator looks for."""

    person: Person | None = None
    team: Team | None = None
    said: str = ""


def give(words: str, *, writer: Person, to: For, wall: bool, key: str, language: str, at: datetime) -> Compliment:
    """Keep the words, once: `key` is that of the form, and a second click finds what it sent. For somebody whom nobody found,
    a moderator reads them even when they are for nobody else. Raises inbox.Refused, TooMany, Unreachable, and ValueError
    when somebody thanks themselves."""
    if to.person and to.person.pk == writer.pk:
        raise ValueError("Nobody thanks themselves.")
    key = links.token_hash(f"{writer.pk} {key}")  # another's form, even copied, is another form
    found = Compliment.objects.filter(**_OURS, external_ref=key, writer=writer).first()
    if found:
        return found
    private = not wall and bool(to.person or to.team)
    if private and to.team and not to.team.email:
        raise Unreachable(to.team.pk)
    if not throttle.allow("bravo", str(writer.pk), most=A_DAY, within=timedelta(days=1), at=at):
        raise TooMany
    try:
        with transaction.atomic():
            return _give(words, writer, to, private, wall=wall, key=key, language=language, at=at)
    except IntegrityError:  # the other click was first
        return Compliment.objects.get(**_OURS, external_ref=key, writer=writer)


def _give(words: str, writer: Person, to: For, private: bool, *, wall: bool, key: str, language: str, at: datetime):
    signed = inbox.Writer(writer.first_name, signature=Compliment.Signature.FIRST_NAME, colleague=writer)
    row, _token = inbox.receive(
        words,
        at=at,
        channel=Channel.COLLEAGUE,
        writer=signed,
        wishes={Audience.COLLEAGUES: "yes" if wall else "no", Audience.PUBLIC: "no"},
        method=quoting.consent.Method.SESSION,
        external_ref=key,
        language=language,
        private=private,
        chosen=to.person,
        team=to.team,
        to_whom=(to.person.first_name if to.person else inbox.legible(to.said))[:80],
    )
    if private:
        row.kind = Compliment.Kind.COMPLIMENT
        version = inbox.bring(row, [to.person] if to.person else [], by=None, at=at)
        row.stage, row.closed_at = Stage.CLOSED, at  # nothing more is owed about it
        row.save(update_fields=["kind", "stage", "closed_at"])
        if to.person and to.person.user_id:
            push.offer(person=to.person, kind=Push.Kind.BRAVO, about=row, at=at)
        if to.team:
            inbox.bring_to_team(row, version, at=at)
    return row


# -- one's own


@dataclass(frozen=True, slots=True)
class Written:
    """A bravo as its writer finds it again: `shown` says that it is on the wall now; `question` that it was changed, and waits
    for their answer. What anybody else answered is never told."""

    row: Compliment
    words: str
    shown: bool
    question: ConsentRequest | None


def written(person: Person, *, at: datetime) -> list[Written]:
    """What this person wrote and has not taken back, newest first. Three queries, and those of the door."""
    rows = Compliment.objects.filter(**_OURS, writer=person, erased_at=None, removed_at=None)
    rows = list(rows.select_related("team").order_by("-received_at", "-pk"))
    shown = {one.key for one in gate.quotes(Usage.INTRANET, at=at, keys=[row.pk for row in rows])}
    asked = ConsentRequest.objects.filter(
        subject__version__compliment__in=rows, subject__role=Subject.Role.WRITER, closes_at__gt=at, answered_at=None
    )
    asked = asked.exclude(asked=[]).select_related("subject__version").order_by("pk")
    questions = {one.subject.version.compliment_id: one for one in asked}
    return [Written(row, row.original, row.pk in shown, questions.get(row.pk)) for row in rows]


def way_to_answer(one: Written, *, at: datetime) -> str:
    """The token of a link to the page where the writer answers about their changed words."""
    return links.make(one.question, Link.Kind.RESPOND, at=at)


@transaction.atomic
def take_back(row: Compliment, person: Person, *, at: datetime) -> None:
    """Its writer takes it back: quoted nowhere and read nowhere any more, at once. A mail that was received stays where it is.
    The words are erased the next night."""
    turn.take(row)
    for audience in Audience:
        quoting.take_back(row, person, audience, at=at)
    _removed(row, ledger.pseudonym(person), at=at)


# -- whom kind words are for, and moderators


@transaction.atomic
def put_away(row: Compliment, person: Person, *, at: datetime) -> None:
    """Somebody takes words off their own page, and they are quoted nowhere for them. `bring_back` undoes the first alone."""
    for audience in Audience:
        quoting.take_back(row, person, audience, at=at)
    Named.objects.filter(compliment=row, person=person, put_away_at=None).update(put_away_at=at)


def bring_back(row: Compliment, person: Person) -> None:
    """They are on their page again."""
    Named.objects.filter(compliment=row, person=person).update(put_away_at=None)


@transaction.atomic
def report(row: Compliment, person: Person, *, at: datetime) -> None:
    """Whom the words are for asks moderators to read them: off their page, and back to the inbox until somebody has looked."""
    turn.take(row)
    if not Named.objects.filter(compliment=row, person=person).exists():
        raise ValueError("Only whom the words are for reports them.")
    put_away(row, person, at=at)
    _reported(row, at=at, person=ledger.pseudonym(person))


@transaction.atomic
def report_for(row: Compliment, *, by, at: datetime) -> None:
    """Somebody without an account, or of a team, gave the reference to a moderator: back to the inbox, and the ledger says who
    opened it."""
    turn.take(row)
    _reported(row, at=at, by=ledger.account(by))


def _reported(row: Compliment, *, at: datetime, **who: str) -> None:
    if Compliment.objects.filter(pk=row.pk, reported_at=None, removed_at=None).update(reported_at=at):
        Compliment.objects.filter(pk=row.pk, stage=Stage.CLOSED).update(stage=Stage.PASSED_ON, closed_at=None)
        ledger.append("reported", at=at, portrait=str(row.across), **who)


@transaction.atomic
def remove(row: Compliment, *, by, at: datetime) -> None:
    """A moderator removes a colleague's words from everywhere: walls, and the pages of those whom they are for. They are
    erased the next night."""
    turn.take(row)
    hiding.hide(row, by=by, at=at)
    _removed(row, ledger.account(by), at=at)


def _removed(row: Compliment, by: str, *, at: datetime) -> None:
    closed = Q(pk=row.pk, removed_at=None)
    if Compliment.objects.filter(closed).update(removed_at=at, stage=Stage.CLOSED, closed_at=at):
        for kind in Push.Kind:
            push.drop(kind=kind, about=row, at=at)
        consent.end_all(row, at=at)  # what nobody reads any more, no yes keeps
        ledger.append("removed", at=at, portrait=str(row.across), by=by)
