"""The vigil: a promise that was missed opens an incident by itself, once per cause. Rung by the sweep.

What is missed is what is still owed beyond its deadline (portraits/recall.py): a poster that hangs, a post that stands, a
screen that was reached and has not said that it forgot, a picture of a mail that was not replaced.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portraits import ledger, recall
from portraits.models import Incident, Recall, Subject
from portraits.usages import Usage


def watch(*, at: datetime) -> int:
    """Open a draft for every promise that is missed at this instant. Returns how many are new. One query when none is
    missed, two when each has its draft."""
    missed = {f"recall:{row.pk}": row for row in recall.missed(at=at)}
    if not missed:
        return 0
    known = set(Incident.objects.filter(cause__in=missed).values_list("cause", flat=True))
    return sum(_open(cause, row, at=at) for cause, row in missed.items() if cause not in known)


@transaction.atomic
def _open(cause: str, row: Recall, *, at: datetime) -> bool:
    """False when another worker has just opened it."""
    exposure = row.exposure
    people = Subject.objects.filter(version=exposure.version_id).exclude(role=Subject.Role.GUARDIAN).count()
    with translation.override(settings.LANGUAGE_CODE):  # the register is kept in the borough's language
        values = {
            "usage": Usage(exposure.usage).label,
            "where": exposure.locator,
            "owed": _instant(row.owed_at),
            "due": _instant(row.due_at),
        }
        written = {
            "happened_on": _("since %(due)s") % values,
            "what": _(
                "%(usage)s (%(where)s): what stopped being allowed on %(owed)s was to be gone by %(due)s, and nothing "
                "proves yet that it is."
            )
            % values,
            "information": _("Photo, first name, job and words of a portrait."),
        }
    fields = {"opened_at": at, "exposure": exposure, "usage": exposure.usage, "people": people, **written}
    incident, new = Incident.objects.get_or_create(cause=cause, defaults=fields)
    if new:
        ledger.append("incident", at=at, incident=incident.pk, usage=exposure.usage, cause=cause)
    return new


def _instant(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
