"""Plain text: its French spaces, and its lines."""

from __future__ import annotations

import re
import textwrap

WIDTH = 72
_SPACE = "[ \u00a0\u202f]"
_FRENCH = [
    (re.compile(f"{_SPACE}+([!?;])"), r"\1"),  # a thin space is not known to every mail program: none, as in Canada
    (re.compile(f"«{_SPACE}*"), "«\u00a0"),
    (re.compile(f"{_SPACE}*»"), "\u00a0»"),
    (re.compile(f"{_SPACE}+:"), "\u00a0:"),
]


def plain(text: str, language: str) -> str:
    """A text on one line with the spaces of its language, as plain text knows them. Idempotent."""
    text = " ".join(text.split())
    if language.startswith("fr"):
        for pattern, spaced in _FRENCH:
            text = pattern.sub(spaced, text)
    return text


def wrap(text: str) -> str:
    """Lines of 72 characters at most; an address is never cut, and no-break spaces hold."""
    lines = (
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) if len(line) > WIDTH else line
        for line in text.splitlines()
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
