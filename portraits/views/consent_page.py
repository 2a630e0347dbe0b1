"""The person's page, behind the link that was mailed: see each rendering, answer usage by usage, withdraw.

GET, HEAD and OPTIONS never write: mail scanners follow links. A first POST (« Continuer ») opens a visit and only then
does a name or a face appear. A no and a withdrawal need the link alone; a yes needs a second proof (`codes`).
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from portraits import asking, closing, codes, consent, counter, notices, receipts, remarks
from portraits.models import Link, Remark
from portraits.usages import Usage
from portraits.views import beside, questions, quote_page, visit
from portraits.views.call import LANGUAGES, Call, by_link


@by_link("GET", "HEAD", "POST")
def envelope(call: Call) -> HttpResponse:
    """What a link opens first: no name, no photo, one button."""
    if call.http.method == "POST":
        call.begin()
        return _landing(call)
    if call.visiting:
        return _landing(call)
    waiting = call.open and not call.answered
    other = next(code for code in LANGUAGES if code != call.language)
    page = "quote_envelope" if call.quoted else "envelope"
    return call.page(page, waiting=waiting, language=call.language, other=other)


def _landing(call: Call) -> HttpResponse:
    """Somebody who has answered before most likely comes to see or to withdraw: that is one tap away from there."""
    living = any(one.until for one in call.standings())
    if call.shown and call.row.asked and (call.row.renewal or not living) and not call.answered:
        return call.to("consentement-choix")
    return call.to("consentement-etat")


# -- answering


@by_link("GET", "HEAD", "POST")
def choices(call: Call) -> HttpResponse:
    """The questions, and the answers to them."""
    if call.http.method == "POST":
        return _answer(call)
    if not call.shown:
        return call.to("consentement-etat" if call.visiting else "consentement")
    if call.quoted:
        return quote_page.choices(call)
    try:
        ends = {name: consent.ends_at(call.row, at=call.at, days=days) for name, days in consent.TERMS.items()}
    except consent.Closed:  # a birthday or a departure came: whoever has this link says nothing any more
        return call.to("consentement-etat", note="ferme")
    terms = [(name, timezone.localtime(end)) for name, end in ends.items()]
    known = call.standings()
    return call.page(
        "choices",
        groups=questions.groups(call.row, call.visit, known),
        blank_is_no=call.told and not call.answered and not any(one.until for one in known),
        terms=terms,
        former=call.former(known),
        others=questions.others(call.row),
        notice=notices.text(call.row, call.language),
    )


def read_sheet(call: Call) -> dict[str, str]:
    """What the form says for the usages of this request, kept in the visit; anything else in it is ignored."""
    form = call.http.POST
    if form.get("terme") in consent.TERMS:
        call.visit.term = form["terme"]
    if call.quoted:
        said = quote_page.said(call)
    elif "tout" in form:
        said = dict.fromkeys(call.row.asked, "no")
    elif "comme-avant" in form and call.row.renewal:
        said = dict.fromkeys(call.row.asked, "yes")
    else:
        said = {name: form.get(f"reponse-{name}") for name in call.row.asked}
    call.visit.ticks = {name: answer for name, answer in said.items() if answer in {"yes", "no"}}
    return call.visit.ticks


def _answer(call: Call) -> HttpResponse:
    """What is refused is written at once; what is accepted waits for the second proof when there is none yet."""
    said = read_sheet(call)
    if not call.open or (("yes" in said.values() or not said) and not call.shown):
        return over(call)
    settled = quote_page.stand(call)
    later = call.visit.standing  # said once and for all, when it needs a proof that is not there yet
    if not said and not later:
        return call.done("note") if settled else call.to("consentement-choix", note="rien")
    no = {name: answer for name, answer in said.items() if answer == "no"}
    if len(no) == len(said) and not later:
        return _record(call, no)
    if not all(unchanged(call, Usage(name)) for name in said.keys() - no.keys()):
        return again(call)
    if call.proof is not None:
        return _record(call, said)
    if no:
        consent.answer(call.row, _by_usage(no), seen={}, at=call.at)
        call.decide(no)
    call.keep()
    return _send_code(call)


def _by_usage(said: dict[str, str]) -> dict[Usage, str]:
    return {Usage(name): answer for name, answer in said.items()}


def _record(call: Call, said: dict[str, str]) -> HttpResponse:
    seen = {Usage(name): seen.sha256 for name, seen in call.visit.seen.items()}
    days = consent.TERMS[call.visit.term]
    try:
        consent.answer(call.row, _by_usage(said), seen=seen, at=call.at, proof=call.proof, days=days)
    except consent.Closed:
        return over(call)
    except consent.Unseen:
        return again(call)
    return call.done("note", said)


def unchanged(call: Call, usage: Usage) -> bool:
    """Whether the channel still renders what this visit showed: a yes is given to that, not to what came since."""
    seen = call.visit.seen.get(usage.value)
    rendering = visit.render(usage, call.subject.version)
    return seen is not None and rendering is not None and rendering.sha256 == seen.sha256


def again(call: Call) -> HttpResponse:
    """A preview changed since the visit opened: nothing was recorded, look again."""
    call.begin()
    return call.to("consentement-choix", note="apercu")


def over(call: Call) -> HttpResponse:
    """The request closed, or the visit ended: nothing was recorded, and the ticks wait for the next visit."""
    call.keep()
    return call.to("consentement", note="fin") if call.open else call.to("consentement-etat", note="ferme")


# -- the second proof


def _send_code(call: Call) -> HttpResponse:
    """Six digits leave for the person's own address. They are asked for on the next page."""
    try:
        codes.send(call.row, at=call.at)
    except codes.TooMany:
        return call.to("consentement-code", note="trop")
    except codes.Nowhere:
        return call.to("consentement-code", note="nulle-part")
    return call.to("consentement-code")


