"""Bars as an SVG made on the server: no library, no script, no style attribute. Its numbers stand in the table beside it.

Lengths are percentages of the width, so that type keeps its size on a telephone and on paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROW, BAR = 56, 24  # pixels: one row, its bar under its label
WIDEST = 74  # percent: the rest is for the number after the bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its label, its number, and where they stand. `width` and `end` are written in the SVG as they are."""

    label: str
    value: int
    text: int
    top: int
    number: int
    width: str
    end: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`ident` is unique on the page; `title` says what the bars are, `height` is in pixels."""

    ident: str
    title: str
    bars: tuple[Bar, ...]
    height: int


def bars(ident: str, title: str, rows: Iterable[tuple[str, int | None]]) -> Chart | None:
    """The bars of (label, value), from the same zero; what was not measured has none. None when nothing was."""
    rows = [(label, value) for label, value in rows if value is not None]
    if not rows:
        return None
    most = max(max(value for _label, value in rows), 1)
    made = []
    for number, (label, value) in enumerate(rows):
        top = number * ROW + 22
        wide = max(WIDEST * value / most, 0.4)
        made.append(Bar(label, value, top - 6, top, top + BAR - 6, f"{wide:.2f}%", f"{wide:.2f}%"))
    return Chart(ident, title, tuple(made), len(rows) * ROW)
