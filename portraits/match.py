"""Whom kind words may be for: proposed, never decided. No name is recognised in general: only those of our own people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portraits.models import Compliment, Named, Person

MOST = 8  # people proposed
SHORTEST = 3  # letters of a family name that is looked for: shorter ones are everyday words
TITLES = ("madame", "monsieur", "mme", "m", "mlle", "mr", "mrs", "ms")
ALPHABETS = 4096  # characters remembered: more than any city writes with, and no more whoever sends all of Unicode
NEAR = timedelta(days=1)  # « that day » : evenings end after midnight


@dataclass(slots=True)
class Candidate:
    """Somebody of ours, and why they are proposed."""

    person: Person
    why: list[Promise] = field(default_factory=list)


_SAME = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th"})


class _Folded(dict[int, str]):
    """What `str.translate` makes of a character, worked out once: a space of what is no letter nor figure, nothing of accents and
    of what nobody sees."""

    def __missing__(self, code: int) -> str:
        apart = unicodedata.normalize("NFKD", chr(code).casefold()).translate(_SAME)
        written = (one for one in apart if unicodedata.category(one) not in {"Mn", "Cf"})
        found = "".join(one if one.isalnum() else " " for one in written)
        if len(self) < ALPHABETS:
            self[code] = found
        return found


_FOLDED = _Folded()


def folded(text: str) -> str:
    """Words alone, without accents nor capitals: « Jean-François » and « jean francois » are one, however they are typed."""
    return " ".join(text.translate(_FOLDED).split())


def is_name(text: str, *, most: int, least: int = 1) -> bool:
    """Whether this may be somebody's name: so many characters, letters, spaces, apostrophes and hyphens alone."""
    letters = text.translate(str.maketrans("", "", " '’-"))
    return least <= len(text) <= most and letters.isalpha()


def candidates(compliment: Compliment) -> list[Candidate]:
    """Whom a colleague chose; those of its portrait; those whose first name is a whole word of it, or whose family name is one, of
    its team first; those who were thanked in the same place that day. When it names nobody, members of its team come last. Best
    first, MOST at most. Four queries."""
    found: dict[int, Candidate] = {}
    staff = {row.pk: row for row in _staff()}

    def add(key: int, why: Promise) -> None:
        if key in staff:
            found.setdefault(key, Candidate(staff[key])).why.append(why)

    if compliment.chosen_id:
        add(compliment.chosen_id, _("chosen by who wrote"))
    for key in compliment.portrait.people() if compliment.portrait else ():
        add(key, _("the portrait it was written from"))
    for row, why in _named(f"{compliment.original} {compliment.to_whom}", list(staff.values()), compliment.team_id):
        add(row.pk, why)
    members = [row for row in staff.values() if row.team_id and row.team_id == compliment.team_id] if not found else []
    for key in _thanked_beside(compliment):
        add(key, _("thanked in the same place that day"))
    best = sorted(found.values(), key=lambda one: -len(one.why))
    best += [Candidate(row, [_("of the team")]) for row in members if row.pk not in found]
    return [one for one in best if one.person.pk != compliment.writer_id][:MOST]  # nobody thanks themselves


def _named(said: str, staff: list[Person], team: int | None) -> Iterator[tuple[Person, Promise]]:
    """Those whom these words name, and how. A family name has its capital, or « Madame » before it: many are everyday words."""
    words, loud = f" {folded(said)} ", f" {folded(' '.join(one for one in said.split() if one != one.lower()))} "
    first = [row for row in staff if (name := folded(row.first_name)) and f" {name} " in words]
    of_team = [row for row in first if team and row.team_id == team]
    for row in of_team:
        yield row, _("first name in the message, and same team")
    for row in first if not of_team else ():
        yield row, _("first name in the message")
    last = [row for row in staff if len(name := folded(row.last_name)) >= SHORTEST and _called(name, words, loud)]
    of_team = [row for row in last if team and row.team_id == team]
    for row in of_team or last:
        yield row, _("family name in the message")


def _called(name: str, words: str, loud: str) -> bool:
    return f" {name} " in loud or any(f" {title} {name} " in words for title in TITLES)


def _staff():
    here = Q(left_on__isnull=True) | Q(left_on__gt=localdate())
    return Person.objects.filter(here, kind=Person.Kind.EMPLOYEE).select_related("team").order_by("first_name", "pk")


def _thanked_beside(compliment: Compliment) -> list[int]:
    if not (compliment.spot_id and compliment.happened_on):
        return []
    days = (compliment.happened_on - NEAR, compliment.happened_on + NEAR)
    rows = Named.objects.filter(compliment__spot=compliment.spot_id, compliment__happened_on__range=days)
    return list(rows.exclude(compliment=compliment).values_list("person", flat=True).distinct()[:MOST])
