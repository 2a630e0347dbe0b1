"""Messages that may be one message sent twice, or about one event. Proposed, never decided; nothing is deleted or merged.

First those of WINDOW in the same place or from the same contact (two indexes), then trigrams, compared here: the same figures
on every database. No text alone tells « sent twice » from « the same words about another street »; a place from a list does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from portraits.match import folded
from portraits.models import Compliment, Happening

WINDOW, AT_ONCE = timedelta(days=30), timedelta(hours=24)
RESEND, SAME_EVENT = 0.75, 0.20  # measured on generated pairs: shared notes, and tests/portraits/test_alike.py
SHORT = 24  # folded characters: « Bravo ! » from two people is two thanks
WORD = 24  # letters of the longest word that is remembered
MOST = 5  # suggestions, best first
SAID = (  # what is read of a suggestion: what the page says of it, and what `same` and `together` need
    *("reference", "original", "language", "received_at", "happened_on"),
    *("contact_key", "spot", "same_as", "happening"),
)


class Band(StrEnum):
    LINKED = "linked"  # the same words from the same contact within a day
    RESEND = "resend"
    SAME_EVENT = "same_event"


@dataclass(frozen=True, slots=True)
class Suggestion:
    row: Compliment
    band: Band
    score: float


class Compared(NamedTuple):
    """What is read of a message to compare it."""

    pk: int
    original: str
    contact_key: str
    received_at: datetime
    spot_id: int | None


def trigrams(words: str) -> frozenset[str]:
    """The runs of three characters of each folded word, two spaces before it and one after, as pg_trgm counts them."""
    each = words.split()
    return frozenset().union(*[_known(one) if len(one) <= WORD and one.isalpha() else _runs(one) for one in each])


def _runs(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset([padded[at : at + 3] for at in range(len(word) + 1)])


# Messages share most of their words. What may be more than one (a number, a text without a space) is not remembered.
_known = lru_cache(4096)(_runs)


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard: 1 for the same words in any order, 0 when nothing is shared."""
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)


def near(compliment: Compliment) -> list[Compared]:
    """Those that are worth comparing. One query, of plain columns: a place may have hundreds in a month."""
    days = Q(received_at__range=(compliment.received_at - WINDOW, compliment.received_at + WINDOW))
    same = Q(spot=compliment.spot_id) & days if compliment.spot_id else Q(pk=0)
    if compliment.contact_key:
        same |= Q(contact_key=compliment.contact_key) & days  # beside each, so that SQLite reads a month of its index
    rows = Compliment.objects.readable().filter(same, erased_at__isnull=True)
    rows = rows.exclude(pk=compliment.pk).exclude(kind=Compliment.Kind.SPAM)
    return [Compared(*row) for row in rows.values_list(*Compared._fields)]


def suggest(compliment: Compliment) -> list[Suggestion]:
    """Best first, MOST at most. Two queries."""
    words = folded(compliment.original)
    grams = trigrams(words)
    found = [(one.pk, *alike) for one in near(compliment) if (alike := _compare(compliment, grams, words, one))]
    best = sorted(found, key=lambda one: (-one[2], one[0]))[:MOST]
    rows = Compliment.objects.readable().only(*SAID).in_bulk([key for key, _band, _score in best])
    return [Suggestion(rows[key], band, score) for key, band, score in best if key in rows]


def _compare(mine: Compliment, grams: frozenset[str], words: str, other: Compared) -> tuple[Band, float] | None:
    same_contact = bool(mine.contact_key) and mine.contact_key == other.contact_key
    theirs = folded(other.original)
    if same_contact and words == theirs and abs(mine.received_at - other.received_at) <= AT_ONCE:
        return Band.LINKED, 1.0
    if min(len(words), len(theirs)) < SHORT:
        return None
    score, same_spot = similarity(grams, trigrams(theirs)), mine.spot_id == other.spot_id
    if same_contact and score >= RESEND and (same_spot or not (mine.spot_id and other.spot_id)):
        return Band.RESEND, score
    if mine.spot_id and same_spot and score >= SAME_EVENT:
        return Band.SAME_EVENT, score
    return None


def came_to_us(words: str) -> bool:
    """Whether somebody sent us these very words themselves: what they answered about being quoted holds, wherever else they are
    found. A few words are anybody's. One query."""
    if len(folded(words)) < SHORT:
        return False
    return Compliment.objects.exclude(channel__in=Compliment.SOCIAL).filter(original=words).exists()


@transaction.atomic
def link_at_once(compliment: Compliment) -> None:
    """The same words from the same contact within a day: linked as they arrive, and kept. One click undoes it."""
    if not compliment.contact_key:
        return
    words = folded(compliment.original)
    since = compliment.received_at - AT_ONCE
    rows = Compliment.objects.filter(
        contact_key=compliment.contact_key, received_at__range=(since, compliment.received_at), same_as__isnull=True
    ).exclude(pk=compliment.pk)
    first = next((row for row in rows.order_by("received_at", "pk") if folded(row.original) == words), None)
    if first:
        same(compliment, first)


@transaction.atomic
def link_all(rows: Sequence[Compliment]) -> None:
    """The same for many that have just arrived at one instant. Two queries, whatever their number."""
    known = [row for row in rows if row.contact_key]
    if not known:
        return
    at = known[0].received_at
    before = Compliment.objects.filter(contact_key__in={row.contact_key for row in known}, same_as__isnull=True)
    before = before.filter(received_at__range=(at - AT_ONCE, at)).exclude(pk__in=[row.pk for row in known])
    firsts: dict[tuple[str, str], Compliment] = {}
    for row in before.order_by("received_at", "pk"):
        firsts.setdefault((row.contact_key, folded(row.original)), row)
    again = []
    for row in known:
        first = firsts.setdefault((row.contact_key, folded(row.original)), row)
        if first is not row:
            row.same_as = first
            again.append(row)
    Compliment.objects.bulk_update(again, ["same_as"], batch_size=500)


def same(compliment: Compliment, other: Compliment) -> None:
    """One writer sent it twice. Both are kept; the later one points to the earlier, and whatever pointed to it goes on doing so:
    each link is undone by itself. Never two people's: ValueError."""
    if not compliment.contact_key or compliment.contact_key != other.contact_key:
        raise ValueError("Two people’s messages are two thanks.")
    first, later = sorted((compliment, other), key=lambda row: (row.received_at, row.pk))
    if first.pk != later.pk:
        Compliment.objects.filter(pk=later.pk).update(same_as=first)


def apart(compliment: Compliment) -> None:
    """It is a message of its own after all."""
    Compliment.objects.filter(pk=compliment.pk).update(same_as=None)


@transaction.atomic
def together(compliment: Compliment, other: Compliment, *, label: str) -> Happening:
    """Both are about one event: a group and nothing more, each keeps their words, their thanks and their answer."""
    found = other.happening or compliment.happening
    if found is None:
        found = Happening.objects.create(label=label[:80], on=other.happened_on, spot=compliment.spot)
    Compliment.objects.filter(pk__in=(compliment.pk, other.pk)).update(happening=found)
    return found


def out(compliment: Compliment) -> None:
    """It is about something else."""
    Compliment.objects.filter(pk=compliment.pk).update(happening=None)
