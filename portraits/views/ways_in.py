"""/consentement/ without a token: the mails are lost, one's e-mail is enough to receive the links again."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from portraits import throttle, ways_in
from portraits.views.call import LANGUAGES, MINUTE, PAGE

MOST = 5  # POSTs a minute from one network


@require_http_methods(["GET", "HEAD", "POST"])
def find(http: HttpRequest) -> HttpResponse:
    """Ask for one's links. The answer is the same whether the address is known or not: who is portrayed stays untold."""
    wish = http.POST.get("langue") or http.GET.get("langue")
    language = wish if wish in LANGUAGES else settings.LANGUAGE_CODE
    with translation.override(language):
        response = _sent(http, language) if http.method == "POST" else _page(http, language)
    for name, value in {**PAGE, "Content-Language": language}.items():
        response.headers[name] = value
    return response


def _sent(http: HttpRequest, language: str) -> HttpResponse:
    at, typed = timezone.now(), http.POST.get("courriel", "").strip()[:254]
    if not throttle.allow("ways in page", throttle.network(http), most=MOST, within=MINUTE, at=at):
        return render(http, "portraits/consent/slower.html", status=429)
    try:
        validate_email(typed)
    except ValidationError:
        return _page(http, language, typed=typed, wrong=True, status=422)
    ways_in.ask(typed, at=at)
    response = HttpResponseRedirect(reverse("consentement-retrouver") + f"?note=parti&langue={language}")
    response.status_code = 303
    return response


def _page(http: HttpRequest, language: str, *, typed: str = "", wrong: bool = False, status: int = 200) -> HttpResponse:
    context = {
        "language": language,
        "other": next(code for code in LANGUAGES if code != language),
        "typed": typed,
        "wrong": wrong,
        "sent": http.GET.get("note") == "parti" and not wrong,
    }
    return render(http, "portraits/consent/ways_in.html", context, status=status)
