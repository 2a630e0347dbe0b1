"""« À rencontrer »: the list, and what keeps somebody on it."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import meeting
from portraits.models import Brief, Headcount
from portraits.views.inbox import number


def may(user) -> bool:
    """Who works the inbox, where ideas come from, or sees who was left out."""
    return user.is_active and (user.has_perm("portraits.work_inbox") or user.has_perm("portraits.see_equity"))


class MeetForm(forms.Form):
    """For which month, and by whom."""

    month = forms.TypedChoiceField(label=gettext_lazy("Month"), coerce=lambda day: datetime.fromisoformat(day).date())
    who = forms.TypedChoiceField(label=gettext_lazy("Taken by"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, choices: Choices, key: str, brief: Brief | None = None, **kwargs):
        """`key` tells this form's fields from those of the others on the page."""
        super().__init__(*args, auto_id=f"{key}-%s", **kwargs)
        kept = brief.month if brief else None
        days = sorted({*choices.months, kept} - {None})
        self.fields["month"].choices = [(day.isoformat(), date_format(day, "F Y")) for day in days]
        self.fields["who"].choices = [("", _("Nobody yet")), *choices.takers.items()]
        self.initial = {"month": choices.months[1].isoformat(), "who": choices.user}
        if kept:
            self.initial = {"month": kept.isoformat(), "who": brief.taken_by_id or ""}

    def said(self) -> dict:
        """What meeting.plan takes."""
        return {"month": self.cleaned_data["month"], "taken_by_id": self.cleaned_data["who"]}


class Choices:
    """What every form of a page proposes, read once: months, and accounts by their number."""

    def __init__(self, user, *, at: datetime):
        self.user, self.months = user.pk, meeting.months(at=at)
        self.takers = {row.pk: str(row) for row in meeting.takers()}


class ToMeet(WagtailAdminTemplateMixin, TemplateView):
    """One line each: who, why, for when, by whom; and a portrait to begin."""

    header_icon = "group"
    page_title = gettext_lazy("To meet")
    template_name = "portraits/admin/to_meet.html"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def choices(self) -> Choices:
        return Choices(self.request.user, at=self.now)

    def get_context_data(self, wrong: MeetForm | None = None, about: int = 0, **kwargs):
        today, lines = localdate(self.now), []
        for row in meeting.waiting():
            form = wrong if wrong and row.pk == about else MeetForm(choices=self.choices, key=f"r{row.pk}", brief=row)
            lines.append({"row": row, "form": form, "due": bool(row.month and row.month <= today)})
        met = Brief.objects.filter(met_at__isnull=False).order_by("-met_at")[:50]
        may_start = self.request.user.has_perm("portraits.add_portrait")
        return super().get_context_data(lines=lines, met=met, may_start=may_start, **kwargs)

    def post(self, request):
        """« Rencontré », or a month and somebody: for a line, or for a group of the equity board that becomes one."""
        if "met" in request.POST:
            meeting.met(number(request.POST["met"]), at=self.now)
            return redirect("portraits_to_meet")
        if "group" in request.POST:
            return self._keep(get_object_or_404(Headcount, pk=number(request.POST["group"])))
        brief = get_object_or_404(Brief, pk=number(request.POST.get("brief", "")))
        form = MeetForm(request.POST, choices=self.choices, key=f"r{brief.pk}", brief=brief)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(wrong=form, about=brief.pk), status=422)
        meeting.plan(brief, **form.said())
        return self._back(brief)

    def _keep(self, group: Headcount) -> HttpResponse:
        if not self.request.user.has_perm("portraits.see_equity"):
            raise Http404
        form = MeetForm(self.request.POST, choices=self.choices, key="")
        if not form.is_valid():
            messages.error(self.request, _("Choose a month, and somebody of the list."))
            return redirect("portraits_equity")
        return self._back(meeting.keep(group, by=self.request.user, at=self.now, **form.said()))

    def _back(self, brief: Brief) -> HttpResponse:
        messages.success(self.request, _("Kept: « Today » says it once the month has come."))
        return redirect(f"{reverse('portraits_to_meet')}#rencontre-{brief.pk}")
