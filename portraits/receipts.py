"""What a person gets back after each decision: a mail with the proof of it, as a page to keep and as data (portraits/attest.py).

A row in the transaction of the decision, drained by the worker. Whoever answers receives it, at the address on file: so a
decision taken by somebody else is noticed.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from portraits import attest, duty, invitation, links
from portraits.models import ConsentRequest, Link, Person, Portrait, Receipt


def owe(portrait: Portrait, person: Person, *, at: datetime, request: ConsentRequest | None = None) -> Receipt | None:
    """Write what is owed for what this person decided about this portrait at this instant, in its transaction. Once.

    `request` is the question that was answered; without it, the last one put to them. None when they never were asked.
    """
    request = request or newest(portrait, person)
    if request is None:
        return None
    across = portrait.translation_key
    row, new = Receipt.objects.get_or_create(
        person=person,
        across=across,
        decided_at=at,
        defaults={"request": request, "number": uuid.uuid4(), "not_before": at},
    )
    if new:
        duty.ring("portraits.sweep")
    return row


def newest(portrait: Portrait, person: Person) -> ConsentRequest | None:
    """The last question put to this person about this portrait, in any language."""
    rows = ConsentRequest.objects.filter(
        subject__person=person, subject__version__portrait__translation_key=portrait.translation_key
    )
    return rows.order_by("-asked_at", "-pk").first()


def last(portrait: Portrait, person: Person) -> Receipt | None:
    """The receipt of this person's last decision about this portrait. One query."""
    rows = Receipt.objects.filter(person=person, across=portrait.translation_key).order_by("-decided_at")
    return rows.select_related("person", "request__recipient", "request__subject__version__portrait").first()


def work(row: Receipt) -> dict:
    """Write the mail, with a fresh link to manage; nothing for somebody without an e-mail, who finds it on their page."""
    to = row.request.addressee
    if not to.email or row.mailed_at:
        return {}
    at = timezone.now()
    with transaction.atomic():
        if Receipt.objects.filter(pk=row.pk, mailed_at=None).update(mailed_at=at):
            address = links.address(links.make(row.request, Link.Kind.MANAGE, at=at))
            receipt = attest.read(row, language=to.language)
            page = attest.page(receipt, address)
            invitation.send_receipt(to, attest.title(receipt), address, page, attest.data(receipt))
    return {}
