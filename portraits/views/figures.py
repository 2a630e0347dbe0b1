"""« Bilan »: what the campaign reached, for human resources and communications; one capsule on paper; everything as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import bilan, charts, gate, tally, traces
from portraits.models import Figure, Portrait, Publication
from portraits.registers import safe
from portraits.usages import Usage

MOST = 40  # capsules on the page: the others are in the file
UNSEEN = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def may(user) -> bool:
    """Who reads figures, and the desks whose names stand beside them (intranet.roles)."""
    return user.has_perms(("portraits.view_figure", "portraits.view_portrait"))


class FiguresPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of the figures, closed to whoever may not read them."""

    header_icon = "order"

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = UNSEEN["Cache-Control"]
        return response

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, *self.trail(), {"url": "", "label": self.get_page_title()}]

    def trail(self) -> list[dict]:
        return []


class Dashboard(FiguresPage):
    """The four numbers, then year by year, theme by theme, capsule by capsule, medium by medium."""

    page_title = gettext_lazy("Campaign figures")
    template_name = "portraits/admin/figures.html"

    def get_context_data(self, **kwargs):
        capsules = tally.by_capsule()
        return super().get_context_data(
            total=tally.overall(),
            sections=[
                section("annee", _("By year"), _("Year"), tally.by_year()),
                section("theme", _("By theme"), _("Theme"), tally.by_theme()),
                section("capsule", _("By capsule"), _("Capsule"), capsules[:MOST], desks=True),
                section("support", _("By medium"), _("Medium"), tally.by_medium()),
            ],
            more=max(len(capsules) - MOST, 0),
            surveys=tally.surveys(),
            counted=traces.counted(),
            at=timezone.now(),
            may_write=self.request.user.has_perm("portraits.add_figure"),
            **kwargs,
        )


def section(ident: str, title: str, head: str, totals: list[tally.Total], *, desks: bool = False) -> dict:
    """One table and the chart of its first column. `desks`: each name leads to its own page."""
    rows = [(total.name, total.reach.value if total.reach else None) for total in totals]
    words = _("Cumulated reach, %(by)s") % {"by": title[:1].lower() + title[1:]}
    found = tally.desk_by_key({total.key for total in totals}) if desks else {}
    return {
        "title": title,
        "head": head,
        "rows": [(total, found.get(total.key)) for total in totals],
        "chart": charts.bars(ident, words, rows),
    }


class OneCapsule(FiguresPage):
    """« Le bilan d’une capsule », to be printed."""

    template_name = "portraits/admin/bilan.html"

    @cached_property
    def bilan(self) -> bilan.Bilan:
        desk = get_object_or_404(Portrait.objects.select_related("locale"), pk=self.kwargs["pk"])
        return bilan.bilan(desk, at=timezone.now())

    def get_page_title(self):
        return _("The figures of one capsule: %(name)s") % {"name": self.bilan.desk}

    def get_context_data(self, **kwargs):
        lines = self.bilan.lines
        rows = [(label(line.publication), line.values[0]) for line in lines]
        chart = charts.bars("publications", _("People reached, publication by publication"), rows)
        return super().get_context_data(bilan=self.bilan, chart=chart, at=timezone.now(), **kwargs)


def label(row: Publication) -> str:
    """« Facebook, 10 novembre 2026 »."""
    return f"{row.get_medium_display()}, {date_format(row.published_on)}"


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Every reading of every figure, corrections included. Names and titles of whoever is not shown among colleagues at
    this instant stay out: the file leaves the house."""
    if not may(request.user):
        raise PermissionDenied
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerows([safe(cell) for cell in row] for row in _lines())
    name = f"chiffres-{localdate():%Y-%m-%d}.csv"
    headers = {**UNSEEN, "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(
        b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8", headers=headers
    )


def _lines() -> Iterator[tuple]:
    yield (
        _("Publication"),
        _("Published on"),
        _("Medium"),
        _("Title"),
        _("Address"),
        _("Theme"),
        _("Capsule"),
        _("Metric"),
        _("Value"),
        _("Read on"),
        _("Correction"),
        _("Source"),
        _("Note"),
    )
    names = {one.key: one.first_name for one in gate.capsules(Usage.INTRANET, at=timezone.now())}
    order = ("publication__published_on", "publication_id", "metric", "read_on", "correction")
    for row in Figure.objects.select_related("publication").order_by(*order).iterator():
        one = row.publication
        shown = one.portrait_id is None or one.portrait_id in names
        yield (
            one.pk,
            one.published_on,
            one.get_medium_display(),
            one.title if shown else "",
            one.address,
            one.theme,
            names.get(one.portrait_id, f"#{one.portrait_id}") if one.portrait_id else "",
            row.get_metric_display(),
            row.value,
            row.read_on,
            row.correction or "",
            row.get_source_display(),
            row.note,
        )
