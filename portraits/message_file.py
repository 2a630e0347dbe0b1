"""A file of messages as a table, then row by row: an export of 311, or the comments of a social network. Nothing is written here.

Who wrote a comment is dropped as the file is read, before anything is kept: a column whose name speaks of its author is in no
table, no database and no file of refused rows. Which column holds what is chosen by a human (`Choice`), proposed by its name.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portraits import inbox
from portraits.match import folded
from portraits.models import Compliment, Person
from portraits.models.compliment import LONGEST
from portraits.registers import FORMULA
from portraits.spreadsheet import Broken, NotText, Refused, decoded, lines, opening
from portraits.typography import legible

MOST_BYTES = 10_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 200
HEAD = 80  # characters of the name of a column
DAY, MONTH = "day", "month"  # which comes first in a date written with slashes
CALL = ("number", "text", "on", "place", "team", "first_name", "contact")
COMMENT = ("number", "text", "on", "address")
NEEDED = ("number", "text")
LABELS = {
    "number": gettext_lazy("Number"),
    "text": gettext_lazy("Words"),
    "on": gettext_lazy("Day"),
    "place": gettext_lazy("Place"),
    "team": gettext_lazy("Service"),
    "first_name": gettext_lazy("First name of whoever wrote"),
    "contact": gettext_lazy("E-mail or telephone"),
    "address": gettext_lazy("Address of the comment"),
}
NAMES = {  # how exports call them, folded, the likeliest first
    "number": (
        *("numero de demande", "no de demande", "no demande", "numero demande", "request number", "request id"),
        *("service request number", "service request id", "comment id", "id du commentaire"),
        *("identifiant du commentaire", "numero", "number", "no", "id", "identifiant", "reference"),
    ),
    "text": (
        "texte",
        "text",
        "message",
        "commentaire",
        "comment",
        "mots",
        "words",
        "description",
        "contenu",
        "details",
    ),
    "on": (
        *("date", "jour", "day", "date de creation", "date de la demande", "created time", "created at", "created"),
        *("date creation", "creation date", "request date", "date du commentaire", "publie le", "cree le"),
    ),
    "place": ("lieu", "endroit", "place", "location", "site", "adresse", "address"),
    "team": ("service", "equipe", "team", "unite", "department", "direction"),
    "first_name": ("prenom", "first name", "prenom du citoyen", "prenom de la personne"),
    "contact": ("courriel", "email", "e mail", "contact", "telephone", "phone", "courriel ou telephone"),
    "address": ("permalink", "permalien", "permalink url", "url", "lien", "link", "adresse", "address"),
}
AUTHOR = frozenset(  # words in the name of a column that say it is about who wrote a comment
    (
        *("author", "authors", "auteur", "auteure", "autrice", "from", "user", "users", "username", "utilisateur"),
        *("utilisatrice", "name", "nom", "prenom", "pseudo", "pseudonyme", "handle", "profile", "profil", "account"),
        *("compte", "commenter", "commentator", "avatar", "picture", "owner", "membre", "member"),
    )
)
MIXED = re.compile("Ã[\u0080-\u00bf]|â€")  # UTF-8 read as if Windows had written it: one byte of the file is broken
SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T].*)?", re.ASCII)
ISO = re.compile(r"(\d{4})[/-](\d{2})[/-](\d{2})(?:[ T].*)?", re.ASCII)


class Unreadable(Exception):
    """The file as a whole: its words say where and why, in the reader's language."""


