"""Are these still the writer's own words, and do they name somebody who was not asked? Answered by a machine, which errs on
the side of silence: words that it doubts are passed on, put to the writer anew, and quoted nowhere meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation

from portraits import masking
from portraits.excerpt import LEFT_OUT
from portraits.match import SHORTEST, folded
from portraits.models import Compliment, Person

FOR_A_NAME = ("un employé", "une employée", "un prénom", "un nom", "une équipe", "an employee", "a name", "a team")
MASKED = 8  # words that one mask may stand for: an address
FIRST_SHORTEST = 2  # letters of a first name that is looked for
EVERYDAY = frozenset(("merci", "bravo", "thanks"))  # in nearly all kind words: never looked for as a name
_TOKEN = re.compile(r"\[[^\[\]\n]{1,24}\]|\w+")
_SENTENCE = re.compile(r"[^.!?…\n]+")
_READ = re.compile("[a-z0-9ßŋħŧ]+")  # a word once folded
_CAPITAL = re.compile(r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])")  # #MerciNadia


def faithful(text: str, original: str) -> bool:
    """Whether these words are the original's, in its order, with only whole sentences left out, and in the others a few words
    behind a mask in brackets. Leaving a word out of a sentence may turn it round: that is another text."""
    words, starts = _sentences(original)
    known = _masks()
    places = _skips({0}, starts, len(words))
    for token in _TOKEN.findall(text.casefold()):
        if token == LEFT_OUT:
            continue
        if token in known:
            stepped = {one + step for one in places for step in range(1, MASKED + 1) if one + step <= len(words)}
        else:
            stepped = {one + 1 for one in places if one < len(words) and words[one] == token}
        places = _skips(stepped, starts, len(words))
    return len(words) in places


def _masks() -> frozenset[str]:
    """What may stand in brackets for words of the writer's: never a sentence of ours."""
    found = set(FOR_A_NAME)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(label) for label in masking.labels()}
    return frozenset(f"[{one.casefold()}]" for one in found)


def _sentences(original: str) -> tuple[list[str], set[int]]:
    """The words, and at which of them a sentence starts; the end is a start too."""
    words: list[str] = []
    starts = set()
    for sentence in _SENTENCE.findall(original.casefold()):
        starts.add(len(words))
        words += re.findall(r"\w+", sentence)
    return words, starts | {len(words)}


def _skips(places: set[int], starts: set[int], end: int) -> set[int]:
    """These places, and those that leaving out whole sentences leads to."""
    first = min((one for one in places if one in starts), default=end + 1)
    return places | {one for one in starts if one >= first}


def strangers(text: str, people: Iterable[Person]) -> list[str]:
    """The names in these words that are an employee's, and of nobody whom they are for: whoever bears them has not said yes.
    What stands in brackets counts as well, and so does a word of another alphabet, in which a name would not be found: an
    « а » is read as an « a ». One query."""
    people = list(people)
    known = {folded(name) for one in people for name in (one.first_name, one.last_name)}
    words = f" {folded(_CAPITAL.sub(' ', text))} "
    rows = Person.objects.filter(kind=Person.Kind.EMPLOYEE).exclude(pk__in=[one.pk for one in people])
    found = {word for word in words.split() if not _READ.fullmatch(word)}
    for first, last in rows.order_by().values_list("first_name", "last_name").distinct():
        for name, shortest in ((first, FIRST_SHORTEST), (last, SHORTEST)):
            wanted = folded(name)
            if len(wanted) >= shortest and wanted not in known | EVERYDAY and f" {wanted} " in words:
                found.add(name)
    return sorted(found)


def meant_for_another(compliment: Compliment, text: str, people: Iterable[Person]) -> bool:
    """Whether these words may be about somebody who is not among `people`: a name in them, somebody whom the writer named, or
    the people of the portrait from which they were written."""
    people = list(people)
    if strangers(text, people) or (compliment.chosen_id and compliment.chosen_id not in {one.pk for one in people}):
        return True
    if compliment.portrait and set(compliment.portrait.people()) - {one.pk for one in people}:
        return True
    return bool(compliment.to_whom and not people)
