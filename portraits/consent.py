"""The verbs of consent: ask · answer · withdraw · hide. Keyword-only, one transaction each, with its ledger line."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portraits import invitation, ledger, recall, renderings, usages
from portraits.models import Consent, ConsentRequest, Hidden, Person, Portrait, Subject, Version
from portraits.usages import Usage


class NotReady(Exception):
    """The desk cannot be asked yet. `sentences` say why, in the reader's language."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class Closed(Exception):
    """The request takes no answer any more: too late, or replaced by a newer one."""


class Unseen(Exception):
    """A yes to a usage whose rendering was not shown to the person in this visit."""


def token_hash(token: str) -> str:
    """What is kept of a link: the sha256 of its 32 random bytes."""
    return hashlib.sha256(token.encode()).hexdigest()


# -- ask


@transaction.atomic
def ask(portrait: Portrait, *, asked: Iterable[Usage], by, at: datetime) -> Version:
    """Check the desk, then freeze it and put the question to each person (`freeze`).

    Raises NotReady, and then nothing is written or sent.
    """
    desk = portrait.get_latest_revision_as_object() if portrait.latest_revision_id else portrait
    wanted = set(asked)
    in_order = [usage for usage in Usage if usage in wanted]
    people = {person.pk: person for person in Person.objects.filter(pk__in=desk.people())}
    if sentences := _obstacles(desk, people, in_order):
        raise NotReady(sentences)
    return freeze(desk, people, in_order, by=by, at=at)


@transaction.atomic
def freeze(desk: Portrait, people: Mapping[int, Person], asked: list[Usage], *, by, at: datetime) -> Version:
    """A new Version of the desk, words, pictures and people, and one request per person.

    Every call makes a new Version, even back to an old text: « newest » then means « last asked ».
    """
    _close_open_requests(desk, at=at)
    version = Version.objects.create(
        portrait_id=desk.pk,
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
    for person_id, role in desk.people().items():
        subject = Subject.objects.create(version=version, person_id=person_id, role=role)
        _request(subject, people[person_id], asked, by=by, at=at)
    return version


def _obstacles(desk: Portrait, people: Mapping[int, Person], asked: list[Usage]) -> list[str]:
    lacks = desk.missing()
    if lacks:
        return [_("Still to fill in: %(fields)s.") % {"fields": ", ".join(lacks)}]
    sentences = [
        _("%(person)s has no e-mail address to receive the request.") % {"person": person}
        for person in people.values()
        if not person.email
    ]
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


def _dropped(desk: Portrait, people: Mapping[int, Person]) -> QuerySet[Person]:
    """Un-ticking somebody who refused, and asking the others, would be a way round the refusal.

    Either picture counts, in either language: else changing one photo, or writing the English one, would be enough.
    """
    pictures = [photo.sha256 for photo in (desk.photo, desk.partner_photo) if photo]
    before = Subject.objects.filter(
        Q(version__photo__sha256__in=pictures) | Q(version__partner_photo__sha256__in=pictures),
        version__portrait__translation_key=desk.translation_key,
    )
    return Person.objects.filter(pk__in=before.values("person")).exclude(pk__in=people)


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
    """Given once per portrait and language, never reused: the first name, and a short token when it is taken."""
    language = desk.locale.language_code
    given = Version.objects.filter(portrait=desk.pk, language=language).values_list("slug", flat=True).first()
    if given:
        return given
    wish = slugify(desk.first_name)[:40] or "portrait"
    slug = wish
    while Version.objects.filter(slug=slug, language=language).exists():
        slug = f"{wish}-{secrets.token_hex(2)}"
    return slug


def _request(subject: Subject, person: Person, asked: list[Usage], *, by, at: datetime) -> None:
    token = secrets.token_urlsafe(32)
    request = ConsentRequest.objects.create(
        subject=subject,
        asked=[usage.value for usage in asked],
        token_sha256=token_hash(token),
        asked_at=at,
        asked_by=by,
        closes_at=at + timedelta(days=settings.CONSENT_ANSWER_DAYS),
    )
    ledger.append(
        "asked",
        at=at,
        person=ledger.pseudonym(person),
        fingerprint=subject.version.fingerprint,
        usages=request.asked,
        request=request.pk,
    )
    invitation.send(person, token, closes_at=request.closes_at)


def _close_open_requests(portrait: Portrait, *, at: datetime) -> None:
    """An unanswered question about an older Version is replaced by the new one; its link keeps withdrawing."""
    ConsentRequest.objects.filter(subject__version__portrait=portrait, closes_at__gt=at).update(closes_at=at)


def readdress(person: Person, *, former: str, at: datetime) -> None:
    """Somebody changed where this person is written to. If they were ever asked, the former address is told: a link sent
    elsewhere would let another answer in their place. In the transaction of the change."""
    if ConsentRequest.objects.filter(subject__person=person).exists():
        ledger.append("readdressed", at=at, person=ledger.pseudonym(person))
        invitation.tell_former_address(person, former)


# -- answer


@transaction.atomic
def answer(
    request: ConsentRequest,
    answers: Mapping[Usage, str],
    *,
    seen: Mapping[Usage, str],
    at: datetime,
    days: int | None = None,
) -> None:
    """What the person said, usage by usage: "yes", "no", or "" which changes nothing and is no consent.

    `seen` holds the sha256 of each rendering shown in this visit; it is stored with the yes. Raises Closed, or Unseen
    when a yes lacks its rendering; nothing is written then.
    """
    request = ConsentRequest.objects.select_for_update().get(pk=request.pk)
    if at >= request.closes_at:
        raise Closed
    for name in request.asked:
        usage = Usage(name)
        said = answers.get(usage, "")
        if said == "yes":
            if usage not in seen:
                raise Unseen(usage)
            _grant(request, usage, seen[usage], at=at, days=days or settings.CONSENT_DAYS)
        elif said == "no":
            _refuse(request, usage, at=at)
    request.answered_at = at
    request.save(update_fields=["answered_at"])


def _line(kind: str, request: ConsentRequest, usage: Usage, *, at: datetime):
    subject = request.subject
    return ledger.append(
        kind,
        at=at,
        person=ledger.pseudonym(subject.person),
        fingerprint=subject.version.fingerprint,
        usage=usage.value,
        number=usages.number(usage, at),
        request=request.pk,
    )


def _grant(request: ConsentRequest, usage: Usage, rendering: str, *, at: datetime, days: int) -> None:
    subject = request.subject
    former = Consent.objects.filter(subject=subject, usage=usage)
    _end(former, at=at, reason=Consent.Reason.REPLACED)
    # One that ran out by itself is closed at its own end: at most one open row per subject, usage and number.
    former.filter(ended_at__isnull=True).update(ended_at=F("ends_at"), end_reason=Consent.Reason.REPLACED)
    Consent.objects.create(
        subject=subject,
        request=request,
        usage=usage,
        usage_number=usages.number(usage, at),
        starts_at=at,
        ends_at=at + timedelta(days=days),
        rendering_sha256=rendering,
        ledger_entry=_line("granted", request, usage, at=at),
    )
    _replace_older(subject.version, usage, at=at)


def _refuse(request: ConsentRequest, usage: Usage, *, at: datetime) -> None:
    _line("refused", request, usage, at=at)
    withdraw(request.subject.version.portrait, request.subject.person, [usage], at=at)


def _end(rows: QuerySet[Consent], *, at: datetime, reason: str) -> int:
    """End what lives or is scheduled after `at`; `ended_at` is only ever set, or brought nearer."""
    return (
        rows.filter(ends_at__gt=at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))
        .update(ended_at=at, end_reason=reason)
    )


