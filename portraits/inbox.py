"""Compliments: receive · triage · pass on · answer · close. Thanks never wait for publication: telling the people and
quoting the words are two things (quoting.py). Keyword-only, one transaction each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.crypto import salted_hmac

from portraits import alike, invitation, judging, ledger, masking, quoting, refusing, turn
from portraits.models import Compliment, Consent, Named, Person, Reply, Team, Version, Wording
from portraits.models.compliment import LONGEST
from portraits.usages import Audience

Channel, Kind, Stage, Signature = Compliment.Channel, Compliment.Kind, Compliment.Stage, Compliment.Signature
BATCH = 500  # rows in one statement
SHORTEST = 3  # characters: « Merci ! » is a message
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}  # categories of Unicode that nobody sees
_JOINER = "\u200d"  # kept where it joins the parts of an emoji; between letters it would hide a name
_PICTURE = "[\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff]"
_STRAY = re.compile(f"(?<!{_PICTURE}){_JOINER}|{_JOINER}(?!{_PICTURE})")
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u180b-\u180f\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)  # seen as nothing


class Refused(Exception):
    """The message cannot be taken as it is: empty, or too long. `length` is how many characters it has."""

    def __init__(self, length: int):
        super().__init__(f"{length} characters")
        self.length = length


class StillWhole(Exception):
    """Kind words and a criticism: nobody has taken the criticism out yet."""


class NotHanded(Exception):
    """A criticism that was handed to nobody: nothing was done about it yet."""


class Unsaid(Exception):
    """Kind words that reached nobody are not closed without a reason."""


class NotNow(Exception):
    """The compliment is not at the stage where this can be done: somebody else has just worked on it."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, as far as they say. Nothing is needed but words."""

    first_name: str = ""
    district: str = ""
    email: str = ""
    phone: str = ""
    signature: Signature = Signature.ANONYMOUS
    colleague: Person | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message among many: its words, who writes, and what is told of it (the fields that `receive` takes as `about`)."""

    words: str
    writer: Writer = Writer()
    about: Mapping = field(default_factory=dict)


def legible(text: str) -> str:
    """The words as they are kept: one form of each letter, lines ended one way, nothing that nobody sees (direction marks
    would turn a page round). HTML is text like any other."""
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?|\u2028|\u2029", "\n", text))
    text = _FILLERS.sub("", text.replace("\t", " "))
    kept = (one for one in text if one in {"\n", _JOINER} or unicodedata.category(one) not in _UNSEEN)
    return re.sub(r"\n{3,}", "\n\n", _STRAY.sub("", "".join(kept))).strip()


def contact_key(writer: Writer) -> str:
    """The same for the same address or number, keyed and meaningless outside this installation; "" when there is none."""
    known = writer.email.strip().casefold() or re.sub(r"\D", "", writer.phone)[-10:]
    return salted_hmac("portraits.contact", known, algorithm="sha256").hexdigest() if known else ""


def known_as(channel: str, reference: str) -> str:
    """What an erased message is still recognised by, so that no file brings it back: keyed, nobody can read the number back
    from it; "" when it had none."""
    words = f"{Channel(channel).value} {reference}"
    return salted_hmac("portraits.reference", words, algorithm="sha256").hexdigest() if reference else ""


def erased(channel: str, references: Iterable[str]) -> set[str]:
    """Those of these numbers of a channel whose message was received, then erased. One query."""
    keys = {known_as(channel, one): one for one in references if one}
    found = Compliment.objects.filter(known_as__in=keys).values_list("known_as", flat=True)
    return {keys[key] for key in found}


# -- receive


@transaction.atomic
def receive(
    words: str,
    *,
    at: datetime,
    channel: Channel = Channel.WEB,
    writer: Writer = Writer(),
    wishes: Mapping[Audience, str] | None = None,
    method: Consent.Method = Consent.Method.FORM,
    attachment: bytes = b"",
    **about,
) -> tuple[Compliment, str]:
    """Keep one message, with what its writer answered about being quoted (Audience → "yes", "no" or ""). `about` are the
    fields that tell of it: language, happened_on, spot, elsewhere, team, to_whom, portrait, entered_by, external_ref, suspicion.
    `attachment` holds clean bytes (portraits.ingest). Returns it and the token of the writer's own page, never seen again.

    A comment taken from a social network carries no answer. Raises Refused, or django.db.IntegrityError when this
    reference of this channel is here already.
    """
    wishes = {} if channel in Compliment.SOCIAL else dict(wishes or {})
    row = _row(
        Message(words, writer, about),
        channel=channel,
        at=at,
        said_by=method,
        notice=quoting.notice(channel, at=at),
        **{audience.value: wishes.get(audience, "") for audience in Audience},
    )
    if not writer.colleague:
        row.writer.save()
    _keep(row, attachment)
    alike.link_at_once(row)
    return row, quoting.promise(row, at=at)


@transaction.atomic
def receive_all(messages: Iterable[Message], *, channel: Channel, by, at: datetime) -> list[Compliment]:
    """Keep many messages at once, of a file: all or none. Nobody of them answered anything about being quoted, whatever the
    file says, so that none is ever quoted without a question to its writer. Raises as `receive` does."""
    common = {"channel": channel, "at": at, "entered_by": by, "said_by": Consent.Method.INTAKE}
    common["notice"] = quoting.notice(channel, at=at)
    rows = [_row(one, **common) for one in messages]
    Person.objects.bulk_create([row.writer for row in rows], batch_size=BATCH)
    Compliment.objects.bulk_create(rows, batch_size=BATCH)
    quoting.open_all(rows, at=at)
    alike.link_all(rows)
    return rows


def _row(message: Message, *, channel: Channel, at: datetime, **more) -> Compliment:
    """The row of one message and its writer's, unsaved. Raises Refused."""
    original, writer = legible(message.words), message.writer
    if not SHORTEST <= len(original) <= LONGEST:
        raise Refused(len(original))
    row = Compliment(
        channel=channel,
        original=original,
        received_at=at,
        signature=writer.signature if writer.first_name else Signature.ANONYMOUS,
        district=legible(writer.district)[:60],
        contact_key=contact_key(writer),
        **more,
        **message.about,
    )
    row.writer = writer.colleague or _person(writer, row.language)
    return row


