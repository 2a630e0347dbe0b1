"""Why a portrait is shown for a usage at an instant, or why not: the gate's reason, in one sentence.

What staff may read says no more than portraits.state: a refusal, a silence and an end are all « no consent ». `detail`
tells them apart, from the ledger: it is for the consent officer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portraits import gate, state, usages, witness
from portraits.capsule import Capsule
from portraits.models import ConsentRequest, Person, Portrait, Version
from portraits.said import BLANK, Answer, Said, said
from portraits.usages import NOT_YET_ASKED, Usage


class Kind(StrEnum):
    """What decides."""

    SHOWN = "shown"
    BEHIND = "behind"
    ALTERED = "altered"
    HIDDEN = "hidden"
    PURGED = "purged"
    NEVER = "never"
    NOT_ASKED = "not-asked"
    ASKED = "asked"
    RAISED = "raised"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, in the language of whoever reads."""

    kind: Kind
    sentence: str

    def __str__(self):
        return self.sentence


def explain(portrait: Portrait, usage: Usage, *, at: datetime) -> Reason:
    """The gate's reason, as staff may know it. A dozen queries at most, whatever there is in the city."""
    found = gate.capsules(usage, at=at, keys=[portrait.pk])
    if found:
        return Reason(Kind.SHOWN, _shown(portrait, found[0], at))
    if witness.doubt():
        return Reason(
            Kind.BEHIND, _("Not shown, like everybody: the database is behind the copy of the ledger, or has lost it.")
        )
    if gate.visible(usage, at=at).filter(portrait=portrait).exists():
        return Reason(
            Kind.ALTERED, _("Not shown: what is stored is no longer what was said yes to. Tell the administrator.")
        )
    stop = state.stop(portrait.pk, at=at)
    if stop:
        return Reason(Kind.HIDDEN, _hidden(stop))
    return _without_consent(portrait, usage, at)


def _shown(portrait: Portrait, capsule: Capsule, at: datetime) -> str:
    """An end that is already behind us is not told: it would say when a yes was taken back."""
    words = {"version": _day(capsule.frozen_at), "until": _day(capsule.until)}
    newest = _newest(portrait, at)
    newer = newest if newest.pk != capsule.version else None
    if newer:
        words["newer"] = _day(newer.frozen_at)
    if capsule.until <= timezone.now():
        return _("Shown then: the version asked about on %(version)s.") % words
    if newer:
        return (
            _(
                "Shown until %(until)s: the version asked about on %(version)s, since the newer one, of %(newer)s, "
                "does not have everybody’s consent."
            )
            % words
        )
    return _("Shown until %(until)s: the version asked about on %(version)s.") % words


def _hidden(stop: state.Stop) -> str:
    words = {"date": _minute(stop.since), "name": stop.by, "reason": stop.reason.strip().rstrip(".")}
    if words["reason"]:
        return _("Not shown: hidden everywhere since %(date)s by %(name)s, who wrote: %(reason)s.") % words
    return _("Not shown: hidden everywhere since %(date)s by %(name)s.") % words


def _without_consent(portrait: Portrait, usage: Usage, at: datetime) -> Reason:
    words = {"usage": usage.label}
    newest = _newest(portrait, at)
    if newest is None:
        return Reason(Kind.NEVER, _("Not shown: nobody has been asked yet."))
    if newest.purged_at:
        return Reason(Kind.PURGED, _("Not shown: the words and the photo were erased."))
    questions = [one.asked_at for one in _questions(portrait, usage, at)]
    if not questions:
        if usage in NOT_YET_ASKED:
            return Reason(Kind.NOT_ASKED, _("Not shown: nobody can be asked for “%(usage)s” yet.") % words)
        return Reason(Kind.NOT_ASKED, _("Not shown: nobody was asked for “%(usage)s”.") % words)
    (standing,) = (one for one in state.standings([portrait.pk], at=at)[portrait.pk] if one.usage == usage)
    if standing.word == state.Word.ASKED:
        words["date"] = _day(standing.until)
        return Reason(Kind.ASKED, _("Not shown: asked for “%(usage)s”; the answer can come until %(date)s.") % words)
    raised = usages.since(usage, at)
    before = raised - timedelta(microseconds=1)
    if max(questions) < raised and gate.capsules(usage, at=before, keys=[portrait.pk]):
        words["date"] = _day(raised)
        return Reason(
            Kind.RAISED,
            _("Not shown: “%(usage)s” covers more since %(date)s, and earlier consents do not hold for it. Ask again.")
            % words,
        )
    return Reason(Kind.NONE, _("Not shown: no consent for “%(usage)s”.") % words)


def in_full(portrait: Portrait, usage: Usage, *, at: datetime) -> Reason:
    """The gate's reason with what was really said, where staff reads « asked » or « no consent ». For the consent officer: the
    caller checks, and writes `opened`. Three queries more than `explain` then."""
    reason = explain(portrait, usage, at=at)
    if reason.kind not in {Kind.ASKED, Kind.NONE}:
        return reason
    words = {"usage": usage.label, "answers": detail(portrait, usage, at=at)}
    closes_at = max(one.closes_at for one in _questions(portrait, usage, at))
    if closes_at <= at:
        return Reason(reason.kind, _("Not shown for “%(usage)s”. %(answers)s.") % words)
    words["date"] = _day(closes_at)
    return Reason(
        reason.kind,
        _("Not shown for “%(usage)s”. %(answers)s. The question is still open, until %(date)s.") % words,
    )


def _newest(portrait: Portrait, at: datetime) -> Version | None:
    return Version.objects.filter(portrait=portrait, frozen_at__lte=at).order_by("-pk").first()


def _questions(portrait: Portrait, usage: Usage, at: datetime) -> list[ConsentRequest]:
    rows = ConsentRequest.objects.filter(subject__version__portrait=portrait, asked_at__lte=at)
    rows = rows.select_related("subject__person").order_by("pk")
    return [one for one in rows if usage.value in one.asked]


def detail(portrait: Portrait, usage: Usage, *, at: datetime) -> str:
    """What each person last asked said, in one sentence. For the consent officer: the caller checks, and writes `opened`.

    Empty when nobody was asked for this usage. Two queries.
    """
    asked: dict[Person, list[ConsentRequest]] = {}
    for one in _questions(portrait, usage, at):
        asked.setdefault(one.subject.person, []).append(one)
    answers = said(portrait.translation_key, at=at)
    return "; ".join(
        _("%(person)s: %(answer)s")
        % {"person": person, "answer": _last([answers.get((one.pk, usage), BLANK) for one in rows])}
        for person, rows in asked.items()
    )


def _last(told: list[Said]) -> str:
    """What was said to the last question; when it is blank, what was said before it too: a pause holds while one is asked
    again."""
    before = [one for one in told[:-1] if one.answer != Answer.BLANK]
    if told[-1].answer != Answer.BLANK or not before:
        return str(told[-1])
    return _("%(answer)s (before that: %(before)s)") % {"answer": told[-1], "before": before[-1]}


def _day(instant: datetime) -> str:
    return date_format(localtime(instant), "DATE_FORMAT")


def _minute(instant: datetime) -> str:
    return date_format(localtime(instant), "DATETIME_FORMAT")
