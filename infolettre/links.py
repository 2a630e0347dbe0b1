"""The two personal links of a mail, signed: reading the archive without an account, and unsubscribing.

They carry the number of a delivery, never an address.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.urls import reverse

READING = "infolettre.lien"
LEAVING = "infolettre.desabonnement"
READABLE = timedelta(days=400)


def archive(number: int, delivery: int) -> str:
    """The path of the archive that opens without signing in, for 400 days."""
    return f"{reverse('infolettre', args=[number])}?lien={signing.dumps([number, delivery], salt=READING)}"


def reads(token: str, number: int) -> int | None:
    """The delivery to which this archive link was given; None when it is not ours, too old, or another issue's."""
    try:
        issue, delivery = signing.loads(token, salt=READING, max_age=READABLE)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return delivery if issue == number else None


def unsubscribe(delivery: int) -> str:
    """The path that unsubscribes. It never ends: an old mail must still let its reader go."""
    return reverse("infolettre-desabonnement", args=[signing.dumps(delivery, salt=LEAVING)])


def leaves(token: str) -> int | None:
    """The delivery to which this unsubscribe link was given, or None when it is not ours."""
    try:
        return signing.loads(token, salt=LEAVING)
    except signing.BadSignature:
        return None
