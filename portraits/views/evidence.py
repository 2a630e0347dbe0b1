"""What was recorded on paper or by telephone, opened by the consent officer alone; each opening is a line of the ledger."""

from __future__ import annotations

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portraits import recording
from portraits.models import Evidence
from portraits.permission import guards_consents
from portraits.views.intake import UNSEEN, answers_of, file_of

PER_PAGE = 30


def guarded(view):
    """For the consent officers alone, the administrator excepted too."""

    @wraps(view)
    def asked(request: HttpRequest, **kwargs) -> HttpResponse:
        if not guards_consents(request.user):
            raise PermissionDenied
        return view(request, **kwargs)

    return asked


def _rows():
    return Evidence.objects.select_related(
        "recorded_by",
        "second_person",
        "request__recipient",
        "request__subject__person",
        "request__subject__version__portrait",
    )


@require_safe
@guarded
def every(request: HttpRequest) -> HttpResponse:
    """The records, newest first, without a single answer. Two queries."""
    page = Paginator(_rows().order_by("-pk"), PER_PAGE).get_page(request.GET.get("p"))
    return _page(request, "evidence_list", {"rows": page, "page_title": _("Evidence")})


@require_POST
@guarded
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """One record: its answers, its note."""
    row = get_object_or_404(_rows(), pk=pk)
    recording.read(row, by=request.user, at=timezone.now())
    return _page(request, "evidence", {"row": row, "answers": answers_of(row), "page_title": _("Evidence")})


@require_POST
@guarded
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Its signed sheet, to be saved."""
    row = get_object_or_404(_rows(), pk=pk)
    recording.read(row, by=request.user, at=timezone.now())
    return file_of(row)


def _page(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    response = render(
        request,
        f"portraits/admin/{template}.html",
        {**context, "header_title": context["page_title"], "header_icon": "lock"},
    )
    for name, value in UNSEEN.items():
        response.headers[name] = value
    return response
