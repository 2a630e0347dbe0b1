"""Does every group get its portraits? The board, and the file of headcounts that it rests on."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import equity, headcounts, meeting
from portraits.views.to_meet import Choices, MeetForm


def may(user) -> bool:
    """Human resources and communications."""
    return user.is_active and user.has_perm("portraits.see_equity")


class Page(WagtailAdminTemplateMixin):
    header_icon = "view"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class Equity(Page, TemplateView):
    """Each dimension, group by group, and whom to meet soon."""

    page_title = gettext_lazy("Equity")
    template_name = "portraits/admin/equity.html"

    def get_context_data(self, **kwargs):
        now = timezone.now()
        boards = equity.boards(at=now)
        return super().get_context_data(
            boards=[(board, [(one, _bar(one)) for one in board.shares]) for board in boards],
            soon=self._soon(boards, now),
            smallest=equity.SMALLEST,
            **kwargs,
        )

    def _soon(self, boards: list[equity.Board], now: datetime) -> list[dict]:
        """Whom to meet, each with what was decided about it, or with what decides it."""
        soon = equity.to_meet(boards)
        choices, kept = Choices(self.request.user, at=now), {row.group_id: row for row in meeting.waiting()}
        return [
            {
                "dimension": dimension,
                "one": one,
                "kept": kept.get(one.group),
                "form": MeetForm(choices=choices, key=f"g{one.group}"),
            }
            for dimension, one in soon
        ]


def _bar(one: equity.Share) -> dict:
    """Where the margin and the share of people lie, in hundredths, written as SVG reads numbers; and rounded, to be read."""
    low, high, share = (value * 100 for value in (one.low, one.high, one.share))
    drawn = {"x": f"{low:.1f}", "width": f"{max(high - low, 0.5):.1f}", "at": f"{share:.1f}"}
    return drawn | {"low": round(low), "high": round(high), "share": round(share)}


class File(forms.Form):
    """A file of headcounts, looked at first, then taken."""

    file = forms.FileField(
        label=gettext_lazy("Headcounts (CSV)"), help_text=gettext_lazy("dimension, groupe, effectif")
    )
    trial = forms.BooleanField(
        label=gettext_lazy("Only tell what would change"), required=False, initial=True, help_text=""
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            return headcounts.read(file.read(headcounts.LONGEST + 1))
        except headcounts.Unreadable as problem:
            raise forms.ValidationError([_said(fault) for fault in problem.faults[:20]]) from problem


def _said(fault: headcounts.Fault) -> str:
    where = {"line": fault.line, "column": fault.column, "why": fault.why}
    if fault.column:
        return _("Line %(line)s, column %(column)s: %(why)s") % where
    return _("Line %(line)s: %(why)s") % where


class Import(Page, FormView):
    """One file: all of it, or nothing."""

    page_title = gettext_lazy("Headcounts")
    template_name = "portraits/admin/headcounts.html"
    form_class = File
    success_url = reverse_lazy("portraits_equity")

    def form_valid(self, form: File) -> HttpResponse:
        found = form.cleaned_data["file"]
        if form.cleaned_data["trial"]:
            return self.render_to_response(self.get_context_data(form=form, trial=_rows(found)))
        new, changed = headcounts.take(found, on=localdate())
        count = ngettext("%(count)s group is new", "%(count)s groups are new", new) % {"count": new}
        other = ngettext("%(count)s has changed", "%(count)s have changed", changed) % {"count": changed}
        messages.success(self.request, f"{count}, {other}.")
        return redirect(self.success_url)


def _rows(found: dict) -> list[dict]:
    labels = dict(headcounts.Dimension.choices)
    return [
        {"dimension": labels[dimension], "name": name, "number": number} for (dimension, name), number in found.items()
    ]
