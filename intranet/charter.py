"""The charter: one page for whoever may be portrayed and for the employees’ union, made from the settings and the promises
that the machine keeps. It says « vous »: it does not know who reads.

Nothing in it is typed twice: change a term in the environment or a promise in portraits/usages.py, and it says so. Delays
that were measured (benchmarks/results/withdraw_clock.json) stand beside those that are promised.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portraits import brand, codes, consent, press
from portraits.models import ConsentRequest
from portraits.typography import typeset
from portraits.usages import ASKED, PROMISES, Audience, Usage

MEASURES = Path(settings.BASE_DIR) / "benchmarks" / "results" / "withdraw_clock.json"
TEMPLATE = Path(__file__).parent / "typeset" / "charter.typ"
KEPT = {"Cache-Control": "public, max-age=60"}

PROMISED = (
    (
        pgettext_lazy("vous", "You see before you answer"),
        pgettext_lazy(
            "vous",
            "The exact rendering of each place, one by one. Your yes holds for what you saw: one changed letter, and you "
            "are asked again. You have %(answer)s to answer, with %(reminders)s reminders at most, none after a no.",
        ),
    ),
    (
        pgettext_lazy("vous", "A no costs nothing, and nobody knows"),
        pgettext_lazy(
            "vous",
            "Nothing is ticked beforehand; refusing takes one tap. Your colleagues, your manager and human resources "
            "cannot tell a no from a silence: the program does not show it to them.",
        ),
    ),
    (
        pgettext_lazy("vous", "Each yes ends by itself"),
        pgettext_lazy(
            "vous",
            "After %(term)s at most, or after %(trial)s if you only want to try. It never goes on without a new yes.",
        ),
    ),
    (
        pgettext_lazy("vous", "You withdraw alone, in two taps"),
        pgettext_lazy(
            "vous",
            "Without a password, without a reason, at any hour. Or you pause, and come back. A slip is undone for "
            "%(undo)s minutes. A yes takes more: a code sent to your own address, so that nobody says it for you.",
        ),
    ),
    (
        pgettext_lazy("vous", "You hold the proof"),
        pgettext_lazy(
            "vous",
            "A receipt for each decision, tied to a record where no line can be changed unseen; you, or your "
            "union, can verify it without us. %(purge)s after your last yes, the photo and the words are erased.",
        ),
    ),
    (
        pgettext_lazy("vous", "Somebody answers you"),
        pgettext_lazy(
            "vous",
            "Neither your manager nor human resources: the people below. They help you understand, answer or withdraw.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One usage: who sees it, what a withdrawal does, and how long it took when it was last measured ("" when never)."""

    usage: Usage
    seen_by: str
    withdrawal: str
    measured: str


@dataclass(frozen=True, slots=True)
class Charter:
    """What the page and the sheet say, in the present language. `promises` are (what, how)."""

    day: str
    title: str
    promises: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    note: str


def made(*, at: datetime) -> Charter:
    """The charter as the settings make it now, in the present language."""
    clock = measured()
    rows = {
        usage: Row(usage, str(PROMISES[usage].seen_by), str(PROMISES[usage].withdrawal), clock.get(usage, ""))
        for usage in ASKED
    }
    groups = tuple(
        (str(audience.label), tuple(row for usage, row in rows.items() if PROMISES[usage].audience == audience))
        for audience in Audience
    )
    day = date_format(timezone.localtime(at), "DATE_FORMAT")
    note = (
        _("“Measured”: the longest time between a withdrawal and its effect, in our last trial on this very system.")
        if clock
        else _("These delays are promised; they have not been measured on this installation yet.")
    )
    return Charter(day, pgettext("vous", "Nothing is shown without your yes."), _promises(), groups, note)


def measured() -> dict[Usage, str]:
    """Usage → the time that a withdrawal took, in words. Empty when no trial was kept, or when it cannot be read."""
    try:
        figures = json.loads(MEASURES.read_text(encoding="utf-8"))
        values = {one["figure"]: float(one["value"]) for one in figures if one["unit"] == "s"}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {usage: _seconds(values[usage.value]) for usage in ASKED if usage.value in values}


def _seconds(value: float) -> str:
    count = max(1, math.ceil(value))
    return ngettext("Measured: %(count)s second.", "Measured: %(count)s seconds.", count) % {"count": count}


def _days(count: int) -> str:
    """A term in the words people use: a year, months, or days."""
    if count in {365, 366}:
        return _("a year")
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _promises() -> tuple[tuple[str, str], ...]:
    values = {
        "term": _days(settings.CONSENT_DAYS),
        "trial": _days(consent.MONTH),
        "answer": _days(settings.CONSENT_ANSWER_DAYS),
        "reminders": ConsentRequest.MOST_REMINDERS,
        "undo": int(consent.UNDO.total_seconds() // 60),
        "code": int(codes.LASTS.total_seconds() // 60),
        "purge": _days(settings.RETENTION_DAYS),
    }
    return tuple((str(what), str(how) % values) for what, how in PROMISED)


# -- the page and the sheet


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """/charte/ and /en/charte/: open to everybody, the same for everybody."""
    response = render(request, "intranet/charter.html", {"charter": made(at=timezone.now())})
    for name, value in KEPT.items():
        response.headers[name] = value
    return response


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The same on one sheet of paper; the same bytes all day long."""
    at = timezone.now()
    pdf = press.document(TEMPLATE, _words(made(at=at)), dated=_morning(at))
    headers = {**KEPT, "Content-Disposition": 'inline; filename="charte.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _morning(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _words(charter: Charter) -> dict:
    speaker, language = brand.current(), get_language()

    def said(text: str) -> str:
        return typeset(text, language)

    return {
        "language": language.split("-")[0],
        "colour": press.COLOURS[speaker.edition],
        "brand": [said(speaker.first_line), said(speaker.second_line)],
        "kicker": said(_("Charter · %(day)s") % {"day": charter.day}),
        "title": said(charter.title),
        "promises": [[said(what), said(how)] for what, how in charter.promises],
        "columns": [said(text) for text in (_("Where"), _("Who sees it"), _("After a withdrawal"))],
        "groups": [
            {
                "label": said(label),
                "rows": [
                    [said(str(row.usage.label)), said(row.seen_by), said(f"{row.withdrawal} {row.measured}".strip())]
                    for row in rows
                ],
            }
            for label, rows in charter.groups
        ],
        "note": said(charter.note),
        "help": said(_("A question? %(contact)s") % {"contact": speaker.help_contact}),
        "address": f"{speaker.host}/charte/",
    }
