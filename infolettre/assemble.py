"""An issue as it may be read at one instant: frozen values, portraits and kind words through the gate, one query for each.

A portrait without a living consent is not there, and the issue stays well laid out: a pair of which one is left becomes
a wide card, an emptied block disappears.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.utils import timezone, translation
from django.utils.formats import date_format

from portraits import gate
from portraits.capsule import Capsule, Quote
from portraits.usages import Usage

if TYPE_CHECKING:
    from infolettre.models import Infolettre


@dataclass(frozen=True, slots=True)
class Feature:
    """One portrait over the whole width. A mail tells how the story begins; `whole` tells all of it."""

    kind: ClassVar[str] = "feature"
    quotes: ClassVar[tuple[Quote, ...]] = ()
    capsule: Capsule
    whole: bool = False

    @property
    def told(self) -> tuple[str, ...]:
        return self.capsule.story if self.whole else self.capsule.story[:1]

    @property
    def capsules(self) -> tuple[Capsule, ...]:
        return (self.capsule,)


@dataclass(frozen=True, slots=True)
class Shorts:
    """Portraits two by two; a row of one is set wide."""

    kind: ClassVar[str] = "shorts"
    quotes: ClassVar[tuple[Quote, ...]] = ()
    capsules: tuple[Capsule, ...]

    @property
    def rows(self) -> tuple[tuple[Capsule, ...], ...]:
        return tuple(self.capsules[i : i + 2] for i in range(0, len(self.capsules), 2))


@dataclass(frozen=True, slots=True)
class Edition(Shorts):
    """A special edition: its words on its colour, then its portraits two by two."""

    kind: ClassVar[str] = "edition"
    heading: str
    paragraphs: tuple[str, ...]
    colour: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words between the portraits."""

    kind: ClassVar[str] = "text"
    heading: str
    paragraphs: tuple[str, ...]
    link_text: str = ""
    link: str = ""
    capsules: ClassVar[tuple[Capsule, ...]] = ()
    quotes: ClassVar[tuple[Quote, ...]] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Kind words, one under the other."""

    kind: ClassVar[str] = "quotes"
    heading: str
    quotes: tuple[Quote, ...]
    capsules: ClassVar[tuple[Capsule, ...]] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """What one issue shows at one instant. `date` is the day it left, or the instant asked for while it is a draft."""

    number: int
    title: str
    preheader: str
    language: str
    date: datetime
    blocks: tuple[Feature | Shorts | Edition | Text | Words, ...]

    @property
    def capsules(self) -> tuple[Capsule, ...]:
        return tuple(capsule for block in self.blocks for capsule in block.capsules)

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return tuple(quote for block in self.blocks for quote in block.quotes)

    @property
    def on_show(self) -> tuple[Capsule | Quote, ...]:
        """All that rests on somebody's yes."""
        return (*self.capsules, *self.quotes)

    @property
    def day(self) -> str:
        """The date, written out in the issue's language: « 1er décembre 2026 », “December 1, 2026”."""
        with translation.override(self.language):
            day = date_format(timezone.localtime(self.date), "F j, Y" if self.language == "en" else "j F Y")
        if self.language.startswith("fr") and day.startswith("1 "):
            day = f"1er{day[1:]}"
        return day.replace(" ", "\u00a0")  # never cut at the end of a line

    @property
    def lang(self) -> str:
        """The language tag of the page and of the mail."""
        return "en-CA" if self.language == "en" else "fr-CA"


def chosen(composed: Mapping) -> list[int]:
    """The keys of the portraits an issue asks for, in order, each once."""
    return list(dict.fromkeys(key for block in composed["blocks"] for key in block.get("keys", ()) if key))


def assemble(issue: Infolettre, at: datetime) -> Issue:
    """The issue at this instant. One query, to the gate; another when it has kind words."""
    composed = issue.composed()
    keys = chosen(composed)
    shown = {capsule.key: capsule for capsule in gate.capsules(Usage.INFOLETTRE, at=at, keys=keys)} if keys else {}
    quotes = _quotes(composed, at)
    blocks = (_block(block, shown, quotes) for block in composed["blocks"])
    return Issue(
        issue.number or 0,
        composed["title"],
        composed["preheader"],
        composed["language"],
        issue.started_at or at,
        tuple(block for block in blocks if block),
    )


def _quotes(composed: Mapping, at: datetime) -> list[Quote]:
    """The kind words of an issue: the newest while it is a draft, those that left afterwards (`words`: their keys)."""
    blocks = [block for block in composed["blocks"] if block["kind"] == "quotes"]
    if not blocks:
        return []
    if all("words" in block for block in blocks):
        return gate.quotes(Usage.INFOLETTRE, at=at, keys=[key for block in blocks for key in block["words"]])
    most = sum(block["most"] for block in blocks)
    return gate.quotes(Usage.INFOLETTRE, at=at, language=composed["language"], most=most)


def share(block: Mapping, quotes: list[Quote]) -> tuple[Quote, ...]:
    """What one block takes out of the kind words of its issue, newest first: its own once it has left."""
    mine = [one for one in quotes if one.key in block.get("words", (one.key,))][: block["most"]]
    quotes[:] = [one for one in quotes if one not in mine]
    return tuple(mine)


def still(issue: Issue, at: datetime) -> set[int]:
    """The Versions of this issue that the gate still allows. One query for the portraits, one for kind words."""
    capsules, quotes = [one.key for one in issue.capsules], [one.key for one in issue.quotes]
    shown = [
        *(gate.capsules(Usage.INFOLETTRE, at=at, keys=capsules) if capsules else ()),
        *(gate.quotes(Usage.INFOLETTRE, at=at, keys=quotes) if quotes else ()),
    ]
    return {one.version for one in shown}


def _block(
    block: Mapping, shown: Mapping[int, Capsule], quotes: list[Quote]
) -> Feature | Shorts | Edition | Text | Words | None:
    if block["kind"] == "quotes":
        found = share(block, quotes)
        return Words(block["heading"], found) if found else None
    if block["kind"] == "text":
        return Text(block["heading"], tuple(block["paragraphs"]), block["link_text"], block["link"])
    capsules = tuple(shown[key] for key in block["keys"] if key in shown)
    if not capsules:
        return None
    if block["kind"] == "edition":
        return Edition(capsules, block["heading"], tuple(block["paragraphs"]), block["colour"])
    return Feature(capsules[0]) if block["kind"] == "feature" else Shorts(capsules)
