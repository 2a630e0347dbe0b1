"""Whom an employee may say bravo to, by first name: those whom the intranet shows already, and nobody else. Neither a resident,
a minor nor somebody who left; that somebody is not in it says nothing of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localdate

from portraits import gate, inbox, match
from portraits.capsule import Capsule, Picture, Quote
from portraits.match import folded
from portraits.models import Person, Subject
from portraits.usages import Usage

MOST = 8  # proposed at once
SHOWN = (Subject.Role.MAIN, Subject.Role.PAIRED)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom the intranet shows now, as it shows them."""

    key: int
    first_name: str
    job: str
    picture: Picture


def me(user) -> Person | None:
    """The person behind an account, if it has one."""
    return Person.objects.filter(user=user).first()


def writer(user) -> Person | None:
    """The person in whose name an account says bravo: made for an account that has none yet. None when its first name is none,
    which would be signed, and looked for in everybody's kind words (own_words.strangers)."""
    first_name = inbox.legible(user.first_name)
    named = match.is_name(first_name, least=2, most=40)
    about = {"first_name": first_name, "last_name": user.last_name[:60], "email": user.email}
    return Person.objects.get_or_create(user=user, defaults=about)[0] if named else me(user)


def shown(person: Person | None, *, at: datetime, language: str, slug: str | None = None) -> list[Colleague]:
    """Everybody whom `person` may thank, by first name; with a slug, those of that portrait. Two queries."""
    capsules = gate.capsules(Usage.INTRANET, at=at, slug=slug)
    capsules.sort(key=lambda one: one.language != language)  # as the page's language shows them, where it does
    by_version = {one.version: one for one in capsules}
    rank = {version: place for place, version in enumerate(by_version)}
    found: dict[int, Colleague] = {}
    for row in sorted(_employees(by_version, person, at), key=lambda row: rank[row.version_id]):
        found.setdefault(row.person_id, _colleague(row, by_version[row.version_id]))
    return sorted(found.values(), key=lambda one: (folded(one.first_name), one.key))


def _employees(versions: Iterable[int], person: Person | None, at: datetime) -> list[Subject]:
    today = localdate(at)
    here = Q(person__left_on=None) | Q(person__left_on__gt=today)
    grown = Q(person__turns_18_on=None) | Q(person__turns_18_on__lte=today)
    rows = Subject.objects.filter(here, grown, version__in=list(versions), role__in=SHOWN)
    rows = rows.filter(person__kind=Person.Kind.EMPLOYEE).select_related("person")
    if person is not None:  # nobody thanks themselves, by another row of theirs either
        rows = rows.exclude(person=person)
        rows = rows.exclude(person__email__iexact=person.email) if person.email else rows
    return list(rows)


def _colleague(row: Subject, capsule: Capsule) -> Colleague:
    if row.role == Subject.Role.PAIRED:
        return Colleague(row.person_id, row.person.first_name, "", capsule.partner_picture or capsule.picture)
    return Colleague(row.person_id, capsule.first_name, capsule.job, capsule.picture)


def named(everybody: Iterable[Colleague], said: str) -> list[Colleague]:
    """Those whose first name starts with these letters, or holds a word that does; MOST at most."""
    wanted = folded(said)
    if not wanted:
        return []
    return [one for one in everybody if f" {wanted}" in f" {folded(one.first_name)}"][:MOST]


def faces(quotes: Iterable[Quote], capsules: Iterable[Capsule]) -> dict[int, Capsule]:
    """Version of kind words → the capsule of somebody whom they are for, among those that are shown. One query."""
    quotes, by_version = {one.version for one in quotes}, {one.version: one for one in capsules}
    rows = Subject.objects.filter(
        Q(version__in=quotes, role=Subject.Role.NAMED) | Q(version__in=list(by_version), role__in=SHOWN)
    )
    rows = list(rows.order_by("pk").values_list("version", "person", "role"))
    shown_as = {person: by_version[version] for version, person, role in rows if role == Subject.Role.MAIN}
    named = {version: person for version, person, role in reversed(rows) if role == Subject.Role.NAMED}
    return {version: shown_as[person] for version, person in named.items() if person in shown_as}
