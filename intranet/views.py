"""The pages of the assembly itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that waited too long: say so kindly, lose nothing (the browser's back button keeps what was typed)."""
    return render(request, "403_csrf.html", status=403)


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. No database."""
    return HttpResponse("ok", content_type="text/plain")
