"""The two registers as files: consents (R12 of the law's needs), and incidents. Each export leaves a line in the ledger.

CSV for a spreadsheet set in French: semicolons, UTF-8 with its mark. A cell that a spreadsheet would take for a formula is
given an apostrophe first (OWASP, « CSV injection »).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portraits import ledger
from portraits.models import Consent, Incident
from portraits.usages import Usage

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Register(StrEnum):
    """What can be exported."""

    CONSENTS = "consents"
    INCIDENTS = "incidents"


@transaction.atomic
def export(register: Register, *, by, at: datetime) -> bytes:
    """The register as it is, headed, in the reader's language. The caller checks that `by` may (roles)."""
    rows = list(ROWS[register](at))
    ledger.append("exported", at=at, register=register.value, rows=len(rows) - 1, by=ledger.seal(f"user {by.pk}"))
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def safe(cell) -> str:
    """One cell in words that no spreadsheet executes."""
    if isinstance(cell, datetime):
        return localtime(cell).isoformat(sep=" ", timespec="seconds")
    words = cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell)
    return f"'{words}" if words.startswith(FORMULA) else words


def _consents(at: datetime) -> Iterator[Iterable]:
    yield (
        _("Person"),
        _("Portrait"),
        _("Language"),
        _("Usage"),
        _("From"),
        _("Until"),
        _("Ended on"),
        _("Why"),
        _("How"),
        _("Answered by"),
        _("Line of the ledger"),
    )
    rows = Consent.objects.select_related(
        *("subject__version__portrait", "subject__version__compliment"), "subject__person", "actor"
    ).order_by("pk")
    for row in rows:
        version, why = row.subject.version, _why(row, at)
        yield (
            row.subject.person,
            f"{version.work} #{version.pk}",
            row.language,
            Usage(row.usage).label,
            row.starts_at,
            row.ends_at,
            min(row.ended_at or row.ends_at, row.ends_at) if why else None,
            why,
            HOW[row.method](),
            row.actor if row.actor_id and row.actor_id != row.subject.person_id else "",
            row.ledger_entry_id,
        )


def _why(row: Consent, at: datetime) -> str:
    if row.ended_at and row.ended_at <= at and row.ended_at < row.ends_at:
        return WHY[row.end_reason]()
    return _("ran out") if row.ends_at <= at else ""


def _incidents(at: datetime) -> Iterator[Iterable]:
    names = (
        "pk",
        "opened_at",
        "happened_on",
        "usage",
        "what",
        "information",
        "people",
        "serious_risk",
        "assessment",
        "measures",
        "notified_at",
        "told_at",
        "closed_at",
    )
    yield tuple(str(Incident._meta.get_field("id" if name == "pk" else name).verbose_name) for name in names)
    for row in Incident.objects.order_by("pk"):
        shown = {"usage": row.get_usage_display(), "serious_risk": row.get_serious_risk_display()}
        yield tuple(shown.get(name, getattr(row, name)) for name in names)


ROWS = {Register.CONSENTS: _consents, Register.INCIDENTS: _incidents}
WHY = {
    Consent.Reason.WITHDRAWN: lambda: _("withdrawn"),
    Consent.Reason.PAUSED: lambda: _("paused"),
    Consent.Reason.REPLACED: lambda: _("replaced by a newer yes"),
    Consent.Reason.CLOSED: lambda: _("departure, or words removed for good"),
}
HOW = {
    Consent.Method.LINK: lambda: _("by the link alone, before codes"),
    Consent.Method.SESSION: lambda: _("signed in"),
    Consent.Method.CODE: lambda: _("code sent to them"),
    Consent.Method.COUNTER: lambda: _("at a counter"),
    Consent.Method.PAPER: lambda: _("on paper"),
    Consent.Method.PHONE: lambda: _("on the telephone"),
    Consent.Method.FORM: lambda: _("on the form where they wrote"),
    Consent.Method.INTAKE: lambda: _("said to whoever wrote their words down"),
    Consent.Method.STANDING: lambda: _("said once for all kind words"),
}
