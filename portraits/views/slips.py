"""« Billets à imprimer »: kind words for people, and teams, whom no mail reaches. Printed here, then said to be handed over."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portraits import slip
from portraits.models import Compliment, Named

UNSEEN = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}


def may(user) -> bool:
    """Whoever works the inbox."""
    return user.has_perm("portraits.work_inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def to_print(request: HttpRequest) -> HttpResponse:
    """The list; a POST prints those that were chosen, or says that they were handed over."""
    if not may(request.user):
        raise PermissionDenied
    rows, teams = list(slip.waiting()[: slip.MOST]), slip.waiting_teams()
    if request.method != "POST":
        return render(request, "portraits/admin/slips.html", {"rows": rows, "teams": teams})
    chosen = [row for row in rows if str(row.pk) in request.POST.getlist("billet")]
    for_teams = [row for row in teams if str(row.pk) in request.POST.getlist("equipe")]
    if not (chosen or for_teams):
        messages.error(request, _("Choose at least one slip."))
        return redirect("portraits_slips")
    if request.POST.get("geste") == "remis":
        return _handed(request, chosen, for_teams)
    body = slip.print_some(chosen, for_teams, by=request.user, at=timezone.now())
    headers = {**UNSEEN, "Content-Disposition": 'inline; filename="billets.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


def _handed(request: HttpRequest, rows: list[Named], teams: list[Compliment]) -> HttpResponse:
    count = slip.handed([row.pk for row in rows], [row.pk for row in teams], at=timezone.now())
    words = ngettext("%(count)s slip was handed over.", "%(count)s slips were handed over.", count)
    messages.success(request, words % {"count": count})
    return redirect("portraits_slips")
