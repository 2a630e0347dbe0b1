"""The ways back to one's own consents when the mails are lost: by one's e-mail, or by one's own session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portraits import duty, invitation, links, throttle
from portraits.models import AddressChange, Compliment, Consent, ConsentRequest, Enquiry, Link, Person, Subject
from portraits.models.compliment import SUSPECT
from portraits.usages import Audience, Usage

A_DAY = 3  # mails to one address
MOST_WORDS = 20  # links about kind words in one mail, the newest
NEW = timedelta(days=14)  # how long an address that was written anew brings nobody their links


@dataclass(frozen=True, slots=True)
class Way:
    """Where one person stands on one portrait, in every language: `until` is when the last of their yeses ends; `open`
    says that a question waits. `request` is the last one put to them."""

    request: ConsentRequest
    yes: tuple[Usage, ...]
    until: datetime | None
    paused: tuple[Usage, ...]
    open: bool

    @property
    def name(self) -> str:
        """The first name on the portrait."""
        return self.request.subject.version.content.get("first_name", "")


def standing(people: Iterable[Person], *, at: datetime) -> list[Way]:
    """Every portrait about which these people answer, for themselves or in somebody's place. Two queries, however many."""
    people = list(people)
    rows = (
        ConsentRequest.objects.filter(Q(recipient__in=people) | Q(recipient=None, subject__person__in=people))
        .filter(subject__version__portrait__isnull=False)
        .select_related("recipient", "subject__person", "subject__version__portrait")
        .order_by("asked_at", "pk")
    )
    newest = {(row.subject.person_id, row.subject.version.across): row for row in rows}
    living, paused = _yeses({person for person, _key in newest}, at)
    return [
        Way(
            row,
            tuple(usage for usage in Usage if usage.value in living[place]),
            max(living[place].values(), default=None),
            tuple(usage for usage in Usage if usage.value in paused[place] - living[place].keys()),
            row.answered_at is None and at < row.closes_at,
        )
        for place, row in newest.items()
    ]


def kind_words(people: Iterable[Person], *, at: datetime) -> list[ConsentRequest]:
    """The last request about each message of kind words that these people wrote, or that is for them, where they said yes; those
    who have an account find theirs on the intranet. The newest, MOST_WORDS at most. Two queries."""
    people = list(people)
    rows = (
        ConsentRequest.objects.filter(Q(recipient__in=people) | Q(recipient=None, subject__person__in=people))
        .filter(subject__version__compliment__erased_at=None, subject__version__compliment__isnull=False)
        .filter(subject__person__user=None)
        .exclude(subject__version__compliment__kind=Compliment.Kind.SPAM)
        .exclude(
            subject__version__compliment__stage=Compliment.Stage.RECEIVED,
            subject__version__compliment__suspicion__gte=SUSPECT,
        )
        .select_related("recipient", "subject__person", "subject__version__compliment")
        .order_by("asked_at", "pk")
    )
    newest = {(row.subject.person_id, row.subject.version.across): row for row in rows}
    living, paused = _yeses({person for person, _key in newest}, at)
    said = [row for place, row in newest.items() if living[place] or paused[place]]
    promised = [row for row in newest.values() if row not in said and _promised(row.subject)]
    return said + sorted(promised, key=lambda row: (row.asked_at, row.pk))[-MOST_WORDS:]


def _promised(subject: Subject) -> bool:
    """Whether they agreed to be quoted once their words are passed on, and did not take it back."""
    words = subject.version.compliment
    return subject.role == Subject.Role.WRITER and any(words.wished(audience) == "yes" for audience in Audience)


def _yeses(people: set[int], at: datetime) -> tuple[dict, dict]:
    """(person, portrait) → usage → end, of those that live; and the usages that were paused. One query."""
    living: dict = defaultdict(dict)
    paused: dict = defaultdict(set)
    values = Consent.objects.filter(subject__person__in=people, ends_at__gt=at).values_list(
        "subject__person", "subject__version__across", "usage", "ends_at", "ended_at", "end_reason"
    )
    for person, key, usage, ends_at, ended_at, reason in values:
        end, place = min(ends_at, ended_at or ends_at), (person, key)
        if end > at:
            living[place][usage] = max(end, living[place].get(usage, end))
        elif reason == Consent.Reason.PAUSED:
            paused[place].add(usage)
    return living, paused


def ask(email: str, *, at: datetime) -> None:
    """Somebody wants their links at this address. Three times a day; beyond, nothing is said and nothing leaves."""
    if throttle.allow("ways in", email.lower(), most=A_DAY, within=timedelta(days=1), at=at):
        with transaction.atomic():
            Enquiry.objects.create(email=email, not_before=at)
            duty.ring("portraits.sweep")


def work(row: Enquiry) -> dict:
    """Mail fresh links to whoever lives at this address, one for each portrait where they have a living or a paused yes, and for
    each message of kind words. An address written anew in the last days brings nothing: a letter, or the consent officer, remains."""
    at = timezone.now()
    with transaction.atomic():
        if row.email and Enquiry.objects.filter(pk=row.pk).exclude(email="").update(email=""):
            _send([one for one in Person.objects.filter(email__iexact=row.email).order_by("pk") if theirs(one, at)], at)
    return {}


def theirs(person: Person, at: datetime) -> bool:
    """Whether this address is surely the person's: not written anew lately, or proved since by a code, in answer to a
    question whose readers saw the change. Else whoever may write it would read there what the person said."""
    anew = AddressChange.objects.filter(person=person, what=AddressChange.What.ADDRESS, first=False, at__gt=at - NEW)
    changed_at = anew.order_by("pk").values_list("at", flat=True).last()
    if changed_at is None:
        return True
    proved = Consent.objects.filter(actor=person, method=Consent.Method.CODE)
    return proved.filter(request__asked_at__gte=changed_at).exists()


def _send(people: list[Person], at: datetime) -> None:
    """One mail for each person with portraits; what anybody wrote from this address, message after message, in one."""
    mails: dict[tuple, list[ConsentRequest]] = defaultdict(list)
    for person in people:
        mails[(person.pk,)] = [way.request for way in standing([person], at=at) if way.yes or way.paused]
    writers = {person.pk: person.language for person in people if not mails[(person.pk,)]}
    for request in kind_words(people, at=at):
        whose = request.addressee.pk
        mails[("words", writers[whose]) if whose in writers else (whose,)].append(request)
    for requests in filter(None, mails.values()):
        tokens = [links.make(request, Link.Kind.MANAGE, at=at) for request in requests]
        invitation.send_ways_in(requests[0].addressee, tokens, tu=any(request.tu for request in requests))
