"""One line of the ledger, and what makes a chain of them. Standard library only: a copy can be read without a database.

hash = sha256(canonical JSON of [seq, at, kind, body] followed by prev).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

FIRST = "0" * 64  # what line 1 follows
_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode  # made once: half the price


class Line(NamedTuple):
    """One line; `at` is ISO 8601 in UTC, `prev` the hash of the line before."""

    seq: int
    at: str
    kind: str
    body: dict
    prev: str
    hash: str


_FIELDS = frozenset(Line._fields)


class Why(Enum):
    """What is wrong at a number."""

    ALTERED = "altered"
    MISSING = "missing"
    MISPLACED = "misplaced"
    UNLINKED = "unlinked"


class Break(NamedTuple):
    """The chain does not hold from number `seq` to number `last`, both included."""

    seq: int
    last: int
    why: Why


def instant(at: datetime) -> str:
    """An instant as it is hashed: the same text whatever the zone it was given in."""
    return at.astimezone(UTC).isoformat()


def digest(seq: int, at: str, kind: str, body: dict, prev: str) -> str:
    """The hash of one line, hex."""
    return hashlib.sha256((_json([seq, at, kind, body]) + prev).encode()).hexdigest()


def written(line: Line) -> str:
    """One line as it stands in a file: canonical JSON, without its end of line."""
    return _json(line._asdict())


def read(text: str | bytes) -> Line:
    """The opposite of `written`. Raises ValueError when this is no line."""
    value = json.loads(text)
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        raise ValueError("not a line of the ledger")
    return Line(**value)


def breaks(lines: Iterable[Line]) -> Iterator[Break]:
    """Every place where these lines, which should start at 1, are not the chain that was written.

    A tail that was cut leaves a chain that holds: only an anchor shows it (portraits/proof.py).
    """
    expected, prev = 1, FIRST
    for line in lines:
        if line.seq < expected:
            yield Break(line.seq, line.seq, Why.MISPLACED)
            continue
        if line.seq > expected:
            yield Break(expected, line.seq - 1, Why.MISSING)
        if digest(*line[:5]) != line.hash:
            yield Break(line.seq, line.seq, Why.ALTERED)
        elif line.seq == expected and line.prev != prev:
            yield Break(line.seq, line.seq, Why.UNLINKED)
        expected, prev = line.seq + 1, line.hash
