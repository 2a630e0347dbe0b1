"""How figures come in: a file that is looked at before it is taken, or typed beside a publication."""

from __future__ import annotations

import csv
import io

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput

from portraits import measure, meta_export, spreadsheet
from portraits.models import ColumnName, Figure, FigureImport, Publication, Survey
from portraits.registers import safe
from portraits.views.figures import UNSEEN, FiguresPage

NETWORKS = [Publication.Medium.FACEBOOK, Publication.Medium.INSTAGRAM]


def past(day):
    """Raises ValidationError on a day that has not come."""
    if day > localdate():
        raise ValidationError(_("This date has not come yet."))


class FigureForm(forms.Form):
    """When figures were read."""

    read_on = forms.DateField(
        label=gettext_lazy("Figures read on"),
        widget=AdminDateInput,
        validators=[past],
        help_text=gettext_lazy("The day on which the network showed them, not the day of the publication."),
    )


class FileForm(FigureForm):
    """One export of Meta."""

    field_order = ["medium", "file", "read_on"]
    medium = forms.ChoiceField(
        label=gettext_lazy("Network"),
        choices=[(one.value, one.label) for one in NETWORKS],
        help_text=gettext_lazy("One file for each: Meta exports them apart."),
    )
    file = forms.FileField(
        label=gettext_lazy("« Content » export (CSV)"),
        help_text=gettext_lazy(
            "As Meta Business Suite gave it, in French or in English. Nothing is written at this step."
        ),
    )


class HandForm(FigureForm):
    """What somebody reads on a screen: an empty box was not measured; 0 is 0."""

    def __init__(self, *args, publication: Publication, **kwargs):
        super().__init__(*args, **kwargs)
        self.publication = publication
        for metric in Figure.Metric:
            self.fields[metric.value] = forms.IntegerField(
                label=metric.label, required=False, min_value=0, max_value=meta_export.LARGEST
            )
        self.fields["note"] = forms.CharField(
            label=gettext_lazy("Note"),
            required=False,
            max_length=200,
            help_text=gettext_lazy("Needed to correct a figure of the same day: both stay, the correction counts."),
        )

    @property
    def figures(self) -> dict[str, int]:
        found = {metric: self.cleaned_data.get(metric) for metric in Figure.Metric.values}
        return {metric: value for metric, value in found.items() if value is not None}

    def clean(self):
        data = super().clean()
        if data.get("read_on") and data["read_on"] < self.publication.published_on:
            self.add_error("read_on", _("It was not published yet."))
        if not self.errors and not self.figures:
            raise ValidationError(_("Write one figure at least: an empty box was not measured."))
        return data


class DeskPage(FiguresPage):
    """A page that writes figures."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("portraits.add_figure"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def trail(self):
        return [{"url": reverse("portraits_figures"), "label": _("Campaign figures")}]

    def again(self, **kwargs) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**kwargs), status=422)


class Receive(DeskPage):
    """The file is chosen; below, those that were taken, with their refused rows."""

    page_title = gettext_lazy("Import figures")
    header_icon = "upload"
    template_name = "portraits/admin/figures_import.html"

    def get_context_data(self, **kwargs):
        form = kwargs.pop("form", None) or FileForm(initial={"read_on": localdate()})
        done = FigureImport.objects.exclude(done_at=None).select_related("by").defer("content")
        return super().get_context_data(form=form, done=done[:30], **kwargs)

    def post(self, request):
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.again(form=form)
        data = form.cleaned_data
        file, common = data["file"], {"by": request.user, "at": timezone.now()}
        try:
            if file.size > meta_export.MOST_BYTES:
                raise meta_export.Unreadable(
                    _("The file is larger than %(most)s MB.") % {"most": meta_export.MOST_BYTES // 10**6}
                )
            content = file.read()
            row = measure.receive(content, file.name, medium=data["medium"], read_on=data["read_on"], **common)
        except meta_export.Unreadable as problem:
            form.add_error("file", str(problem))
        except measure.AlreadyImported as problem:
            form.add_error("file", known(problem.former))
        else:
            return redirect("portraits_figures_check", row.pk)
        return self.again(form=form)


def known(former: FigureImport) -> str:
    words = _("This very file was imported on %(date)s, by %(by)s: it has nothing more to give.")
    return words % {"date": localdate(former.done_at), "by": former.by or "–"}


class Check(DeskPage):
    """What taking a file would write, row by row; then what it wrote."""

    header_icon = "upload"
    template_name = "portraits/admin/figures_check.html"

    def get_page_title(self):
        return _("The file was imported") if self.row.done_at else _("Check the file")

    @cached_property
    def row(self) -> FigureImport:
        return get_object_or_404(FigureImport.objects.select_related("by"), pk=self.kwargs["pk"])

    def trail(self):
        return [*super().trail(), {"url": reverse("portraits_figures_import"), "label": _("Import figures")}]

    def get_context_data(self, **kwargs):
        plan = None if self.row.done_at else measure.plan(self.row)
        refused = [(one.line, one.column, one.reason) for one in plan.refused] if plan else self.row.refused
        return super().get_context_data(row=self.row, plan=plan, refused=[one[:3] for one in refused], **kwargs)

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except meta_export.Unreadable as problem:  # a column name was changed since it was read
            messages.error(request, str(problem))
            return redirect("portraits_figures_import")

    def post(self, request, *args, **kwargs):
        if self.row.done_at:
            return redirect("portraits_figures_check", self.row.pk)
        try:
            row = measure.take(self.row, by=request.user, at=timezone.now())
        except meta_export.Unreadable as problem:
            messages.error(request, str(problem))
            return redirect("portraits_figures_import")
        except measure.AlreadyImported as problem:
            messages.error(request, known(problem.former))
            return redirect("portraits_figures_import")
        words = ngettext("%(count)s figure was written.", "%(count)s figures were written.", row.kept)
        messages.success(request, words % {"count": row.kept})
        return redirect("portraits_figures_check", row.pk)


@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows with their line, column and reason, to be mended and imported again."""
    if not request.user.has_perm("portraits.add_figure"):
        raise PermissionDenied
    row = get_object_or_404(FigureImport, pk=pk)
    rows = row.refused if row.done_at else spreadsheet.kept_aside(measure.plan(row).refused)
    if not rows:
        raise Http404
    heads = [head for head, _cell in rows[0][3]]
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow([_("Line"), _("Column"), _("Reason"), *heads])
    for line, column, reason, cells in rows:
        lines.writerow([safe(cell) for cell in (line, column, reason, *(dict(cells).get(head, "") for head in heads))])
    headers = {**UNSEEN, "Content-Disposition": f'attachment; filename="refus-{row.pk}.csv"'}
    data = b"\xef\xbb\xbf" + out.getvalue().encode()
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