class _Bad(Exception):
    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class Table:
    """What is kept of a file: its columns but the authors', and each row as (line, cells). A row that has not as many cells
    as there are columns keeps their number alone: nobody can tell which is which. `dropped`: the columns of authors."""

    headers: list[str]
    rows: list[tuple[int, list[str] | int]]
    dropped: list[str] = field(default_factory=list)

    def dump(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def load(cls, data: bytes) -> Table:
        return cls(**json.loads(data))

    def column(self, header: str) -> Iterator[str]:
        """The cells of one column that say something."""
        at = self.headers.index(header)
        yield from (cell for _line, cells in self.rows if isinstance(cells, list) and (cell := cells[at].strip()))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which column holds what (field → its header), what order dates are in, whether a place that is in no list is kept in its
    own words, and the language of the messages."""

    columns: Mapping[str, str]
    order: str = DAY
    own_words: bool = False
    language: str = "fr-ca"

    def lacking(self) -> list[str]:
        return [name for name in NEEDED if name not in self.columns]


@dataclass(frozen=True, slots=True)
class Row:
    """One message as it would be received."""

    line: int
    number: str
    words: str
    on: date | None = None
    place: str = ""
    team: str = ""
    first_name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


def wanted(channel: str) -> tuple[str, ...]:
    """What is looked for in a file of this channel."""
    return COMMENT if channel in Compliment.SOCIAL else CALL


# -- the file


def read(data: bytes, *, channel: str) -> Table:
    """The columns and rows of a file. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than %(most)s MB.") % {"most": MOST_BYTES // 10**6})
    text = _text(data)
    separator = _separator(text)
    try:
        found = list(islice(lines(text, separator), MOST_ROWS + 2))  # the names of the columns, and one row too many
    except Broken as problem:
        raise Unreadable(str(problem)) from None
    if not found:
        raise Unreadable(_("Line 1: the file is empty."))
    (line, first), *rows = found
    if len(first) > MOST_COLUMNS:
        words = _("Line %(line)s: more than %(most)s columns. Export only those that are needed.")
        raise Unreadable(words % {"line": line, "most": MOST_COLUMNS})
    headers = _headers(line, [" ".join(legible(one).split()) for one in first])
    if not rows:
        raise Unreadable(_("Line 2: there is no row under the names of the columns."))
    if len(rows) > MOST_ROWS:
        words = _("Line %(line)s: more than %(most)s rows. Cut the file, by month for example.")
        raise Unreadable(words % {"line": rows[MOST_ROWS][0], "most": number_format(MOST_ROWS, force_grouping=True)})
    authors = {at for at, name in enumerate(headers) if channel in Compliment.SOCIAL and _of_an_author(name)}
    kept = [at for at in range(len(headers)) if at not in authors and headers[at]]
    return Table(
        [headers[at] for at in kept],
        [
            (line, [_cell(cells[at]) for at in kept] if len(cells) == len(headers) else len(cells))
            for line, cells in rows
        ],
        [headers[at] for at in sorted(authors)],
    )


def _text(data: bytes) -> str:
    try:
        text = decoded(data)
    except NotText:
        at = data.find(b"\x00")
        if 0 < data.count(b"\x00") < len(data) // 10 and not data.startswith((b"PK", b"\xd0\xcf")):
            words = _("Line %(line)s: a character that is no text (NUL). The file may be damaged: export it again.")
            raise Unreadable(words % {"line": data.count(b"\n", 0, at) + 1}) from None
        raise Unreadable(_("This is not a text file: export it as CSV.")) from None
    if broken := MIXED.search(text):
        words = _("Line %(line)s: accents are written in two ways. Export the file again, in UTF-8.")
        raise Unreadable(words % {"line": text.count("\n", 0, broken.start()) + 1})
    return text


def _separator(text: str) -> str:
    """The one under which the first line has the most cells."""
    return max(";,\t", key=lambda mark: len(opening(text, mark)))


def _headers(line: int, names: list[str]) -> list[str]:
    """The names of the columns; "" where a trailing separator made one of nothing. Raises Unreadable."""
    named = [name for name in names if name]
    words = ""
    if len(named) < 2:
        words = _("Line %(line)s: one column only. Is the separator a comma, a semicolon or a tab?")
    elif any(len(name) > HEAD or SLASHED.fullmatch(name) or ISO.fullmatch(name) or "@" in name for name in named):
        words = _("Line %(line)s: the names of the columns are missing. The first line must name them.")
    elif twice := next((name for name, times in Counter(named).items() if times > 1), ""):
        words = _("Line %(line)s: two columns are called « %(name)s ».").replace("%(name)s", twice.replace("%", "%%"))
    if words:
        raise Unreadable(words % {"line": line})
    return names


def _of_an_author(name: str) -> bool:
    return not AUTHOR.isdisjoint(folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).split())


def _cell(words: str) -> str:
    """The cell, without the mark that our own file of refused rows puts before what a spreadsheet would execute."""
    return words[1:] if words.startswith("'") and words[1:].startswith(FORMULA) else words


# -- which column holds what


def proposed(table: Table, *, channel: str, former: Iterable[Mapping[str, str]] = ()) -> Choice:
    """What a human most likely wants: what was chosen for columns of these names before (`former`, the last first), else what
    exports call them."""
    by_name = {folded(header): header for header in table.headers}
    columns: dict[str, str] = {}
    for name in wanted(channel):
        before = [one[name] for one in former if one.get(name) in table.headers]
        known = [by_name[one] for one in NAMES[name] if one in by_name]
        found = next((one for one in [*before, *known] if one not in columns.values()), None)
        if found:
            columns[name] = found
    order = ordered(table.column(columns["on"])) if "on" in columns else DAY
    return Choice(columns, order)


