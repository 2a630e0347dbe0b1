"""A capsule, or kind words, as a slide: what the manifest carries, and what the one slide template receives."""

from __future__ import annotations

import re

from django.utils.translation import gettext, override

from ecrans import fit
from portraits import attribution
from portraits.capsule import Capsule, Picture, Quote
from portraits.framing import Frame
from portraits.typography import typeset

SHORTEST = 8
LONGEST = 16
LONGEST_WORDS = 24  # somebody else’s words have no face to look at meanwhile
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
        "text": {
            "name": name,
            "job": job,
            "sentence": "" if duo else sentence,
            "caption": caption if duo else "",
            "from": "",
        },
        "fit": fit.duo(caption, answer) if duo else fit.framed(name, job, sentence, answer),
        "bandeau": bands,
    }


def words(quote: Quote, *, shortest: int = SHORTEST) -> dict | None:
    """Kind words in large type; None when they are too long to be read on a wall."""
    said = typeset(quote.line, quote.language)
    to, by = attribution.for_whom(quote), attribution.by_whom(quote)
    steps = fit.words(said, to, by)
    seconds = _reading(f"{said} {by}")
    if steps is None or seconds > LONGEST_WORDS:
        return None
    with override(quote.language):
        thanks = typeset(gettext("Thank you!"), quote.language)
    return {
        "id": f"mots-{quote.version}",
        "version": quote.version,
        "lang": HTML_LANG[quote.language],
        "seconds": round(max(seconds, shortest), 1),
        "layout": "words",
        "photo": None,
        "partner": None,
        "text": {"name": "", "job": "", "sentence": said, "caption": to, "from": by},
        "fit": steps,
        "bandeau": [thanks],
    }


def title(frame: Frame, version: int, *, shortest: int = SHORTEST) -> dict:
    """The title of an edition, with its first paragraph when it can be read from across a room. `version` is the portrait that
    it introduces. For a player that does not know titles yet, it is laid out as words are."""
    painted, said = (typeset(text, frame.language) for text in (frame.title, frame.introduction[0]))
    steps = fit.title(painted, said)
    with override(frame.language):
        what = typeset(gettext("Special edition"), frame.language)
    said = said if steps["sentence"] else ""
    return {
        "id": f"edition-{frame.slug}-{frame.language}-{version}",
        "version": version,
        "lang": HTML_LANG[frame.language],
        "seconds": _seconds(f"{painted} {said}", shortest),
        "layout": "words",
        "edition": frame.colour,
        "photo": None,
        "partner": None,
        "text": {"name": painted, "job": "", "sentence": said, "caption": what, "from": ""},
        "fit": steps,
        "bandeau": [],
    }


def photo(picture: Picture | None) -> dict | None:
    """Two sizes (the second for a 4K panel) and the description."""
    if picture is None:
        return None
    return {"url": picture.url("p864", "webp"), "large": picture.url("p1200", "webp"), "alt": picture.alt}


def _seconds(words: str, shortest: int) -> float:
    return round(min(max(_reading(words), shortest), LONGEST), 1)


def _reading(words: str) -> float:
    return 4 + READING * len(WORD.findall(words))
