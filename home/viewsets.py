"""Posts in the CMS: the image is downloaded, posted elsewhere, and the address of the post recorded. Never edited nor deleted."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateTimeInput

from home import post as posts
from home.models import Post
from portraits import gate, witness
from portraits.blocks import CapsuleBlock
from portraits.forms import TakenDownForm
from portraits.renderings import CannotRender
from portraits.usages import Usage
from portraits.views import takedown

NOBODY = "0"  # in place of a portrait: it is not on the page of those who may be posted
UNSEEN = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}


def _may(request: HttpRequest, action: str) -> None:
    if not request.user.has_perm(f"home.{action}_post"):
        raise PermissionDenied


@require_safe
def share(request: HttpRequest) -> HttpResponse:
    """Who may be posted now: the image, and where to record its post."""
    _may(request, "add")
    capsules = posts.shareable(at=timezone.now())
    unsaid = not capsules and witness.doubt() is not None
    context = {"capsules": capsules, "unsaid": unsaid}
    response = render(request, "home/admin/share.html", context, status=503 if unsaid else 200)
    response["Cache-Control"] = UNSEEN["Cache-Control"]
    return response


@require_safe
def image(request: HttpRequest, portrait: int) -> HttpResponse:
    """The image to be posted, through the gate at this instant; 410 when it says no, 422 when a letter is missing."""
    _may(request, "add")
    try:
        capsule, png = posts.image(portrait, at=timezone.now())
    except posts.NotAllowed:
        return HttpResponse(status=410, content_type="text/plain", headers=UNSEEN)
    except CannotRender as problem:
        return HttpResponse(str(problem), status=422, content_type="text/plain; charset=utf-8", headers=UNSEEN)
    headers = {**UNSEEN, "Content-Disposition": f'inline; filename="{capsule.slug}.png"'}
    return HttpResponse(png, content_type="image/png", headers=headers)


@require_http_methods(["POST"])
def removed(request: HttpRequest, pk: int) -> HttpResponse:
    """« It is gone »: with a capture of the empty place, or a word."""
    _may(request, "change")
    row = get_object_or_404(Post, pk=pk)
    form = TakenDownForm(request.POST, request.FILES)
    if not form.is_valid():
        return takedown.page(request, form=form, tick=request.path)
    left = form.cleaned_data
    if posts.remove(row, by=request.user, at=timezone.now(), note=left["note"], photo=left["photo"]):
        messages.success(request, _("The post is gone. Thank you!"))
    return redirect("portraits_takedown")


class PostForm(WagtailAdminModelForm):
    """Records a post: of what the gate shows at this instant, or of what is online although it may no longer be."""

    posted_at = forms.DateTimeField(
        label=capfirst(gettext_lazy("posted on")),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Leave empty if it was just now."),
    )

    class Meta:
        model = Post
        fields = ("portrait", "network", "address")
        widgets = {"portrait": forms.HiddenInput, "address": forms.URLInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if str(self.data.get("portrait") or self.initial.get("portrait") or NOBODY) == NOBODY:
            self.fields["portrait"].widget = CapsuleBlock().widget

    def clean_posted_at(self):
        """Raises ValidationError on an instant that has not come."""
        posted_at = self.cleaned_data["posted_at"]
        if posted_at and posted_at > timezone.now():
            raise ValidationError(_("This date has not come yet."))
        return posted_at

    def clean(self):
        """Raises ValidationError when nobody ever said yes: a post that nobody agreed to must not be there at all."""
        data, at = super().clean(), timezone.now()
        if "portrait" not in data or "posted_at" not in data:
            return data
        try:
            posts.found(data["portrait"], posted_at=data["posted_at"] or at, at=at)
        except posts.NotAllowed:
            sentence = _(
                "This portrait has no consent for social networks now: do not post it. If it is online already, remove it."
            )
            raise ValidationError({"portrait": sentence}) from None
        return data

    def save(self, commit=True):
        posted_at = self.cleaned_data["posted_at"]
        return posts.record(self.instance, by=self.for_user, at=timezone.now(), posted_at=posted_at)


class PostAdd(generic.CreateView):
    """One post of the portrait that was chosen on the page before; of NOBODY, it is chosen here."""

    def get_initial(self):
        return {"portrait": self.request.GET.get("portrait", "")}

    def get(self, request, *args, **kwargs):
        if not request.GET.get("portrait", "").isdecimal():
            return redirect("publications:share")
        return super().get(request, *args, **kwargs)

    def get_success_message(self, instance):
        if self.must_go:
            return _(
                "The post is on the list, and it may no longer be online: remove it now, then say that it is gone."
            )
        return _("The post is on the list. If its consent ends, you are told to remove it.")

    def get_success_buttons(self):
        """There is nothing to edit; there may be something to remove."""
        return [messages.button(reverse("portraits_takedown"), _("To take down"))] if self.must_go else []

    @cached_property
    def must_go(self) -> bool:
        shown = gate.capsules(Usage.SOCIAL, at=timezone.now(), keys=[self.object.portrait])
        return self.object.version not in {capsule.version for capsule in shown}


class PostIndex(generic.IndexView):
    """Each post with what the gate says of it now: one more query for a whole page."""

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        rows = context["object_list"]
        shown = gate.capsules(Usage.SOCIAL, at=timezone.now(), keys=sorted({row.portrait for row in rows}))
        versions = {capsule.version: capsule for capsule in shown}
        unsaid = len(versions) < len(rows) and witness.doubt() is not None
        for row in rows:
            row.capsule, row.unsaid = versions.get(row.version), unsaid
        return context


def state(row: Post) -> str:
    """In words, for staff; computed from the gate's answer."""
    if row.removed_at:
        return _("Removed")
    if row.unsaid:
        return _("Cannot be said now")
    return _("Online") if row.capsule else _("To remove")


def link(row: Post) -> str:
    return format_html(
        '<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', row.address, row.get_network_display()
    )


class PostViewSet(ModelViewSet):
    model = Post
    name = "publications"
    icon = "link-external"
    menu_label = gettext_lazy("Publish elsewhere")
    menu_order = 300
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ("portrait", "network", "address")
    index_view_class = PostIndex
    add_view_class = PostAdd
    list_display = (
        Column("network", label=capfirst(gettext_lazy("network")), accessor=link),
        Column(
            "who",
            label=capfirst(gettext_lazy("portrait")),
            accessor=lambda row: row.capsule.first_name if row.capsule else "–",
        ),
        Column("posted_at", label=capfirst(gettext_lazy("posted on")), accessor="posted_at"),
        Column("posted_by", label=capfirst(gettext_lazy("posted by")), accessor="posted_by"),
        Column("state", label=capfirst(gettext_lazy("state")), accessor=state),
    )

    def get_form_class(self, for_update=False):
        return PostForm

    def get_index_view_kwargs(self, **kwargs):
        return super().get_index_view_kwargs(queryset=Post.objects.select_related("posted_by"), **kwargs)

    def get_urlpatterns(self):
        """Shared, recorded, listed, removed: nothing else has an address."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("partager/", share, name="share"),
            path("image/<int:portrait>.png", image, name="image"),
            path("new/", self.add_view, name="add"),
            path("retire/<int:pk>/", removed, name="removed"),
        ]


publications = PostViewSet()
