"""May these words be quoted? What their writer promised, what those whom they are for answer, and the Version that both are
bound to. The verbs of a yes and of its end are those of portraits (consent.py)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portraits import (
    consent,
    guardians,
    invitation,
    ledger,
    links,
    notices,
    own_words,
    quotable,
    refusing,
    renderings,
    signing,
    standing,
    turn,
    ways_in,
)
from portraits.capsule import Quote
from portraits.fingerprint import fingerprint
from portraits.models import (
    AddressChange,
    Compliment,
    Consent,
    ConsentRequest,
    LedgerEntry,
    Link,
    Named,
    NoticeText,
    Person,
    Subject,
    Version,
)
from portraits.usages import PROMISES, Audience, Usage

BATCH = 500  # rows in one statement
Kind, Channel = Compliment.Kind, Compliment.Channel


def usages(audience: Audience) -> tuple[Usage, ...]:
    """Where kind words can be shown to this audience: what a yes « among colleagues », or « in public », is a yes to."""
    return tuple(usage for usage in renderings.quoted() if PROMISES[usage].audience == audience)


def notice(channel: Channel, *, at: datetime) -> int:
    """The number of the text that is read, or said, to whoever writes through this channel now."""
    return notices.current(_code(channel), at=at)


def _code(channel: str) -> NoticeText.Code:
    if channel == Channel.COLLEAGUE:
        return NoticeText.Code.COLLEAGUE
    spoken = channel in {Channel.PHONE, Channel.COUNTER}
    return NoticeText.Code.WRITER_ORAL if spoken else NoticeText.Code.WRITER


# -- the writer's promise


@transaction.atomic
def promise(compliment: Compliment, *, at: datetime) -> str:
    """Write what the writer answered when they wrote, and open their own page. It shows nothing: a yes comes once words are
    passed on. Returns the token of the page, never seen again."""
    asked = {audience.value: compliment.wished(audience) for audience in Audience if compliment.wished(audience)}
    ledger.append(
        "promised",
        at=at,
        person=ledger.pseudonym(compliment.writer),
        portrait=str(compliment.across),
        answers=asked,
        notice=f"{_code(compliment.channel)} {compliment.notice}",
    )
    (version := _frozen(compliment, compliment.original, (), at=at)).save()
    subject = Subject.objects.create(version=version, person=compliment.writer, role=Subject.Role.WRITER)
    return links.make(_request(subject, compliment, (), at=at, closes_at=at), Link.Kind.MANAGE, at=at)


@transaction.atomic
def open_all(rows: Sequence[Compliment], *, at: datetime) -> None:
    """The pages of many writers who answered nothing: no line of the ledger, and no link, which nobody would hold. A page is
    found again as any other (ways_in.py)."""
    if any(row.wished(audience) for row in rows for audience in Audience):
        raise ValueError("An answer has its own line: promise().")
    versions = [_frozen(row, row.original, (), at=at) for row in rows]
    Version.objects.bulk_create(versions, batch_size=BATCH)
    subjects = [
        Subject(version=version, person=row.writer, role=Subject.Role.WRITER)
        for version, row in zip(versions, rows, strict=True)
    ]
    Subject.objects.bulk_create(subjects, batch_size=BATCH)
    requests = [_asked(subject, row, (), at=at, closes_at=at) for subject, row in zip(subjects, rows, strict=True)]
    ConsentRequest.objects.bulk_create(requests, batch_size=BATCH)


@transaction.atomic
def take_back(compliment: Compliment, person: Person, audience: Audience, *, at: datetime) -> list[Usage]:
    """The writer, or somebody whom the words are for, takes back their yes for one audience: at once, everywhere. Returns the
    usages that ended."""
    turn.take(compliment)
    if person.pk == compliment.writer_id and compliment.wished(audience) == "yes":
        _wish(compliment, audience, "no", kind="unpromised", at=at)
    return consent.withdraw(compliment, person, usages_of(audience), at=at)


@transaction.atomic
def undo(compliment: Compliment, person: Person, *, at: datetime) -> bool:
    """The last thing taken back within ten minutes, by a slip or a robot, stands again; never more. False when nothing did."""
    lines = undoable(compliment, person, at=at)
    for line in lines:
        if line.kind == "unpromised":
            _wish(compliment, Audience(line.body["audience"]), "yes", kind="promised_again", at=at)
    if any(line.kind != "unpromised" for line in lines):
        consent.undo(compliment, person, at=at)
    return bool(lines)


def undoable(compliment: Compliment, person: Person, *, at: datetime) -> list[LedgerEntry]:
    """The lines that `undo` would make good: those of one instant, the last, unless whom the words are for was said anew since.
    Two queries, three when there is a line."""
    lines = [*consent.undoable(compliment, person, at=at), *_unpromised(compliment, person, at=at)]
    lines = refusing.since_correction(compliment, lines)
    newest = max((line.at for line in lines), default=None)
    return [line for line in lines if line.at == newest]


def _unpromised(compliment: Compliment, person: Person, *, at: datetime) -> list[LedgerEntry]:
    """The promises taken back within the time of an undo, and not restored since."""
    lines = LedgerEntry.objects.filter(
        kind="unpromised",
        at__gt=at - consent.UNDO,
        body__portrait=str(compliment.across),
        body__person=ledger.pseudonym(person),
    )
    return [line for line in lines.order_by("seq") if compliment.wished(Audience(line.body["audience"])) == "no"]


def _wish(compliment: Compliment, audience: Audience, said: str, *, kind: str, at: datetime) -> None:
    setattr(compliment, audience.value, said)
    Compliment.objects.filter(pk=compliment.pk).update(**{audience.value: said})
    ledger.append(
        kind,
        at=at,
        person=ledger.pseudonym(compliment.writer),
        portrait=str(compliment.across),
        audience=audience.value,
    )


def usages_of(audience: Audience) -> tuple[Usage, ...]:
    """Every usage of this audience, those where nothing is quoted any more too: an end leaves nothing behind."""
    return tuple(usage for usage in Usage if PROMISES[usage].audience == audience)


# -- words are passed on: the question to those whom they are for


@transaction.atomic
def ask(
    compliment: Compliment, text: str, people: Iterable[Person], *, by, at: datetime, anew: bool = False
) -> Version:
    """Freeze the words as they are passed on, tell each person, and ask them once per audience that the writer agrees to. The
    writer's promise becomes their yes when these are their own words. A comment of a social network may only be quoted
    without its author, in the infolettre, by those whom it is for. `anew`: whom it is for was
    corrected, and some have the words already (correcting.py)."""
    people = list(people)
    signature = signing.settled(compliment)
    (version := _frozen(compliment, text, people, by=by, at=at, signature=signature)).save()
    social = compliment.channel in Compliment.SOCIAL
    may_be = quotable.quotable(compliment, text, people, by=by, at=at)
    # Everybody is there before anybody's yes is: words are complete, and end their former wording, with the last of them.
    writer = None if social else _subject(version, compliment.writer, Subject.Role.WRITER)
    named = [_subject(version, person, Subject.Role.NAMED) for person in people]
    beside = set(guardians.beside(people, at=at)) - set(people)
    beside = [_subject(version, guardian, Subject.Role.GUARDIAN) for guardian in beside]
    if writer:
        agreed = _agreed(compliment) if may_be else ()
        _keep_promise(writer, compliment, agreed, own_words.faithful(text, compliment.original), by=by, at=at)
    asked = (Usage.INFOLETTRE,) if social else _agreed(compliment)
    asked = [usage for usage in asked if may_be and usage in renderings.quoted()]
    for subject in named:
        _bring(subject, compliment, asked, by=by, at=at, anew=anew)
    for subject in beside:
        closes_at = at + timedelta(days=settings.CONSENT_ANSWER_DAYS)
        _ask(_request(subject, compliment, asked, by=by, at=at, closes_at=closes_at), at=at)
    return version


def _subject(version: Version, person: Person, role: Subject.Role) -> Subject:
    return Subject.objects.create(version=version, person=person, role=role)


def _agreed(compliment: Compliment) -> tuple[Usage, ...]:
    """The usages to which the writer said yes, audience by audience, but those that they took back since."""
    gone = refusing.taken_back(compliment.writer, compliment)
    agreed = (usage for one in Audience if compliment.wished(one) == "yes" for usage in usages(one))
    return tuple(usage for usage in agreed if usage not in gone)


def _keep_promise(
    subject: Subject, compliment: Compliment, agreed: tuple[Usage, ...], own: bool, *, by, at: datetime
) -> None:
    """The promise becomes a yes to these words, for as long as it would have lasted from the day it was made; or, when they
    are not the writer's own any more, a question to them. The visit to their page is then theirs to make."""
    closes_at = at if own or not agreed else at + timedelta(days=settings.CONSENT_ANSWER_DAYS)
    request = _request(subject, compliment, agreed, by=by, at=at, closes_at=closes_at)
    if agreed and own:  # and still fresh: quotable.py
        # The language that they read: a moderator may have corrected the message's since.
        read_in = compliment.versions.order_by("pk").values_list("language", flat=True).first()
        proof = consent.Proof(Consent.Method(compliment.said_by), read_in or compliment.language)
        _keep(request, agreed, proof, at=at, since=compliment.received_at)
    elif agreed and not own and compliment.writer.email:
        ours = compliment.writer.kind == Person.Kind.EMPLOYEE  # who answers signed in, wherever the mail goes
        invitation.send_quote(compliment.writer, "" if ours else links.make(request, Link.Kind.RESPOND, at=at))


