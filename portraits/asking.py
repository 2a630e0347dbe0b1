"""Asking: the desk is checked, frozen, and the question put to each person. Keyword-only, one transaction each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portraits import guardians, invitation, ledger, links, notices, reading, renderings, turn, unlock
from portraits.models import Consent, ConsentRequest, Exemption, Link, Person, Portrait, Subject, Version
from portraits.usages import Usage


class NotReady(Exception):
    """The desk cannot be asked yet. `sentences` say why, in the reader's language."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@transaction.atomic
def ask(portrait: Portrait, *, asked: Iterable[Usage], by, at: datetime) -> Version:
    """Check the desk, and that this is what was read; then freeze it and put the question to each person (`freeze`).

    Raises NotReady, and then nothing is written or sent. Called by the workflow after the last reading.
    """
    desk, people, in_order = check(portrait, asked, at=at)
    if not reading.was_read(portrait, desk.fingerprint(), reading.recipients(people.values(), at=at), in_order):
        raise NotReady([not_read()])
    return freeze(desk, people, in_order, by=by, at=at)


def not_read() -> str:
    """Said when what would be asked is not what was read."""
    return _(
        "What is on the desk has not been read as it is now: words, people, addresses or usages. Have it read again."
    )


def check(portrait: Portrait, asked: Iterable[Usage], *, at: datetime) -> tuple[Portrait, dict, list[Usage]]:
    """The desk as its last draft, its people by id, and the usages in order. Raises NotReady: what could not be asked is not
    submitted for reading either."""
    desk = portrait.get_latest_revision_as_object() if portrait.latest_revision_id else portrait
    wanted = set(asked)
    in_order = [usage for usage in Usage if usage in wanted]
    people = {person.pk: person for person in Person.objects.filter(pk__in=desk.people())}
    if sentences := _obstacles(desk, people, in_order, at=at):
        raise NotReady(sentences)
    return desk, people, in_order


@transaction.atomic
def freeze(desk: Portrait, people: Mapping[int, Person], asked: list[Usage], *, by, at: datetime) -> Version:
    """A new Version of the desk, words, pictures and people, and one request per person who answers.

    Every call makes a new Version, even back to an old text: « newest » then means « last asked ».
    """
    turn.take(desk)
    close(desk, at=at)
    version = Version.objects.create(
        portrait_id=desk.pk,
        across=desk.across,
        content=desk.content(),
        photo=desk.photo,
        partner_photo=desk.partner_photo,
        fingerprint=desk.fingerprint(),
        key=secrets.token_hex(16),
        slug=_slug(desk),
        language=desk.locale.language_code,
        frozen_at=at,
        frozen_by=by,
    )
    roles = {people[key]: role for key, role in desk.people().items()}
    for guardian in guardians.beside(list(roles), at=at):
        roles.setdefault(guardian, Subject.Role.GUARDIAN)
    for person, role in roles.items():
        subject = Subject.objects.create(version=version, person=person, role=role)
        _request(subject, asked, by=by, at=at)
    return version


def _obstacles(desk: Portrait, people: Mapping[int, Person], asked: list[Usage], *, at: datetime) -> list[str]:
    lacks = desk.missing()
    if lacks:
        return [_("Still to fill in: %(fields)s.") % {"fields": ", ".join(lacks)}]
    sentences = [sentence for person in people.values() for sentence in unreachable(person, at=at)]
    if not asked:
        sentences.append(_("Choose at least one usage to ask for."))
    sentences += [
        _(
            "%(person)s was asked before for this same photo and is no longer among the people: put them back, or take another photo."
        )
        % {"person": person}
        for person in _dropped(desk, people)
    ]
    sentences += _unrenderable(desk, asked)
    return sentences


def unreachable(person: Person, *, at: datetime) -> list[str]:
    """Why this person cannot be asked now, in the reader's language; nothing when they can."""
    if person.kind == Person.Kind.WRITER:  # no chooser shows them; a forged form could
        return [_("%(person)s is in no directory: choose an employee or a resident.") % {"person": person}]
    if guardians.lacks_one(person, at=at):
        return [_("%(person)s is a minor: say first who represents them.") % {"person": person}]
    sentences = []
    for one in {guardians.recipient(person, at=at) or person, *guardians.beside([person], at=at)}:
        if one.reach == Person.Reach.EMAIL and not (one.email or one.phone):
            sentences.append(_("%(person)s has no e-mail address to receive the request.") % {"person": one})
        if one.reach == Person.Reach.SMS and not one.phone:
            sentences.append(_("%(person)s has no mobile number to receive the request.") % {"person": one})
    return sentences


def _dropped(desk: Portrait, people: Mapping[int, Person]) -> QuerySet[Person]:
    """Un-ticking somebody who refused, and asking the others, would be a way round the refusal.

    Either picture counts, in any portrait and any language: else changing one photo, writing the English one, or
    starting a new portrait would be enough. Guardians are asked again by their own rule.
    """
    pictures = [photo.sha256 for photo in (desk.photo, desk.partner_photo) if photo]
    before = Subject.objects.filter(
        Q(version__photo__sha256__in=pictures) | Q(version__partner_photo__sha256__in=pictures)
    ).exclude(role=Subject.Role.GUARDIAN)
    exempt = Exemption.objects.filter(photo__sha256__in=pictures)
    return (
        Person.objects.filter(pk__in=before.values("person"))
        .exclude(pk__in=people)
        .exclude(pk__in=exempt.values("person"))
    )


def _unrenderable(desk: Portrait, asked: list[Usage]) -> list[str]:
    """Each usage is rendered once before anybody is asked: what a channel cannot show is said to the editor, not to the person."""
    sentences = []
    for usage in asked:
        try:
            renderings.render(usage, desk.draft_capsule())
        except renderings.CannotRender as problem:
            sentences.append(
                f"{usage.label} : {problem}" if desk.locale.language_code != "en" else f"{usage.label}: {problem}"
            )
    return sentences


