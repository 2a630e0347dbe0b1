"""The second proof of a yes: six digits sent on demand to the person's own address or telephone.

Ten minutes, five tries, five codes a day; only a keyed hash is kept. Whoever merely follows the link, a mail scanner
for instance, never reads them.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from portraits import invitation
from portraits.models import Code, ConsentRequest, Person

LASTS = timedelta(minutes=10)
TRIES = 5
A_DAY = 5


class TooMany(Exception):
    """Five codes were sent today: no more until tomorrow."""


class Nowhere(Exception):
    """The person has neither e-mail nor mobile number: somebody on staff must witness the answer."""


def reachable(person: Person) -> bool:
    """Whether a code can be sent to this person at all."""
    return bool(person.email or person.phone)


@transaction.atomic
def send(request: ConsentRequest, *, at: datetime) -> None:
    """Send six new digits; the former ones stop working. Raises TooMany or Nowhere, and then nothing is sent."""
    person = request.addressee
    if not reachable(person):
        raise Nowhere
    if Code.objects.filter(request=request, made_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise TooMany
    digits = f"{secrets.randbelow(10**6):06}"
    Code.objects.create(request=request, digest=_digest(request, digits), made_at=at)
    invitation.send_code(person, digits, tu=request.tu)


def pending(request: ConsentRequest, *, at: datetime) -> Code | None:
    """The code that may still be typed: the last one sent, neither used nor worn out."""
    row = Code.objects.filter(request=request).order_by("-pk").first()
    if row is None or row.used_at or row.tries >= TRIES or at >= row.made_at + LASTS:
        return None
    return row


def check(request: ConsentRequest, digits: str, *, at: datetime) -> bool:
    """Whether these are the digits last sent. Each wrong try counts, and a right one serves once."""
    with transaction.atomic():
        row = pending(request, at=at)
        if row is None:
            return False
        taken = Code.objects.filter(pk=row.pk, tries__lt=TRIES, used_at__isnull=True)
        if not taken.update(tries=F("tries") + 1):
            return False
        typed = "".join(character for character in digits if character.isdecimal())
        right = constant_time_compare(_digest(request, typed), row.digest)
        return bool(right and Code.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=at))


def _digest(request: ConsentRequest, digits: str) -> str:
    return salted_hmac("portraits.codes", f"{request.pk} {digits}", algorithm="sha256").hexdigest()
