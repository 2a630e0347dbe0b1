"""« Dire merci »: the form that anybody opens, without an account, a cookie or a script, and the page that follows it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from home import keep, show
from home.thanks_form import ELSEWHERE, ThanksForm
from portraits import brand, doubting, effort, gate, thanking, throttle
from portraits.capsule import Capsule
from portraits.usages import Usage

PRIVATE = "private, no-store"


@csrf_exempt  # nothing here rests on who is signed in, and a browser that refuses cookies says thank you too
@require_http_methods(["GET", "HEAD", "POST"])
def thanks(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The form; with a slug, under the face of whoever may be shown now. Any other slug gives the same page as none."""
    at, language = timezone.now(), translation.get_language()
    capsule = None
    if slug:
        capsule = next(iter(gate.capsules(Usage.SITE, at=at, slug=slug, language=language)), None)
    if request.method == "POST":
        return _received(request, capsule, at, language)
    kept = {"lieu": request.GET.get("place", ""), "prenom": request.GET.get("prenom", "")[:80]}
    form = ThanksForm(initial=kept, language=language)
    return _page(request, form, capsule, at)


def _received(request: HttpRequest, capsule: Capsule | None, at, language: str) -> HttpResponse:
    form = ThanksForm(request.POST, request.FILES, language=language)
    found = doubting.read(request.POST.get("billet", ""), at=at)
    if not form.is_valid():
        ticket = "" if found.forged or thanking.known(found.key) else request.POST["billet"]
        return _page(request, form, capsule, at, ticket=ticket)
    words, fresh = form.cleaned_data["mot"], not thanking.known(found.key)
    network, trapped = throttle.network(request), bool(form.cleaned_data["siteweb"])
    idle = effort.asked() and not effort.done(form.cleaned_data["effort"], found.key)
    doubts = doubting.doubts(words, found, trapped=trapped, idle=idle, network=network, at=at) if fresh else 0
    about = {**form.about, "portrait_id": found.portrait or None, "language": language, "suspicion": doubts}
    try:
        thanking.thank(words, key=found.key, at=at, writer=form.writer, wishes=form.wishes, **about)
    except thanking.Again:
        return _page(request, form, capsule, at, again=True)
    response = HttpResponseRedirect(reverse("merci-recu", args=[found.key]))
    response.status_code = 303
    return response


def _page(
    request: HttpRequest, form: ThanksForm, capsule: Capsule | None, at, *, ticket="", again=False
) -> HttpResponse:
    """The form, with all that was typed. A ticket that was not used yet goes on, so that its clock does."""
    ticket = ticket or doubting.ticket(at=at, portrait=capsule.key if capsule else 0)
    context = {
        "form": form,
        "capsule": capsule,
        "again": again,
        "longest": thanking.LONGEST,
        "elsewhere": ELSEWHERE,
        "ticket": ticket,
        "puzzle": effort.puzzle(doubting.read(ticket, at=at).key),
        "places": thanking.places(),
        "notice": thanking.notice(translation.get_language(), at=at),
        "brand": brand.current(),
        "switch": _switch(request, capsule, at),
    }
    response = render(request, "home/thanks.html", context)
    response["Cache-Control"] = PRIVATE
    return keep.away(response)


def _switch(request: HttpRequest, capsule: Capsule | None, at) -> str:
    """The same page in the other language: of the same person where their portrait is shown in it, else with what is known of
    whom and where, to be typed once only."""
    other = next(code for code, _name in settings.LANGUAGES if code != translation.get_language())
    twin = show.twin(capsule, gate.capsules(Usage.SITE, at=at, language=other), other) if capsule else None
    kept = {name: request.GET[name] for name in ("place", "prenom") if request.GET.get(name)}
    if capsule:
        kept["prenom"] = capsule.first_name
    with translation.override(other):
        if twin:
            return reverse("merci-a", args=[twin.slug])
        return reverse("merci", query=kept or None)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def received(request: HttpRequest, key: str) -> HttpResponse:
    """What follows: the number, who reads, by when. Its address is the writer's receipt; a POST opens their own page."""
    sent = thanking.sent(key)
    if sent is None:
        raise Http404
    if request.method == "POST" and (token := thanking.way_back(key, at=timezone.now())):
        response = HttpResponseRedirect(reverse("consentement", args=[token]))
        response.status_code = 303
    else:
        response = render(request, "home/thanks_received.html", {"sent": sent, "brand": brand.current()})
    response["Cache-Control"] = PRIVATE
    response["Referrer-Policy"] = "strict-origin"
    return keep.away(response)
