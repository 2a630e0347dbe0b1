"""The « content » export of Meta Business Suite, in French or in English, as rows: nothing is written here.

Header names are those met in public importers; Meta changes them without notice, so the CMS adds others (ColumnName). They
are matched whole, accents and capitals folded: « Réactions » is inside « Réactions, commentaires et partages ». The language
of the header decides the order of dates, the values never do. An empty cell is « not measured ». The export's time zone is
not known, so that the day alone is kept. A row is kept whole or refused whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from portraits.models.figure import Figure
from portraits.spreadsheet import Broken, NotText, Refused, decoded, lines, opening
from portraits.typography import legible

MOST_BYTES = 10_000_000
MOST_ROWS = 20_000
LARGEST = 10**12
EN, FR = "en", "fr"
KNOWN = {  # column: its headers by language, folded
    "reference": {EN: ["post id"], FR: ["identifiant de la publication"]},
    "address": {EN: ["permalink"], FR: ["permalien"]},
    "title": {EN: ["title"], FR: ["titre"]},
    "published_on": {EN: ["publish time"], FR: ["heure de publication"]},
    "period": {EN: ["date"], FR: []},
    "reach": {EN: ["reach"], FR: ["couverture"]},
    "views": {EN: ["views"], FR: ["vues"]},
    "interactions": {EN: ["reactions, comments and shares"], FR: ["reactions, commentaires et partages"]},
    "reactions": {EN: ["reactions"], FR: []},  # the same in both, once folded
    "comments": {EN: ["comments"], FR: ["commentaires"]},
    "shares": {EN: ["shares"], FR: ["partages"]},
    "clicks": {EN: ["total clicks"], FR: ["total des clics"]},
    "likes": {EN: ["likes"], FR: ["mentions j’aime"]},
    "saves": {EN: ["saves"], FR: ["enregistrements"]},
    "follows": {EN: ["follows"], FR: ["nouveaux abonnements"]},
}
METRICS = tuple(Figure.Metric.values)
PARTS = ("reactions", "comments", "shares")  # of the interactions
SPACES = " \u00a0\u202f\u2009"
PLAIN = re.compile(r"[0-9]+")
GROUPED = {
    EN: re.compile(rf"[0-9]{{1,3}}([,{SPACES}][0-9]{{3}})+"),
    FR: re.compile(rf"[0-9]{{1,3}}([{SPACES}][0-9]{{3}})+"),
}
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,T].*)?", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?", re.ASCII)


class Unreadable(Exception):
    """The file as a whole: its words say where and why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Row:
    """One publication and what was measured of it."""

    line: int
    reference: str
    address: str
    title: str
    published_on: date
    figures: Mapping[str, int]
    cells: Mapping[str, str]


@dataclass(slots=True)
class Sheet:
    """What a file holds. `headers`: column → its header in the file; `unknown`: headers that are not read; `passed` and
    `doubts`: (line, words) of rows passed over, and of rows kept whose parts do not make their total."""

    language: str
    headers: Mapping[str, str]
    unknown: list[str]
    rows: list[Row] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)
    doubts: list[tuple[int, str]] = field(default_factory=list)


class _Bad(Exception):
    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.column, self.reason = column, reason


def fold(header: str) -> str:
    """A header without accents, capitals or spaces too many."""
    text = unicodedata.normalize("NFD", header.replace("’", "'").strip().lstrip("\ufeff").casefold())
    return re.sub(r"\s+", " ", "".join(one for one in text if unicodedata.category(one) != "Mn"))


ALIASES = {
    fold(header): (column, language)
    for column, languages in KNOWN.items()
    for language, headers in languages.items()
    for header in headers
}


def read(data: bytes, *, more: Mapping[str, tuple[str, str]] | None = None) -> Sheet:
    """The rows of one file. `more`: folded header → (column, language), added in the CMS. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than %(most)s MB.") % {"most": MOST_BYTES // 10**6})
    aliases = ALIASES | dict(more or {})
    found = _lines(_decoded(data), aliases)
    _line, header = next(found, (1, []))
    sheet = _headed(header, aliases)
    place = {column: header.index(name) for column, name in sheet.headers.items()}
    for number, (line, cells) in enumerate(found, start=1):
        if number > MOST_ROWS:
            raise Unreadable(_("The file has more than %(most)s rows: cut it by year.") % {"most": MOST_ROWS})
        _take(sheet, line, cells, place, len(header))
    return sheet


def _decoded(data: bytes) -> str:
    try:
        return decoded(data)
    except NotText:
        raise Unreadable(_("This is not a text file: export it as CSV.")) from None


def _lines(text: str, aliases: Mapping) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of each row that is not empty. The separator is the one under which most headers
    are known."""
    known = {mark: sum(fold(one) in aliases for one in opening(text, mark)) for mark in ",;\t"}
    try:
        yield from lines(text, max(known, key=known.get))
    except Broken as problem:
        raise Unreadable(str(problem)) from None