def _bring(
    subject: Subject, compliment: Compliment, asked: list[Usage], *, by, at: datetime, anew: bool = False
) -> None:
    """Bring the words to one person, with the question, unless they answered it once and for all. Whoever has them already is
    only written to for the question, and nobody is after a no."""
    person = subject.person
    mine = Named.objects.filter(compliment=compliment, person=person)
    told = anew and mine.filter(told_at__isnull=False).exists()
    closes_at = at + timedelta(days=settings.CONSENT_ANSWER_DAYS)
    speaker = guardians.recipient(person, at=at)
    request = _request(subject, compliment, asked, by=by, at=at, closes_at=closes_at, recipient=speaker)
    if (told and not asked) or refusing.declined(person, compliment):
        return
    if speaker:
        _ask(request, at=at)
    elif compliment.private and person.user_id:  # read on the intranet: the mail of the week says so
        mine.update(told_at=at)
    elif person.email and person.reach == Person.Reach.EMAIL and ways_in.theirs(person, at):
        token = links.make(request, Link.Kind.RESPOND, at=at) if asked and _read(person) else ""
        invitation.bring_words(
            person, quote(subject.version), token, asked=bool(asked), anew=told, unread=compliment.unread
        )
        mine.update(told_at=at)
        if always := standing.always(person, compliment, asked):  # said for words that they have before them
            _keep(request, always, consent.Proof(Consent.Method.STANDING, person.language), at=at)
    elif told:
        mine.update(told_at=None)  # the question is printed again


