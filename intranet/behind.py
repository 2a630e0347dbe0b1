"""While the database is behind the ledger's copy, a verb that needs a line answers « try again shortly », on every page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from intranet import views
from portraits.witness import Behind


class TryAgainShortly:
    """Middleware: the verb's transaction is undone, the page says so, and sending the form again does it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return views.behind(request) if isinstance(exception, Behind) else None
