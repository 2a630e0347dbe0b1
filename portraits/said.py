"""What each person said, read in the ledger's lines. For the consent officer alone (portraits.permission.guards_consents).

Nothing here is shown to anybody else: it tells a refusal, a silence and an end apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portraits.models import LedgerEntry
from portraits.usages import Usage


class Answer(models.TextChoices):
    """What a question came to."""

    YES = "yes", pgettext_lazy("answer", "yes")
    NO = "no", pgettext_lazy("answer", "no")
    BLANK = "blank", gettext_lazy("no answer")
    WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")
    PAUSED = "paused", gettext_lazy("paused")
    CLOSED = "closed", gettext_lazy("ended by a departure, or with the words")
    OVER = "over", gettext_lazy("ran out")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: since when, and for a yes until when."""

    answer: Answer
    at: datetime | None = None
    until: datetime | None = None

    def __str__(self):
        if self.answer == Answer.YES:
            return _("yes until %(date)s") % {"date": _day(self.until)}
        if self.at is None:
            return str(self.answer.label)
        return _("%(answer)s on %(date)s") % {"answer": self.answer.label, "date": _day(self.at)}


BLANK = Said(Answer.BLANK)
ENDS = {"withdrawn": Answer.WITHDRAWN, "paused": Answer.PAUSED, "closed": Answer.CLOSED}
KINDS = ("granted", "refused", "undone", *ENDS)


def said(across, *, at: datetime) -> dict[tuple[int, Usage], Said]:
    """(request, usage) → what was said by that instant, for one portrait in every language (`across`: its translation
    key). A question that is missing was left blank. One query."""
    lines = LedgerEntry.objects.filter(kind__in=KINDS, at__lte=at, body__portrait=str(across)).order_by("seq")
    return {key: _by_now(one, at) for key, one in _fold(lines).items()}


def _fold(lines: Iterable[LedgerEntry]) -> dict[tuple[int, Usage], Said]:
    found: dict[tuple[int, Usage], Said] = {}
    of_person = defaultdict(set)  # (person, usage) → the questions they answered
    before: dict[int, dict] = {}  # line → what stood before it: what an undo puts back
    for line in lines:
        usage = Usage(line.body["usage"])
        who = line.body["person"], usage
        if line.kind == "undone":
            found.update(before.get(line.body["undoes"], {}))
            continue
        if line.kind in ENDS:
            told = {key: found[key] for key in of_person[who] if found[key].answer == Answer.YES}
            after = {key: _ended(one, line) for key, one in told.items()}
        else:
            key = line.body["request"], usage
            of_person[who].add(key)
            told, after = {key: found.get(key, BLANK)}, {key: _answered(line)}
        before[line.seq] = told
        found.update(after)
    return found


def _answered(line: LedgerEntry) -> Said:
    if line.kind == "refused":
        return Said(Answer.NO, line.at)
    return Said(Answer.YES, line.at, parse_datetime(line.body["ends_at"]))


def _ended(one: Said, line: LedgerEntry) -> Said:
    """A departure may be announced: the yes holds until that day."""
    when = parse_datetime(line.body["when"]) if "when" in line.body else line.at
    if when > line.at:
        return replace(one, until=min(when, one.until))
    return Said(ENDS[line.kind], line.at)


def _by_now(one: Said, at: datetime) -> Said:
    return Said(Answer.OVER, one.until) if one.answer == Answer.YES and one.until <= at else one


def _day(instant: datetime) -> str:
    return date_format(localtime(instant), "DATE_FORMAT")
