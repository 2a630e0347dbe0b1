"""« Propositions » of a special edition: who may be in it today, one tick each. Nobody without a living consent is listed."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View
from wagtail.log_actions import log

from portraits import framing, proposing
from portraits.models import Edition
from portraits.usages import Usage
from portraits.views.photos import UNSEEN

ASKED = (Usage.SITE, Usage.INFOLETTRE, Usage.ECRAN, Usage.VITRINE)  # where an edition is shown
LAST = 9999


def day(when: date) -> str:
    """A day as editors read it, never cut at the end of a line."""
    return date_format(when, "j F Y").replace(" ", "\u00a0")


class Propositions(View):
    """For one usage at a time: a POST keeps those that were ticked, in the order of their numbers."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm("portraits.change_edition"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition, usage, at = get_object_or_404(Edition, pk=pk), _usage(request.GET.get("usage")), timezone.now()
        today = timezone.localdate(at)
        first, last = framing.next_days(edition, today)
        title = _("Propositions")
        viewset = Edition.snippet_viewset
        edit = reverse(viewset.get_url_name("edit"), args=[edition.pk])
        context = {
            "edition": edition,
            "edit": edit,
            "rows": proposing.proposals(edition, usage, at=at),
            "usage": usage,
            "tabs": [(one, f"{request.path}?usage={one.value}") for one in ASKED],
            "days": (day(first), day(last)),
            "on": first <= today <= last,
            "page_title": title,
            "header_title": f"{title} · {edition}",
            "header_icon": "calendar-alt",
            "breadcrumbs_items": [
                {"url": reverse(viewset.get_url_name("list")), "label": viewset.menu_label},
                {"url": edit, "label": str(edition)},
                {"url": "", "label": title},
            ],
        }
        response = render(request, "portraits/admin/propositions.html", context)
        for name, value in UNSEEN.items():
            response[name] = value
        return response

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition, usage, at = get_object_or_404(Edition, pk=pk), _usage(request.POST.get("usage")), timezone.now()
        may = [one.across for one in proposing.proposals(edition, usage, at=at)]
        seen = set(request.POST.getlist("offered")) & set(
            may
        )  # whoever came since this page was read keeps their place
        ticked = [across for across in request.POST.getlist("chosen") if across in seen]
        wanted = sorted(ticked, key=lambda across: _rank(request.POST.get(f"rank-{across}")))
        proposing.choose(edition, wanted, among=seen)
        log(edition, "wagtail.edit", user=request.user)
        words = ngettext(
            "%(count)s portrait is in this edition.", "%(count)s portraits are in this edition.", len(wanted)
        )
        messages.success(request, words % {"count": len(wanted)})
        return redirect(f"{request.path}?usage={usage.value}")


def _usage(asked: str | None) -> Usage:
    return Usage(asked) if asked in ASKED else Usage.SITE


def _rank(text: str | None) -> int:
    """A number that cannot be read comes last."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else LAST