def _read(*people: Person) -> bool:
    """Whether somebody besides who wrote it has read where these people are reached, who answers for them included: nobody
    reads it when kind words are brought. Until then they answer signed in, and nothing goes out that would answer for them."""
    return not AddressChange.unasked([one.pk for one in people]).exists()


def _ask(request: ConsentRequest, *, at: datetime) -> None:
    """Put the question to whoever answers in somebody's place, or beside them."""
    if request.asked and _read(request.subject.person, request.addressee):
        invitation.send(request, links.make(request, Link.Kind.RESPOND, at=at))


def _keep(
    request: ConsentRequest,
    said: Iterable[Usage],
    proof: consent.Proof,
    *,
    at: datetime,
    since: datetime | None = None,
) -> None:
    """What was said beforehand becomes a yes to what can be shown; nothing when it would already be over (a departure)."""
    seen = {usage: rendering.sha256 for usage in said if (rendering := _render(usage, request.subject.version))}
    try:
        with transaction.atomic():
            consent.keep(request, seen, at=at, proof=proof, since=since)
    except consent.Closed:
        return


@transaction.atomic
def again(request: ConsentRequest, *, at: datetime) -> ConsentRequest:
    """Somebody whom the words are for comes back to answer once their question has closed: the same one, open anew."""
    compliment = request.subject.version.compliment
    turn.take(compliment)
    asked = [Usage(name) for name in request.asked]
    closes_at = at + timedelta(days=settings.CONSENT_ANSWER_DAYS)
    speaker = guardians.recipient(request.subject.person, at=at)
    return _request(request.subject, compliment, asked, at=at, closes_at=closes_at, recipient=speaker)


