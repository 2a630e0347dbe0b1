"""The text of a file that a spreadsheet wrote, whatever it wrote it in."""

from __future__ import annotations


class NotText(ValueError):
    """A workbook, a picture: no text at all."""


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
