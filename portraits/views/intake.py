"""Other ways to answer than a link in a mail: a printed letter, a counter, paper and the telephone. For whoever writes
portraits. Nothing here says whether somebody has answered."""

from __future__ import annotations

from datetime import datetime

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portraits import consent, counter, letter, links, notices, recording
from portraits.intake_forms import RecordForm
from portraits.models import ConsentRequest, Evidence, Portrait
from portraits.renderings import CannotRender
from portraits.usages import Usage
from portraits.views import visit
from portraits.views.desk import DeskView

UNSEEN = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}


def seen_now(request: ConsentRequest) -> dict[Usage, str]:
    """Usage → hash of its rendering, of those that this request asks for and that can be rendered now."""
    made = {Usage(name): visit.render(Usage(name), request.subject.version) for name in request.asked}
    return {usage: rendering.sha256 for usage, rendering in made.items() if rendering is not None}


class OneRequest(DeskView):
    """A page about one open request of this portrait; a closed one is said, and leads back."""

    closed_too = False

    @cached_property
    def question(self) -> ConsentRequest:
        rows = ConsentRequest.objects.select_related("recipient", "subject__person", "subject__version__portrait")
        return get_object_or_404(rows, pk=self.kwargs["question"], subject__version__portrait=self.portrait)

    @property
    def ways_url(self) -> str:
        return reverse("wagtailsnippets_portraits_portrait:ways", args=[self.portrait.pk])

    def dispatch(self, request, *args, **kwargs):
        if not self.user_has_permission(self.permission_required):
            raise PermissionDenied
        if not self.closed_too and self.question.closes_at <= timezone.now():
            return self.back(_("This request is closed: it takes no answer any more. Ask again to go on."))
        if recording.theirs(self.question, request.user):
            return self.back(_("This is about you: answer through your own link, or ask a colleague."))
        response = super().dispatch(request, *args, **kwargs)
        for name, value in UNSEEN.items():
            response.headers[name] = value
        return response

    def back(self, words: str) -> HttpResponse:
        messages.error(self.request, words)
        return redirect(self.ways_url)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            question=self.question, person=self.question.addressee, ways_url=self.ways_url, **kwargs
        )


class WaysView(DeskView):
    """Each person who is asked, answered or not, and the three other ways."""

    page_title = gettext_lazy("Letter, counter, telephone")
    template_name = "portraits/admin/ways.html"
    http_method_names = ["get", "head"]

    @cached_property
    def desk(self) -> Portrait:
        """The draft without its people, who are not read here: Wagtail asks for each of them."""
        revision = self.portrait.latest_revision
        return self.portrait.with_content_json(revision.content | {"subjects": []}) if revision else self.portrait

    def get_context_data(self, **kwargs):
        at = timezone.now()
        handed = counter.open_now(at=at).filter(link__request=OuterRef("pk"))
        rows = ConsentRequest.objects.filter(subject__version__portrait=self.portrait).annotate(handed=Exists(handed))
        found = rows.filter(Q(closes_at__gt=at) | Q(handed=True)).select_related("recipient", "subject__person")
        return super().get_context_data(requests=found.order_by("pk"), now=at, **kwargs)

    def get_form(self, form_class=None):
        return None


class LetterView(OneRequest):
    """One letter, with a link of its own, as a PDF. Each printing leaves a line."""

    page_title = gettext_lazy("Printed letter")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            data = letter.print_one(self.question, by=request.user, at=timezone.now())
        except CannotRender as problem:
            return self.back(str(problem))
        except consent.Closed:
            return self.back(_("This request is closed: it takes no answer any more. Ask again to go on."))
        name = f"lettre-{self.question.pk}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(data, content_type="application/pdf", headers=headers)


class CounterView(OneRequest):
    """A link for a tablet that carries nobody's session: a code to be read by its camera, or digits to be typed on it."""

    page_title = gettext_lazy("Answer at the counter")
    template_name = "portraits/admin/counter.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        at = timezone.now()
        try:
            handed = counter.hand_over(self.question, witness=request.user, at=at)
        except counter.OwnWork:
            return self.back(_("You wrote or submitted this portrait: ask a colleague to be the witness."))
        address = links.address(handed.token)
        context = self.get_context_data(
            address=address,
            code=segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=2),
            until=at + links.AT_THE_COUNTER,
            typed_at=request.build_absolute_uri(reverse("guichet")).split("://", 1)[-1],
            digits=f"{handed.digits[:4]} {handed.digits[4:]}",
            typed_until=at + counter.LASTS,
            form=None,
        )
        return self.render_to_response(context)


class EndCounterView(OneRequest):
    """The agent ends what was handed over, even once the request is closed: the tablet shows nothing any more."""

    page_title = gettext_lazy("Answer at the counter")
    http_method_names = ["post"]
    closed_too = True

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if counter.end(self.question, at=timezone.now()):
            messages.success(request, _("The session is over: the tablet shows nothing any more."))
        else:
            messages.info(request, _("No session was open at the counter."))
        return redirect(self.ways_url)


