"""What the inbox keeps no longer than it serves. Counts stay: a row without words is still a message that came, and
its number elsewhere stays as a keyed hash, so that the same message does not come back.

Unwanted messages, SPAM after they were put aside, or came and nobody looked; a criticism, CRITICISM after it was answered or
handed over; whom to write to, RETENTION_DAYS after the answer; these two AT_MOST after the message came, whatever was done about
it; every text, TEXT after it came. Nothing goes while somebody's yes to these words lives. No clock waits for a gesture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from portraits import inbox, ledger, sorting
from portraits.models import (
    Compliment,
    Confidence,
    Consent,
    ConsentRequest,
    Dismissal,
    Person,
    Reaction,
    Remark,
    Reply,
    Version,
    Wording,
)

SPAM, CRITICISM, TEXT = timedelta(days=30), timedelta(days=90), timedelta(days=731)
AT_MOST = timedelta(days=180)  # « six mois » in what is read before writing, in the guide and on the pages
SOME = 500  # rows in one transaction
GONE = dict.fromkeys(("original", "elsewhere", "to_whom", "district", "contact_key", "external_ref", "attachment"), "")
Kind, Stage = Compliment.Kind, Compliment.Stage


def unwanted(*, at: datetime) -> Counter:
    """Messages put aside as unwanted, by a moderator or by the signs of a robot, reviewed or not."""
    last = at - SPAM
    which = Q(kind=Kind.SPAM, triaged_at__lte=last)  # whatever was done since: answered, or closed
    which |= Q(stage=Stage.RECEIVED, suspicion__gte=sorting.SUSPECT, received_at__lte=last)
    return _erase(which, "unwanted", at=at)


def criticisms(*, at: datetime) -> Counter:
    """Criticisms, handed over or not, closed or not."""
    over = _done(at - CRITICISM) | Q(received_at__lte=at - AT_MOST)
    return _erase(Q(kind=Kind.COMPLAINT) & over, "criticisms", at=at)


def removed(*, at: datetime) -> Counter:
    """What its writer took back, or a moderator removed."""
    return _erase(Q(removed_at__isnull=False), "removed", at=at)


def texts(*, at: datetime) -> Counter:
    """Everything else, two years after it came."""
    return _erase(Q(received_at__lte=at - TEXT), "compliments", at=at)


def contacts(*, at: datetime) -> Counter:
    """How to reach the citizens who wrote, and their first name, once nothing is owed to them, or nobody answered them in time,
    and they say yes to nothing."""
    over = Q(stage__in=(Stage.ANSWERED, Stage.CLOSED)) & _done(at - timedelta(days=settings.RETENTION_DAYS))
    over |= Q(received_at__lte=at - AT_MOST) | Q(erased_at__isnull=False)
    open_ = ConsentRequest.objects.filter(subject__person=OuterRef("pk"), closes_at__gt=at)
    rows = Person.objects.filter(
        ~Exists(_living(at).filter(subject__person=OuterRef("pk"))),
        ~Exists(open_),
        Exists(Compliment.objects.filter(over, writer=OuterRef("pk"))),
        ~Exists(Compliment.objects.filter(~over, writer=OuterRef("pk"))),
        kind=Person.Kind.WRITER,
    )
    rows = rows.exclude(first_name="", last_name="", email="", phone="").order_by("pk")
    return Counter(contacts=_until_none(partial(_forget_some, rows, at=at)))


@transaction.atomic
def _forget_some(rows: QuerySet[Person], *, at: datetime) -> int:
    keys = list(rows.values_list("pk", flat=True)[:SOME])
    count = Person.objects.filter(pk__in=keys).update(first_name="", last_name="", email="", phone="")
    if count:
        ledger.append("purged", at=at, contacts=count)
    return count


STEPS = (unwanted, criticisms, removed, texts, contacts)


def _living(at: datetime) -> QuerySet[Consent]:
    return Consent.objects.filter(ends_at__gt=at).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))


def _done(before: datetime) -> Q:
    """Whatever was done last, an answer or the end, was done by then."""
    something = Q(answered_at__isnull=False) | Q(closed_at__isnull=False)
    answered = Q(answered_at__isnull=True) | Q(answered_at__lte=before)
    return something & answered & (Q(closed_at__isnull=True) | Q(closed_at__lte=before))


def _until_none(some: Callable[[], int]) -> int:
    """SOME at a time, a short transaction each, until none is left. Returns how many."""
    total = count = some()
    while count == SOME:
        total += (count := some())
    return total


def _erase(which: Q, name: str, *, at: datetime) -> Counter:
    """Erase the words of these messages, everywhere they were written."""
    return Counter({name: _until_none(partial(_erase_some, which, name, at=at))})


@transaction.atomic
def _erase_some(which: Q, name: str, *, at: datetime) -> int:
    living = _living(at).filter(subject__version__compliment=OuterRef("pk"))
    found = Compliment.objects.filter(which, ~Exists(living), erased_at__isnull=True).order_by("pk")
    found = list(found.only("pk", "channel", "external_ref", "attachment")[:SOME])
    keys = [row.pk for row in found]
    for row in found:
        row.known_as = inbox.known_as(row.channel, row.external_ref)
    Version.objects.filter(compliment__in=keys, purged_at__isnull=True).update(content={}, purged_at=at)
    Remark.objects.filter(request__subject__version__compliment__in=keys).exclude(words="").update(words="")
    Wording.objects.filter(compliment__in=keys).update(text="", reason="")
    Reply.objects.filter(compliment__in=keys).update(text="")
    for model in (Dismissal, Reaction, Confidence):
        model.objects.filter(compliment__in=keys).delete()
    Compliment.objects.bulk_update(found, ["known_as"])
    # Nothing can be done about it any more: it waits on no shelf.
    over = {"stage": Stage.CLOSED, "closed_at": Coalesce("closed_at", Value(at))}
    Compliment.objects.filter(pk__in=keys).update(erased_at=at, chosen=None, **over, **GONE)
    for file in (row.attachment.name for row in found if row.attachment):
        transaction.on_commit(partial(default_storage.delete, file))
    if keys:
        ledger.append("purged", at=at, **{name: len(keys)})
    return len(keys)
