"""The inbox: one list, its shelves, and the page of unwanted messages that is reviewed in one go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import bravo, inbox, sorting
from portraits.models import Compliment

PAGE = 50  # messages
A_MINUTE = 60  # seconds that a median of five hundred messages, or the number of them all, is good for


def may(user) -> bool:
    """Who reads and works the inbox."""
    return user.has_perm("portraits.work_inbox")


def number(text: str) -> int:
    """The number of a row that a form names; 0, which no row has, when it is none."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


def lines(rows: Iterable[Compliment], *, at: datetime) -> list[dict]:
    """What a list says of each message: itself, when the next thing owed is due, and whether that is late."""
    return [{"row": row, "due": (due := sorting.due(row)), "late": bool(due and due <= at)} for row in rows]


class InboxView(WagtailAdminTemplateMixin, TemplateView):
    """A page for moderators alone: what residents wrote is read by nobody else."""

    header_icon = "mail"
    page_title = gettext_lazy("Compliments")

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_breadcrumbs_items(self):
        """Home, the inbox, and this page under it."""
        board = {"url": reverse("portraits_inbox"), "label": _("Compliments")}
        here = str(self.get_page_subtitle() or "")
        return [*self.breadcrumbs_items, board, *([{"url": "", "label": here}] if here else [])]


class Inbox(InboxView):
    """Fifty messages of one shelf, with enough of their words to judge."""

    template_name = "portraits/admin/inbox.html"

    def get(self, request, *args, **kwargs):
        """Somebody quotes a reference on the telephone: straight to their message."""
        if self._wish and (row := sorting.by_reference(self._wish)):
            return redirect("portraits_inbox_message", row.pk)
        return super().get(request, *args, **kwargs)

    @property
    def _wish(self) -> str:
        return self.request.GET.get("reference", "").strip()[:40]

    def get_context_data(self, **kwargs):
        name = self.kwargs.get("shelf", "a-trier")
        if name not in sorting.BY_NAME:
            raise Http404
        pages = Paginator(sorting.rows(name, at=self.now), PAGE)
        known = self._counts.get(name)
        pages.count = (
            cache.get_or_set("portraits.messages", pages.object_list.count, A_MINUTE) if known is None else known
        )
        page = pages.get_page(self.request.GET.get("p"))
        told, answered = cache.get_or_set("portraits.delays", sorting.delays, A_MINUTE)
        shown = {  # the address brings a `shelf` too: its name
            "shelf": sorting.BY_NAME[name],
            "shelves": [(one, self._counts.get(one.name)) for one in sorting.SHELVES],
            "wish": self._wish,
            "unread": sorting.unread(self._wish) if self._wish else None,
            "page": page,
            "lines": lines(page, at=self.now),
            "told": told,
            "answered": answered,
        }
        return super().get_context_data(**kwargs | shown)

    @cached_property
    def _counts(self) -> dict[str, int]:
        return sorting.counts(at=self.now)


class Reported(InboxView):
    """Whoever received a colleague's words asks a moderator to read them, and gives their reference. POST only."""

    http_method_names = ["post"]

    def post(self, request):
        said = request.POST.get("reference", "")[:40]
        if row := sorting.unread(said):
            bravo.report_for(row, by=request.user, at=self.now)
        elif not (row := sorting.by_reference(said)):  # pressed twice, it is open already
            raise Http404
        return redirect("portraits_inbox_message", row.pk)


class Reviewed(InboxView):
    """« Tout revu »: the unwanted messages that were on the page, and no other, are closed. POST only."""

    http_method_names = ["post"]

    def post(self, request):
        keys = [number(key) for key in request.POST.getlist("row")][:PAGE]
        done = 0
        for row in sorting.rows("indesirables", at=self.now).filter(pk__in=keys):
            done += self._close(row)
        words = ngettext("%(count)s message put aside.", "%(count)s messages put aside.", done) % {"count": done}
        messages.success(request, words)
        return redirect("portraits_inbox_shelf", "indesirables")

    def _close(self, row: Compliment) -> bool:
        """False when a colleague has just taken it back."""
        try:
            with transaction.atomic():
                if row.stage == Compliment.Stage.RECEIVED:
                    inbox.triage(row, Compliment.Kind.SPAM, by=self.request.user, at=self.now)
                inbox.close(row, by=self.request.user, at=self.now)
        except inbox.NotNow:
            return False
        return True