def _request(subject: Subject, compliment: Compliment, asked: Iterable[Usage], **more) -> ConsentRequest:
    request = _asked(subject, compliment, asked, **more)
    request.save()
    return request


def _asked(
    subject: Subject,
    compliment: Compliment,
    asked: Iterable[Usage],
    *,
    at: datetime,
    closes_at: datetime,
    by=None,
    recipient: Person | None = None,
) -> ConsentRequest:
    """The question, unsaved."""
    writer = subject.role == Subject.Role.WRITER
    code = _code(compliment.channel) if writer else NoticeText.Code.NAMED
    return ConsentRequest(
        subject=subject,
        recipient=recipient,
        asked=[usage.value for usage in asked],
        asked_at=at,
        asked_by=by,
        closes_at=closes_at,
        notice_code=code,
        notice=compliment.notice if writer else notices.current(code, at=at),
    )


# -- the frozen words


def _frozen(
    compliment: Compliment,
    text: str,
    people: Iterable[Person],
    *,
    at: datetime,
    by=None,
    signature: list[str] | None = None,
) -> Version:
    """The words as they can be read, unsaved; as their writer signed them, unless told otherwise."""
    content = _content(compliment, text, people, signing.said(compliment) if signature is None else signature)
    return Version(
        compliment=compliment,
        across=compliment.across,
        content=content,
        fingerprint=fingerprint(content, []),
        key=secrets.token_hex(16),
        slug=compliment.reference.lower(),
        language=compliment.language,
        frozen_at=at,
        frozen_by=by,
    )


def _content(compliment: Compliment, text: str, people: Iterable[Person], signature: list[str]) -> dict:
    """All that can be read of a quote. A comment of a social network has no author here, whatever is known of them."""
    english = compliment.language == "en"
    with translation.override(compliment.language):
        ours = [_("a colleague")] if signature and compliment.channel == Channel.COLLEAGUE else []
        when = date_format(compliment.happened_on, "DATE_FORMAT") if compliment.happened_on else ""
    return {
        "language": compliment.language,
        "text": [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()],
        "signature": ", ".join([*signature, *ours]),
        "to": [person.first_name for person in people],
        "team": _name(compliment.team, english),
        "where": _name(compliment.spot, english),  # from the list alone: free words may name somebody
        "when": when,
        "source": compliment.get_channel_display() if compliment.channel in Compliment.SOCIAL else "",
    }


def _name(row, english: bool) -> str:
    return ((english and row.name_en) or row.name) if row else ""


def quote(version: Version) -> Quote:
    """A Version of a compliment as channels receive it, whether or not it may be shown: for previews and for its people."""
    return Quote.of(
        version.content,
        key=version.compliment_id,
        version=version.pk,
        across=str(version.across),
        fingerprint=version.fingerprint,
        frozen_at=version.frozen_at,
    )


def _render(usage: Usage, version: Version) -> renderings.Rendering | None:
    """The channel's own rendering; None when it cannot be made: nobody says yes to what nobody could see."""
    with translation.override(version.language):
        try:
            return renderings.render(usage, quote(version))
        except renderings.CannotRender:
            return None
