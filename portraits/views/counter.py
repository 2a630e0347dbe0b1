"""/guichet/: the short address that is typed on a counter's tablet, with the digits that the agent reads aloud."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from portraits import counter, throttle
from portraits.views.call import PAGE

MOST = 20  # tries from one network, right ones included: a borough's counters may share one address
WITHIN = timedelta(minutes=5)


@require_http_methods(["GET", "HEAD", "POST"])
def counter_page(http: HttpRequest) -> HttpResponse:
    """Eight digits open the person's page. Wrong, used, too old or ended: the answer is the same."""
    with translation.override(settings.LANGUAGE_CODE):
        response = _typed(http) if http.method == "POST" else render(http, "portraits/consent/counter.html")
    for name, value in {**PAGE, "Content-Language": settings.LANGUAGE_CODE}.items():
        response.headers[name] = value
    return response


def _typed(http: HttpRequest) -> HttpResponse:
    at = timezone.now()
    network = throttle.network(http) or "unknown"  # eight digits are few: they are never tried without end
    if not throttle.allow("counter", network, most=MOST, within=WITHIN, at=at):
        return render(http, "portraits/consent/slower.html", status=429)
    token = counter.type_in(http.POST.get("code", "")[:40], at=at)
    if token is None:
        return render(http, "portraits/consent/counter.html", {"wrong": True}, status=422)
    response = HttpResponseRedirect(reverse("consentement", args=[token]))
    response.status_code = 303
    return response
