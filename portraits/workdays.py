"""Working days: what hands are promised in. Saturdays and Sundays are left out; public holidays are not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

SATURDAY = 5


def after(at: datetime, days: int) -> datetime:
    """The same hour, so many working days later, in local time; what comes on a weekend counts from Monday at midnight."""
    local = timezone.localtime(at).replace(tzinfo=None)
    while local.weekday() >= SATURDAY:
        local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    while days:
        local += timedelta(days=1)
        days -= local.weekday() < SATURDAY
    return timezone.make_aware(local)
