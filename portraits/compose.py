"""One capsule, or kind words → one typeset sheet, poster or social image (portraits/press.py).

It sees the faces of typeset/fonts only: what they lack is said, never drawn by whatever the machine has. The same capsule
gives the same bytes, PDF included; pictures are our own crops (measured: 0.02 s, 0.25 s with a new picture).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from portraits import attribution, crops, excerpt, press
from portraits.brand import Brand
from portraits.capsule import Capsule, Picture, Quote
from portraits.press import COLOURS, HERE, LETTER, STANDARDS
from portraits.renderings import CannotRender
from portraits.typography import typeset
from portraits.usages import EPOCH

SIZES = {"letter": LETTER, "tabloid": (792, 1224)}  # points
SOCIAL = (1080, 1350)  # pixels: 4:5, the tallest that networks show whole
PPI = 110  # of a PNG: 935 × 1210 on Letter
LONGEST = 160  # characters of kind words on a wall: at 50 points or so on Letter, they are read from three metres
ON_WALLS = ("poster", "words")
DRESSING = "\ufe0e\ufe0f\u20e3\u200d"  # turn a character into its emoji, or two of them into one
BRUSH, NAME, TITLE, SMALL, TEXT = ("Affiche Slogan", "Affiche Nom", "Affiche Titre", "Affiche Petit", "Affiche Texte")


def poster(
    capsule: Capsule,
    brand: Brand,
    *,
    size: str = "letter",
    url: str,
    remove_by: date | None,
    copy_label: str,
    form: str = "pdf",
) -> bytes:
    """The bytes of one poster: a tagged PDF (PDF/A-2a, PDF/UA-1) at its real size, or a PNG to be looked at.

    `size` is a key of SIZES, `form` "pdf" or "png"; `copy_label` is printed to the letter; `url` goes in the QR code and,
    without its scheme, in words.
    Raises CannotRender, in the reader's language, when a picture or a glyph is missing.
    """
    words = _words(capsule, brand) | _posted(capsule.language, url, remove_by, copy_label)
    spec = crops.SPECS["p1200"] if form == "png" else crops.PRINT
    return sheet("poster", words, capsule, SIZES[size], spec, **_made(form, capsule.frozen_at))


def kind_words(
    quote: Quote,
    brand: Brand,
    *,
    size: str = "letter",
    url: str,
    remove_by: date | None,
    copy_label: str,
    form: str = "pdf",
) -> bytes:
    """The bytes of one poster of kind words, as `poster` makes one of a portrait.

    Beyond LONGEST characters they are cut after a sentence; an emoji that our letters lack is left out. Raises CannotRender,
    in the reader's language, when not even one sentence holds, or when a letter is missing.
    """
    words = _thanks(quote, brand) | _posted(quote.language, url, remove_by, copy_label)
    return press.sheet(_stack("words"), words, size=SIZES[size], **_made(form, quote.frozen_at))


def _made(form: str, frozen_at: datetime | None) -> dict:
    """Typst's options: pixels to be looked at, or paper, with the same bytes at each download."""
    if form == "png":
        return {"format": "png", "ppi": PPI}
    return {"pdf_standards": STANDARDS, "timestamp": (frozen_at or EPOCH).astimezone(UTC).replace(microsecond=0)}


def social(capsule: Capsule, brand: Brand) -> bytes:
    """The bytes of the image for social networks: a PNG of SOCIAL pixels, without metadata, the same each time.

    Raises CannotRender, in the reader's language, when a picture or a glyph is missing.
    """
    words = _words(capsule, brand)
    return sheet("social", words, capsule, SOCIAL, crops.SPECS["p1200"], format="png", ppi=72)


def _words(capsule: Capsule, brand: Brand) -> dict:
    """What every sheet says, in the capsule's language and typography. Raises CannotRender: a box in place of a letter of
    somebody's name must not be printed."""

    def put(text: str) -> str:
        return said(text, capsule.language)

    slogan = [put(line) for line in capsule.bandeau]
    words = {
        "title": put(f"{capsule.slogan} {capsule.first_name}"),
        "language": capsule.language.split("-")[0],
        "colour": COLOURS[brand.edition],
        "slogan": slogan,
        "bands": [put(line) for line in (" ".join(capsule.bandeau[:2]), *capsule.bandeau[2:])],
        "slogan_face": BRUSH if set("".join(slogan)) <= _letters(BRUSH) else NAME,
        "name": put(capsule.first_name),
        "job": put(capsule.job),
        "partner": put(capsule.partner_name) if capsule.partner_picture else "",
        "brand": [put(brand.first_line), put(brand.second_line)],
    }
    refuse(slogan, words["slogan_face"])
    refuse([words["name"], words["partner"]], NAME)
    refuse([words["job"]], TITLE)
    refuse(words["brand"], SMALL)
    return words