def _headed(header: list[str], aliases: Mapping) -> Sheet:
    headers: dict[str, str] = {}
    languages: dict[str, str] = {}
    unknown = []
    for name in header:
        column, language = aliases.get(fold(name), ("", ""))
        if not column:
            unknown.append(name.strip())
        elif column in headers:
            words = {"first": headers[column].strip(), "second": name.strip()}
            raise Unreadable(_("Line 1: « %(first)s » and « %(second)s » are the same column twice.") % words)
        else:
            headers[column], languages[column] = name, language
    if not headers.keys() & {"reference", "address"} or "published_on" not in headers:
        raise Unreadable(
            _(
                "Line 1: no column holds the number or the address of the publications, or none their day. Is this the "
                "« content » export, in French or in English?"
            )
        )
    if not headers.keys() & set(METRICS):
        raise Unreadable(_("Line 1: no column holds a figure."))
    return Sheet(languages["published_on"], headers, [name for name in unknown if name])


def _take(sheet: Sheet, line: int, cells: list[str], place: Mapping[str, int], width: int) -> None:
    said = {column: cells[at].strip() if at < len(cells) else "" for column, at in place.items()}
    kept = {sheet.headers[column].strip(): words for column, words in said.items() if column != "title"}
    try:
        if len(cells) != width:
            words = _("%(found)s cells instead of %(width)s: a separator is missing, or one is too many.")
            raise _Bad("", words % {"found": len(cells), "width": width})
        if not (said.get("reference") or said.get("address")):
            if said["published_on"]:
                raise _Bad("reference" if "reference" in place else "address", _("Empty: which publication is it?"))
            sheet.passed.append((line, _("summary row")))
            return
        row = _row(sheet, line, said, kept)
    except _Bad as bad:
        header = sheet.headers.get(bad.column, "").strip()
        sheet.refused.append(Refused(line, header, bad.reason, kept))
        return
    sheet.rows.append(row)
    parts = [row.figures.get(name) for name in PARTS]
    total = row.figures.get("interactions")
    if total is not None and None not in parts and sum(parts) != total:
        words = _("%(total)s interactions are announced, and %(reactions)s + %(comments)s + %(shares)s make %(sum)s")
        parts_by_name = dict(zip(PARTS, parts, strict=True))
        sheet.doubts.append((line, words % {"total": total, "sum": sum(parts), **parts_by_name}))


def _row(sheet: Sheet, line: int, said: Mapping[str, str], kept: Mapping[str, str]) -> Row:
    if any(one.isdigit() for one in said.get("period", "")):
        raise _Bad("period", _("A figure of one day: export the figures since publication (« Lifetime »)."))
    figures = {name: _number(name, said[name], sheet.language) for name in METRICS if said.get(name)}
    if not figures:
        raise _Bad("", _("Nothing was measured: every figure is empty."))
    address = said.get("address", "")
    if address:
        try:
            URLValidator(["http", "https"])(address)
        except ValidationError:
            raise _Bad("address", _("Not an address.")) from None
    if len(address) > 500 or len(said.get("reference", "")) > 80:
        raise _Bad("address" if len(address) > 500 else "reference", _("Too long."))
    title = " ".join(legible(said.get("title", "")).split())[:200]
    published_on = _day(said["published_on"], sheet.language)
    return Row(line, said.get("reference", ""), address, title, published_on, figures, kept)


def _number(column: str, words: str, language: str) -> int:
    """A whole number, thousands apart or not. « 12,310 » is twelve thousand in an English file, and nothing in a French one."""
    if not (PLAIN.fullmatch(words) or GROUPED[language].fullmatch(words)):
        raise _Bad(column, _("« %(words)s » is not a whole number.") % {"words": words[:40]})
    value = int(re.sub(rf"[,{SPACES}]", "", words))
    if value >= LARGEST:
        raise _Bad(column, _("« %(words)s » is too large to be true.") % {"words": words[:40]})
    return value


def _day(words: str, language: str) -> date:
    try:
        if found := SLASHED.fullmatch(words):
            first, second, year = (int(one) for one in found.groups())
            return date(year, second, first) if language == FR else date(year, first, second)
        if found := ISO.fullmatch(words):
            return date(*(int(one) for one in found.groups()))
    except ValueError:
        pass
    order = _("day/month/year") if language == FR else _("month/day/year")
    raise _Bad("published_on", _("« %(words)s » is not a day (%(order)s).") % {"words": words[:40], "order": order})
