"""How large a text can be set so that it stays in its place: measured in the very font that shows it.

Sizes are percents of the nominal size, by steps of 5: the style sheet has one rule per step, since a strict content
policy allows no style attribute. Measured here and not in the browser, so that a screen, a preview and the page on
which a person consents agree to the pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from django.contrib.staticfiles import finders
from PIL import ImageFont

FONT = "fonts/bricolage-grotesque-latin-standard-normal.woff2"
EM = 1000
STEPS = tuple(range(100, 35, -5))
BREAKS = " -"  # a narrow no-break space or a no-break space is not one


@dataclass(frozen=True, slots=True)
class Setting:
    """A text's type, and the box it must stay in. Sizes in pixels of a 1920 × 1080 stage."""

    size: int
    leading: float  # of the size
    weight: int
    stretch: int
    tracking: float  # of the size, per character
    width: int


NAME = Setting(size=230, leading=0.8, weight=800, stretch=76, tracking=-0.012, width=890)
JOB = Setting(size=64, leading=1.08, weight=600, stretch=88, tracking=0, width=890)
SENTENCE = Setting(size=112, leading=1.02, weight=600, stretch=80, tracking=-0.02, width=890)
CAPTION = Setting(size=52, leading=1, weight=600, stretch=85, tracking=0, width=1280)
ROOM = 770  # height left above the bandeau for the name, the job and the sentence
GAPS = 34 + 60
CAREFUL = 1.02  # a browser rounds and hints a little otherwise than FreeType


@cache
def _font(weight: int, stretch: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(finders.find(FONT), EM)
    font.set_variation_by_axes([96, weight, stretch])  # optical size, weight, width
    return font


def width(text: str, setting: Setting) -> float:
    """The text's length on one line, in ems."""
    return CAREFUL * _font(setting.weight, setting.stretch).getlength(text) / EM + setting.tracking * len(text)


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
def framed(name: str, job: str, sentence: str) -> dict[str, int]:
    """The steps of a slide's three texts; the sentence takes what the two others leave."""
    steps = {"name": _step(name, NAME, most=1), "job": _step(job, JOB, most=2)}
    used = NAME.size * NAME.leading * steps["name"] / 100
    size = JOB.size * steps["job"] / 100
    used += lines(job, JOB, size) * size * JOB.leading
    steps["sentence"] = _step(sentence, SENTENCE, most=5, height=ROOM - GAPS - used)
    return steps


@lru_cache(maxsize=512)
def caption(text: str) -> int:
    """The step of the one line under two people."""
    return _step(text, CAPTION, most=1)
