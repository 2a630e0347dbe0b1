"""The same page when it is about kind words: read by somebody whom they are for, or by who wrote them.

One question per audience stands for each usage of that audience. The words come first, whole, before any question; what
others answered is never told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse

from portraits import compose, consent, notices, quoting, receipts, standing
from portraits.models import StandingAnswer, Subject
from portraits.usages import PROMISES, Audience, Usage
from portraits.views import questions
from portraits.views.call import Call
from portraits.views.questions import Question

LASTING = {*StandingAnswer.Answer.values, standing.ASK}


@dataclass(frozen=True, slots=True)
class Choice:
    """One audience as it is asked: what would be shown in it, place by place; the answer ticked but not saved yet; what is
    answered once and for all, as it is and as it is ticked."""

    audience: Audience
    places: tuple[Question, ...]
    tick: str
    standing: str
    wanted: str

    @property
    def seen(self) -> bool:
        """Whether one of its renderings at least can be shown: else it is not asked now."""
        return any(place.seen for place in self.places)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one audience stands: a yes until an instant, or a promise that waits (`promised`), or neither."""

    audience: Audience
    until: datetime | None
    promised: bool
    standing: str = ""

    @property
    def yes(self) -> bool:
        return self.until is not None or self.promised


def named(call: Call) -> bool:
    """Whether it is read by somebody whom the words are for, or who answers beside them, rather than by who wrote them."""
    return call.subject.role != Subject.Role.WRITER


def _lasting(call: Call) -> bool:
    """Whether something can be said once and for all here: by the employee themselves, never by who answers for somebody."""
    return call.subject.role == Subject.Role.NAMED and call.row.tu


def _standing(call: Call) -> dict[str, str]:
    return standing.answers(call.subject.person) if _lasting(call) and call.told else {}


# -- answering


def choices(call: Call) -> HttpResponse:
    """The words, then one question per audience."""
    standing, known = _standing(call), call.standings()
    asked = [
        Choice(
            audience,
            tuple(places),
            next((place.tick for place in places if place.tick), ""),
            standing.get(audience, ""),
            call.visit.standing.get(audience, ""),
        )
        for audience, places in questions.groups(call.row, call.visit, known)
    ]
    return call.page(
        "quote_choices",
        asked=asked,
        lasting=_lasting(call),
        blank_is_no=call.told and not call.answered and not any(one.until for one in known),
        notice=notices.text(call.row, call.language),
        on_paper=compose.said_on_paper(quoting.quote(call.subject.version)),
    )


def said(call: Call) -> dict[str, str]:
    """Usage → the answer to its audience. A yes is for what could be seen, and for nothing else."""
    form, answers = call.http.POST, {}
    for name in call.row.asked:
        audience = PROMISES[Usage(name)].audience
        answer = "no" if "tout" in form else form.get(f"reponse-{audience}")
        if answer == "no" or name in call.visit.seen:
            answers[name] = answer
    call.visit.standing = {
        audience.value: form[f"toujours-{audience}"]
        for audience in Audience
        if _lasting(call) and form.get(f"toujours-{audience}") in LASTING
    }
    return answers


def stand(call: Call) -> bool:
    """Write what is said once and for all. « Always » waits for its proof, in the visit. Whether anything was written."""
    always = StandingAnswer.Answer.ALWAYS
    ready = [one for one, answer in call.visit.standing.items() if answer != always or call.proof is not None]
    for one in ready:
        answer = call.visit.standing.pop(one)
        standing.stand(call.subject.person, Audience(one), answer, at=call.at, proof=call.proof)
    return bool(ready)


# -- where things stand


def state(call: Call, *, progress: list) -> HttpResponse:
    """The words, where they may be quoted, and one button per audience that ends it at once."""
    stands = [one for one in _stands(call) if one.yes or _told(call, one.audience)]
    return call.page(
        "quote_state",
        named=named(call),
        compliment=call.work,
        stands=stands,
        living=[one for one in stands if one.yes],
        first=bool(call.open and call.answering and call.row.asked and not call.answered),
        undo_until=max((line.at + consent.UNDO for line in call.undoable()), default=None),
        receipt=call.told and receipts.last(call.work, call.subject.person),
        progress=progress,
    )


def _told(call: Call, audience: Audience) -> bool:
    """Whether this visit may say that there is no yes: to who wrote, and to whoever was asked."""
    asked = any(PROMISES[Usage(name)].audience == audience for name in call.row.asked)
    decided = audience.value in call.visit.decided or any(
        name in call.visit.decided for name in quoting.usages_of(audience)
    )
    return (asked or not named(call)) if call.told else decided


def _stands(call: Call) -> list[Stand]:
    """Audience by audience, as far as this visit may say. A writer's promise waits until the words are passed on."""
    rows, standing = call.standings(), _standing(call)
    waits = not named(call) and call.told and call.work.passed_on_at is None
    return [
        Stand(
            audience,
            max((one.until for one in rows if one.until and one.promise.audience == audience), default=None),
            waits and call.work.wished(audience) == "yes",
            standing.get(audience, ""),
        )
        for audience in Audience
    ]


def act(call: Call) -> HttpResponse:
    """Take back, undo, or be asked each time again: the link is enough for each, since none of them shows anything new."""
    form, person = call.http.POST, call.subject.person
    if form.get("geste") == "annuler":
        if call.undoable():
            quoting.undo(call.work, person, at=call.at)
        return call.done("annule")
    if form.get("demandez") in Audience.values and _lasting(call):
        standing.stand(person, Audience(form["demandez"]), standing.ASK, at=call.at)
        return call.done("note")
    wish = form.get("public")
    taken = [audience for audience in Audience if wish in {audience.value, "tout"}]
    for audience in taken:
        quoting.take_back(call.work, person, audience, at=call.at)
    usages = [usage.value for audience in taken for usage in quoting.usages_of(audience)]
    return call.done("retire", [*usages, *(audience.value for audience in taken)])
