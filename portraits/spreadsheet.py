"""The text of a file that a spreadsheet wrote, whatever it wrote it in, and its lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _


class NotText(ValueError):
    """A workbook, a picture: no text at all."""


class Broken(ValueError):
    """A row that cannot be read: its words say on which line it starts, and why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that is not taken: its line in the file, the header of its column, why, and those of its cells that may be kept."""

    line: int
    column: str
    reason: str
    cells: Mapping[str, str]


def kept_aside(refused: Iterable[Refused]) -> list[list]:
    """Refused rows as they are kept: line, column, reason, and (head, cell) pairs, whose order a database may not keep
    otherwise."""
    return [[one.line, one.column, one.reason, [list(cell) for cell in one.cells.items()]] for one in refused]


def decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else what Excel writes in Windows. Raises NotText."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotText


def opening(text: str, separator: str) -> list[str]:
    """The cells of the first line under this separator; none when it cannot be read."""
    first = re.match(r"[\r\n]*([^\r\n]*)", text).group(1)
    try:
        return next(csv.reader([first], delimiter=separator), [])
    except csv.Error:
        return []


def lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each row that is not empty. Raises Broken: a quotation mark that nothing closes, or
    that closes in the middle of a cell; a cell longer than csv.field_size_limit()."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as problem:
        words = _("Line %(line)s: the quotation marks do not close. The file may have been cut.")
        if "field limit" in str(problem):
            words = _(
                "Line %(line)s: a cell is far too long. A quotation mark may not close, or this is not a CSV file."
            )
        raise Broken(words % {"line": start}) from None