def _keep(row: Compliment, attachment: bytes) -> None:
    if attachment:
        row.attachment.save("", ContentFile(attachment), save=False)
    row.save()


def _person(writer: Writer, language: str) -> Person:
    reach = Person.Reach.EMAIL if writer.email or not writer.phone else Person.Reach.SMS
    return Person(
        kind=Person.Kind.WRITER,
        first_name=legible(writer.first_name)[:40],
        email=writer.email,
        phone=writer.phone,
        reach=reach,
        language=language,
    )


# -- work


def take(compliment: Compliment, *stages: Stage) -> Compliment:
    """The row as it is now, held until the end of the transaction. Raises NotNow."""
    turn.take(compliment)
    row = Compliment.objects.select_for_update(of=("self",)).get(pk=compliment.pk)
    if row.stage not in stages or row.erased_at or row.removed_at:
        raise NotNow(row.stage)
    return row


@transaction.atomic
def triage(compliment: Compliment, kind: Kind, *, by, at: datetime, **about) -> Compliment:
    """Say what it is; and where, when, to whom, in which language, once somebody has understood it (`about`). What was passed on
    stays so. Raises NotNow."""
    row = take(compliment, Stage.RECEIVED, Stage.TRIAGED)
    row.kind, row.stage, row.triaged_at, row.triaged_by = kind, Stage.TRIAGED, at, by
    for name, value in about.items():
        setattr(row, name, value)
    row.save()
    if row.writer.kind == Person.Kind.WRITER:  # our mails speak the language of the words; a colleague chose their own
        Person.objects.filter(pk=row.writer_id).exclude(language=row.language).update(language=row.language)
    return row


