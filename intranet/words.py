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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portraits import bravo, keepsake, links, push, quoting, reacting, received
from portraits.models import Link, Person
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
    away = "ranges" in request.GET
    kept = [one for one in words if one.put_away == away]
    told = reacting.names([one.key for one in kept if Usage.INTRANET in one.shown], at=at)
    context = {
        "me": me,
        "words": [(one, told.get(one.key, ())) for one in kept],
        "away": away,
        "some_away": any(one.put_away for one in words),
        "news": {"told": push.told(me), "next_mail": push.next_mail(me, at=at), "choices": Person.News} if me else {},
    }
    return render(request, "intranet/words.html", context)


def _done(request: HttpRequest, me: Person, words: list[Word], at: datetime) -> HttpResponse:
    form = request.POST
    if form.get("geste") == "avis":
        if form.get("avis") in Person.News.values:
            push.choose(me, Person.News(form["avis"]), at=at)
        return _to(reverse("mots") + "?note=avis#avis")
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
