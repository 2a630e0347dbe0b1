"""One Typst template and its words → the bytes of a sheet, in this process.

Words travel as JSON data: nothing an editor or a person writes is ever run. Each compilation is jailed in a temporary root
that holds the template, the data and the pictures; it never sees the network (no template imports a package). The same
words give the same bytes. It runs without a clock of its own: no word steers a loop, lengths are bounded by their
fields; the server's request time-out is the net.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import segno
import typst

HERE = Path(__file__).parent / "typeset"
COLOURS = {
    "cone": "#ff7826",
    "autobus": "#ffc81f",
    "ruelle": "#3ccb7f",
    "piscine": "#4fb3ff",
    "lilas": "#f29bd2",
    "brique": "#ff776b",
}
LETTER = (612, 792)  # points
STANDARDS = ("a-2a", "ua-1")


def sheet(
    templates: Sequence[Path],
    words: dict,
    *,
    size: tuple[int, int],
    files: Mapping[str, bytes] | None = None,
    strict: bool = True,
    **options,
) -> bytes:
    """Compile the templates, one after the other as one source. `size` is in points; `options` are Typst's.

    `strict`: our own faces alone, since the caller has checked that they have every letter; else what they lack is drawn
    with the faces that come inside Typst, never with the machine's.
    """
    source = b"".join(template.read_bytes() for template in templates)
    data = json.dumps(words, ensure_ascii=False).encode()
    beside = tuple(sorted((files or {}).items()))
    return _drawn(source, (*beside, ("data.json", data)), size, strict, tuple(sorted(options.items())))


@lru_cache(maxsize=16)  # what is submitted is drawn again when it is asked, then when the person looks at it
def _drawn(
    source: bytes, files: tuple[tuple[str, bytes], ...], size: tuple[int, int], strict: bool, options: tuple
) -> bytes:
    with tempfile.TemporaryDirectory(prefix="affiche-") as folder:
        root = Path(folder)
        for name, data in (*files, ("sheet.typ", source)):
            (root / name).write_bytes(data)
        return typst.compile(
            str(root / "sheet.typ"),
            root=str(root),
            font_paths=_faces(strict),
            sys_inputs={"data": "data.json", "width": str(size[0]), "height": str(size[1])},
            **{name: list(value) if isinstance(value, tuple) else value for name, value in options},
        )


def document(template: Path, words: dict, *, dated, size: tuple[int, int] = LETTER) -> bytes:
    """A page of paper: a tagged PDF (PDF/A-2a, PDF/UA-1), in Letter unless told otherwise, the same bytes for the same words
    and date."""
    templates = [HERE / "document.typ", template]
    return sheet(templates, words, size=size, strict=False, pdf_standards=STANDARDS, timestamp=dated)


@lru_cache(maxsize=64)  # a sheet that is drawn again has the same code
def modules(url: str) -> tuple[str, ...]:
    """The rows of an address's QR code, "1" where it is dark."""
    matrix = segno.make(url, error="m", micro=False).matrix
    return tuple("".join("1" if dark else "0" for dark in row) for row in matrix)


@cache
def _faces(strict: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=not strict, font_paths=[str(HERE / "fonts")])
