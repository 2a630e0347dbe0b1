"""« À rencontrer »: one dated list of whom a portrait would do justice to, a trade behind a criticism or a group that portraits
left out. Somebody keeps it for a month and takes it; « Aujourd'hui » says so once that month has come."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localdate

from portraits.models import Brief, Headcount


def waiting() -> QuerySet[Brief]:
    """Those who were not met yet, the soonest first; what has no month comes last."""
    rows = Brief.objects.filter(met_at__isnull=True).select_related("group", "taken_by")
    return rows.order_by(F("month").asc(nulls_last=True), "pk")


def due(user, *, on: date) -> QuerySet[Brief]:
    """Those whose month has come, that this account took, or nobody did."""
    return waiting().filter(Q(taken_by=user) | Q(taken_by__isnull=True), month__lte=on)


def takers() -> QuerySet:
    """Who may begin a portrait, and so take one of these."""
    backend = "django.contrib.auth.backends.ModelBackend"
    return get_user_model().objects.with_perm("portraits.add_portrait", backend=backend).order_by("last_name", "pk")


def months(*, at: datetime) -> list[date]:
    """This month and the eleven that follow, by their first days."""
    first = localdate(at).replace(day=1)
    return [
        date(first.year + (first.month + more - 1) // 12, (first.month + more - 1) % 12 + 1, 1) for more in range(12)
    ]


def plan(brief: Brief, *, month: date, taken_by_id: int | None) -> None:
    """For a month, by somebody; or by nobody yet."""
    Brief.objects.filter(pk=brief.pk, met_at__isnull=True).update(month=month, taken_by=taken_by_id)


def keep(group: Headcount, *, month: date, taken_by_id: int | None, by, at: datetime) -> Brief:
    """Keep a group that portraits left out, once: what was already kept moves to this month."""
    made = {"trade": group.name, "by": by, "at": at, "month": month, "taken_by_id": taken_by_id}
    brief, new = Brief.objects.get_or_create(group=group, met_at=None, defaults=made)
    if not new:
        plan(brief, month=month, taken_by_id=taken_by_id)
    return brief


def met(key: int, *, at: datetime) -> None:
    """It led to somebody. Once only."""
    Brief.objects.filter(pk=key, met_at__isnull=True).update(met_at=at)