@transaction.atomic
def word(compliment: Compliment, text: str, *, reason: str, by, at: datetime) -> Wording:
    """The words as they would be passed on, or handed over. The original stays. Raises Refused, and NotNow once they were."""
    row = take(compliment, Stage.RECEIVED, Stage.TRIAGED, Stage.ANSWERED)
    if not rewordable(row):
        raise NotNow(row.stage)
    text = legible(text)
    if not SHORTEST <= len(text) <= LONGEST:
        raise Refused(len(text))
    return Wording.objects.create(compliment=row, text=text, reason=reason[:200], by=by, at=at)


def rewordable(row: Compliment) -> bool:
    """Whether its words may still be changed: a criticism that was answered first is yet to be handed over."""
    answered = row.kind == Kind.COMPLAINT and row.stage == Stage.ANSWERED and row.passed_on_at is None
    return (answered or row.stage in {Stage.RECEIVED, Stage.TRIAGED}) and not row.erased_at


def wording(compliment: Compliment) -> str:
    """The words as they stand: the last wording, or the original."""
    last = compliment.wordings.order_by("-pk").values_list("text", flat=True).first()
    return last or compliment.original


def whole(row: Compliment) -> bool:
    """Whether a criticism beside kind words is still there, for all that anybody did: masking a number leaves it as it is."""
    texts = (row.original, wording(row))
    bare = {masking.masked(one, masking.marks(one), language=row.language) for one in texts}
    return row.kind == Kind.MIXED and len(bare) == 1


@transaction.atomic
def unsign(compliment: Compliment, *, by, at: datetime, district_alone: bool = False) -> Compliment:
    """Leave the signature out of what will be quoted, or its district alone. Never the other way: only its writer signs. Raises
    NotNow once the words were passed on."""
    row = take(compliment, Stage.RECEIVED, Stage.TRIAGED)
    name, value = ("district", "") if district_alone else ("signature", Signature.ANONYMOUS)
    setattr(row, name, value)
    row.save(update_fields=[name])
    ledger.append("unsigned", at=at, portrait=str(row.across), by=ledger.account(by), what=name)
    return row


@transaction.atomic
def pass_on(compliment: Compliment, people: Iterable[Person], *, by, at: datetime) -> Compliment:
    """A human confirms whom the words are for: they get them now, whether or not they are ever quoted; so does the team.
    Raises NotNow unless they are kind words, sorted; masking.Unmasked while something is still to be judged (judging.py);
    StillWhole while a criticism beside them would go with them."""
    row = take(compliment, Stage.TRIAGED)
    if row.kind not in {Kind.COMPLIMENT, Kind.MIXED}:
        raise NotNow(row.kind)
    if whole(row):
        raise StillWhole(row.kind)
    if left := judging.left(row, wording(row)):
        raise masking.Unmasked(left)
    version = bring(row, people, by=by, at=at)
    if row.team and not row.named.exists():  # even words that may be quoted nowhere: they are thanks first
        bring_to_team(row, version, at=at)
    if not reachable(row):  # nobody waits for an answer that could not reach them
        row.stage, row.closed_at = Stage.CLOSED, at
        row.save(update_fields=["stage", "closed_at"])
    return row


def reachable(row: Compliment) -> bool:
    """Whether its writer can be answered: written to, called, or answered under their comment."""
    return bool(row.writer.email or row.writer.phone or row.channel in Compliment.SOCIAL)


def bring_to_team(row: Compliment, version: Version, *, at: datetime) -> None:
    """The whole team gets the words: by its mailbox now, or on a slip that waits to be printed (slip.py)."""
    row.for_team = True
    if row.team.email:
        invitation.bring_to_team(row.team, quoting.quote(version), unread=row.unread)
        row.team_told_at = at
    row.save(update_fields=["for_team", "team_told_at"])


