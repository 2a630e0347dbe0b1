"""The pages of the assembly itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that waited too long: say so kindly, lose nothing (the browser's back button keeps what was typed)."""
    return render(request, "403_csrf.html", status=403)


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. No database."""
    return HttpResponse("ok", content_type="text/plain")


def behind(request: HttpRequest) -> HttpResponse:
    """Nothing can be written in the ledger now (portraits/witness.py): nothing is lost, it can be sent again in a while."""
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("503_ledger.html", request=request)
    headers = {"Retry-After": "300", "Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}
    return HttpResponse(page, status=503, headers=headers)
