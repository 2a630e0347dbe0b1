"""What staff does about a portrait from the desk: submit, read, take back, adapt, hide. Each leaves a line in the history."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
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

from portraits import annotating, asking, compare, hiding, reading, state, translate, workflow
from portraits.forms import AskForm, HideForm, ReadForm
from portraits.models import AddressChange, Annotation, DistinctReadingTask, DraftSubject, Person, Portrait
from portraits.usages import Usage

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


class SeenView(DeskView):
    """A page that shows exactly what would be frozen, and to whom the request would go."""

    def people(self) -> list[tuple]:
        """(person, their place in the picture, [(who answers, the last times their address, or that they answer, was
        written)], why they cannot be asked yet), in the order of the desk."""
        roles = self.desk.people()
        known = Person.objects.in_bulk(roles)
        at = timezone.now()
        answering = dict(reading.addressees(known.values(), at=at))
        changes = reading.address_changes({*known.values(), *(one for those in answering.values() for one in those)})
        names = dict(DraftSubject._meta.get_field("role").choices)
        return [
            (
                known[key],
                names[role],
                self._written(known[key], answering[known[key]], changes),
                asking.unreachable(known[key], at=at),
            )
            for key, role in roles.items()
        ]

    def _written(self, person: Person, those: list[Person], changes: dict) -> list[tuple[Person, list[AddressChange]]]:
        """Who answers is told beside the last of them: the representative, or the person when nobody represents them now."""
        keys = [[(one.pk, AddressChange.What.ADDRESS)] for one in those]
        keys[-1].append((person.pk, AddressChange.What.REPRESENTATIVE))
        found = [[changes[key] for key in wanted if key in changes] for wanted in keys]
        return list(zip(those, found, strict=True))

    def get_context_data(self, **kwargs):
        revision = self.portrait.latest_revision_id
        view = "wagtailsnippets_portraits_portrait:revisions_view"
        return super().get_context_data(
            people=self.people(),
            previews=[
                (label, f"{reverse(view, args=[self.portrait.pk, revision])}?mode={mode}")
                for mode, label in Portrait.preview_modes
                if revision
            ],
            content=self.desk.content(),
            comments=reading.comments(self.portrait),
            margin=(said := annotating.margin(self.portrait)),
            to_settle=[one for rows in said.values() for one in rows if one.settled_at is None],
            **kwargs,
        )


class AskView(SeenView):
    """Who will be asked, for which usages, and the exact text that is frozen: one button gives it to be read."""

    page_title = gettext_lazy("Submit for reading")
    template_name = "portraits/admin/ask.html"
    form_class = AskForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "desk": self.desk}

    def form_valid(self, form):
        try:
            with transaction.atomic():
                usages = form.cleaned_data["usages"]
                workflow.submit(self.portrait, asked=usages, by=self.request.user, at=timezone.now())
                log(instance=self.portrait, action="portraits.submit", user=self.request.user)
        except asking.NotReady as problem:
            return self.render_to_response(self.get_context_data(form=form, sentences=problem.sentences))
        messages.success(self.request, _("Submitted. Somebody else reads it, then the request leaves by itself."))
        return redirect(self.edit_url)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(missing=self.missing(), **kwargs)
        addressed = not any(lacks for _person, _role, _those, lacks in context["people"])
        stage = reading.stages([self.portrait.pk]).get(self.portrait.pk)
        return context | {"stage": stage, "ready": addressed and not self.desk.missing() and stage != "asked"}

    def missing(self) -> list[tuple[str, str]]:
        """What is still to be filled, each with the address of its place in the form."""
        places = {str(Portrait._meta.get_field(name).verbose_name): f"{self.edit_url}#id_{name}" for name in FIELDS}
        return [
            (name, places.get(name, f"{self.edit_url}#panel-child-subjects-section")) for name in self.desk.missing()
        ]


class ReadView(SeenView):
    """The second pair of eyes: what is asked, of whom, at which address, and why this reader may read it."""

    page_title = gettext_lazy("Read")
    template_name = "portraits/admin/read.html"
    form_class = ReadForm
    header_icon = "glasses"

    @cached_property
    def why(self):
        task = self.portrait.current_workflow_task
        if not isinstance(task, DistinctReadingTask):
            return None
        return task.why(self.portrait, self.request.user, at=timezone.now())

    @cached_property
    def recipients(self) -> str:
        return reading.recipients(Person.objects.filter(pk__in=self.desk.people()), at=timezone.now())

    def post(self, request, *args, **kwargs):
        """Whoever may change the portrait may comment on it; who decides is another question."""
        if self.why is None and request.POST.get("decision") != "annotate":
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "desk": self.desk, "expected": self.recipients}

    def form_valid(self, form):
        try:
            with transaction.atomic():
                self.keep(form.notes())
                self.decide(form.cleaned_data)
        except annotating.NotReading:
            form.add_error(None, _("This portrait is not being read any more: nothing was kept."))
            return self.form_invalid(form)
        if form.cleaned_data["decision"] == "annotate":
            messages.success(self.request, _("Your comments are kept, each beside its field."))
            return redirect("wagtailsnippets_portraits_portrait:read", self.portrait.pk)
        return redirect(self.edit_url)

    def keep(self, notes: dict[str, str]) -> None:
        if notes:
            annotating.annotate(self.portrait, notes, by=self.request.user, at=timezone.now())
            log(instance=self.portrait, action="portraits.annotate", user=self.request.user)

    def decide(self, data: dict) -> None:
        said = {"by": self.request.user, "comment": data["comment"], "at": timezone.now()}
        if data["decision"] == "changes":
            workflow.want_changes(self.portrait, **said)
            messages.success(self.request, _("Given back, with your words."))
        elif data["decision"] == "approve":
            seen = {name: data[name] for name in ("fingerprint", "recipients")}
            workflow.read(self.portrait, **seen, **said)
            self.say_what_follows()

    def say_what_follows(self) -> None:
        stage = reading.stages([self.portrait.pk]).get(self.portrait.pk)
        if stage == "asked":
            count = len(self.desk.people())
            sentence = ngettext(
                "Read. The request is on its way to %(count)s person.",
                "Read. The request is on its way to %(count)s people.",
                count,
            )
            messages.success(self.request, sentence % {"count": count})
        elif stage == "reading":
            messages.success(self.request, _("Read. A second reader follows."))
        else:
            messages.warning(self.request, _("Read, but nothing could be asked: the portrait is back on the desk."))

    def get_context_data(self, **kwargs):
        submission = reading.current(self.portrait)
        on_the_walls = state.on_the_walls(self.portrait.pk, at=timezone.now())
        context = super().get_context_data(
            on_the_walls=on_the_walls,
            changes=compare.changes(on_the_walls, self.desk) if on_the_walls else [],
            submission=submission if submission and not submission.version_id else None,
            usages=[Usage(value) for value in submission.usages] if submission else [],
            why=self.why,
            recipients=self.recipients,
            **kwargs,
        )
        form = context["form"]
        return context | {"boxes": form.boxes() if context["submission"] or form.is_bound else {}}


class SettleView(DeskView):
    """POST only: what somebody said beside a field is taken care of. Answers 204 to a script, which stays on its page."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        found = get_object_or_404(Annotation, pk=self.kwargs["annotation"], portrait=self.portrait)
        with transaction.atomic():
            if annotating.settle(found, by=request.user, at=timezone.now()):
                log(instance=self.portrait, action="portraits.settle", user=request.user)
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return HttpResponse(status=204)
        messages.success(request, _("Settled."))
        page = "read" if reading.stages([self.portrait.pk]).get(self.portrait.pk) == "reading" else "ask"
        return redirect(f"wagtailsnippets_portraits_portrait:{page}", self.portrait.pk)


class TakeBackView(DeskView):
    """Stop the reading, or the request. What people said yes to stays."""

    page_title = gettext_lazy("Take back")
    template_name = "portraits/admin/take_back.html"
    form_class = Form
    header_icon = "undo"

    def form_valid(self, form):
        if workflow.take_back(self.portrait, by=self.request.user, at=timezone.now()):
            messages.success(self.request, _("Taken back. The portrait is on the desk again."))
        return redirect(self.edit_url)

    def get_context_data(self, **kwargs):
        stage = reading.stages([self.portrait.pk]).get(self.portrait.pk)
        return super().get_context_data(stage=stage, **kwargs)


class AdaptView(DeskView):
    """The same portrait in the other language: a desk of its own, with its own consents. One button, no choice."""

    page_title = gettext_lazy("Other language")
    template_name = "portraits/admin/adapt.html"
    form_class = Form
    header_icon = "globe"

    def form_valid(self, form):
        made = translate.adapt(self.portrait, by=self.request.user)
        return redirect(reverse(self.edit_url_name, args=[made.pk]))

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            existing=translate.existing(self.portrait), language=translate.other_language(self.portrait), **kwargs
        )


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