class Readings(DeskPage):
    """One publication: every reading of its figures, and a form for one more."""

    header_icon = "order"
    template_name = "portraits/admin/figures_publication.html"

    @cached_property
    def publication(self) -> Publication:
        return get_object_or_404(Publication.objects.select_related("portrait"), pk=self.kwargs["pk"])

    def get_page_title(self):
        return str(self.publication)

    def trail(self):
        index = {"url": reverse("portraits_publication:index"), "label": _("Publications")}
        return [*super().trail(), index]

    def get_context_data(self, **kwargs):
        form = kwargs.pop("form", None) or HandForm(publication=self.publication, initial={"read_on": localdate()})
        rows = self.publication.figures.select_related("by", "batch")
        return super().get_context_data(publication=self.publication, form=form, rows=rows, **kwargs)

    def post(self, request, *args, **kwargs):
        form = HandForm(request.POST, publication=self.publication)
        if not form.is_valid():
            return self.again(form=form)
        data = form.cleaned_data
        say = {"read_on": data["read_on"], "note": data["note"], "by": request.user, "at": timezone.now()}
        try:
            count = measure.write(self.publication, form.figures, **say)
        except measure.NeedsANote:
            form.add_error("note", _("A figure of that day says otherwise: write why this one is right."))
            return self.again(form=form)
        words = ngettext("%(count)s figure was written.", "%(count)s figures were written.", count)
        messages.success(request, words % {"count": count})
        return redirect("portraits_publication:readings", self.publication.pk)


class PublicationForm(WagtailAdminModelForm):
    """A publication typed in, most often one of before this system."""

    class Meta:
        model = Publication
        fields = ("medium", "title", "published_on", "address", "reference", "theme", "portrait")
        widgets = {"published_on": AdminDateInput}

    def clean_published_on(self):
        past(self.cleaned_data["published_on"])
        return self.cleaned_data["published_on"]

    def clean_address(self):
        address = self.cleaned_data["address"]
        return measure.located(address) if address else ""


def to_readings(row: Publication) -> str:
    return reverse("portraits_publication:readings", args=[row.pk])


class PublicationViewSet(ModelViewSet):
    """Every publication; its title leads to its figures."""

    model = Publication
    name = "portraits_publication"
    icon = "order"
    url_prefix = "chiffres/publications"
    url_namespace = "portraits_publication"
    copy_view_enabled = False
    list_display = (
        TitleColumn("title", label=gettext_lazy("Title"), accessor=str, get_url=to_readings),
        Column("medium", label=gettext_lazy("Medium"), accessor="get_medium_display"),
        DateColumn("published_on", label=gettext_lazy("Published on"), sort_key="published_on"),
        Column("theme", label=gettext_lazy("Theme"), sort_key="theme"),
        Column("portrait", label=gettext_lazy("Capsule"), accessor=lambda row: row.portrait or "–"),
    )
    list_filter = ["medium", "theme"]
    list_per_page = 50
    search_fields = ["title", "reference", "address"]
    search_backend_name = None

    def get_form_class(self, for_update=False):
        return PublicationForm

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(queryset=Publication.objects.select_related("portrait"), **kwargs)

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("<int:pk>/releves/", Readings.as_view(), name="readings")]


class SurveyViewSet(ModelViewSet):
    """What surveys answered."""

    model = Survey
    name = "portraits_survey"
    icon = "help"
    url_prefix = "chiffres/sondages"
    url_namespace = "portraits_survey"
    copy_view_enabled = False
    list_display = ["question", "answer", "asked_on", "answered", "invited"]
    form_fields = ["question", "answer", "asked_on", "invited", "answered", "favourable"]


class ColumnNameViewSet(ModelViewSet):
    """The names of columns that Meta has changed."""

    model = ColumnName
    name = "portraits_columnname"
    icon = "list-ul"
    url_prefix = "chiffres/colonnes"
    url_namespace = "portraits_columnname"
    copy_view_enabled = False
    list_display = [
        "header",
        Column("column", label=gettext_lazy("what it holds"), accessor="get_column_display"),
        Column("language", label=gettext_lazy("language of the header"), accessor="get_language_display"),
    ]
    form_fields = ["header", "column", "language"]
