"""What publications reached: a file of figures is read, then taken whole; a hand adds or mends one. Nothing is overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

from django.db import IntegrityError, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portraits import meta_export
from portraits.capsule import Capsule
from portraits.meta_export import Row, Sheet
from portraits.models import ColumnName, Exposure, Figure, FigureImport, Publication
from portraits.recall import Former
from portraits.spreadsheet import Refused, kept_aside
from portraits.usages import Usage

Medium, Source = Publication.Medium, Figure.Source
FORGOTTEN = timedelta(days=1)  # a file that was read and never confirmed
HOSTS = {"facebook.com": Medium.FACEBOOK, "fb.com": Medium.FACEBOOK, "instagram.com": Medium.INSTAGRAM}
BATCH = 2000


class AlreadyImported(Exception):
    """This very file was taken before: `former` says when and by whom."""

    def __init__(self, former: FigureImport):
        super().__init__(str(former))
        self.former = former


class NeedsANote(Exception):
    """A figure of that day is there already: what mends it says why."""


@dataclass(slots=True)
class Plan:
    """What taking a file would write: each row with its publication (None: a new one) and the figures not known yet."""

    sheet: Sheet
    rows: list[tuple[Row, Publication | None, dict[str, int]]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)
    known: int = 0

    @property
    def figures(self) -> int:
        return sum(len(new) for _row, _publication, new in self.rows)

    @property
    def publications(self) -> int:
        """New ones."""
        return sum(publication is None for _row, publication, _new in self.rows)


def located(address: str) -> str:
    """An address as publications keep it, to be found again: no fragment, no last slash, the host in small letters."""
    parts = urlsplit(address.strip())
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def posts(address: str) -> list[str]:
    """The addresses that the publication under which a comment stands may have, the likeliest first: the comment's own, without
    what points to the comment in it, without anything after « ? »."""
    try:
        found = urlsplit(located(address))
    except ValueError:
        return []
    asked = "&".join(one for one in found.query.split("&") if one and not one.partition("=")[0].endswith("comment_id"))
    above = found.path.partition("/c/")[0].rstrip("/")
    parts = ((found.path, found.query), (found.path, asked), (found.path, ""), (above, ""))
    return list(dict.fromkeys(urlunsplit((found.scheme, found.netloc, path, query, "")) for path, query in parts))


def portraits_at(addresses: Iterable[str]) -> dict[str, int]:
    """Whom each of these comments is under: its address → the portrait of the publication there, if it is about one. One query."""
    wished = {address: posts(address) for address in addresses if address.startswith(("http://", "https://"))}
    rows = Publication.objects.filter(address__in={one for found in wished.values() for one in found})
    known = dict(rows.exclude(portrait=None).values_list("address", "portrait"))
    found = {address: next((known[one] for one in rows if one in known), None) for address, rows in wished.items()}
    return {address: portrait for address, portrait in found.items() if portrait}


def aliases() -> dict[str, tuple[str, str]]:
    """The headers added in the CMS. One query."""
    rows = ColumnName.objects.values_list("header", "column", "language")
    return {meta_export.fold(header): (column, language) for header, column, language in rows}


# -- a file


def forget(*, at: datetime) -> Counter:
    """Each night: the files that somebody looked at and never took."""
    count, _rows = FigureImport.objects.filter(done_at=None, at__lt=at - FORGOTTEN).delete()
    return Counter(exports=count)


@transaction.atomic
def receive(data: bytes, name: str, *, medium: Medium, read_on: date, by, at: datetime) -> FigureImport:
    """Keep a file that can be read, to be looked at before it is taken. Raises meta_export.Unreadable, AlreadyImported."""
    seal = sha256(data).hexdigest()
    if former := FigureImport.objects.filter(sha256=seal, medium=medium, done_at__isnull=False).first():
        raise AlreadyImported(former)
    meta_export.read(data, more=aliases())
    values = {"sha256": seal, "content": data, "medium": medium, "read_on": read_on, "by": by, "at": at}
    return FigureImport.objects.create(file_name=name[:200], **values)


def plan(row: FigureImport) -> Plan:
    """What taking this file would write now: nothing is. A fixed number of queries. Raises meta_export.Unreadable."""
    sheet = meta_export.read(bytes(row.content), more=aliases())
    made = Plan(sheet, refused=list(sheet.refused), passed=list(sheet.passed))
    judge = _Judge(row, sheet)
    for one in sheet.rows:
        judge.weigh(one, made)
    made.refused.sort(key=lambda refused: refused.line)
    made.passed.sort()
    return made


class _Judge:
    """Compares each row with what is there, and with the rows above it."""

    def __init__(self, row: FigureImport, sheet: Sheet):
        self.medium, self.read_on, self.headers = Medium(row.medium), row.read_on, sheet.headers
        self.references, self.addresses = {}, {}
        for publication in Publication.objects.all():
            if publication.medium == self.medium and publication.reference:
                self.references[publication.reference] = publication
            if publication.address:
                self.addresses[publication.address] = publication
        self.read: dict[int, dict[str, int]] = {}
        figures = Figure.objects.filter(read_on=self.read_on).order_by("correction")
        for key, metric, value in figures.values_list("publication", "metric", "value"):
            self.read.setdefault(key, {})[metric] = value
        self.above: dict[str, Row] = {}
        self.taken: dict[int, int] = {}

    def weigh(self, one: Row, made: Plan) -> None:
        one = replace(one, address=located(one.address) if one.address else "")
        twin = self.above.get(f"n {one.reference}") or self.above.get(f"a {one.address}")
        publication, column, reason = None, "", ""
        if twin and twin.figures == one.figures:
            made.passed.append((one.line, _("the same as line %(line)s") % {"line": twin.line}))
            return
        if twin:
            column, reason = self._key(), _("Line %(line)s says otherwise of the same publication.")
            reason %= {"line": twin.line}
        else:
            publication, column, reason = self._found(one)
        key = publication.pk if not reason and publication else 0
        if key in self.taken:
            column, reason = self._key(), _("Line %(line)s says otherwise of the same publication.")
            reason %= {"line": self.taken[key]}
        known = self.read.get(key, {})
        if not reason:
            column, reason = self._otherwise(one, known)
        if reason:
            made.refused.append(Refused(one.line, self.headers.get(column, "").strip(), reason, one.cells))
            return
        if key:
            self.taken[key] = one.line
        if one.reference:
            self.above[f"n {one.reference}"] = one
        if one.address:
            self.above[f"a {one.address}"] = one
        new = {metric: value for metric, value in one.figures.items() if metric not in known}
        made.known += len(one.figures) - len(new)
        made.rows.append((one, publication, new))

    def _key(self) -> str:
        return "reference" if "reference" in self.headers else "address"

    def _found(self, one: Row) -> tuple[Publication | None, str, str]:
        """Its publication, or where and why it can have none."""
        host = urlsplit(one.address).netloc.removeprefix("www.").removeprefix("m.")
        if HOSTS.get(host, self.medium) != self.medium:
            other = {"medium": HOSTS[host].label}
            return None, "address", _("This is an address of %(medium)s: choose it as the medium.") % other
        by_number, by_address = self.references.get(one.reference), self.addresses.get(one.address)
        if by_number and by_address and by_number != by_address:
            return None, "address", _("The number is one publication’s, the address another’s.")
        if by_address and by_address.medium != self.medium:
            other = {"medium": by_address.get_medium_display()}
            return None, "address", _("This address is known as one of %(medium)s.") % other
        if by_address and by_address.reference and one.reference not in ("", by_address.reference):
            return None, "reference", _("This address has another number already.")
        if one.published_on > self.read_on:
            return None, "published_on", _("Published after the day on which these figures were read.")
        return by_number or by_address, "", ""

    def _otherwise(self, one: Row, known: Mapping[str, int]) -> tuple[str, str]:
        for metric, value in one.figures.items():
            if known.get(metric, value) != value:
                words = _("Read as %(value)s on the same day already: mend it by hand, from the publication.")
                return metric, words % {"value": number_format(known[metric], force_grouping=True)}
        return "", ""


@transaction.atomic
def take(row: FigureImport, *, by, at: datetime) -> FigureImport:
    """Take the file, all that it may add or nothing at all: what is there now is looked at again. Raises AlreadyImported."""
    row = FigureImport.objects.select_for_update().get(pk=row.pk)
    same = FigureImport.objects.filter(sha256=row.sha256, medium=row.medium, done_at__isnull=False)
    if former := same.first():
        raise AlreadyImported(former)
    made = plan(row)
    new = [publication or _publication(one, row.medium) for one, publication, _new in made.rows]
    Publication.objects.bulk_create([one for one in new if one.pk is None], batch_size=BATCH)
    _numbered(zip(made.rows, new, strict=True))
    common = {"read_on": row.read_on, "source": Source.FILE, "batch": row, "by": by, "at": at}
    figures = [
        Figure(publication=publication, metric=metric, value=value, **common)
        for (_row, _publication, values), publication in zip(made.rows, new, strict=True)
        for metric, value in values.items()
    ]
    Figure.objects.bulk_create(figures, batch_size=BATCH)
    row.publications, row.kept, row.known = made.publications, made.figures, made.known
    row.refused = kept_aside(made.refused)
    row.content, row.done_at, row.by = b"", at, by
    row.save()
    return row


def _publication(one: Row, medium: str) -> Publication:
    values = {"reference": one.reference, "address": one.address, "title": one.title}
    return Publication(medium=medium, published_on=one.published_on, **values)


def _numbered(pairs) -> None:
    """A publication known by its address alone learns its number, and the other way round."""
    learnt = []
    for (one, former, _new), publication in pairs:
        if former and (one.reference, one.address) != (former.reference, former.address):
            publication.reference = publication.reference or one.reference
            publication.address = publication.address or one.address
            learnt.append(publication)
    Publication.objects.bulk_update(learnt, ["reference", "address"], batch_size=BATCH)


# -- a hand


@transaction.atomic
def write(
    publication: Publication, figures: Mapping[str, int], *, read_on: date, by, at: datetime, note: str = ""
) -> int:
    """Figures that somebody read on a day. Returns how many are new: the same again is none. Raises NeedsANote when one of
    that day says otherwise and nothing says why."""
    there = {}
    for row in Figure.objects.filter(publication=publication, read_on=read_on).order_by("correction"):
        there[row.metric] = row
    new = []
    for metric, value in figures.items():
        former = there.get(metric)
        if former and former.value == value:
            continue
        if former and not note.strip():
            raise NeedsANote
        common = {"read_on": read_on, "source": Source.HAND, "note": note.strip()[:200], "by": by, "at": at}
        number = former.correction + 1 if former else 0
        new.append(Figure(publication=publication, metric=metric, value=value, correction=number, **common))
    Figure.objects.bulk_create(new)
    return len(new)


# -- our own


def publish(
    medium: str, shown: Capsule | Former, portrait: int, *, usage: Usage, locator: str, address: str, on: date
) -> Publication:
    """What a channel has just published, and recorded as exposed: figures will find it by its address. One that was known
    before, by an import, is tied to it. In the caller's transaction."""
    exposure = Exposure.objects.get(usage=usage, locator=locator, version=shown.version)
    try:
        with transaction.atomic():
            row = Publication.objects.create(
                medium=medium, address=located(address), published_on=on, portrait_id=portrait, exposure=exposure
            )
    except IntegrityError:
        row = Publication.objects.get(address=located(address))
        if row.exposure_id is None:
            row.portrait_id, row.exposure = portrait, exposure
            row.save()
    return row
