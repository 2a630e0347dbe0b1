"""A capsule as a slide: what the manifest carries, and what the one slide template receives."""

from __future__ import annotations

from portraits.capsule import Capsule, Picture
from portraits.typography import typeset

from ecrans import fit

SHORTEST = 8
LONGEST = 16
READING = 0.45  # seconds per word, after 4 s to look at the face
HTML_LANG = {"fr-ca": "fr-CA", "en": "en-CA"}


def slide(capsule: Capsule, *, shortest: int = SHORTEST) -> dict:
    """Texts typeset in the portrait's language, the photographs' addresses, the time to read it (seconds)."""
    name, job, sentence = (
        typeset(text, capsule.language) for text in (capsule.first_name, capsule.job, capsule.sentence)
    )
    bands = [" ".join(capsule.bandeau[:2]), *capsule.bandeau[2:]]
    duo = capsule.partner_picture is not None
    caption = f"{name}, {job}" if job else name
    return {
        "id": f"{capsule.slug}-{capsule.version}",
        "lang": HTML_LANG[capsule.language],
        "seconds": _seconds(f"{job} {sentence} {capsule.slogan}", shortest),
        "layout": "duo" if duo else "framed",
        "photo": photo(capsule.picture),
        "partner": photo(capsule.partner_picture),
        "text": {"name": name, "job": job, "sentence": "" if duo else sentence, "caption": caption if duo else ""},
        "fit": {"caption": fit.caption(caption)} if duo else fit.framed(name, job, sentence),
        "bandeau": [typeset(band, capsule.language) for band in bands],
    }


def photo(picture: Picture | None) -> dict | None:
    """Two sizes (the second for a 4K panel) and the description. None when there is no picture."""
    if picture is None or not picture.base:
        return None
    return {"url": picture.url("p864", "webp"), "large": picture.url("p1200", "webp"), "alt": picture.alt}


def _seconds(words: str, shortest: int) -> float:
    return round(min(max(4 + READING * len(words.split()), shortest), LONGEST), 1)
