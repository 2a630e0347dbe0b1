"""Whom kind words may be for: proposed, never decided. No name is recognised in general: only those of our own people."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from portraits.models import Compliment, Named, Person

MOST = 8  # people proposed
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
    """Whom a colleague chose; those of its portrait; those whose first name is a whole word of it, of its team first; those who were
    thanked in the same place that day. Best first, MOST at most. Four queries."""
    found: dict[int, Candidate] = {}
    staff = {row.pk: row for row in _staff()}

    def add(key: int, why: Promise) -> None:
        if key in staff:
            found.setdefault(key, Candidate(staff[key])).why.append(why)

    if compliment.chosen_id:
        add(compliment.chosen_id, _("chosen by who wrote"))
    for key in compliment.portrait.people() if compliment.portrait else ():
        add(key, _("the portrait it was written from"))
    words = f" {folded(f'{compliment.original} {compliment.to_whom}')} "
    named = [row for row in staff.values() if (name := folded(row.first_name)) and f" {name} " in words]
    of_team = [row for row in named if compliment.team_id and row.team_id == compliment.team_id]
    for row in of_team:
        add(row.pk, _("first name in the message, and same team"))
    for row in named if not of_team else ():
        add(row.pk, _("first name in the message"))
    for key in _thanked_beside(compliment):
        add(key, _("thanked in the same place that day"))
    found.pop(compliment.writer_id, None)  # nobody thanks themselves
    return sorted(found.values(), key=lambda one: -len(one.why))[:MOST]


def _staff():
    here = Q(left_on__isnull=True) | Q(left_on__gt=localdate())
    return Person.objects.filter(here, kind=Person.Kind.EMPLOYEE).select_related("team").order_by("first_name", "pk")


def _thanked_beside(compliment: Compliment) -> list[int]:
    if not (compliment.spot_id and compliment.happened_on):
        return []
    days = (compliment.happened_on - NEAR, compliment.happened_on + NEAR)
    rows = Named.objects.filter(compliment__spot=compliment.spot_id, compliment__happened_on__range=days)
    return list(rows.exclude(compliment=compliment).values_list("person", flat=True).distinct()[:MOST])
