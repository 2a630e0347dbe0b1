"""Personal details in kind words: proposed to a human, never decided by a list. No model, nothing downloaded.

Nine in ten are found; names are looked for elsewhere (naming.py, own_words.py). Eight patterns, on text as it was
written. Whoever passes words on masks each mark or says that it may stay (Dismissal).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portraits.models import Compliment, Dismissal

_SEP = r"[\s.\-\u2010\u2011\u2013]?"  # \s holds the no-break spaces of French typography
_STREET = (
    r"(?:rue|boul(?:evard|\.)|av(?:enue|\.)|chemin|place|allée|impasse|ruelle|\d{1,2}(?:e|re)\s(?:avenue|rue)"
    r"|(?:[\w'’-]+\s){1,3}(?:street|avenue|road|boulevard)\b)"
)
_NAMED = r"(?:\s+(?:(?:de la|de l['’]|de|du|des|d['’]|saint|sainte|st)[\s-]?)?[A-ZÉÈÎ][\w'’-]+)?"
_PATTERNS = (
    (_("e-mail"), r"[\w.+-]+@[\w-]+\.[\w.]*\w"),
    (_("link"), r"https?://\S+|\bwww\.\S+"),
    (
        _("telephone"),
        rf"(?<!\d)(?:\+?1{_SEP})?\(?\d{{3}}\)?{_SEP}\d{{3}}{_SEP}\d{{4}}(?!\d)|(?<!\d)0[1-9](?:{_SEP}\d{{2}}){{4}}(?!\d)",
    ),
    (_("insurance number"), r"(?<!\d)\d{3}[\s\-\u2011]\d{3}[\s\-\u2011]\d{3}(?!\d)"),
    (_("file number"), r"(?<!\w)(?:dossier|requête|request|file|no|n°|#)\s*(?:#|no|n°)?\s*:?\s*\d{2}-?\d{5,}\b"),
    (_("postal code"), r"\b[A-CEGHJ-NPR-TVXY]\d[A-Z]\s?\d[A-Z]\d\b"),
    (_("address"), rf"\b\d{{1,5}}(?:[\s-]?[A-Ca-c])?,?\s?(?:bis|ter)?,?\s{_STREET}{_NAMED}"),
    (_("account"), r"(?<!\w)@\w{3,}"),
)
_COMPILED = tuple((label, re.compile(pattern, re.IGNORECASE)) for label, pattern in _PATTERNS)


class Unmasked(Exception):
    """Somebody still has to say whether these marks are masked or stay."""

    def __init__(self, marks: list[Mark]):
        super().__init__(f"{len(marks)} marks")
        self.marks = marks


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of characters that may tell who somebody is. `behind`: what a mask says in its place, when it is not the label."""

    label: Promise
    start: int
    end: int
    words: str
    behind: Promise | None = None

    @property
    def mask(self) -> Promise:
        return self.behind or self.label


def labels() -> list[Promise]:
    """What a mask can say in its brackets, in the present language."""
    return [label for label, _pattern in _PATTERNS]


def marks(text: str) -> list[Mark]:
    """What could tell who somebody is, in order, without overlap: an earlier pattern wins."""
    found: list[Mark] = []
    for label, pattern in _COMPILED:
        for one in pattern.finditer(text):
            if all(one.end() <= mark.start or one.start() >= mark.end for mark in found):
                found.append(Mark(label, one.start(), one.end(), one.group()))
    return sorted(found, key=lambda mark: mark.start)


def masked(text: str, chosen: Iterable[Mark], *, language: str) -> str:
    """The text with these marks replaced by what they were, in brackets: « [téléphone] »."""
    with translation.override(language):
        for mark in sorted(chosen, key=lambda mark: -mark.start):
            text = f"{text[: mark.start]}[{mark.mask}]{text[mark.end :]}"
    return text


def digest(words: str) -> str:
    """Keyed: a telephone number is soon guessed from a plain hash."""
    return salted_hmac("portraits.mask", " ".join(words.casefold().split()), algorithm="sha256").hexdigest()


def left(compliment: Compliment, text: str) -> list[Mark]:
    """The marks of these words that nobody has judged yet. One query, none when there is no mark."""
    return unjudged(compliment, marks(text))


def unjudged(compliment: Compliment, found: list[Mark]) -> list[Mark]:
    """Those that nobody has masked or left. One query, none when there is no mark."""
    known = set(compliment.dismissals.values_list("digest", flat=True)) if found else set()
    return [mark for mark in found if digest(mark.words) not in known]


def dismiss(compliment: Compliment, words: str, *, by, at: datetime) -> None:
    """These words tell nobody's identity, or may: they stay."""
    Dismissal.objects.get_or_create(compliment=compliment, digest=digest(words), defaults={"by": by, "at": at})
