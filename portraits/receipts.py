"""What a person gets back after each decision: a mail with the proof of it, as a page to keep and as data (portraits/attest.py);
by text message, a link to it; for whoever has neither, a sheet that the consent officer prints.

A row in the transaction of the decision, drained by the worker. Whoever answers receives it, at the address on file: so a
decision taken by somebody else is noticed.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from portraits import attest, duty, invitation, ledger, links, texting
from portraits.models import Compliment, ConsentRequest, Link, Person, Portrait, Receipt


def owe(
    work: Portrait | Compliment, person: Person, *, at: datetime, request: ConsentRequest | None = None
) -> Receipt | None:
    """Write what is owed for what this person decided about this portrait at this instant, in its transaction. Once.

    `request` is the question that was answered; without it, the last one put to them. None when they never were asked.
    """
    request = request or newest(work, person)
    if request is None:
        return None
    across = work.across
    row, new = Receipt.objects.get_or_create(
        person=person,
        across=across,
        decided_at=at,
        defaults={"request": request, "number": uuid.uuid4(), "not_before": at},
    )
    if new:
        duty.ring("portraits.sweep")
    return row


def hold(request: ConsentRequest, *, decided_at: datetime, until: datetime) -> None:
    """What was refused on a sheet waits for what was accepted on it, which a second person confirms: one receipt for both.
    When nobody has by `until`, it leaves alone."""
    _of(request, decided_at).update(not_before=until)


def release(request: ConsentRequest, *, decided_at: datetime, at: datetime) -> None:
    """Nothing more comes from that sheet: what was held leaves."""
    if _of(request, decided_at).filter(not_before__gt=at).update(not_before=at):
        duty.ring("portraits.sweep")


def absorb(request: ConsentRequest, *, decided_at: datetime) -> None:
    """The rest was confirmed: the receipt of that says both (attest.read), and the held one never leaves."""
    _of(request, decided_at).filter(mailed_at=None).delete()


def _of(request: ConsentRequest, decided_at: datetime) -> QuerySet[Receipt]:
    return Receipt.objects.filter(request=request, decided_at=decided_at)


def newest(work: Portrait | Compliment, person: Person) -> ConsentRequest | None:
    """The last question put to this person about this portrait, in any language."""
    rows = ConsentRequest.objects.filter(subject__person=person, subject__version__across=work.across)
    return rows.order_by("-asked_at", "-pk").first()


def last(work: Portrait | Compliment, person: Person) -> Receipt | None:
    """The receipt of this person's last decision about this portrait. One query."""
    rows = Receipt.objects.filter(person=person, across=work.across).order_by("-decided_at")
    return rows.select_related(
        "person", "request__recipient", "request__subject__version__portrait", "request__subject__version__compliment"
    ).first()


def work(row: Receipt) -> dict:
    """Write the mail, with a fresh link to manage, or the text message with that link alone: the receipt is behind it.
    Nothing for somebody who has neither: it waits to be printed."""
    to, at = row.request.addressee, timezone.now()
    by_text = not to.email and to.reach in {Person.Reach.EMAIL, Person.Reach.SMS} and texting.reaches(to)
    if not (to.email or by_text):
        return {}
    with transaction.atomic():
        if Receipt.objects.filter(pk=row.pk, mailed_at=None).update(mailed_at=at):
            token = links.make(row.request, Link.Kind.MANAGE, at=at)
            if by_text:
                texting.tell_receipt(to, token, tu=row.request.tu)
                return {}
            address, receipt = links.address(token), attest.read(row, language=to.language)
            page = attest.page(receipt, address)
            invitation.send_receipt(to, attest.title(receipt), address, page, attest.data(receipt), tu=row.request.tu)
    return {}


# -- on paper, for whoever has neither e-mail nor mobile


def to_print(*, at: datetime) -> QuerySet[Receipt]:
    """What nobody was sent, and somebody must print and give: done by the worker, with nowhere to send it. One query."""
    rows = Receipt.objects.filter(mailed_at=None, state=Receipt.State.DONE, not_before__lte=at)
    rows = rows.exclude(person__kind=Person.Kind.WRITER)  # they gave no address: nobody can hand it to them
    of_theirs = Q(request__recipient=None, person__email="") | Q(request__recipient__email="")
    return (
        rows.filter(of_theirs)
        .select_related("person", "request__recipient", "request__subject__person")
        .order_by("decided_at", "pk")
    )


@transaction.atomic
def print_one(row: Receipt, *, by, at: datetime) -> bytes:
    """The page (PDF) with a fresh link to manage on it. Each printing is a line of the ledger: it tells who said what."""
    ledger.append(
        "receipt_printed", at=at, person=ledger.pseudonym(row.person), portrait=str(row.across), by=ledger.account(by)
    )
    address = links.address(links.make(row.request, Link.Kind.MANAGE, at=at))
    return attest.page(attest.read(row, language=row.request.addressee.language), address)


def given(row: Receipt, *, at: datetime) -> None:
    """It was given, or posted: it waits no more."""
    Receipt.objects.filter(pk=row.pk, mailed_at=None).update(mailed_at=at)
