"""Working days: what hands are promised in. Saturdays, Sundays and public holidays are left out.

Which holidays: those of `HOLIDAYS`, « CA-QC » unless set, as the library « holidays » knows them: the « public » ones and,
where a country has some, the « optional » ones. In Québec the first are those of the Act respecting labour standards
(art. 60) and the National Holiday Act; the second add Easter Monday alone: the law lets an employer choose between it and
Good Friday, municipal offices close on both. The library's « government » days are those of federal employees: left out.
France has « public » ones alone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import holidays
from django.conf import settings
from django.utils import timezone

SATURDAY = 5
KINDS = frozenset({holidays.PUBLIC, holidays.OPTIONAL})


def after(at: datetime, days: int) -> datetime:
    """The same hour, so many working days later, in local time; what comes on a day off counts from the next working day
    at midnight."""
    local = timezone.localtime(at).replace(tzinfo=None)
    while _off(local.date()):
        local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    while days:
        local += timedelta(days=1)
        days -= not _off(local.date())
    return timezone.make_aware(local)


def before(at: datetime, days: int) -> datetime:
    """The last instant whose `after` is not later than this: what came by then has had its days."""
    local = timezone.localtime(at).replace(tzinfo=None)
    if _off(local.date()):
        local = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(microseconds=1)
    while _off(local.date()):
        local -= timedelta(days=1)
    while days:
        local -= timedelta(days=1)
        days -= not _off(local.date())
    return timezone.make_aware(local)


def between(start: datetime, end: datetime) -> float:
    """How many working days passed, hours counted as parts of a day: Friday noon to Monday noon is one."""
    start, end = (timezone.localtime(one) for one in (start, end))
    whole = sum(not _off(start.date() + timedelta(days=one)) for one in range((end.date() - start.date()).days))
    return whole + _passed(end) - _passed(start)


def _passed(local: datetime) -> float:
    """The part of a working day that is over; none of a day off."""
    return 0.0 if _off(local.date()) else (local.hour * 60 + local.minute) / 1440


def working(day: date) -> bool:
    """Whether offices are open on this day."""
    return not _off(day)


def calendar(place: str) -> holidays.HolidayBase:
    """The days off of a country, or of one of its parts: « FR », « CA-QC » (ISO 3166). Raises NotImplementedError when the
    library knows no such place."""
    country, _dash, part = place.partition("-")
    kinds = KINDS & set(holidays.country_holidays(country).supported_categories)
    return holidays.country_holidays(country, subdiv=part or None, categories=kinds)


_known = cache(calendar)  # it works out a year once


def _off(day: date) -> bool:
    return day.weekday() >= SATURDAY or day in _known(settings.HOLIDAYS)
