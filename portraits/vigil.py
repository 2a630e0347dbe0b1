"""The vigil: a promise that was missed opens an incident by itself, once per cause. Rung by the sweep.

What is missed is what is still owed beyond its deadline (portraits/recall.py): a poster that hangs, a post that stands, a
screen that was reached and has not said that it forgot, a picture of a mail that was not replaced. What was shown after its
end opens one too: a channel that learns it says so (`shown_late`).
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
from portraits.models import Exposure, Incident, Recall, Subject
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
def shown_late(usage: Usage, *versions: int, locator: str, cause: str, shown_at: datetime, at: datetime) -> int:
    """Open a draft for each of these Versions, which was put at this place (`recall.record`) when it was no longer allowed
    there. `cause` names what did it: told again, it opens nothing more. Returns how many are new."""
    rows = Exposure.objects.filter(usage=usage, locator=locator, version__in=versions).order_by("pk")
    with translation.override(settings.LANGUAGE_CODE):
        values = {"usage": usage.label, "where": locator, "shown": _instant(shown_at)}
        happened = _("on %(shown)s") % values
        what = _("%(usage)s (%(where)s): what was put there on %(shown)s had stopped being allowed.") % values
    return sum(_write(f"{cause}:{row.version_id}", row, happened, what, at=at) for row in rows)


@transaction.atomic
def _open(cause: str, row: Recall, *, at: datetime) -> bool:
    """False when another worker has just opened it."""
    exposure = row.exposure
    with translation.override(settings.LANGUAGE_CODE):  # the register is kept in the borough's language
        values = {
            "usage": Usage(exposure.usage).label,
            "where": exposure.locator,
            "owed": _instant(row.owed_at),
            "due": _instant(row.due_at),
        }
        happened = _("since %(due)s") % values
        what = (
            _(
                "%(usage)s (%(where)s): what stopped being allowed on %(owed)s was to be gone by %(due)s, and nothing "
                "proves yet that it is."
            )
            % values
        )
    return _write(cause, exposure, happened, what, at=at)


def _write(cause: str, exposure: Exposure, happened_on: str, what: str, *, at: datetime) -> bool:
    people = Subject.objects.filter(version=exposure.version_id).exclude(role=Subject.Role.GUARDIAN).count()
    with translation.override(settings.LANGUAGE_CODE):
        information = _("Photo, first name, job and words of a portrait.")
    fields = {
        "opened_at": at,
        "exposure": exposure,
        "usage": exposure.usage,
        "people": people,
        "happened_on": happened_on,
        "what": what,
        "information": information,
    }
    incident, new = Incident.objects.get_or_create(cause=cause, defaults=fields)
    if new:
        ledger.append("incident", at=at, incident=incident.pk, usage=exposure.usage, cause=cause)
    return new


def _instant(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
