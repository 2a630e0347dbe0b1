"""How large a text can be set so that it stays in its place: measured in the very font that shows it.

Sizes are percents of the nominal size, by steps of 5: the style sheet has one rule per step, since a strict content
policy allows no style attribute. Measured here and not in the browser, so that a screen, a preview and the page on
which a person consents agree to the pixel.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from PIL import ImageFont

TITLE = "fonts/bricolage-grotesque-latin-standard-normal.woff2"
BRUSH = "fonts/knewave-latin-400-normal.woff2"
EM = 1000
STEPS = tuple(range(100, 35, -5))
BREAKS = " -"  # a narrow no-break space or a no-break space is not one


@dataclass(frozen=True, slots=True)
class Setting:
    """A text's type, and the box it must stay in. Sizes in pixels of a 1920 × 1080 stage."""

    size: int
    width: int
    leading: float = 1  # of the size
    tracking: float = 0  # of the size, per character
    weight: int = 600
    stretch: int = 100
    font: str = TITLE


NAME = Setting(size=230, width=890, leading=0.8, tracking=-0.012, weight=800, stretch=76)
JOB = Setting(size=64, width=890, leading=1.08, stretch=88)
SENTENCE = Setting(size=112, width=890, leading=1.02, tracking=-0.02, stretch=80)
CAPTION = Setting(size=52, width=1280, stretch=85)
BAND = Setting(size=150, width=760, font=BRUSH)
DUO_BAND = Setting(size=168, width=720, font=BRUSH)
WORDS = Setting(size=116, width=1110, leading=1.04, tracking=-0.02, weight=800, stretch=80)
BY = Setting(size=44, width=1110, leading=1.2, stretch=90)
TO = Setting(size=62, width=480, leading=1.1, stretch=85)
WORDS_ROOM = 490  # height left to kind words
LEGIBLE = 45  # the smallest step at which they are read from across a kitchen
TITLED = Setting(size=300, width=1700, leading=0.9, font=BRUSH)
TITLED_ROOM = 560
INTRO = Setting(size=60, width=1500, leading=1.2, stretch=90)
INTRO_ROOM = 220  # three lines
ROOM = 770  # height left above the bandeau for the name, the job and the sentence
GAPS = 34 + 72
CAREFUL = 1.02  # a browser rounds and hints a little otherwise than FreeType


@cache
def _font(setting: Setting) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(io.BytesIO(Path(finders.find(setting.font)).read_bytes()), EM)
    if setting.font == TITLE:
        font.set_variation_by_axes([96, setting.weight, setting.stretch])  # optical size, weight, width
    return font


def width(text: str, setting: Setting) -> float:
    """The text's length on one line, in ems."""
    return CAREFUL * _font(setting).getlength(text) / EM + setting.tracking * len(text)


def lines(text: str, setting: Setting, size: float) -> int:
    """How many lines the text takes at this size; 0 when one of its words is wider than the box."""
    count, used = 1, 0.0
    for word in _words(text):
        wide = width(word, setting) * size
        if width(word.rstrip(), setting) * size > setting.width:
            return 0
        if used + width(word.rstrip(), setting) * size > setting.width:
            count, used = count + 1, 0.0
        used += wide
    return count


def _words(text: str) -> list[str]:
    words = [""]
    for character in text:
        words[-1] += character
        if character in BREAKS:
            words.append("")
    return [word for word in words if word]


def _step(text: str, setting: Setting, *, most: int, height: float = float("inf")) -> int:
    """The largest step at which the text holds in `most` lines and `height` pixels; the smallest one when none does."""
    for step in STEPS:
        size = setting.size * step / 100
        count = lines(text, setting, size)
        if count and count <= most and count * size * setting.leading <= height:
            return step
    return STEPS[-1]


@lru_cache(maxsize=512)
def framed(name: str, job: str, sentence: str, band: str) -> dict[str, int]:
    """The steps of one person's slide; the sentence takes the height that the name and the job leave."""
    steps = {"name": _step(name, NAME, most=1), "job": _step(job, JOB, most=2), "band": _step(band, BAND, most=1)}
    used = NAME.size * NAME.leading * steps["name"] / 100
    size = JOB.size * steps["job"] / 100
    used += lines(job, JOB, size) * size * JOB.leading
    steps["sentence"] = _step(sentence, SENTENCE, most=5, height=ROOM - GAPS - used)
    return steps


@lru_cache(maxsize=512)
def duo(caption: str, band: str) -> dict[str, int]:
    """The steps of a slide with two people."""
    return {"caption": _step(caption, CAPTION, most=1), "band": _step(band, DUO_BAND, most=1)}


@lru_cache(maxsize=512)
def words(said: str, to: str, by: str) -> dict[str, int] | None:
    """The steps of kind words; None when they cannot be set large enough to be read."""
    step = _step(said, WORDS, most=9, height=WORDS_ROOM)
    size = WORDS.size * step / 100
    count = lines(said, WORDS, size)
    if step < LEGIBLE or not count or count * size * WORDS.leading > WORDS_ROOM:
        return None
    return {"sentence": step, "caption": _step(to, TO, most=3), "from": _step(by, BY, most=2)}


@lru_cache(maxsize=64)
def title(painted: str, said: str) -> dict[str, int]:
    """The steps of an edition's title; 0 for a first paragraph that is too long to be read on a wall."""
    step = _step(said, INTRO, most=3, height=INTRO_ROOM)
    size = INTRO.size * step / 100
    count = lines(said, INTRO, size)
    fits = step >= 80 and 0 < count <= 3
    return {"name": _step(painted, TITLED, most=3, height=TITLED_ROOM), "sentence": step if fits else 0}
