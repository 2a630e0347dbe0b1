"""The text of a file that a spreadsheet wrote, whatever it wrote it in, and its lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator


class NotText(ValueError):
    """A workbook, a picture: no text at all."""


class Unclosed(ValueError):
    """A quotation mark that nothing closes, or that closes in the middle of a cell: `line` is where its row starts."""

    def __init__(self, line: int):
        super().__init__(f"line {line}")
        self.line = line


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


def lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each row that is not empty. Raises Unclosed."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error:
        raise Unclosed(start) from None
