"""What a person writes back instead of an answer: a word to change, or a call for help."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from portraits import invitation, ledger, workflow
from portraits.models import ConsentRequest, Remark

LONGEST = 1000  # characters
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
A_DAY = 5


class TooMany(Exception):
    """Five words a day about one request: beyond, somebody is calling."""


@transaction.atomic
def write(request: ConsentRequest, kind: Remark.Kind, words: str, *, at: datetime) -> Remark:
    """Keep the person's words. A word to change brings the portrait back to the desk; a call for help reaches the consent
    officers, and leaves a week more to answer. Raises TooMany, and then nothing is kept."""
    if Remark.objects.filter(request=request, at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise TooMany
    remark = Remark.objects.create(request=request, kind=kind, words=words[:LONGEST], at=at)
    ledger.append(
        "remarked", at=at, person=ledger.pseudonym(request.subject.person), request=request.pk, remark=remark.kind
    )
    if kind == Remark.Kind.CHANGE:
        workflow.send_back(request, remark.words, at=at)
    if kind == Remark.Kind.HELP:
        for officer in officers():
            invitation.call_for_help(officer.email, request, remark.words, at=at)
        if request.closes_at > at:
            request.closes_at = min(max(request.closes_at, at + WEEK), request.asked_at + MONTH)
            request.save(update_fields=["closes_at"])
    return remark


def officers() -> list:
    """The consent officers who have an address, by their permission (intranet.roles). One query."""
    users = get_user_model().objects.with_perm(
        "portraits.guard_consents", include_superusers=False, backend="django.contrib.auth.backends.ModelBackend"
    )
    return list(users.exclude(email="").order_by("pk"))


@transaction.atomic
def handle(remark: Remark, *, by, at: datetime) -> None:
    """Somebody took care of it. Once only."""
    Remark.objects.filter(pk=remark.pk, handled_at__isnull=True).update(handled_at=at, handled_by=by)
