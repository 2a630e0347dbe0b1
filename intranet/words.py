"""/intranet/mots/: every kind word a signed-in employee received, where it is quoted, and what they answer. For that person
alone; their own session is the second proof of a yes (portraits/views/call.py).
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portraits import (
    bravo,
    confiding,
    consent,
    guardians,
    keepsake,
    links,
    push,
    quoting,
    reacting,
    received,
    standing,
    thanking,
)
from portraits.models import Link, Person, StandingAnswer
from portraits.received import Word
from portraits.usages import Audience, Usage

PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}

PUT = {  # the gestures that take words off one's page, or put them back
    "ranger": lambda compliment, me, at: bravo.put_away(compliment, me, at=at),
    "reposer": lambda compliment, me, at: bravo.bring_back(compliment, me),
    "signaler": lambda compliment, me, at: bravo.report(compliment, me, at=at),
}


def _me(request: HttpRequest) -> Person | None:
    return Person.objects.filter(user=request.user).first()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """« Tes mots ». A POST opens one to answer about it, takes one back from an audience, or chooses what is mailed."""
    at, me = timezone.now(), _me(request)
    words = received.words(me, at=at) if me else []
    if request.method == "POST":
        if me is None:
            raise Http404
        return _done(request, me, words, at)
    return _page(request, me, words, at)


def _page(
    request: HttpRequest, me: Person | None, words: list[Word], at: datetime, wrong: dict | None = None
) -> HttpResponse:
    """`wrong`: what could not be sent to a manager, and why; nothing that was typed is lost."""
    away = "ranges" in request.GET
    kept = [one for one in words if one.put_away == away]
    told = reacting.names([one.key for one in kept if Usage.INTRANET in one.shown], at=at)
    sent = confiding.sent(me, [one.key for one in kept]) if me else {}
    context = {
        "me": me,
        "words": [(one, told.get(one.key, ()), sent.get(one.key, ())) for one in kept],
        "lasting": _lasting(me, at) if me else (),
        "manager": max((one for some in sent.values() for one in some), key=lambda one: one.at, default=None),
        "wrong": wrong,
        "away": away,
        "some_away": any(one.put_away for one in words),
        "news": {"told": push.told(me), "next_mail": push.next_mail(me, at=at), "choices": Person.News} if me else {},
    }
    return render(request, "intranet/words.html", context)


def _lasting(me: Person, at: datetime) -> list[dict]:
    """What one answers once and for all, audience by audience; nothing for whoever has somebody answer in their place."""
    if me.kind != Person.Kind.EMPLOYEE or guardians.recipient(me, at=at):
        return []
    said, places = standing.answers(me), thanking.places()
    return [
        {"audience": one, "places": places[one.value], "answer": said.get(one.value, standing.ASK)} for one in Audience
    ]


def _stand(request: HttpRequest, me: Person, at: datetime) -> HttpResponse:
    """Said once and for all: their own session is the proof that it is they who say « always »."""
    audience, answer = request.POST.get("audience"), request.POST.get("reponse")
    known = {*StandingAnswer.Answer.values, standing.ASK}
    if not _lasting(me, at) or audience not in Audience.values or answer not in known:
        raise Http404
    if answer != standing.answers(me).get(audience, standing.ASK):
        proof = consent.Proof(consent.Method.SESSION, me.language)
        standing.stand(me, Audience(audience), answer, at=at, proof=proof)
    return _to(reverse("mots") + "?note=toujours#toujours")


WHY_NOT = {
    confiding.NotOurs: pgettext_lazy("tu", "We send it to a work address of the borough only: check this one."),
    confiding.NoName: pgettext_lazy("tu", "Their name: letters, spaces, apostrophes and hyphens only, 60 at most."),
    confiding.Stopped: pgettext_lazy("tu", "These words are hidden for now: nothing left."),
    confiding.Several: pgettext_lazy("tu", "These words name somebody else too: you cannot show them in their place."),
    confiding.Again: pgettext_lazy("tu", "You sent it to this address already: nothing left again."),
    confiding.TooMany: pgettext_lazy("tu", "That is a lot for one day: nothing left. Come back tomorrow."),
}


def _confide(request: HttpRequest, me: Person, words: list[Word], word: Word, at: datetime) -> HttpResponse:
    said = {"name": request.POST.get("nom", "")[:80], "email": request.POST.get("courriel", "")[:254]}
    try:
        confiding.confide(word, me, **said, at=at)
    except tuple(WHY_NOT) as why:
        return _page(request, me, words, at, {"key": word.key, "sentence": WHY_NOT[type(why)], **said})
    return _to(f"{reverse('mots')}?note=montre#mot-{word.key}")


def _done(request: HttpRequest, me: Person, words: list[Word], at: datetime) -> HttpResponse:
    form = request.POST
    if form.get("geste") == "avis":
        if form.get("avis") in Person.News.values:
            push.choose(me, Person.News(form["avis"]), at=at)
        return _to(reverse("mots") + "?note=avis#avis")
    if form.get("geste") == "toujours":
        return _stand(request, me, at)
    word = next((one for one in words if str(one.key) == form.get("mot")), None)
    if word is None:
        raise Http404
    if form.get("geste") == "taire":
        audiences = [one for one in Audience if one.value == form.get("audience")]
        received.stop(word, me, audiences, at=at)
        return _to(reverse("mots") + "?note=retire")
    if form.get("geste") in PUT:
        PUT[form["geste"]](word.request.subject.version.compliment, me, at)
        return _to(reverse("mots") + f"?note={form['geste']}")
    if form.get("geste") == "montrer":
        return _confide(request, me, words, word, at)
    return _open(word, at)


def _open(word: Word, at: datetime) -> HttpResponse:
    """Its own page, to answer about it."""
    asked = word.request
    if asked.recipient_id:  # somebody answers for them: on their own page
        raise Http404
    if at >= asked.closes_at and asked.asked:
        asked = quoting.again(asked, at=at)
    kind = Link.Kind.RESPOND if at < asked.closes_at else Link.Kind.MANAGE
    return _to(reverse("consentement", args=[links.make(asked, kind, at=at)]))


def _to(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@require_safe
@login_required
def keep(request: HttpRequest, size: str) -> HttpResponse:
    """« Mon dossier de fierté », one's own: /intranet/mots/dossier-letter.pdf, or -a4."""
    at, me = timezone.now(), _me(request)
    if me is None or size not in keepsake.SIZES:
        raise Http404
    words = [one for one in received.words(me, at=at) if not one.put_away]
    body = keepsake.page(me, words, at=at, size=size)
    headers = {**PRIVATE, "Content-Disposition": 'inline; filename="dossier-de-fierte.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)
