"""/intranet/bravo/: an employee thanks a colleague or a team, and finds again what they wrote."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from intranet.bravo_form import SOMEBODY_ELSE, BravoForm
from portraits import bravo, colleagues, inbox, notices, reacting, thanking
from portraits.models import NoticeText, Person

LANGUAGES = dict(settings.LANGUAGES)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def say(request: HttpRequest) -> HttpResponse:
    """The form. « Chercher » proposes people and sends nothing; `?a=` is the page of whoever is thanked."""
    at, me = timezone.now(), colleagues.me(request.user)
    language = _language(request, me)
    with translation.override(language):
        everybody = colleagues.shown(me, at=at, language=language)
        if request.method != "POST":
            form = BravoForm(initial=_beginning(request, me, at, language), everybody=everybody, language=language)
            return _page(request, form, at, looking=bool(form.said))
        form = BravoForm(request.POST, everybody=everybody, language=language)
        if request.POST.get("geste") == "chercher":
            return _page(request, form, at, looking=True)
        if not form.is_valid():
            return _page(request, form, at)
        return _sent(request, form, at)


def _language(request: HttpRequest, me: Person | None) -> str:
    """The address says nothing of it: the reader chooses, or it is their own."""
    wish = request.POST.get("langue") or request.GET.get("langue") or (me.language if me else "")
    return wish if wish in LANGUAGES else settings.LANGUAGE_CODE


def _beginning(request: HttpRequest, me: Person | None, at: datetime, language: str) -> dict:
    """From somebody's page, they are chosen; a resident, a minor or oneself is not."""
    slug = request.GET.get("a", "")
    found = colleagues.shown(me, at=at, language=language, slug=slug) if slug else []
    chosen = {"nom": found[0].first_name, "personne": str(found[0].key)} if len(found) == 1 else {}
    return {"cle": secrets.token_urlsafe(16), "nom": request.GET.get("nom", "")[:60], **chosen}


def _sent(request: HttpRequest, form: BravoForm, at: datetime) -> HttpResponse:
    said, writer = form.cleaned_data, colleagues.writer(request.user)
    if writer is None:
        form.add_error(
            None,
            pgettext(
                "tu",
                "Your account has no first name, or one that is no name, and a bravo is signed. Ask whoever made it.",
            ),
        )
        return _page(request, form, at)
    about = {"writer": writer, "to": form.to, "key": said["cle"], "language": translation.get_language()}
    try:
        row = bravo.give(said["mot"], wall=said["choix"] == bravo.WALL, at=at, **about)
    except bravo.TooMany:
        form.add_error(
            None, pgettext("tu", "That is many bravos for one day: those before have left. Come back tomorrow.")
        )
    except bravo.Unreachable:
        words = pgettext(
            "tu", "This team has no mailbox: for them alone, your words would reach nobody. Choose the wall."
        )
        form.add_error("equipe", words)
    except inbox.Refused:
        form.add_error("mot", pgettext("tu", "Write three words at least: what did they do?"))
    else:
        return _to(reverse("bravos") + f"?note={'remis' if row.private else 'recu'}")
    return _page(request, form, at)


def _page(request: HttpRequest, form: BravoForm, at: datetime, *, looking: bool = False) -> HttpResponse:
    language = translation.get_language()
    context = {
        "form": form,
        "looking": looking,
        "everybody": sorted({one.first_name for one in form.everybody.values()}),
        "somebody_else": SOMEBODY_ELSE,
        "alone": bravo.ALONE,
        "wall": bravo.WALL,
        "longest": thanking.LONGEST,
        "places": thanking.places()["colleagues"],
        "notice": notices.now(NoticeText.Code.COLLEAGUE, language, at=at),
        "problems": {} if looking else form.errors,
    }
    response = render(request, "intranet/bravo.html", context)
    response["Content-Language"] = language
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """« Tes bravos »: what one wrote, taken back by one button; or answered about, when a moderator changed it."""
    at, me = timezone.now(), colleagues.me(request.user)
    written = bravo.written(me, at=at) if me else []
    if request.method != "POST":
        told = reacting.names([one.row.pk for one in written if one.shown], at=at)
        return render(
            request, "intranet/bravos.html", {"written": [(one, told.get(one.row.pk, ())) for one in written]}
        )
    one = next((one for one in written if str(one.row.pk) == request.POST.get("mot")), None)
    if one is None:
        raise Http404
    if request.POST.get("geste") == "reprendre":
        bravo.take_back(one.row, me, at=at)
        return _to(reverse("bravos") + "?note=repris")
    if one.question is None:
        raise Http404
    return _to(reverse("consentement", args=[bravo.way_to_answer(one, at=at)]))


def _to(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
