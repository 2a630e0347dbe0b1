"""« Accords »: the consent officer's pages. Calls for help, who said what, stops, exemptions.

Closed to everybody else, the administrator included (portraits.permission.guards_consents). What a portrait's people said
opens by a button: each opening is a line of the ledger, and a page that was only followed or reloaded writes none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from portraits import asking, gate, hiding, ledger, quoting, receipts, remarks, state
from portraits.explain import in_full
from portraits.models import (
    Compliment,
    ConsentRequest,
    Exemption,
    Hidden,
    Person,
    Photo,
    Portrait,
    Remark,
    Subject,
    Version,
)
from portraits.permission import guards_consents
from portraits.said import BLANK, Said, said
from portraits.usages import ASKED, Usage

OPEN = timedelta(minutes=15)  # how long an opened portrait stays readable before it is opened, and written, again
PAGE = 50  # portraits


class OfficerView(WagtailAdminTemplateMixin, TemplateView):
    """A page for the consent officer alone."""

    header_icon = "key"
    page_title = gettext_lazy("Consents")

    def dispatch(self, request, *args, **kwargs):
        if not guards_consents(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_breadcrumbs_items(self):
        """Home, « Accords », and this page under it."""
        board = {"url": reverse("portraits_officer"), "label": _("Consents")}
        here = str(self.get_page_subtitle() or self.get_page_title())
        return [*self.breadcrumbs_items, board, *([{"url": "", "label": here}] if here != board["label"] else [])]


class Board(OfficerView):
    """Calls for help first, then what is hidden, then every portrait that was asked about."""

    template_name = "portraits/admin/officer.html"

    def get_context_data(self, **kwargs):
        wish = self.request.GET.get("q", "").strip()
        rows = Portrait.objects.filter(versions__isnull=False).select_related("photo")
        if wish:
            rows = rows.filter(Q(first_name__icontains=wish) | Q(job__icontains=wish))
        rows = rows.annotate(asked_at=Max("versions__frozen_at")).order_by("-asked_at", "-pk")
        calls = Remark.objects.filter(kind=Remark.Kind.HELP).select_related(
            "request__subject__person", "request__recipient", "request__subject__version", "handled_by"
        )
        stops = Hidden.objects.filter(Q(to_at__isnull=True) | Q(to_at__gt=self.now), from_at__lte=self.now)
        return super().get_context_data(
            calls=calls.filter(handled_at__isnull=True).order_by("at"),
            handled=calls.filter(handled_at__isnull=False).order_by("-handled_at")[:5],
            receipts=receipts.to_print(at=self.now),
            stops=stops.filter(portrait__isnull=False).select_related("portrait", "by").order_by("-from_at"),
            hidden_words=_words(stops).select_related("compliment", "by").order_by("-from_at"),
            page=Paginator(rows, PAGE).get_page(self.request.GET.get("p")),
            wish=wish,
            **kwargs,
        )


def _words(stops: QuerySet[Hidden]) -> QuerySet[Hidden]:
    """Those on kind words that could be shown again: what was erased, or removed for good, cannot."""
    return stops.filter(compliment__isnull=False, compliment__erased_at=None, compliment__removed_at=None)


class Handled(OfficerView):
    """A call for help was taken care of. POST only."""

    http_method_names = ["post"]

    def post(self, request, pk):
        remarks.handle(get_object_or_404(Remark, pk=pk, kind=Remark.Kind.HELP), by=request.user, at=self.now)
        messages.success(request, _("Noted."))
        return redirect("portraits_officer")


class PrintReceipt(OfficerView):
    """The receipt of somebody who has neither e-mail nor mobile, as a PDF. POST only: each printing is a line."""

    http_method_names = ["post"]

    def post(self, request, pk):
        row = get_object_or_404(receipts.to_print(at=self.now), pk=pk)
        data = receipts.print_one(row, by=request.user, at=self.now)
        headers = {
            "Content-Disposition": f'attachment; filename="recu-{row.pk}.pdf"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return HttpResponse(data, content_type="application/pdf", headers=headers)


class ReceiptGiven(OfficerView):
    """A printed receipt was given or posted. POST only."""

    http_method_names = ["post"]

    def post(self, request, pk):
        receipts.given(get_object_or_404(receipts.to_print(at=self.now), pk=pk), at=self.now)
        messages.success(request, _("Noted."))
        return redirect("portraits_officer")


class LiftForm(forms.Form):
    """Why a stop is lifted."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Kept with the stop. Consents decide again what is shown."),
        error_messages={"required": gettext_lazy("Say why, in one sentence.")},
    )


