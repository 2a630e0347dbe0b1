"""Posters: the page behind the QR code (public); the PDF, « it hangs » and « it is gone » (staff)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ecrans import print as paper
from ecrans.models import Affiche
from portraits import witness
from portraits.forms import TakenDownForm
from portraits.renderings import CannotRender
from portraits.views import takedown


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the batch in front of the reader may still hang, at this instant. No name, no photo, kept by nobody.

    503 while the door is closed to everybody: that this batch must go is then not known."""
    affiche = get_object_or_404(Affiche.objects.select_related("place"), code=code)
    still = bool(paper.allowed([affiche], at=timezone.now()))
    unsaid = not still and witness.doubt() is not None
    context = {"affiche": affiche, "allowed": still, "unsaid": unsaid}
    with translation.override(affiche.language):
        response = render(request, "ecrans/affiche/check.html", context, status=503 if unsaid else 200)
    if unsaid:
        response["Retry-After"] = "300"
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, noimageindex"
    return response


@require_safe
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """From the poster to « Dire merci », under the name of its person if everybody may read it. The page before this one names
    nobody, its links neither: who is thanked is asked of the gate when it is followed."""
    affiche = get_object_or_404(Affiche.objects.select_related("place"), code=code)
    slug = paper.slug_to_thank(affiche, at=timezone.now())
    with translation.override(affiche.language):
        response = redirect("merci-a", slug) if slug else redirect("merci")
    response["Cache-Control"] = "no-store"
    return response


def _may(request: HttpRequest, action: str) -> None:
    if not request.user.has_perm(f"ecrans.{action}_affiche"):
        raise PermissionDenied


@require_safe
def pdf(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """The printer's copy, through the gate at this instant; 410 and a page that says why when it says no."""
    _may(request, "view")
    affiche = get_object_or_404(Affiche.objects.select_related("place"), pk=pk, size=size)
    try:
        body = paper.sheet(affiche)
    except paper.NotAllowed:
        return _refused(request, affiche, status=410)
    except CannotRender as problem:
        return _refused(request, affiche, status=422, sentence=str(problem))
    name = _("poster-%(number)s-%(size)s.pdf") % {"number": affiche.pk, "size": affiche.size}
    return HttpResponse(
        body,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _refused(request: HttpRequest, affiche: Affiche, *, status: int, sentence: str = "") -> HttpResponse:
    context = {"affiche": affiche, "sentence": sentence}
    response = render(request, "ecrans/affiche/refused.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def cancelled(request: HttpRequest, pk: int) -> HttpResponse:
    """An order that was a mistake, before anything was printed: asked once, then forgotten."""
    _may(request, "add")
    affiche = get_object_or_404(Affiche.objects.select_related("place"), pk=pk)
    if affiche.printed_at is None and request.method != "POST":
        return render(request, "ecrans/affiche/cancel.html", {"affiche": affiche})
    if affiche.printed_at is None and paper.cancel(affiche):
        messages.success(request, _("The order is cancelled. Nothing was printed."))
    else:
        messages.error(
            request, _("%(batch)s was printed: it can no longer be cancelled, only taken down.") % {"batch": affiche}
        )
    return redirect("affiches:index")


@require_safe
def to_hang(request: HttpRequest) -> HttpResponse:
    """What was printed and hangs nowhere yet, by place: for somebody on a ladder, with a telephone."""
    _may(request, "hang")
    places = paper.to_hang(at=timezone.now())
    unsaid = not places and witness.doubt() is not None
    context = {"places": places, "unsaid": unsaid}
    return render(request, "ecrans/affiche/to_hang.html", context, status=503 if unsaid else 200)


@require_http_methods(["POST"])
def hung(request: HttpRequest, pk: int) -> HttpResponse:
    """« It hangs », if the gate still allows it at this instant."""
    _may(request, "hang")
    affiche = get_object_or_404(Affiche.objects.select_related("place"), pk=pk)
    try:
        if paper.hang(affiche, by=request.user, at=timezone.now()):
            messages.success(request, _("%(batch)s hangs. Thank you!") % {"batch": affiche})
    except paper.NotAllowed:
        messages.error(request, _("%(batch)s may no longer hang: hand it in, or tear it up.") % {"batch": affiche})
    return redirect("affiches:to_hang")


@require_http_methods(["POST"])
def taken_down(request: HttpRequest, pk: int) -> HttpResponse:
    """« It is gone », with a photo of the empty wall or a word: the batch leaves the list; its QR code keeps saying that
    it must not hang."""
    _may(request, "hang")
    affiche = get_object_or_404(Affiche, pk=pk)
    form = TakenDownForm(request.POST, request.FILES)
    if not form.is_valid():
        return takedown.page(request, form=form, tick=request.path)
    left = form.cleaned_data
    if paper.take_down(affiche, by=request.user, at=timezone.now(), note=left["note"], photo=left["photo"]):
        messages.success(request, _("%(batch)s: taken down. Thank you!") % {"batch": affiche})
    return redirect("portraits_takedown")
