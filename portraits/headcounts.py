"""Reading a file of headcounts: three columns, dimension, group, number. All of it is taken, or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from portraits.models import Headcount
from portraits.spreadsheet import NotText, decoded
from portraits.typography import legible

Dimension = Headcount.Dimension
WORDS = {  # what a file may call them, folded
    "direction": Dimension.DEPARTMENT,
    "service": Dimension.DEPARTMENT,
    "department": Dimension.DEPARTMENT,
    "famille d'emploi": Dimension.FAMILY,
    "famille": Dimension.FAMILY,
    "job family": Dimension.FAMILY,
    "site": Dimension.SITE,
    "lieu": Dimension.SITE,
    "horaire": Dimension.SHIFT,
    "quart": Dimension.SHIFT,
    "shift": Dimension.SHIFT,
}
HEADS = ("dimension", "groupe", "effectif"), ("dimension", "group", "headcount")
LONGEST = 500_000  # bytes
MOST = 100_000  # people in one group


@dataclass(frozen=True, slots=True)
class Fault:
    """What stops a file: the line (the heads are line 1), the column (from 1; 0 for the whole line), and why."""

    line: int
    column: int
    why: str


class Unreadable(Exception):
    """The file is not taken. `faults` say where and why, in the reader's language."""

    def __init__(self, faults: list[Fault]):
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def read(data: bytes) -> dict[tuple[str, str], int]:
    """(dimension, group) → headcount. Commas, semicolons or tabs. Raises Unreadable with every fault."""
    text = _text(data)
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text))
    try:
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error as problem:
        raise Unreadable([Fault(reader.line_num, 0, _("This line cannot be read."))]) from problem
    heads = tuple(_folded(cell) for cell in rows[0][1]) if rows else ()
    if heads not in HEADS:
        raise Unreadable([Fault(1, 0, _("The first line must read: dimension, groupe, effectif."))])
    found: dict[tuple[str, str], int] = {}
    faults: list[Fault] = []
    for line, cells in rows[1:]:
        if any(cell.strip() for cell in cells):
            faults += _row(line, cells, found)
    if faults or not found:
        raise Unreadable(faults or [Fault(2, 0, _("The file has no line."))])
    return found


def _row(line: int, cells: list[str], found: dict) -> Iterator[Fault]:
    if len(cells) != 3:
        yield Fault(line, 0, _("Three columns are expected."))
        return
    dimension, name = WORDS.get(_folded(cells[0])), legible(cells[1]).strip()
    number = "".join(cells[2].split())
    if dimension is None:
        yield Fault(line, 1, _("Unknown dimension. Known ones: direction, famille, site, horaire."))
    if not 0 < len(name) <= 80:
        yield Fault(line, 2, _("A group has a name of 80 characters at most."))
    elif (dimension, name) in found:
        yield Fault(line, 2, _("This group is there twice."))
    if not (number.isascii() and number.isdigit() and int(number[:9]) <= MOST):
        yield Fault(line, 3, _("A headcount is a whole number."))
    elif dimension:
        found[dimension, name] = int(number)


@transaction.atomic
def take(found: dict[tuple[str, str], int], *, on: date) -> tuple[int, int]:
    """Write these counts in place of the former ones of the same groups; the others stay. Returns how many are new, and how
    many changed."""
    known = {(row.dimension, row.name): row for row in Headcount.objects.all()}
    new = [
        Headcount(dimension=dimension, name=name, number=number, counted_on=on)
        for (dimension, name), number in found.items()
        if (dimension, name) not in known
    ]
    changed = 0
    for key, row in known.items():
        if key in found:
            changed += found[key] != row.number
            row.number, row.counted_on = found[key], on
            row.save(update_fields=["number", "counted_on"])
    Headcount.objects.bulk_create(new)
    return len(new), changed


def _text(data: bytes) -> str:
    if len(data) > LONGEST:
        raise Unreadable([Fault(1, 0, _("The file is too long."))])
    try:
        return decoded(data)
    except NotText:
        raise Unreadable([Fault(1, 0, _("This is not a text file: export it as CSV."))]) from None


def _separator(text: str) -> str:
    return max(";,\t", key=text.partition("\n")[0].count)


def _folded(words: str) -> str:
    return legible(words).strip().casefold().replace("’", "'")
