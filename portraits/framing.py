"""Special editions as channels receive them: frozen frames, without anybody in them. Who is in one is asked of the gate.

An edition has its days, once or every year. It never changes a portrait nor its bandeau: a portrait is in it as long as its
people say yes to that usage, not an instant longer, and an edition without anybody is not shown.
"""

from __future__ import annotations

from calendar import MONDAY, monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone, translation
from django.utils.formats import date_format

from portraits.capsule import Capsule
from portraits.models import Edition, Framed, Portrait

FRENCH = "fr-ca"
Span = tuple[date, date]  # the first and the last day, both included


@dataclass(frozen=True, slots=True)
class Frame:
    """What one edition puts around portraits, in one language: its words, its colour, its days, and the keys of the portraits
    that were chosen, in order. A key says nothing of a consent: the gate does."""

    slug: str
    language: str
    title: str
    introduction: tuple[str, ...]
    colour: str
    first: date
    last: date
    keys: tuple[int, ...] = ()

    @property
    def until(self) -> datetime:
        """The midnight at which it ends."""
        return _midnight(_after(self.last))

    @property
    def days(self) -> str:
        """« du 1er au 12 mars 2027 », “March 1 to 12, 2027”."""
        return _said(self.first, self.last, self.language)

    def among(self, capsules: Iterable[Capsule]) -> list[Capsule]:
        """Those of the edition among what the gate handed out, in the edition's order."""
        shown = {capsule.key: capsule for capsule in capsules}
        return [shown[key] for key in self.keys if key in shown]


def frames(*, at: datetime, languages: Sequence[str]) -> list[Frame]:
    """The editions that are on at this instant, in these languages. One query; two more when there is one."""
    today = timezone.localdate(at)
    rows = [(one, span) for one in Edition.objects.all() if (span := during(one, today))]
    return _framed(rows, languages) if rows else []


def frame(pk: int, *, at: datetime, language: str) -> Frame | None:
    """One edition whatever the day, with the days when it is or will be on; None when it has no words in this language.
    Three queries."""
    row = Edition.objects.filter(pk=pk).first()
    found = _framed([(row, next_days(row, timezone.localdate(at)))], [language]) if row else []
    return found[0] if found else None


def is_over(slug: str, *, at: datetime, language: str) -> bool:
    """Whether this edition was on, in this language, and no longer is. One query."""
    row = Edition.objects.filter(slug=slug).first()
    if row is None or not _words(row, language)[0]:
        return False
    today = timezone.localdate(at)
    ended = [last for _first, last in _spans(row, today) if last < today]
    return during(row, today) is None and any(last >= row.created_on for last in ended)


def next_boundary(*, at: datetime) -> datetime | None:
    """The first midnight after `at` at which an edition begins or ends. One query."""
    today = timezone.localdate(at)
    days = (day for row in Edition.objects.all() for span in _spans(row, today) for day in _turns(span))
    return min((instant for instant in map(_midnight, days) if instant > at), default=None)


def during(edition: Edition, today: date) -> Span | None:
    """The days of the edition around this one; None when it is not on."""
    return next(((first, last) for first, last in _spans(edition, today) if first <= today <= last), None)


def next_days(edition: Edition, today: date) -> Span:
    """The days when it is on, else those to come, else the last ones."""
    spans = _spans(edition, today)
    return next((span for span in spans if today <= span[1]), spans[-1])


def _spans(edition: Edition, today: date) -> list[Span]:
    """Its days, in order: for an edition of every year, those of last year, of this one and of the next."""
    if edition.rule == Edition.Rule.DATES:
        return [(edition.first_day, edition.last_day)]
    of_year = _around if edition.rule == Edition.Rule.DAY else _week
    return [of_year(edition, year) for year in (today.year - 1, today.year, today.year + 1)]


def _around(edition: Edition, year: int) -> Span:
    """February 29 is the 28th in other years."""
    day = date(year, edition.month, min(edition.day, monthrange(year, edition.month)[1]))
    return day - timedelta(days=edition.days_before), day + timedelta(days=edition.days_after)


def _week(edition: Edition, year: int) -> Span:
    """From the nth Monday of the month to the next Sunday; the fifth is the last Monday."""
    weekday, length = monthrange(year, edition.month)
    first = 1 + (MONDAY - weekday) % 7
    monday = date(year, edition.month, min(first + 7 * (edition.week - 1), first + (length - first) // 7 * 7))
    return monday, monday + timedelta(days=6)


def _turns(span: Span) -> tuple[date, date]:
    return span[0], _after(span[1])


def _after(day: date) -> date:
    """The next day; the calendar's last day is its own."""
    return min(day, date.max - timedelta(days=1)) + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _said(first: date, last: date, language: str) -> str:
    """Days without a year or a month that is said again, never cut at the end of a line."""
    with translation.override(language):
        months = [date_format(day, "F") for day in (first, last)]
    same = (first.month, first.year) == (last.month, last.year)
    if language == FRENCH:
        days = ["1er" if one.day == 1 else str(one.day) for one in (first, last)]
        opening = days[0] if same else f"{days[0]} {months[0]}"
        words = f"{days[1]} {months[1]} {last.year}"
        words = f"le {words}" if first == last else f"du {opening} au {words}"
    else:
        closing = last.day if same else f"{months[1]} {last.day}"
        until = "" if first == last else f" to {closing}"
        words = f"{months[0]} {first.day}{until}, {last.year}"
    return words.replace(" ", "\u00a0")


def _words(edition: Edition, language: str) -> tuple[str, str]:
    if language == FRENCH:
        return edition.title, edition.introduction
    return edition.title_en, edition.introduction_en


def _framed(rows: list[tuple[Edition, Span]], languages: Sequence[str]) -> list[Frame]:
    keys = _keys([edition.pk for edition, _span in rows])
    return [
        Frame(
            edition.slug,
            language,
            title.strip(),
            _parts(words),
            edition.colour,
            *span,
            tuple(keys[edition.pk, language]),
        )
        for edition, span in rows
        for language in languages
        for title, words in [_words(edition, language)]
        if title.strip()
    ]


def _parts(words: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in words.replace("\r\n", "\n").split("\n\n") if part.strip())


def _keys(editions: list[int]) -> dict[tuple[int, str], list[int]]:
    """Edition and language → the keys of its portraits, in order. Two queries."""
    chosen = list(Framed.objects.filter(edition__in=editions).values_list("edition", "across"))
    portraits = Portrait.objects.filter(translation_key__in={across for _edition, across in chosen})
    known: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for across, language, pk in portraits.values_list("translation_key", "locale__language_code", "pk"):
        known[across].append((language, pk))
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for edition, across in chosen:
        for language, pk in known[across]:
            found[edition, language].append(pk)
    return found