def ordered(days: Iterable[str]) -> str:
    """What comes first in these dates: a number over 12 tells; else the language of whoever reads them."""
    found = [match for words in days if (match := SLASHED.fullmatch(words))]
    day, month = (any(int(match.group(rank)) > 12 for match in found) for rank in (1, 2))
    if day != month:
        return DAY if day else MONTH
    return DAY if (get_language() or "").startswith("fr") else MONTH


# -- row by row


def rows(table: Table, choice: Choice) -> Iterator[Row | Refused]:
    """Each row as it would be received, or why it is not."""
    places = {name: table.headers.index(header) for name, header in choice.columns.items()}
    width = len(table.headers) + len(table.dropped)
    for line, cells in table.rows:
        if isinstance(cells, int):
            words = _("%(found)s cells instead of %(width)s: a separator is missing, or one is too many.")
            yield Refused(line, "", words % {"found": cells, "width": width}, {})
            continue
        said = {name: cells[at].strip() for name, at in places.items()}
        kept = {choice.columns[name]: words for name, words in said.items()}
        try:
            yield replace(_row(line, said, choice.order), cells=kept)
        except _Bad as bad:
            yield Refused(line, choice.columns.get(bad.column, ""), bad.reason, kept)


def _row(line: int, said: Mapping[str, str], order: str) -> Row:
    words = inbox.legible(said["text"])
    if not inbox.SHORTEST <= len(words) <= LONGEST:
        found = {"count": number_format(len(words), force_grouping=True)}
        raise _Bad("text", _("%(count)s characters: between 3 and 2,000, please.") % found)
    email, phone = _reached(_short(said, "contact", 254))
    return Row(
        line,
        number=_short(said, "number", _longest("external_ref")) or _empty("number"),
        words=words,
        on=_day(said.get("on", ""), order),
        place=_short(said, "place", _longest("elsewhere")),
        team=_short(said, "team", HEAD),
        first_name=_short(said, "first_name", Person._meta.get_field("first_name").max_length),
        email=email,
        phone=phone,
        address=_address(said.get("address", "")),
    )


def _longest(name: str) -> int:
    return Compliment._meta.get_field(name).max_length


def _empty(column: str) -> str:
    raise _Bad(column, _("Empty: without a number, the same message could come twice."))


def _short(said: Mapping[str, str], column: str, most: int) -> str:
    words = " ".join(inbox.legible(said.get(column, "")).split())
    if len(words) > most:
        raise _Bad(column, _("Too long: %(most)s characters at most.") % {"most": most})
    return words


def _reached(words: str) -> tuple[str, str]:
    """(e-mail, telephone): one of them at most."""
    try:
        if "@" in words:
            validate_email(words)
            return words, ""
        if words:
            Person._meta.get_field("phone").run_validators(words)
    except ValidationError:
        raise _Bad("contact", _("Neither an e-mail nor a telephone number.")) from None
    return "", words


def _address(words: str) -> str:
    try:
        if words:
            URLValidator(["http", "https"])(words)
    except ValidationError:
        raise _Bad("address", _("Not an address.")) from None
    return words


def _day(words: str, order: str) -> date | None:
    if not words:
        return None
    found = _dated(words, order)
    if found is None or found.year < 2000:
        told = _("day/month/year") if order == DAY else _("month/day/year")
        raise _Bad("on", _("« %(words)s » is not a day (%(order)s).") % {"words": words[:40], "order": told})
    if found > timezone.localdate():
        raise _Bad("on", _("This day has not come yet."))
    return found


def _dated(words: str, order: str) -> date | None:
    """The local day; None when these are no date."""
    try:
        instant = datetime.fromisoformat(words)
        return timezone.localdate(instant) if timezone.is_aware(instant) else instant.date()
    except (ValueError, OverflowError):  # the last minutes of the calendar are past it in another time zone
        pass
    try:
        if found := SLASHED.fullmatch(words):
            first, second, year = (int(one) for one in found.groups())
            return date(year, second, first) if order == DAY else date(year, first, second)
        if found := ISO.fullmatch(words):
            return date(*(int(one) for one in found.groups()))
    except ValueError:
        pass
    return None
