"""The beginning of somebody's words, where the whole is too long: cut after a sentence, marked, never rewritten."""

from __future__ import annotations

import re

LEFT_OUT = "[…]"  # stands for whole sentences left out
CUT = f" {LEFT_OUT}"
STOP = re.compile(r"(?:(?<=\w{3})\.{1,3}|[!?…]+)(?:\s?[»”\")\]])*(?=\s)")  # « M. Roy » and « 3.5 » end no sentence
SHORT = re.compile(r"\b(?:mmes?|mlle|mgr|prof|boul|vol|apt|tél)\.$", re.IGNORECASE)
PAIRS = ("«»", "“”", "()", "[]")


def cut(text: str, most: int) -> str | None:
    """The text, when it holds in `most` characters; else as many of its sentences as do, then « […] ». None when not even the
    first one does."""
    if len(text) <= most:
        return text
    ends = (found.end() for found in STOP.finditer(text))
    whole = [end for end in ends if end + len(CUT) <= most and _ends(text, end)]
    if not whole:
        return None
    kept = text[: whole[-1]]
    return kept if kept.endswith(LEFT_OUT) else kept + CUT


def _ends(text: str, place: int) -> bool:
    """Whether a sentence really ends here: no small letter follows, no quotation is left open, and it is no abbreviation."""
    kept = text[:place]
    return (
        not text[place:].lstrip()[:1].islower()
        and not SHORT.search(kept)
        and kept.count('"') % 2 == 0
        and all(kept.count(opens) == kept.count(closes) for opens, closes in PAIRS)
    )
