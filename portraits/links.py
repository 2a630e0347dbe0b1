"""The secret addresses of a request: 32 random bytes, of which only the sha256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portraits import ledger
from portraits.models import ConsentRequest, Link

AT_THE_COUNTER = timedelta(minutes=30)


def token_hash(token: str) -> str:
    """What is kept of a link: the sha256 of its 32 random bytes."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(request: ConsentRequest, kind: Link.Kind, *, at: datetime, witness=None) -> str:
    """A new address of this kind. Returns its token, which is never seen again. A counter link needs its witness."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        request=request,
        kind=kind,
        token_sha256=token_hash(token),
        made_at=at,
        dies_at=at + AT_THE_COUNTER if kind == Link.Kind.COUNTER else None,
        witness=witness,
    )
    return token


def find(token: str, *, at: datetime) -> Link | None:
    """The link behind a token, with all that its pages need; None when it was never given or has died. One query."""
    rows = Link.objects.select_related(
        "witness",
        "request__recipient",
        "request__subject__person",
        "request__subject__version__portrait",
        "request__subject__version__photo",
        "request__subject__version__partner_photo",
    )
    link = rows.filter(token_sha256=token_hash(token)).first()
    if link is None or (link.dies_at is not None and at >= link.dies_at):
        return None
    return link


def hand_over(request: ConsentRequest, *, witness, at: datetime) -> str:
    """A link for a tablet at a counter, in front of somebody on staff. Returns its token. The line that says so names
    nobody: the witness is on the link."""
    with transaction.atomic():
        token = make(request, Link.Kind.COUNTER, at=at, witness=witness)
        ledger.append(
            "handed_over",
            at=at,
            person=ledger.pseudonym(request.subject.person),
            portrait=str(request.subject.version.portrait.translation_key),
            request=request.pk,
        )
    return token


def address(token: str) -> str:
    """The whole address, as it is mailed or printed."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("consentement", args=[token])
