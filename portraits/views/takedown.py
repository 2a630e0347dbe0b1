"""What hands must take away, by place, and how far screens have come. For staff only; it names nobody."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portraits import whereabouts, witness
from portraits.forms import TakenDownForm
from portraits.models import Recall

LATELY = timedelta(days=7)
MOST = 30  # ends on the page
UNSEEN = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}


def may(user) -> bool:
    """Whoever takes something down on one channel sees the whole round."""
    return user.has_perm("portraits.view_recall")


@require_safe
def to_take_down(request: HttpRequest) -> HttpResponse:
    """The round: place by place, with who hung it, since when and until when; then what was done lately."""
    return page(request)


def page(request: HttpRequest, *, form: TakenDownForm | None = None, tick: str = "") -> HttpResponse:
    """The round, with a refused form open at its place: `tick` is the address it was sent to. While the door is closed to
    everybody, a sentence only: this database may not know what people took away, nor what they allowed again."""
    if not may(request.user):
        raise PermissionDenied
    if witness.doubt():
        return render(request, "portraits/admin/takedown.html", {"unsaid": True}, status=503)
    at = timezone.now()
    places = whereabouts.to_take_down(at=at)
    late = {row.tick for _place, rows in places for row in rows if row.until < at}
    context = {
        "at": at,
        "places": places,
        "count": sum(len(rows) for _place, rows in places),
        "late": late,
        "form": form,
        "blank": TakenDownForm(),
        "open": tick,
        "ends": whereabouts.progress(since=at - LATELY, at=at)[:MOST],
    }
    return render(request, "portraits/admin/takedown.html", context, status=422 if form else 200)


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The empty place, as whoever did it left it. Staff only, in no cache."""
    if not may(request.user):
        raise PermissionDenied
    row = get_object_or_404(Recall, pk=pk)
    if not row.photo:
        raise Http404
    with default_storage.open(row.photo.name) as file:
        return HttpResponse(file.read(), content_type="image/jpeg", headers=UNSEEN)
