"""Renewing: before a yes ends, its person is asked once whether to go on, on the same Version. Silence ends it by itself.

Rung by the sweep. That somebody was asked is a row (the renewal's ConsentRequest), so any number of sweeps ask once.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from portraits import asking, gate, guardians, reading
from portraits.models import Consent, ConsentRequest, Subject
from portraits.usages import Usage

log = logging.getLogger(__name__)
SHORT = timedelta(days=60)  # a yes that lasts less, « try for a month », is asked about later
SHORT_NOTICE = timedelta(days=7)
LONGEST = timedelta(days=30)  # that a question may stay open (models/request.py)


class Yes(NamedTuple):
    """A living yes, as it is weighed here."""

    subject: int
    version: int
    usage: str
    starts_at: datetime
    ends_at: datetime


def renew(*, at: datetime) -> int:
    """Ask everybody whose yes ends soon, and who was not asked yet, whether to go on. Returns how many questions were put.

    Two queries when there is nobody to ask, however many portraits; one failure holds up nobody else.
    """
    count = 0
    keys = {one.subject for one in _unasked(_soon(at))}
    subjects = Subject.objects.select_related("person", "version__portrait").order_by("pk")
    for subject in subjects.filter(pk__in=keys) if keys else ():
        try:
            count += bool(_askable(subject, at)) and _renew(subject, at=at)
        except Exception:
            log.exception("Subject %s could not be asked again.", subject.pk)
    return count


def _soon(at: datetime, **only) -> list[Yes]:
    """The yeses that come to their end by themselves: RENEWAL_DAYS before, SHORT_NOTICE for a short one.

    One that a departure or a withdrawal ends has its `ended_at`: there is nothing to go on with.
    """
    lasting = Q(ends_at__gt=F("starts_at") + SHORT, ends_at__lte=at + timedelta(days=settings.RENEWAL_DAYS))
    return _living(lasting | Q(ends_at__lte=at + SHORT_NOTICE), at, **only)


def _living(which: Q, at: datetime, **only) -> list[Yes]:
    of_portraits = Q(subject__version__portrait__isnull=False)  # kind words end by themselves: nobody is asked again
    rows = Consent.objects.filter(which, of_portraits, ended_at__isnull=True, starts_at__lte=at, ends_at__gt=at, **only)
    return [Yes(*row) for row in rows.values_list("subject", "subject__version", "usage", "starts_at", "ends_at")]


def _unasked(found: list[Yes]) -> list[Yes]:
    """Without those about which their person was asked since they said them."""
    if not found:
        return []
    rows = ConsentRequest.objects.filter(renewal=True, subject__in={one.subject for one in found})
    asked = defaultdict(list)
    for subject, names, since in rows.values_list("subject", "asked", "asked_at"):
        for name in names:
            asked[subject, name].append(since)
    return [one for one in found if not any(since > one.starts_at for since in asked[one.subject, one.usage])]


def _shown(found: list[Yes], at: datetime) -> list[Yes]:
    """Only what the gate shows now: neither replaced, nor hidden, nor without another's yes. One query per usage."""
    kept = []
    for usage in sorted({one.usage for one in found}):
        mine = [one for one in found if one.usage == usage]
        wall = gate.visible(Usage(usage), at=at).filter(pk__in={one.version for one in mine})
        keys = set(wall.values_list("pk", flat=True))
        kept += [one for one in mine if one.version in keys]
    return kept


def _askable(subject: Subject, at: datetime) -> list[Yes]:
    """What one person may be asked about now. What ends within twice the notice comes along: one message, not one per usage."""
    if not _unasked(_soon(at, subject=subject.pk)) or _waits(subject, at) or asking.unreachable(subject.person, at=at):
        return []
    if reading.moved(reading.asked_people(subject, at=at), at=at):
        return []  # nobody has read where this would go: it is read and asked again by hand
    wide = Q(ends_at__lte=at + 2 * timedelta(days=settings.RENEWAL_DAYS))
    found = _shown(_unasked(_living(wide, at, subject=subject.pk)), at)
    return [one for one in found if _may_go_on(subject, one.ends_at, at)]


@transaction.atomic
def _renew(subject: Subject, *, at: datetime) -> bool:
    """One question to one person about one Version. False when another worker has just put it."""
    request = ConsentRequest.objects.filter(subject=subject).order_by("pk").select_for_update(of=("self",)).first()
    found = _askable(subject, at)
    if not found:
        return False
    end = min(max(one.ends_at for one in found), at + LONGEST)
    made = asking.again(request, [Usage(one.usage) for one in found], at=at, closes_at=end)
    # This notice is the first of the two messages that an unanswered question may send (portraits/reminding.py).
    made.reminders, made.reminded_at = 1, at
    made.save(update_fields=["reminders", "reminded_at"])
    return True


def _waits(subject: Subject, at: datetime) -> bool:
    """Whether a newer Version is being asked about: that question comes first."""
    rows = ConsentRequest.objects.filter(subject__version__portrait=subject.version.portrait_id, closes_at__gt=at)
    return rows.filter(subject__version__gt=subject.version_id).exists()


def _may_go_on(subject: Subject, ends_at: datetime, at: datetime) -> bool:
    """Whether a new yes could last longer: not past a departure, nor a birthday at which somebody else decides."""
    answering = guardians.recipient(subject.person, at=at) or subject.person
    limit = guardians.limit(subject, answering, at=at)
    return limit is None or limit > ends_at
