"""How the article lays its capsules out: the staircase of the hero, the mosaic, the pairs. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portraits.capsule import Capsule, Quote
from portraits.framing import Frame

STEPS = 5
ROWS_BETWEEN_PAIRS = 2
QUOTES = 5  # kind words on the article: a few
LOOKED_AT = 40  # among which they are chosen
FACES = 4  # of an edition, on its band
BRIEF = 320  # characters: longer words are read beside the face of those whom they are for


@dataclass(frozen=True, slots=True)
class Card:
    """A capsule in the mosaic: its width in twelfths, and whether its name plate is black instead of coloured."""

    capsule: Capsule
    columns: int
    ink: bool


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the article: a row of cards, or one pair on the full width."""

    cards: tuple[Card, ...] = ()
    pair: Capsule | None = None


def steps(capsules: Sequence[Capsule]) -> tuple[Capsule | None, ...]:
    """The five steps of the hero, rising to the newest face; a step without a face (None) is painted black."""
    faces = list(reversed(capsules[:STEPS]))
    return tuple([None] * (STEPS - len(faces)) + faces)


def widths(count: int) -> list[tuple[int, ...]]:
    """Rows that leave nobody alone at the end: 7/5 first, then three by three, then two by two."""
    if count in (1, 3):
        return [(12,), (4, 4, 4)][count // 3 : count // 3 + 1]
    if count == 0:
        return []
    twos = 1 + {0: 0, 1: 2, 2: 1}[(count - 2) % 3]
    threes = (count - 2 * twos) // 3
    closing = [(7, 5) if rank % 2 == 0 else (5, 7) for rank in range(1, twos)]
    return [(7, 5), *[(4, 4, 4)] * threes, *closing]


def bands(capsules: Sequence[Capsule]) -> list[Band]:
    """The article from top to bottom: two rows, a pair, two rows, a pair…"""
    pairs = iter([capsule for capsule in capsules if capsule.is_pair])
    made: list[Band] = []
    for rank, band in enumerate(_rows([capsule for capsule in capsules if not capsule.is_pair]), start=1):
        made.append(band)
        if rank % ROWS_BETWEEN_PAIRS == 0 and (pair := next(pairs, None)):
            made.append(Band(pair=pair))
    return made + [Band(pair=pair) for pair in pairs]


def _rows(capsules: Sequence[Capsule]) -> Iterator[Band]:
    rank = 0
    for row in widths(len(capsules)):
        cards = []
        for columns in row:
            cards.append(Card(capsules[rank], columns, ink=rank % 2 == 1))
            rank += 1
        yield Band(cards=tuple(cards))


def editions(frames: Sequence[Frame], capsules: Sequence[Capsule]) -> list[tuple[Frame, list[Capsule]]]:
    """Each edition with the first faces of its band; one without anybody is not there."""
    found = [(frame, frame.among(capsules)[:FACES]) for frame in frames]
    return [(frame, faces) for frame, faces in found if faces]


def few(quotes: Sequence[Quote]) -> list[Quote]:
    """The newest kind words that are short enough to be set in large type."""
    return [one for one in quotes if sum(map(len, one.text)) <= BRIEF][:QUOTES]
