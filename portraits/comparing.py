"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """("same" | "gone" | "new", words), in the order in which one reads."""
    one, other = _PIECES.findall(before), _PIECES.findall(after)
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(one[a:b])))
            continue
        found += [("gone", "".join(one[a:b]))] if b > a else []
        found += [("new", "".join(other[c:d]))] if d > c else []
    return found