class ExemptForm(forms.Form):
    """Who is not in a picture after all."""

    who = forms.ChoiceField(
        label=gettext_lazy("Who, on which picture"),
        help_text=gettext_lazy("Somebody who was asked before, and cannot be recognised in this picture."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("How you know. Read by consent officers only."),
        error_messages={"required": gettext_lazy("Say why, in one sentence.")},
    )

    def __init__(self, *args, pairs: dict[str, tuple[Person, Photo]], **kwargs):
        super().__init__(*args, **kwargs)
        self.pairs = pairs
        self.fields["who"].choices = [(key, f"{person} — {photo}") for key, (person, photo) in pairs.items()]

    def pair(self) -> tuple[Person, Photo]:
        return self.pairs[self.cleaned_data["who"]]


class OnePortrait(OfficerView):
    """Who said what about one portrait; a stop is lifted and somebody exempted from here."""

    template_name = "portraits/admin/officer_portrait.html"

    @cached_property
    def portrait(self) -> Portrait:
        found = get_object_or_404(Portrait.objects.select_related("photo", "locale"), pk=self.kwargs["pk"])
        if not found.versions.exists():
            raise Http404
        return found

    @property
    def page_url(self) -> str:
        return reverse("portraits_officer_portrait", args=[self.portrait.pk])

    def opened(self) -> bool:
        """Whether this session opened it within the last minutes."""
        since = self.request.session.get("opened", {}).get(str(self.portrait.pk))
        return since is not None and self.now - datetime.fromisoformat(since) < OPEN

    def get_page_subtitle(self):
        return str(self.portrait)

    def get_context_data(self, **kwargs):
        found = {"portrait": self.portrait, "opened": self.opened()}
        if found["opened"]:
            found |= {
                "reasons": [(usage.label, in_full(self.portrait, usage, at=self.now)) for usage in ASKED],
                "versions": self.versions(),
                "stop": state.stop(self.portrait.pk, at=self.now),
                "lift": LiftForm(),
                "exempt": ExemptForm(pairs=self.pairs()),
            }
        return super().get_context_data(**found | kwargs)

    def versions(self) -> list:
        """(version, its questions), newest first. A question: the request, and answer → usages. Two queries."""
        answers = said(self.portrait.translation_key, at=self.now)
        rows = ConsentRequest.objects.filter(subject__version__portrait=self.portrait)
        rows = rows.select_related("subject__person", "recipient", "subject__version").order_by(
            "-subject__version", "pk"
        )
        return [
            (version, [(one, self._told(one, answers)) for one in questions])
            for version, questions in groupby(rows, key=lambda one: one.subject.version)
        ]

    def _told(self, request: ConsentRequest, answers: dict) -> list[tuple[Said, list[str]]]:
        found: dict[Said, list[str]] = {}
        for name in request.asked:
            found.setdefault(answers.get((request.pk, Usage(name)), BLANK), []).append(str(Usage(name).label))
        return list(found.items())

    def pairs(self) -> dict[str, tuple[Person, Photo]]:
        """Everybody once asked about a picture of this portrait, with that picture, unless exempted already."""
        rows = Subject.objects.filter(version__portrait=self.portrait).exclude(role=Subject.Role.GUARDIAN)
        rows = rows.select_related("person", "version__photo", "version__partner_photo").order_by("pk")
        done = set(Exemption.objects.filter(person__in=rows.values("person")).values_list("person", "photo__sha256"))
        return {
            f"{row.person_id}-{photo.pk}": (row.person, photo)
            for row in rows
            for photo in (row.version.photo, row.version.partner_photo)
            if photo and (row.person_id, photo.sha256) not in done
        }

    def post(self, request, pk):
        """Open it: one line in the ledger, then the page."""
        with transaction.atomic():
            ledger.append(
                "opened",
                at=self.now,
                portrait=str(self.portrait.translation_key),
                by=ledger.account(request.user),
            )
        request.session["opened"] = {**request.session.get("opened", {}), str(pk): self.now.isoformat()}
        return redirect(self.page_url)


class Lift(OnePortrait):
    """POST only: the stops on this portrait are lifted, in both languages."""

    http_method_names = ["post"]

    def post(self, request, pk):
        form = LiftForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(lift=form))
        if hiding.lift(self.portrait, by=request.user, at=self.now, reason=form.cleaned_data["reason"]):
            messages.success(request, _("The stop is lifted: consents decide again."))
        else:
            messages.info(request, _("Nothing was hidden any more."))
        return redirect(self.page_url)


class Words(OfficerView):
    """Kind words that staff hides: what they say, why they are hidden; POST lifts it. Who answered what is not here."""

    template_name = "portraits/admin/officer_words.html"

    @cached_property
    def compliment(self) -> Compliment:
        return get_object_or_404(
            Compliment, pk=_words(Hidden.objects.filter(compliment=self.kwargs["pk"])).values("compliment")[:1]
        )

    def get_page_subtitle(self):
        return self.compliment.reference

    def get_context_data(self, **kwargs):
        newest = Version.objects.filter(compliment=self.compliment).order_by("-pk").first()
        found = {
            "compliment": self.compliment,
            "quote": quoting.quote(newest),
            "stop": state.stop(self.compliment.pk, at=self.now, of=gate.COMPLIMENT),
            "lift": LiftForm(),
        }
        return super().get_context_data(**found | kwargs)

    def post(self, request, pk):
        form = LiftForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(lift=form), status=422)
        if hiding.lift(self.compliment, by=request.user, at=self.now, reason=form.cleaned_data["reason"]):
            messages.success(request, _("The stop is lifted: consents decide again."))
        else:
            messages.info(request, _("Nothing was hidden any more."))
        return redirect("portraits_officer")


class Exempt(OnePortrait):
    """POST only: somebody once asked is not in the picture."""

    http_method_names = ["post"]

    def post(self, request, pk):
        form = ExemptForm(request.POST, pairs=self.pairs())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(exempt=form))
        person, photo = form.pair()
        asking.exempt(person, photo, by=request.user, reason=form.cleaned_data["reason"], at=self.now)
        messages.success(request, _("%(person)s need not be asked about this picture any more.") % {"person": person})
        return redirect(self.page_url)
