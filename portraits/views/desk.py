"""What staff does about consent from the desk: ask for it, or hide everywhere. Both leave a line in the history."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from portraits import asking, hiding, state
from portraits.forms import AskForm, HideForm
from portraits.models import DraftSubject, Person, Portrait

FIELDS = ("job", "sentence", "story", "photo", "alt", "partner_alt")


class DeskView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """A page about one portrait, for those who may change it. `desk` is what the last saved draft holds."""

    model = Portrait
    permission_required = "change"
    header_icon = "key"
    index_url_name = "wagtailsnippets_portraits_portrait:list"
    edit_url_name = "wagtailsnippets_portraits_portrait:edit"

    @cached_property
    def portrait(self) -> Portrait:
        return get_object_or_404(Portrait.objects.select_related("latest_revision", "locale"), pk=self.kwargs["pk"])

    @cached_property
    def desk(self) -> Portrait:
        return self.portrait.get_latest_revision_as_object() if self.portrait.latest_revision_id else self.portrait

    @cached_property
    def edit_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.portrait.pk])

    def get_page_subtitle(self):
        return str(self.desk)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": Portrait._meta.verbose_name_plural.capitalize()},
            {"url": self.edit_url, "label": str(self.desk)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs):
        at = timezone.now()
        return super().get_context_data(
            portrait=self.portrait,
            desk=self.desk,
            edit_url=self.edit_url,
            standings=state.standings([self.portrait.pk], at=at)[self.portrait.pk],
            **kwargs,
        )


class AskView(DeskView):
    """Who is asked, by which mail, for which usages, and the exact text that is frozen: one button."""

    page_title = gettext_lazy("Ask for consent")
    template_name = "portraits/admin/ask.html"
    form_class = AskForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "desk": self.desk}

    def form_valid(self, form):
        try:
            with transaction.atomic():
                asking.ask(self.portrait, asked=form.cleaned_data["usages"], by=self.request.user, at=timezone.now())
                log(instance=self.portrait, action="portraits.ask", user=self.request.user)
        except asking.NotReady as problem:
            return self.render_to_response(self.get_context_data(form=form, sentences=problem.sentences))
        count = len(self.desk.people())
        messages.success(
            self.request,
            ngettext(
                "The request is on its way to %(count)s person.",
                "The request is on its way to %(count)s people.",
                count,
            )
            % {"count": count},
        )
        return redirect(self.edit_url)

    def get_context_data(self, **kwargs):
        people = self.people()
        revision = self.portrait.latest_revision_id
        view = "wagtailsnippets_portraits_portrait:revisions_view"
        return super().get_context_data(
            people=people,
            missing=self.missing(),
            ready=not self.desk.missing() and not any(lacks for _person, _role, lacks in people),
            previews=[
                (label, f"{reverse(view, args=[self.portrait.pk, revision])}?mode={mode}")
                for mode, label in Portrait.preview_modes
                if revision
            ],
            content=self.desk.content(),
            **kwargs,
        )

    def people(self) -> list[tuple[Person, str, list[str]]]:
        """Those in the picture, with their place in it and why they cannot be asked yet, in the order of the desk."""
        roles = self.desk.people()
        known = Person.objects.in_bulk(roles)
        names = dict(DraftSubject._meta.get_field("role").choices)
        at = timezone.now()
        return [(known[key], names[role], asking.unreachable(known[key], at=at)) for key, role in roles.items()]

    def missing(self) -> list[tuple[str, str]]:
        """What is still to be filled, each with the address of its place in the form."""
        places = {str(Portrait._meta.get_field(name).verbose_name): f"{self.edit_url}#id_{name}" for name in FIELDS}
        return [
            (name, places.get(name, f"{self.edit_url}#panel-child-subjects-section")) for name in self.desk.missing()
        ]


class HideView(DeskView):
    """Staff's stop: at once, on every channel. Nobody can lift it by hand; only a new request brings the portrait back."""

    page_title = gettext_lazy("Hide everywhere")
    template_name = "portraits/admin/hide.html"
    form_class = HideForm
    header_icon = "view"

    def form_valid(self, form):
        with transaction.atomic():
            hiding.hide(self.portrait, by=self.request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
            log(instance=self.portrait, action="portraits.hide", user=self.request.user)
        messages.success(self.request, _("Hidden everywhere. Only a new request for consent brings it back."))
        return redirect(self.edit_url)
