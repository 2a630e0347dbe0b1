"""How often one link, one network or one account may try something. Counted in the database: every worker sees the same."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from portraits.models import Throttle


def allow(what: str, who: str, *, most: int, within: timedelta, at: datetime) -> bool:
    """Count one more try of `what` by `who`; False once there were `most` in the present window. Fixed windows. Nobody is
    counted as `""`: those of whom nothing is known must not wait for one another."""
    if not who:
        return True
    key = _key(what, who, within, at)
    with transaction.atomic():
        row, _made = Throttle.objects.get_or_create(key=key, defaults={"ends_at": at + within})
        Throttle.objects.filter(pk=row.pk).update(count=F("count") + 1)
        row.refresh_from_db(fields=["count"])
    return row.count <= most


def below(what: str, who: str, *, most: int, within: timedelta, at: datetime) -> bool:
    """Whether another try would be allowed, without counting one. One query. Always for `""`, as above."""
    if not who:
        return True
    key = _key(what, who, within, at)
    return not Throttle.objects.filter(key=key, count__gte=most).exists()


def _key(what: str, who: str, within: timedelta, at: datetime) -> str:
    """Hashed with the day in it, so that what is kept of somebody's network means nothing tomorrow."""
    window = int(at.timestamp() // within.total_seconds())
    words = f"{what} {who} {at:%Y-%m-%d} {window}"
    return salted_hmac("portraits.throttle", words, algorithm="sha256").hexdigest()


def network(request: HttpRequest) -> str:
    """The /24 (or /48 in IPv6) that a request comes from; "" when nothing says it.

    On a unix socket there is no REMOTE_ADDR, and only our own proxy writes there (deploy/nginx.conf): what it says last in
    X-Forwarded-For is believed. On a port that header is anybody's, and is not read.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or forwarded)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def forget(*, at: datetime) -> int:
    """Drop the windows that are over. Returns how many."""
    return Throttle.objects.filter(ends_at__lt=at).delete()[0]
