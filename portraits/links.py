"""The secret addresses of a request: 32 random bytes, of which only the sha256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from portraits.models import ConsentRequest, Handover, Link

AT_THE_COUNTER = timedelta(minutes=30)


def token_hash(token: str) -> str:
    """What is kept of a link: the sha256 of its 32 random bytes."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(
    request: ConsentRequest, kind: Link.Kind, *, at: datetime, witness=None, dies_at: datetime | None = None
) -> str:
    """A new address of this kind. Returns its token, which is never seen again. `witness` is who on staff made it, when one
    did. A counter link needs one, and lives for half an hour or until `dies_at`."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        request=request,
        kind=kind,
        token_sha256=token_hash(token),
        made_at=at,
        dies_at=(dies_at or at + AT_THE_COUNTER) if kind == Link.Kind.COUNTER else None,
        witness=witness,
    )
    return token


def find(token: str, *, at: datetime) -> Link | None:
    """The link behind a token, with all that its pages need; None when it was never given, has died or was ended. One query."""
    rows = Link.objects.select_related(
        "witness",
        "request__recipient",
        "request__subject__person",
        "request__subject__version__portrait",
        "request__subject__version__compliment",
        "request__subject__version__photo",
        "request__subject__version__partner_photo",
    )
    ended = Handover.objects.filter(Q(link=OuterRef("pk")) | Q(typed=OuterRef("pk")), ended_at__isnull=False)
    found = rows.annotate(ended=Exists(ended)).filter(token_sha256=token_hash(token))
    link = next(iter(found), None)  # there is one at most: `first` would sort it, a fifth of what this costs
    if link is None or link.ended or (link.dies_at is not None and at >= link.dies_at):
        return None
    return link


def address(token: str) -> str:
    """The whole address, as it is mailed or printed."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("consentement", args=[token])
