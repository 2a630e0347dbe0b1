"""THE DOOR. Visibility is never stored: it is computed from consents, at an instant. One query per call, fail closed.

A portrait is shown for a usage by its newest Version that has at least one subject and of which no subject lacks a
living consent for that usage (start included, end excluded), unless staff hides it at that instant. A database that is
older than the ledger's copy shows nothing (portraits/witness.py).
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import BooleanField, DateTimeField, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from portraits import usages, witness
from portraits.capsule import Capsule, Quote, Shown
from portraits.fingerprint import fingerprint
from portraits.models import Consent, Hidden, Subject, Version
from portraits.usages import Usage

log = logging.getLogger(__name__)
PORTRAIT, COMPLIMENT = OF = ("portrait", "compliment")  # what a Version is of: no row joins on an empty one


def living(usage: Usage, at: datetime) -> QuerySet[Consent]:
    """The yeses that hold for this usage, in its number at this instant."""
    return Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        usage=usage,
        usage_number=usages.number(usage, at),
        starts_at__lte=at,
        ends_at__gt=at,
    )


def visible(usage: Usage, *, at: datetime) -> QuerySet[Version]:
    """The Versions on the wall, to ask further questions of. Nothing when the database is not to be believed."""
    return _wall(usage, at, OF).filter(witness.agreement())


def _wall(usage: Usage, at: datetime, of: tuple[str, ...]) -> QuerySet[Version]:
    """« No newer passing Version » (`~Exists`) is four times cheaper than « pk = newest »."""
    subjects = Subject.objects.filter(version=OuterRef("pk"))
    without = subjects.filter(~Exists(living(usage, at).filter(subject=OuterRef("pk"))))
    passing = Version.objects.filter(Exists(subjects), ~Exists(without), frozen_at__lte=at)
    newer = [passing.filter(**{one: OuterRef(one)}, pk__gt=OuterRef("pk")) for one in of]
    stops = Hidden.objects.filter(
        Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at, from_at__gte=OuterRef("frozen_at")
    )
    stops = [stops.filter(**{one: OuterRef(one)}) for one in of]
    return passing.filter(*(~Exists(rows) for rows in (*newer, *stops)))


def capsules(
    usage: Usage,
    *,
    at: datetime,
    keys: list[int] | None = None,
    slug: str | None = None,
    language: str | None = None,
    version: int | None = None,
) -> list[Capsule]:
    """What may be shown for a usage at an instant, newest first; `at` has no default: no hidden clock. One query.

    The fingerprint is recomputed from what is about to be handed out: a row changed behind our back is not shown.
    """
    rows = standing(usage, at=at)
    if keys is not None:
        rows = rows.filter(portrait__in=keys)
    if slug is not None:
        rows = rows.filter(slug=slug)
    if language is not None:
        rows = rows.filter(language=language)
    if version is not None:
        rows = rows.filter(pk=version)
    return [_capsule(usage, row) for row in _read(rows.order_by("-pk")) if _intact(row)]


def standing(usage: Usage, *, at: datetime, of: str = PORTRAIT) -> QuerySet[Version]:
    """`visible`, of portraits or of kind words, in SQL that is written once: with `until`, the first instant at which a
    consent they rest on ends. To be asked by itself, never inside another question: its SQL names the
    table, not an alias of it.

    Django takes fifty times longer to write this question than SQLite to answer it: it is written once for each number
    of the usage, where the first instant of that number holds the place of `at`.
    """
    since = usages.since(usage, at)
    place, instant = (connection.ops.adapt_datetimefield_value(moment) for moment in (since, at))
    (wall, those), (until, these) = _written(usage, usages.number(usage, at), since, of)
    those, these = ([instant if value == place else value for value in values] for values in (those, these))
    kept = Q(**{f"{of}__isnull": False})
    rows = Version.objects.filter(RawSQL(wall, those, BooleanField()), witness.agreement(), kept)  # noqa: S611  Django's own SQL
    return rows.annotate(until=RawSQL(until, these, DateTimeField()))  # noqa: S611


@cache
def _written(usage: Usage, number: int, since: datetime, of: str) -> tuple[tuple[str, tuple], ...]:
    """The wall and the first end on it, each in SQL with its values. About the table itself, never an alias of it."""
    ends = living(usage, since).filter(subject__version=OuterRef("pk")).annotate(end=Coalesce("ended_at", "ends_at"))
    first = Subquery(ends.order_by("end").values("end")[:1])
    query = _wall(usage, since, (of,)).annotate(until=first).query
    compiler = query.get_compiler(connection=connection)
    return compiler.compile(query.where), compiler.compile(query.annotations["until"])


READ = (
    *(
        "pk",
        "portrait_id",
        "compliment_id",
        "across",
        "content",
        "slug",
        "key",
        "fingerprint",
        "frozen_at",
        "purged_at",
    ),
    *("until", "photo__file", "photo__sha256", "partner_photo__file", "partner_photo__sha256"),
)


def _read(rows: QuerySet[Version]):
    """The columns that are shown or verified, and no model around them: that took half of the time of a list."""
    return rows.values_list(*READ, named=True)


def _intact(row) -> bool:
    if row.purged_at:  # its words are erased: no consent lives, and nothing was altered
        return False
    photos = [digest for digest in (row.photo__sha256, row.partner_photo__sha256) if digest]
    if fingerprint(row.content, photos) == row.fingerprint:
        return True
    log.error("Version %s does not match its fingerprint: not shown.", row.pk)
    return False


def _capsule(usage: Usage, row) -> Capsule:
    base = f"/m/{usage.value}/{row.key}/"
    return Capsule.of(
        row.content,
        bases=(base, base),
        files=((row.photo__file, row.photo__sha256), (row.partner_photo__file, row.partner_photo__sha256)),
        key=row.portrait_id,
        version=row.pk,
        slug=row.slug,
        across=str(row.across),
        fingerprint=row.fingerprint,
        frozen_at=row.frozen_at,
        until=row.until,
    )


def quotes(
    usage: Usage,
    *,
    at: datetime,
    beside: int | None = None,
    keys: list[int] | None = None,
    language: str | None = None,
    version: int | None = None,
    most: int | None = None,
) -> list[Quote]:
    """The kind words that may be quoted for a usage at an instant, newest first: their writer says yes, and so does each
    person whom they name. `beside`: the Version whose people they are for (Capsule.version). One query.
    """
    rows = standing(usage, at=at, of=COMPLIMENT)
    if beside is not None:
        shown = Subject.objects.filter(version=beside, role__in=(Subject.Role.MAIN, Subject.Role.PAIRED))
        named = Subject.objects.filter(version=OuterRef("pk"), role=Subject.Role.NAMED)
        rows = rows.filter(Exists(named.filter(person__in=shown.values("person"))))
    if keys is not None:
        rows = rows.filter(compliment__in=keys)
    if language is not None:
        rows = rows.filter(language=language)
    if version is not None:
        rows = rows.filter(pk=version)
    return [_quote(row) for row in _read(rows.order_by("-pk")[:most]) if _intact(row)]


def _quote(row) -> Quote:
    return Quote.of(
        row.content,
        key=row.compliment_id,
        version=row.pk,
        across=str(row.across),
        fingerprint=row.fingerprint,
        frozen_at=row.frozen_at,
        until=row.until,
    )


def photo(usage: Usage, key: str, *, at: datetime, partner: bool = False) -> Shown | None:
    """The photograph behind one address, if it may be shown at this instant; None otherwise. One query."""
    row = next(iter(_read(standing(usage, at=at).filter(key=key))), None)
    if row is None or not _intact(row):
        return None
    capsule = _capsule(usage, row)
    picture = capsule.partner_picture if partner else capsule.picture
    return picture.shown if picture else None


def was_shown(usage: Usage, slug: str, *, at: datetime, language: str) -> bool:
    """Whether a portrait at this address was public before: 410 then, 404 otherwise. One query."""
    yes = Consent.objects.filter(subject=OuterRef("pk"), usage=usage, starts_at__lte=at)
    subjects = Subject.objects.filter(version=OuterRef("pk"))
    rows = Version.objects.filter(Exists(subjects), ~Exists(subjects.filter(~Exists(yes))), portrait__isnull=False)
    return rows.filter(slug=slug, language=language).exists()


def next_boundary(usage: Usage, *, at: datetime) -> datetime | None:
    """The first instant after `at` at which what this usage shows may change by itself: a start, an end, the end of a
    hide, a new number of the usage. Two queries."""
    ahead = {name: Min(name, filter=Q(**{f"{name}__gt": at})) for name in ("starts_at", "ends_at", "ended_at")}
    stops = {name: Min(name, filter=Q(**{f"{name}__gt": at})) for name in ("from_at", "to_at")}
    instants = [
        *Consent.objects.filter(usage=usage).aggregate(**{f"next_{name}": ahead[name] for name in ahead}).values(),
        *Hidden.objects.aggregate(**{f"next_{name}": stops[name] for name in stops}).values(),
        usages.next_change(usage, at),
    ]
    return min((instant for instant in instants if instant is not None), default=None)


def key_is_known(key: str) -> bool:
    """Whether an address was ever given to a picture: 410 when it may no longer be shown, 404 when it never existed."""
    return Version.objects.filter(key=key).exists()
