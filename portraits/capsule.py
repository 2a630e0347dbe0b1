"""All that a channel can see of a portrait or of kind words: frozen values, no model, no file, no manager."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A photograph that may be shown now: its file in the private storage, that file's hash, the frozen crop.

    `crop` is focus across, focus down, zoom, in percents. `until` is the first end it rests on (None in previews).
    """

    name: str
    sha256: str
    crop: tuple[int, int, int]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One photograph of a capsule. `base` is the address that answers for its bytes, and only while it may be shown.

    `shown` is for portraits.compose alone, which sets pictures in type; channels use addresses (a wall test holds it).
    """

    base: str
    alt: str
    shown: Shown | None = field(default=None, repr=False)
    partner: bool = False

    def url(self, spec: str, extension: str = "jpg") -> str:
        """The address of one crop (portraits.crops.SPECS) of this picture."""
        return f"{self.base}{'duo-' if self.partner else ''}{spec}.{extension}"


@dataclass(frozen=True, slots=True)
class Capsule:
    """One portrait as one usage may show it at one instant.

    `until` is the first instant at which a consent it rests on ends (None in previews, which rest on none). `across` is
    the same for one portrait in every language.
    """

    key: int
    version: int
    slug: str
    language: str
    first_name: str
    job: str
    sentence: str
    story: tuple[str, ...]
    bandeau: tuple[str, ...]
    partner_name: str
    fingerprint: str
    picture: Picture
    partner_picture: Picture | None = None
    across: str = ""
    frozen_at: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, content: Mapping, *, bases: Sequence[str], files: Sequence, until=None, **rest) -> Capsule:
        """A capsule from frozen content. `bases` are the addresses of its one or two pictures, `files` their names in the
        storage and their hashes (Photo.stored)."""
        crops = (content["crop"], content["partner_crop"])
        kept = [
            Shown(*file, tuple(crop), until) if file and file[0] and crop else None
            for file, crop in zip(files, crops, strict=True)
        ]
        partner = None
        if kept[1]:
            partner = Picture(bases[1], content["partner_alt"], kept[1], partner=bases[1] == bases[0])
        return cls(
            language=content["language"],
            first_name=content["first_name"],
            job=content["job"],
            sentence=content["sentence"],
            story=tuple(content["story"]),
            bandeau=tuple(content["bandeau"]),
            partner_name=content["partner_name"],
            picture=Picture(bases[0], content["alt"], kept[0]),
            partner_picture=partner,
            until=until,
            **rest,
        )

    @property
    def is_pair(self) -> bool:
        """Whether two people share the portrait: a second photograph, or a name painted on the bandeau."""
        return bool(self.partner_picture or self.partner_name)

    @property
    def slogan(self) -> str:
        """The bandeau on one line."""
        return " ".join(self.bandeau)


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of one compliment as one usage may show them at one instant. `signature` is « Huguette, Émard », or "" when
    the writer stays anonymous; `to` the first names of those whom they are for, `team` when they are for all of it; `source`
    the network where they were written as a comment ("Facebook"), else "".

    `until` is the first instant at which a consent it rests on ends (None in previews).
    """

    key: int
    version: int
    across: str
    language: str
    text: tuple[str, ...]
    signature: str
    to: tuple[str, ...]
    team: str
    where: str
    when: str
    fingerprint: str
    source: str = ""
    frozen_at: datetime | None = None
    until: datetime | None = None

    @property
    def line(self) -> str:
        """The words on one line, where large type leaves no room for paragraphs."""
        return re.sub(r"[ \t\n]+", " ", " ".join(self.text)).strip()

    @classmethod
    def of(cls, content: Mapping, **rest) -> Quote:
        """A quote from frozen content."""
        lists = {name: tuple(content[name]) for name in ("text", "to")}
        words = {name: content[name] for name in ("language", "signature", "team", "where", "when", "source")}
        return cls(**lists, **words, **rest)
