"""The two registers, consents and incidents, and their exports. Each export leaves a line in the ledger."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.views import generic
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import ledger, registers
from portraits.models import Consent, Incident
from portraits.permission import guards_consents


def may(user, register: registers.Register) -> bool:
    """The consents tell who withdrew: they are the consent officer's alone. Incidents name nobody: the administrator too."""
    if register == registers.Register.CONSENTS:
        return guards_consents(user)
    return user.has_perm("portraits.view_incident")


def opens(user) -> bool:
    """Whether this account may open the page of the registers."""
    return may(user, registers.Register.INCIDENTS)


class Registers(WagtailAdminTemplateMixin, TemplateView):
    """What each register holds, and one button to take it away as a file."""

    page_title = _("Registers")
    header_icon = "list-ul"
    template_name = "portraits/admin/registers.html"

    def dispatch(self, request, *args, **kwargs):
        if not opens(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            guards=may(self.request.user, registers.Register.CONSENTS),
            consents=Consent.objects.count(),
            incidents=Incident.objects.count(),
            open=Incident.objects.filter(closed_at=None).count(),
            **kwargs,
        )


@require_POST
def export(request: HttpRequest, register: str) -> HttpResponse:
    """The file. A POST: it writes in the ledger."""
    if register not in set(registers.Register):
        raise Http404
    if not may(request.user, registers.Register(register)):
        raise PermissionDenied
    at = timezone.now()
    data = registers.export(registers.Register(register), by=request.user, at=at)
    name = f"{register}-{localtime(at):%Y-%m-%d}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


class IncidentAdd(generic.CreateView):
    """An incident that somebody noticed. The others open by themselves (portraits/vigil.py)."""

    @transaction.atomic
    def save_instance(self):
        self.form.instance.opened_at = at = timezone.now()
        incident = super().save_instance()
        ledger.append("incident", at=at, incident=incident.pk, usage=incident.usage, cause="")
        return incident
