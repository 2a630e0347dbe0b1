"""How words are signed: the first name and the district that their writer gave. Judged like the words: nobody's family name, no
telephone number and no sentence stands under them because a machine let it through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portraits import masking, naming, own_words
from portraits.match import folded, is_name
from portraits.models import Compliment, Dismissal

LONGEST, MOST_WORDS = 40, 3  # of a first name: « Marie Ange Rose »
LONGEST_PLACE, MOST_WORDS_PLACE = 45, 4  # « Rivière-des-Prairies–Pointe-aux-Trembles »
_SIDES = frozenset(("petite", "nord", "sud", "est", "ouest", "north", "south", "east", "west"))  # « Rosemont Nord »
_FIRST_OF_A_PLACE = """
le la les l petit vieux vieille grand grande haut haute bas basse nouveau nouvelle little old new upper lower plateau pointe cote
ile iles village faubourg baie riviere bois cite bout cap mile champ coteau domaine montee
"""
_OPEN_PLACES = naming.PLACES | _SIDES | frozenset(_FIRST_OF_A_PLACE.split())
_SMALL = frozenset(("de", "du", "des", "la", "le", "les", "l", "d", "au", "aux", "à", "en", "sur", "the", "of"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part of a signature that somebody has to judge: `field` says which, `label` why."""

    field: str
    words: str
    label: Promise


def is_first_name(text: str) -> bool:
    """Whether this is shaped like a first name: a few words, made of letters alone."""
    return is_name(text.strip(), most=LONGEST) and len(text.split()) <= MOST_WORDS


def is_district(text: str) -> bool:
    """Whether this may be the name of a place: « Émard », « Pointe aux Trembles », « Rosemont–La Petite-Patrie »."""
    words = re.findall(r"[^\s'’-]+", text.translate(str.maketrans("–", "-", ".")))
    if not is_name(" ".join(words), most=LONGEST_PLACE) or len(text.split()) > MOST_WORDS_PLACE:
        return False
    return len(text.split()) == 1 or all(word[0].isupper() or word.casefold() in _SMALL for word in words)


def is_like_a_name(text: str) -> bool:
    """Whether this may be somebody's first name and family name rather than a place: « Josiane Tremblay ». Words joined by a
    hyphen are one, and a dash stands between two districts."""
    return any(_is_like_a_name(part.split()) for part in text.split("–"))


def _is_like_a_name(words: list[str]) -> bool:
    first = (folded(words[0]).split() if words else []) or [""]
    told = first[0] in _OPEN_PLACES or any(_SIDES & set(folded(word).split()) for word in words)
    return len(words) > 1 and not told


def said(compliment: Compliment) -> list[str]:
    """What its writer signs with, in order; nothing when they stay anonymous, nor for a comment of a social network."""
    if compliment.signature != Compliment.Signature.FIRST_NAME or compliment.channel in Compliment.SOCIAL:
        return []
    return [one for one in (compliment.writer.first_name, compliment.district) if one]


def doubts(compliment: Compliment) -> list[Doubt]:
    """What of its signature nobody has judged yet. A colleague signs with their own name, from the directory. Three queries at
    most, none for an anonymous message."""
    if compliment.channel == Compliment.Channel.COLLEAGUE or not said(compliment):
        return []
    parts = (("first_name", compliment.writer.first_name), ("district", compliment.district))
    found = [Doubt(field, words, label) for field, words in parts if words and (label := _why(field, words))]
    known = set(compliment.dismissals.values_list("digest", flat=True)) if found else set()
    return [one for one in found if _key(one.words) not in known]


def dismiss(compliment: Compliment, doubt: Doubt, *, by, at: datetime) -> None:
    """It may stand under the words. The same words within the message are judged apart: there, they may be a third person's."""
    Dismissal.objects.get_or_create(compliment=compliment, digest=_key(doubt.words), defaults={"by": by, "at": at})


def _key(words: str) -> str:
    return masking.digest(f"signed\0{words}")


def _why(field: str, words: str) -> Promise | None:
    if marks := masking.marks(words):
        return marks[0].label
    if not (is_first_name if field == "first_name" else is_district)(words):
        return _("is this a first name?") if field == "first_name" else _("is this a district?")
    if own_words.strangers(words, ()):
        return _("a name of ours")
    if field == "first_name" and len(words.split()) > 1:
        return _("is there a family name?")
    if field == "district" and is_like_a_name(words):
        return _("is this a district?")
    return None


def settled(compliment: Compliment) -> list[str]:
    """What may stand under the words as they are passed on: what is still to be judged stays out."""
    doubted = {one.words for one in doubts(compliment)}
    return [one for one in said(compliment) if one not in doubted]
