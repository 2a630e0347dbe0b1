"""Staff's stop: anybody on staff hides a portrait, or kind words, at once, everywhere; the consent officer alone lifts it, with a reason.

Nobody can « show »: lifting only takes the stop away, and consents decide again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from portraits import ledger, recall
from portraits.models import Compliment, Hidden, Portrait


@transaction.atomic
def hide(work: Portrait | Compliment, *, by, at: datetime, until: datetime | None = None, reason: str = "") -> Hidden:
    """Hide what was frozen so far. It covers the Versions frozen before it; one asked about afterwards is not hidden.

    « Everywhere » holds in both languages, as a withdrawal does: one row per language. Returns this portrait's own.
    """
    ledger.append("hidden", at=at, portrait=str(work.across), until=until.isoformat() if until else None)
    rows = {
        of["portrait"].pk if "portrait" in of else work.pk: Hidden.objects.create(
            **of, from_at=at, to_at=until, by=by, reason=reason
        )
        for of in _each(work)
    }
    recall.owe(at=at)
    return rows[work.pk]


def _each(work: Portrait | Compliment) -> list[dict]:
    """What a stop is about: the portrait in each language, or the compliment."""
    if isinstance(work, Compliment):
        return [{"compliment": work}]
    return [{"portrait": one} for one in Portrait.objects.filter(translation_key=work.across)]


@transaction.atomic
def lift(work: Portrait | Compliment, *, by, at: datetime, reason: str) -> int:
    """Take away the stops that hold now, in both languages. Returns how many. The caller checks that `by` may (roles)."""
    about = Q(portrait__translation_key=work.across) | Q(compliment__across=work.across)
    rows = Hidden.objects.filter(about, Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at)
    count = rows.update(to_at=at, lifted_by=by, lifted_reason=reason)
    if count:
        ledger.append("lifted", at=at, portrait=str(work.across), reason=ledger.seal(reason))
    return count