class RecordView(OneRequest):
    """What somebody answered on paper or on the telephone."""

    page_title = gettext_lazy("Record an answer")
    template_name = "portraits/admin/record.html"
    form_class = RecordForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "question": self.question}

    def get_context_data(self, **kwargs):
        _version, script = notices.script(self.question.addressee.language, at=timezone.now())
        return super().get_context_data(script=script, **kwargs)

    def form_valid(self, form):
        at = timezone.now()
        said = form.said(at=at)
        try:
            evidence = recording.record(self.question, said, seen=seen_now(self.question), by=self.request.user, at=at)
        except consent.Closed:
            return self.back(_("This request is closed: it takes no answer any more. Ask again to go on."))
        except recording.Changed:
            form.add_error(None, _("One of the accepted usages cannot be rendered now: it cannot be accepted either."))
            return self.form_invalid(form)
        if evidence.dismissed_at:
            messages.success(self.request, _("Recorded."))
        else:
            messages.success(
                self.request, _("Recorded. What is accepted waits until a second person opens it and confirms.")
            )
        return redirect(self.ways_url)


class ConfirmView(DeskView):
    """The second person opens what the first one recorded, then agrees or not. A GET shows no answer."""

    page_title = gettext_lazy("Confirm an answer")
    template_name = "portraits/admin/confirm.html"

    @cached_property
    def evidence(self) -> Evidence:
        rows = Evidence.objects.select_related(
            "recorded_by", "request__recipient", "request__subject__person", "request__subject__version__portrait"
        )
        return get_object_or_404(rows, pk=self.kwargs["evidence"], request__subject__version__portrait=self.portrait)

    def get_form(self, form_class=None):
        return None

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.evidence.confirmed_at or self.evidence.dismissed_at:
            return self._over(_("Nothing is left to confirm here."))
        return self._page()

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        wish, at = request.POST.get("geste"), timezone.now()
        try:
            if wish == "ouvrir":
                recording.show(self.evidence, by=request.user, at=at)
                return self._page(opened=True)
            if wish == "feuille":
                return self._sheet(at)
            if wish == "confirmer":
                seen = seen_now(self.evidence.request)
                recording.confirm(self.evidence, seen=seen, by=request.user, at=at)
                return self._over(_("Confirmed."))
            if wish == "ecarter":
                recording.dismiss(self.evidence, by=request.user, at=at)
                return self._over(_("Set aside: nothing is accepted."))
        except recording.Settled:
            return self._over(_("Nothing is left to confirm here."))
        except recording.NotYours:
            return self._page(
                problem=_("Another person must confirm: neither whoever recorded it, nor whom it is about.")
            )
        except recording.NotOpened:
            return self._page(problem=_("Open it first. If a colleague has opened it since, open it again."))
        except consent.Closed:
            return self._page(problem=_("The request is closed: it takes no answer any more. Ask again."))
        except recording.Changed:
            return self._page(
                problem=_("A preview has changed since the answer was given: it cannot be confirmed. Ask again.")
            )
        raise Http404

    def _sheet(self, at) -> HttpResponse:
        """The signed sheet, to whoever has just opened the record."""
        row = recording.show(self.evidence, by=self.request.user, at=at)
        return file_of(row)

    def _page(self, *, opened: bool = False, problem: str = "") -> HttpResponse:
        row = self.evidence
        mine = row.recorded_by_id == self.request.user.pk or recording.theirs(row.request, self.request.user)
        context = self.get_context_data(
            evidence=row,
            opened=opened,
            problem=problem,
            mine=mine,
            answers=answers_of(row) if opened else [],
            until=self._until() if opened else None,
            form=None,
        )
        return self._unseen(self.render_to_response(context))

    def _until(self) -> datetime | None:
        """When what is accepted would end, as the person read it; None when nothing of it is left."""
        row, at = self.evidence, timezone.now()
        try:
            return consent.ends_at(row.request, at=at, days=row.days, since=recording.counted_from(row))
        except consent.Closed:
            return None

    def _over(self, words: str) -> HttpResponse:
        messages.success(self.request, words)
        return redirect(self.edit_url)

    def _unseen(self, response: HttpResponse) -> HttpResponse:
        for name, value in UNSEEN.items():
            response.headers[name] = value
        return response


def answers_of(row: Evidence) -> list[tuple[str, str]]:
    """(usage, answer) in words, for whoever opened the record."""
    words = {"yes": _("yes"), "no": _("no")}
    return [(Usage(name).label, words[row.answers[name]]) for name in Usage.values if name in row.answers]


def file_of(row: Evidence) -> HttpResponse:
    """The signed sheet as a file to be saved, never a page: a PDF may hold anything. 404 when its bytes are not those recorded."""
    if not row.file:
        raise Http404
    with row.file.open("rb") as file:
        data = file.read()
    if recording.hash_of(data) != row.sha256:
        raise Http404(_("This file is not the one that was recorded."))
    extension = row.file.name.rsplit(".", 1)[-1]
    kind = {"pdf": "application/pdf", "jpg": "image/jpeg"}[extension]
    response = HttpResponse(data, content_type=kind, headers={**UNSEEN, "X-Content-Type-Options": "nosniff"})
    response.headers["Content-Disposition"] = f'attachment; filename="preuve-{row.pk}.{extension}"'
    response._csp_replace = {"default-src": ["'none'"], "sandbox": True}
    return response