def _replace_older(version: Version, usage: Usage, *, at: datetime) -> None:
    """Once a Version has everyone's yes, the yeses to older ones end: else an older picture comes back when this one ends."""
    yes = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        subject__version=version,
        usage=usage,
        usage_number=usages.number(usage, at),
        starts_at__lte=at,
        ends_at__gt=at,
    )
    if Subject.objects.filter(version=version).exclude(pk__in=yes.values("subject")).exists():
        return
    older = Consent.objects.filter(
        subject__version__portrait=version.portrait_id, subject__version__lt=version.pk, usage=usage
    )
    if _end(older, at=at, reason=Consent.Reason.REPLACED):
        recall.owe(at=at)


# -- withdraw and hide


@transaction.atomic
def withdraw(portrait: Portrait, person: Person, stopped: Iterable[Usage], *, at: datetime) -> list[Usage]:
    """End that person's yes for these usages on ALL Versions, in both languages, scheduled ones too. Returns what ended.

    Ending the newest Version's only would bring the older one back.
    """
    ended = []
    for usage in stopped:
        rows = Consent.objects.filter(
            subject__version__portrait__translation_key=portrait.translation_key, subject__person=person, usage=usage
        )
        if _end(rows, at=at, reason=Consent.Reason.WITHDRAWN):
            ledger.append(
                "withdrawn",
                at=at,
                person=ledger.pseudonym(person),
                portrait=str(portrait.translation_key),
                usage=usage.value,
            )
            ended.append(usage)
    if ended:
        recall.owe(at=at)
    return ended


@transaction.atomic
def hide(portrait: Portrait, *, by, at: datetime, until: datetime | None = None, reason: str = "") -> Hidden:
    """Staff's stop, for everybody on staff and at once. It covers the Versions frozen so far; nobody can lift it by hand.

    « Everywhere » holds in both languages, as a withdrawal does: one row per language. Returns this portrait's own.
    """
    ledger.append("hidden", at=at, portrait=str(portrait.translation_key), until=until.isoformat() if until else None)
    rows = {
        one.pk: Hidden.objects.create(portrait=one, from_at=at, to_at=until, by=by, reason=reason)
        for one in Portrait.objects.filter(translation_key=portrait.translation_key)
    }
    recall.owe(at=at)
    return rows[portrait.pk]