@by_link("GET", "HEAD", "POST")
def code(call: Call) -> HttpResponse:
    """The six digits that make of a yes ticked here a yes said by the person."""
    waiting = [Usage(name) for name, answer in call.visit.ticks.items() if answer == "yes" and name in call.row.asked]
    if not call.shown:
        return over(call) if call.http.method == "POST" or call.visiting else call.to("consentement")
    if not waiting and not call.visit.standing:
        return call.to("consentement-choix")
    if call.http.method == "POST":
        if "renvoyer" in call.http.POST:
            return _send_code(call)
        if not codes.check(call.row, call.http.POST.get("code", ""), at=call.at):
            pending = codes.pending(call.row, at=call.at) is not None
            return call.to("consentement-code", note="faux" if pending else "perime")
        call.visit.proved = True
        call.keep()
        if not all(unchanged(call, usage) for usage in waiting):
            return again(call)
        quote_page.stand(call)
        return _record(call, {usage.value: "yes" for usage in waiting}) if waiting else call.done("note")
    return call.page("code", waiting=waiting, refused="no" in call.visit.ticks.values())


# -- where things stand


@by_link("GET", "HEAD", "POST")
def state(call: Call) -> HttpResponse:
    """Where the person stands, and one button per living yes that ends it at once."""
    if call.http.method == "POST":
        return _act(call)
    if not call.visiting:
        return call.to("consentement")
    if call.quoted:
        return quote_page.state(call, progress=_progress(call) if call.told else [])
    rows = call.standings()
    return call.page(
        "state",
        rows=rows,
        beside=beside.words(call),
        living=[row for row in rows if row.until],
        waits=any(row.waits for row in rows),
        first=call.open and call.answering and not call.answered,
        former=call.former(rows),
        others=questions.others(call.row),
        undo_until=max((line.at + consent.UNDO for line in call.undoable()), default=None),
        paused=call.told and asking.resumable(call.row, at=call.at),
        receipt=call.told and receipts.last(call.work, call.subject.person),
        progress=_progress(call) if call.told else [],
    )


def _progress(call: Call) -> list:
    """What became of the last end, channel by channel; nothing when there was none lately."""
    row = closing.last(call.work, call.subject.person, at=call.at)
    return closing.outcomes(row, at=call.at) if row else []


def _act(call: Call) -> HttpResponse:
    """Withdraw, pause, undo, or ask to come back: the link is enough for each, since none of them shows anything new."""
    if call.quoted:
        return quote_page.act(call)
    form, person = call.http.POST, call.subject.person
    if form.get("geste") == "fini" and call.link.kind == Link.Kind.COUNTER:
        counter.end(call.row, at=call.at)  # the tablet goes to somebody else
        call.http.session.flush()
        return call.page("finished")
    if form.get("geste") == "annuler":
        if call.undoable():
            consent.undo(call.work, person, at=call.at)
        return call.done("annule")
    if form.get("geste") == "reprendre":
        if call.told:
            asking.resume(call.row, at=call.at)
        return call.done("demande")
    pause, wish = form.get("geste") == "pause", form.get("usage")
    living = [one.usage for one in questions.standings(call.row, at=call.at) if one.until]
    if form.get("geste") == "taire":
        return beside.hide(call)
    stopped = living if pause or wish == "tout" else [usage for usage in living if usage.value == wish]
    reason = consent.Reason.PAUSED if pause else consent.Reason.WITHDRAWN
    consent.withdraw(call.work, person, stopped, at=call.at, reason=reason)
    decided = call.row.asked if pause or wish == "tout" else [usage.value for usage in stopped]
    return call.done("pause" if pause else "retire", decided)


@by_link("POST")
def remark(call: Call) -> HttpResponse:
    """A word to change, or a call for help. An empty one is not sent."""
    change = call.http.POST.get("sujet") == "mot" and call.open and call.answering and not call.quoted
    kind = Remark.Kind.CHANGE if change else Remark.Kind.HELP
    words = call.http.POST.get("message", "").strip()
    back = "consentement-choix" if call.shown else "consentement-etat"
    if not words and kind == Remark.Kind.CHANGE:
        return call.to(back, note="vide")
    try:
        remarks.write(call.row, kind, words, at=call.at)
    except remarks.TooMany:
        return call.to(back, note="trop")
    if not call.visiting:
        call.begin()
    return call.to(back, note="mot" if kind == Remark.Kind.CHANGE else "aide")