def _thanks(quote: Quote, brand: Brand) -> dict:
    """What a poster of kind words says, in their language and typography. Raises CannotRender."""
    text = said_on_paper(quote)
    if not text:
        raise CannotRender(_("These words cannot be printed: their first sentence is too long for a poster."))
    with translation.override(quote.language):
        thanks = said(_("Thank you!"), quote.language)
    to = attribution.for_whom(quote)
    words = {
        "title": " ".join(filter(None, (thanks, to))),
        "language": quote.language.split("-")[0],
        "colour": COLOURS[brand.edition],
        "thanks": thanks,
        "thanks_face": BRUSH if set(thanks) <= _letters(BRUSH) else NAME,
        "mark": "«" if quote.language.startswith("fr") else "“",
        "text": text,
        "to": plain(to, quote.language, NAME),
        "by": plain(attribution.by_whom(quote), quote.language, TITLE),
        "brand": [said(brand.first_line, quote.language), said(brand.second_line, quote.language)],
    }
    refuse([words["text"], words["to"]], NAME)
    refuse([words["by"]], TITLE)
    refuse(words["brand"], SMALL)
    return words


def said_on_paper(quote: Quote) -> str:
    """These words as a poster has them; "" when not even one sentence holds, or when they are nothing but emoji."""
    return excerpt.cut(plain(quote.line, quote.language, NAME), LONGEST) or ""


def _posted(language: str, url: str, remove_by: date | None, copy_label: str) -> dict:
    """What the foot of a poster adds: what to do, until when, and the code that says whether it may hang."""
    address = url.split("://", 1)[-1].rstrip("/")
    with translation.override(language):
        until = _("Take down by %(date)s") % {"date": date_format(remove_by, "DATE_FORMAT")} if remove_by else ""
        words = {
            "call": said(_("Say thank you. Poster still allowed?"), language),
            "address": address,
            "note": " · ".join(part for part in (said(until, language), copy_label) if part),  # a hash is no number
            "code": press.modules(url),
            "code_alt": said(_("QR code to %(address)s") % {"address": address}, language),
        }
    refuse([words["call"], words["address"]], SMALL)
    refuse([words["note"]], TEXT)
    return words


def said(text: str, language: str) -> str:
    """The text in its language's typography, composed (NFC), as our faces draw it."""
    return unicodedata.normalize("NFC", typeset(text, language))


@cache
def _letters(face: str) -> frozenset[str]:
    """The characters of one of our faces."""
    with TTFont(HERE / "fonts" / f"{face.lower().replace(' ', '-')}.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def drawn(text: str, language: str, face: str) -> str:
    """Somebody else's words as a sheet of their own can draw them: an emoji is left out, a letter that none of our faces has is a
    square, for these words are theirs whatever we can print."""
    known = _letters(face)
    return "".join(one if one in known or "\u0100" <= one < "\u0500" else _square(one) for one in said(text, language))


def plain(text: str, language: str, face: str) -> str:
    """Somebody else's words as a wall can show them: a space in place of each emoji that this face lacks, so that its neighbours
    do not become one word. All else stays, for `refuse` to say: a « ⓟ » is a letter, a « ℃ » is one too."""
    known = _letters(face)
    kept = "".join(one if one in known else _without_emoji(one) for one in text)
    kept = re.sub(r" +(?=[.,)])", "", re.sub(" {2,}", " ", kept))
    return said(kept.strip(), language)


def _without_emoji(one: str) -> str:
    if one in DRESSING or "\U0001f3fb" <= one <= "\U0001f3ff":  # belongs to the emoji before it
        return ""
    picture = unicodedata.category(one) == "So" and unicodedata.normalize("NFKC", one) == one
    return " " if picture else one


def _square(one: str) -> str:
    if one.isspace():
        return " "
    return "□" if unicodedata.category(one)[0] in "LN" else ""


def refuse(texts: Iterable[str], face: str) -> None:
    """Raises CannotRender, in the reader's language, when a face lacks a character of these texts."""
    for text in texts:
        for character in text:
            if character in _letters(face):
                continue
            shown = f"U+{ord(character):04X}" if unicodedata.category(character)[0] in "CMZ" else character
            raise CannotRender(
                _(
                    "The character “%(character)s” (in “%(text)s”) is missing from our printing letters: the poster "
                    "cannot be composed. See with the person how to write it otherwise."
                )
                % {"character": shown, "text": text}
            )


def sheet(
    template: str,
    words: dict,
    capsule: Capsule,
    size: tuple[int, int],
    spec: crops.Spec,
    *,
    beside: Mapping[str, bytes] = MappingProxyType({}),
    **options,
) -> bytes:
    """Compile one template with its words and its pictures (portraits/press.py).

    `size` is in points, `beside` holds further pictures by file name, `options` are Typst's. Raises CannotRender when a
    picture is missing.
    """
    pictures = [one for one in (capsule.picture, capsule.partner_picture) if one]
    if any(one.shown is None for one in pictures):
        raise CannotRender(_("The photo is still missing: this channel shows nothing without it."))
    rows = [_row(number, one, capsule) for number, one in enumerate(pictures)]
    files = dict(beside)
    for row, one in zip(rows, pictures, strict=True):
        files[row["path"]] = crops.rendition(one.shown.name, one.shown.sha256, one.shown.crop, spec)
    return press.sheet(_stack(template), words | {"pictures": rows}, size=size, files=files, **options)


def _stack(template: str) -> list[Path]:
    """A template, under what it stands on."""
    above = ("parts", "wall") if template in ON_WALLS else ("parts",)
    return [HERE / f"{one}.typ" for one in (*above, template)]


def _row(number: int, picture: Picture, capsule: Capsule) -> dict:
    """What the template needs to know of one picture."""
    name = capsule.partner_name if number else capsule.first_name
    return {"path": f"{number}.jpg", "alt": typeset(picture.alt, capsule.language) or name}
