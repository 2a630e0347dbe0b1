"""A capsule as a slide: what the manifest carries, and what the one slide template receives."""

from __future__ import annotations

import re

from ecrans import fit
from portraits.capsule import Capsule, Picture
from portraits.typography import typeset

SHORTEST = 8
LONGEST = 16
READING = 0.45  # seconds per word, after 4 s to look at the face
WORD = re.compile(r"\w[\w'’-]*")
HTML_LANG = {"fr-ca": "fr-CA", "en": "en-CA"}


def slide(capsule: Capsule, *, shortest: int = SHORTEST) -> dict:
    """Texts typeset in the portrait's language, the photographs' addresses, the time to read it (seconds)."""
    name, job, sentence = (
        typeset(text, capsule.language) for text in (capsule.first_name, capsule.job, capsule.sentence)
    )
    bands = [typeset(band, capsule.language) for band in (" ".join(capsule.bandeau[:2]), *capsule.bandeau[2:])]
    answer = bands[-1] if len(bands) == 2 else ""
    duo = capsule.partner_picture is not None
    caption = f"{name} · {job}" if job else name
    return {
        "id": f"{capsule.slug}-{capsule.version}",
        "version": capsule.version,
        "lang": HTML_LANG[capsule.language],
        "seconds": _seconds(caption if duo else f"{job} {sentence}", shortest),
        "layout": "duo" if duo else "framed",
        "photo": photo(capsule.picture),
        "partner": photo(capsule.partner_picture),
        "text": {"name": name, "job": job, "sentence": "" if duo else sentence, "caption": caption if duo else ""},
        "fit": fit.duo(caption, answer) if duo else fit.framed(name, job, sentence, answer),
        "bandeau": bands,
    }


def photo(picture: Picture | None) -> dict | None:
    """Two sizes (the second for a 4K panel) and the description."""
    if picture is None:
        return None
    return {"url": picture.url("p864", "webp"), "large": picture.url("p1200", "webp"), "alt": picture.alt}


def _seconds(words: str, shortest: int) -> float:
    return round(min(max(4 + READING * len(WORD.findall(words)), shortest), LONGEST), 1)