def _slug(desk: Portrait) -> str:
    """Given once per portrait and language, never reused: the first name, and a short token when it is taken. An erased
    portrait that is written anew is another one: its former address stays closed."""
    language = desk.locale.language_code
    given = (
        Version.objects.filter(portrait=desk.pk, language=language, purged_at=None)
        .values_list("slug", flat=True)
        .first()
    )
    if given:
        return given
    wish = slugify(desk.first_name)[:40] or "portrait"
    slug = wish
    while Version.objects.filter(slug=slug, language=language).exists():
        slug = f"{wish}-{secrets.token_hex(2)}"
    return slug


def _request(
    subject: Subject, asked: list[Usage], *, by, at: datetime, renewal: bool = False, closes_at: datetime | None = None
) -> ConsentRequest:
    recipient = guardians.recipient(subject.person, at=at)
    code = notices.code_for(subject, recipient)
    request = ConsentRequest.objects.create(
        subject=subject,
        recipient=recipient,
        asked=[usage.value for usage in asked],
        asked_at=at,
        asked_by=by,
        closes_at=closes_at or at + timedelta(days=settings.CONSENT_ANSWER_DAYS),
        renewal=renewal,
        notice_code=code,
        notice=notices.current(code, at=at),
    )
    ledger.append(
        "asked",
        at=at,
        person=ledger.pseudonym(subject.person),
        portrait=str(subject.version.across),
        fingerprint=subject.version.fingerprint,
        usages=request.asked,
        notice=f"{request.notice_code} {request.notice}",
        request=request.pk,
    )
    invitation.send(request, links.make(request, Link.Kind.RESPOND, at=at))
    return request


@transaction.atomic
def again(
    request: ConsentRequest, asked: Iterable[Usage], *, at: datetime, by=None, closes_at: datetime | None = None
) -> ConsentRequest:
    """Put the same Version to the same person once more: to go on before an end, or to come back after a pause. It grants
    nothing by itself. Returns the new request, open for the usual time or until `closes_at`; the former one stops taking
    answers."""
    wanted = {usage.value for usage in asked}
    ConsentRequest.objects.filter(subject=request.subject_id, closes_at__gt=at).update(closes_at=at)
    in_order = [usage for usage in Usage if usage.value in wanted]
    return _request(request.subject, in_order, by=by, at=at, renewal=True, closes_at=closes_at)


@transaction.atomic
def resume(request: ConsentRequest, *, at: datetime) -> ConsentRequest | None:
    """The person comes back after a pause: the question is put to them again, once an hour at most. None otherwise."""
    recent = ConsentRequest.objects.filter(
        subject=request.subject_id, renewal=True, asked_at__gt=at - timedelta(hours=1)
    )
    paused = resumable(request, at=at)
    if not paused or recent.filter(closes_at__gt=at).exists():
        return None
    return again(request, paused, at=at)


def close(portrait: Portrait, *, at: datetime) -> None:
    """Stop taking answers about a portrait's earlier Versions: a newer question replaces them. Their links keep withdrawing."""
    ConsentRequest.objects.filter(subject__version__portrait=portrait, closes_at__gt=at).update(closes_at=at)


@transaction.atomic
def exempt(person: Person, photo, *, by, reason: str, at: datetime) -> None:
    """The consent officer says that somebody once asked about this picture is not in it: they need not be asked again."""
    ledger.append("exempted", at=at, person=ledger.pseudonym(person), photo=photo.sha256, reason=ledger.seal(reason))
    Exemption.objects.get_or_create(person=person, photo=photo, defaults={"by": by, "reason": reason, "at": at})


def readdress(
    person: Person, *, former: Iterable[str], at: datetime, by: Person | None = None, elsewhere: bool = True
) -> int:
    """Somebody changed where this person is written to, their account, or who answers for them. If they were ever asked,
    each former address or number is told, and `by`, who answered for them until now: a link sent elsewhere would let
    another answer in their place. What they are being asked takes no answer any more: it is read and asked again.
    `elsewhere`: their address itself changed. Returns how many questions closed. In the transaction of the change."""
    theirs = ConsentRequest.objects.filter(Q(subject__person=person) | Q(recipient=person))
    if not theirs.exists():
        return 0
    ledger.append("readdressed", at=at, person=ledger.pseudonym(person))
    for one, ways in ((person, former), (by, (by.email, by.phone) if by else ())):
        for way in filter(None, ways):
            invitation.tell_former_address(one, way, elsewhere=elsewhere)
    closed = ConsentRequest.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)), closes_at__gt=at).update(
        closes_at=at
    )
    if closed:
        unlock.sweep(at=at)  # the desk opens as it does when the time is over: whatever was said
    return closed


def resumable(request: ConsentRequest, *, at: datetime) -> list[Usage]:
    """The usages that this person paused on this very Version and does not say yes to now. None while nobody has read where
    the question would go."""
    rows = Consent.objects.filter(subject=request.subject_id, ended_at__lte=at)
    paused = set(rows.filter(end_reason=Consent.Reason.PAUSED).values_list("usage", flat=True))
    asked = request.subject.version
    newest = Version.objects.filter(portrait=asked.portrait_id, compliment=asked.compliment_id).order_by("-pk").first()
    if newest is None or newest.pk != request.subject.version_id or newest.purged_at:
        return []
    living = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), subject=request.subject_id, ends_at__gt=at
    )
    paused -= set(living.values_list("usage", flat=True))
    if paused and reading.moved(reading.asked_people(request.subject, at=at), at=at):
        return []
    return [usage for usage in Usage if usage.value in paused]
