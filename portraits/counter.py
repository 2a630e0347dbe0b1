"""At a counter: a tablet is handed over in front of somebody on staff, opened by a QR code or by eight digits, and ended early.

The digits serve once, for five minutes; only their keyed hash is kept. Links never change: typing the digits makes another
link of the same witness, which dies with the first one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from portraits import ledger, links
from portraits.models import ConsentRequest, Handover, LedgerEntry, Link

LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Handed:
    """What the agent is shown, once: the token of the link, and the digits to be typed instead."""

    token: str
    digits: str


class OwnWork(Exception):
    """Whoever wrote or submitted a portrait witnesses no answer about it: they want it shown."""


@transaction.atomic
def hand_over(request: ConsentRequest, *, witness, at: datetime) -> Handed:
    """A link for a tablet, and digits that open it too. The line that says so names nobody: the witness is a hash in it.
    Raises OwnWork."""
    version = request.subject.version
    last = version.portrait.latest_revision
    if witness.pk in {version.frozen_by_id, last and last.user_id}:
        raise OwnWork
    token, digits = links.make(request, Link.Kind.COUNTER, at=at, witness=witness), f"{secrets.randbelow(10**8):08}"
    link = Link.objects.get(token_sha256=links.token_hash(token))
    Handover.objects.create(link=link, digest=_digest(digits))
    _line("handed_over", link, at=at, by=ledger.account(witness))
    return Handed(token, digits)


@transaction.atomic
def type_in(digits: str, *, at: datetime) -> str | None:
    """The token of a new link for whoever types the digits, once. None when they are wrong, too old, used or ended."""
    typed = "".join(character for character in digits if character.isdecimal())
    rows = Handover.objects.filter(
        digest=_digest(typed), link__made_at__lte=at, link__made_at__gt=at - LASTS, typed=None, ended_at=None
    )
    found = list(rows.select_for_update(of=("self",)).select_related("link__witness", "link__request")[:2])
    if len(found) != 1:  # two with the same digits: nobody may answer in another's place
        return None
    (row,) = found
    first = row.link
    token = links.make(first.request, Link.Kind.COUNTER, at=at, witness=first.witness, dies_at=first.dies_at)
    row.typed = Link.objects.get(token_sha256=links.token_hash(token))
    row.save(update_fields=["typed"])
    _line("counter_typed", row.typed, at=at)
    return token


@transaction.atomic
def end(request: ConsentRequest, *, at: datetime) -> bool:
    """The agent ends it: the links of this request that a tablet may hold lead nowhere any more, the digits neither.
    What was answered stays answered. False when nothing was open."""
    found = list(open_now(at=at).filter(link__request=request).select_related("link__request"))
    ended = Handover.objects.filter(pk__in=[row.pk for row in found], ended_at=None).update(ended_at=at)
    if ended:
        _line("counter_ended", found[-1].link, at=at)
    return bool(ended)


def open_now(*, at: datetime):
    """What was handed over, neither ended nor over."""
    return Handover.objects.filter(ended_at=None, link__dies_at__gt=at)


def _line(kind: str, link: Link, *, at: datetime, **more) -> LedgerEntry:
    subject = link.request.subject
    return ledger.append(
        kind,
        at=at,
        person=ledger.pseudonym(subject.person),
        portrait=str(subject.version.across),
        request=link.request_id,
        **more,
    )


def _digest(digits: str) -> str:
    return salted_hmac("portraits.counter", digits, algorithm="sha256").hexdigest()
