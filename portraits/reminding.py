"""Reminding: a question that nobody answered is put once more, twice at most, and never after any answer.

Rung by the sweep; a lock on the request and its own count keep two workers from writing twice.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from portraits import invitation, ledger, links
from portraits.models import ConsentRequest, Hidden, Link, Person, Remark

log = logging.getLogger(__name__)
WRITTEN_TO = (Person.Reach.EMAIL, Person.Reach.SMS)  # a letter or a counter: staff prints or hands over again


def waiting(*, at: datetime) -> QuerySet[ConsentRequest]:
    """The questions to be put once more at this instant.

    Open and without any answer: a « no », even to one usage, stops reminders, and is said to nobody. Nor is somebody
    reminded who wrote back and was not answered yet, whose portrait staff hides, who left, or who is not written to.
    """
    first, second = (timedelta(days=days) for days in settings.REMINDER_DAYS)
    turn = Q(reminders=0, asked_at__lte=at - first) | Q(
        reminders=1, asked_at__lte=at - second, reminded_at__lte=at - (second - first)
    )
    words = Remark.objects.filter(request=OuterRef("pk"), handled_at__isnull=True)
    stops = Hidden.objects.filter(
        Q(to_at__isnull=True) | Q(to_at__gt=at),
        portrait=OuterRef("subject__version__portrait"),
        from_at__lte=at,
        from_at__gte=OuterRef("subject__version__frozen_at"),
    )
    gone = Q(subject__person__kind=Person.Kind.EMPLOYEE, subject__person__left_on__lte=localtime(at).date())
    reached = Q(recipient__isnull=True, subject__person__reach__in=WRITTEN_TO) | Q(recipient__reach__in=WRITTEN_TO)
    rows = ConsentRequest.objects.filter(turn, reached, closes_at__gt=at, answered_at__isnull=True)
    rows = rows.filter(subject__version__portrait__isnull=False)  # kind words are a gift: they are not insisted upon
    return rows.exclude(gone).filter(~Exists(words), ~Exists(stops)).order_by("asked_at", "pk")


def remind(*, at: datetime) -> int:
    """Write to everybody who is to be reminded. Returns how many. One query when there is nobody; one failure holds up
    nobody else."""
    count = 0
    for key in list(waiting(at=at).values_list("pk", flat=True)):
        try:
            count += _remind(key, at=at)
        except Exception:
            log.exception("Request %s could not be put once more.", key)
    return count


@transaction.atomic
def _remind(key: int, *, at: datetime) -> bool:
    """False when somebody answered, or another worker wrote, since the list was made."""
    request = waiting(at=at).select_for_update(of=("self",)).filter(pk=key).first()
    if request is None:
        return False
    request.reminders, request.reminded_at = request.reminders + 1, at
    request.save(update_fields=["reminders", "reminded_at"])
    ledger.append(
        "reminded",
        at=at,
        person=ledger.pseudonym(request.subject.person),
        portrait=str(request.subject.version.across),
        request=request.pk,
        number=request.reminders,
    )
    invitation.remind(request, links.make(request, Link.Kind.RESPOND, at=at))
    return True
