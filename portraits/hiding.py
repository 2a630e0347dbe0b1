"""Staff's stop: anybody on staff hides a portrait at once, everywhere; the consent officer alone lifts it, with a reason.

Nobody can « show »: lifting only takes the stop away, and consents decide again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from portraits import ledger, recall
from portraits.models import Hidden, Portrait


@transaction.atomic
def hide(portrait: Portrait, *, by, at: datetime, until: datetime | None = None, reason: str = "") -> Hidden:
    """Hide what was frozen so far. It covers the Versions frozen before it; one asked about afterwards is not hidden.

    « Everywhere » holds in both languages, as a withdrawal does: one row per language. Returns this portrait's own.
    """
    ledger.append("hidden", at=at, portrait=str(portrait.translation_key), until=until.isoformat() if until else None)
    rows = {
        one.pk: Hidden.objects.create(portrait=one, from_at=at, to_at=until, by=by, reason=reason)
        for one in Portrait.objects.filter(translation_key=portrait.translation_key)
    }
    recall.owe(at=at)
    return rows[portrait.pk]


@transaction.atomic
def lift(portrait: Portrait, *, by, at: datetime, reason: str) -> int:
    """Take away the stops that hold now, in both languages. Returns how many. The caller checks that `by` may (roles)."""
    rows = Hidden.objects.filter(
        Q(to_at__isnull=True) | Q(to_at__gt=at), portrait__translation_key=portrait.translation_key, from_at__lte=at
    )
    count = rows.update(to_at=at, lifted_by=by, lifted_reason=reason)
    if count:
        ledger.append("lifted", at=at, portrait=str(portrait.translation_key), reason=ledger.seal(reason))
    return count