def bring(row: Compliment, people: Iterable[Person], *, by, at: datetime) -> Version:
    """These people get the words now, in the present transaction."""
    people = [person for person in people if person.pk != row.writer_id]  # nobody thanks themselves
    for person in people:
        start = {"confirmed_by": by, "confirmed_at": at, **refusing.as_left(person, row, at=at)}
        Named.objects.get_or_create(compliment=row, person=person, defaults=start)
    row.stage = Stage.ANSWERED if row.answered_at else Stage.PASSED_ON  # passed on anew (correcting.py)
    row.passed_on_at, row.passed_on_by = at, by
    row.save(update_fields=["stage", "passed_on_at", "passed_on_by"])
    ledger.append("passed_on", at=at, portrait=str(row.across), people=[ledger.pseudonym(one) for one in people])
    return quoting.ask(row, wording(row), people, by=by, at=at)


@transaction.atomic
def answer(compliment: Compliment, text: str, *, by, at: datetime, send: bool = True) -> Reply:
    """Answer the writer, by e-mail when they gave one; else what was said or posted is noted. Raises NotNow when closed,
    Refused when empty."""
    row = take(compliment, Stage.TRIAGED, Stage.PASSED_ON, Stage.ANSWERED)
    text = legible(text)
    if not text:
        raise Refused(0)
    sent = send and bool(row.writer.email)
    reply = Reply.objects.create(compliment=row, text=text[:3000], by=by, at=at, sent=sent)
    if sent:
        invitation.send_reply(row.writer, row.reference, reply.text)
    if row.answered_at is None:
        row.stage, row.answered_at = Stage.ANSWERED, at
        row.save(update_fields=["stage", "answered_at"])
    return reply


@transaction.atomic
def close(compliment: Compliment, *, by, at: datetime, handed_to: str = "", reason: str = "") -> Compliment:
    """Nothing more is owed about it. A criticism says where it was handed; kind words that reached nobody, why: the reason is
    kept with those of the wordings. Raises NotNow, NotHanded, Unsaid."""
    row = take(compliment, Stage.TRIAGED, Stage.PASSED_ON, Stage.ANSWERED)
    if row.kind == Kind.COMPLAINT and not (handed_to or row.handed_to):
        raise NotHanded(row.kind)
    if unreached(row):
        if not reason.strip():
            raise Unsaid(row.kind)
        Wording.objects.create(compliment=row, text=wording(row), reason=reason[:200], by=by, at=at)
    row.stage, row.closed_at, row.handed_to = Stage.CLOSED, at, handed_to[:80] or row.handed_to
    row.save(update_fields=["stage", "closed_at", "handed_to"])
    return row


@transaction.atomic
def hand_over(compliment: Compliment, *, to: str, team: Team | None = None, by, at: datetime) -> Compliment:
    """A criticism goes to whoever can do something about it, and is closed: by mail to a team that has a mailbox; else somebody
    brings it the words. Raises as `close` does, NotNow unless it is a criticism, and masking.Unmasked while something is still to
    be judged of what would be mailed."""
    row = take(compliment, Stage.TRIAGED, Stage.ANSWERED)
    if row.kind != Kind.COMPLAINT:
        raise NotNow(row.kind)
    mailed = bool(team and team.email)
    if mailed and (left := judging.unsigned(row, wording(row))):
        raise masking.Unmasked(left)
    row = close(row, by=by, at=at, handed_to=to)
    if mailed:
        invitation.hand_over(team, row, wording(row))
    return row


def unreached(row: Compliment) -> bool:
    """Whether these are kind words that nobody has received."""
    return row.kind in {Kind.COMPLIMENT, Kind.MIXED} and row.passed_on_at is None


@transaction.atomic
def reopen(compliment: Compliment, *, by, at: datetime) -> Compliment:
    """Back to the inbox: closed too soon, or the shelf was wrong about it. What was passed on stays so. Raises NotNow."""
    row = take(compliment, Stage.CLOSED, Stage.TRIAGED)
    stage = Stage.PASSED_ON if row.passed_on_at else Stage.RECEIVED
    row.stage, row.closed_at, row.suspicion = stage, None, 0  # somebody looked: it is no robot's
    row.kind = row.kind if row.passed_on_at else ""
    row.save(update_fields=["stage", "closed_at", "suspicion", "kind"])
    return row
