"""How long a public answer may be kept: a minute at most, and never past the instant at which consents change it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse

LONGEST = 60  # seconds in any browser or shared cache
NOINDEX = "noindex, noimageindex"


def public(response: HttpResponse, *boundaries: datetime | None, at: datetime) -> HttpResponse:
    """Let everybody keep this answer until the first of these instants."""
    left = [(boundary - at).total_seconds() for boundary in boundaries if boundary]
    seconds = int(min([LONGEST, *left]))
    response["Cache-Control"] = f"public, max-age={seconds}, must-revalidate"
    return response


def away(response: HttpResponse) -> HttpResponse:
    """Tell search engines to keep neither the page nor its pictures."""
    response["X-Robots-Tag"] = NOINDEX
    return response
