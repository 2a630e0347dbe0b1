"""One capsule → one typeset sheet, poster or social image (portraits/press.py).

It sees the faces of typeset/fonts only: what they lack is said, never drawn by whatever the machine has. The same capsule
gives the same bytes, PDF included; pictures are our own crops (measured: 0.02 s, 0.25 s with a new picture).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from functools import cache
from types import MappingProxyType

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from portraits import crops, press
from portraits.brand import Brand
from portraits.capsule import Capsule, Picture
from portraits.press import COLOURS, HERE, LETTER, STANDARDS
from portraits.renderings import CannotRender
from portraits.typography import typeset
from portraits.usages import EPOCH

SIZES = {"letter": LETTER, "tabloid": (792, 1224)}  # points
SOCIAL = (1080, 1350)  # pixels: 4:5, the tallest that networks show whole
PPI = 110  # of a PNG: 935 × 1210 on Letter
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
    words = _words(capsule, brand) | _posted(capsule, url, remove_by, copy_label)
    refuse([words["call"], words["address"]], SMALL)
    refuse([words["note"]], TEXT)
    if form == "png":
        return sheet("poster", words, capsule, SIZES[size], crops.SPECS["p1200"], format="png", ppi=PPI)
    dated = (capsule.frozen_at or EPOCH).astimezone(UTC).replace(microsecond=0)  # the same bytes at each download
    return sheet("poster", words, capsule, SIZES[size], crops.PRINT, pdf_standards=STANDARDS, timestamp=dated)


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


def _posted(capsule: Capsule, url: str, remove_by: date | None, copy_label: str) -> dict:
    """What the foot of a poster adds: what to do, until when, and the code that says whether it may hang."""
    address = url.split("://", 1)[-1].rstrip("/")
    with translation.override(capsule.language):
        until = _("Take down by %(date)s") % {"date": date_format(remove_by, "DATE_FORMAT")} if remove_by else ""
        return {
            "call": said(_("Is this poster still allowed?"), capsule.language),
            "address": address,
            "note": " · ".join(
                part for part in (said(until, capsule.language), copy_label) if part
            ),  # a hash is no number
            "code": press.modules(url),
            "code_alt": said(_("QR code to %(address)s") % {"address": address}, capsule.language),
        }


def said(text: str, language: str) -> str:
    """The text in its language's typography, composed (NFC), as our faces draw it."""
    return unicodedata.normalize("NFC", typeset(text, language))


@cache
def _letters(face: str) -> frozenset[str]:
    """The characters of one of our faces."""
    with TTFont(HERE / "fonts" / f"{face.lower().replace(' ', '-')}.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def drawn(text: str, language: str, face: str) -> str:
    """Somebody else's words as paper can draw them: an emoji is left out, a letter that none of our faces has is a square."""
    known = _letters(face)
    return "".join(one if one in known or "\u0100" <= one < "\u0500" else _square(one) for one in said(text, language))


def _square(one: str) -> str:
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
    templates = [HERE / "parts.typ", HERE / f"{template}.typ"]
    return press.sheet(templates, words | {"pictures": rows}, size=size, files=files, **options)


def _row(number: int, picture: Picture, capsule: Capsule) -> dict:
    """What the template needs to know of one picture."""
    name = capsule.partner_name if number else capsule.first_name
    return {"path": f"{number}.jpg", "alt": typeset(picture.alt, capsule.language) or name}
