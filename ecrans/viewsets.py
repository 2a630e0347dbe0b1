"""Posters in the CMS: a batch is ordered and printed; once printed it is neither edited nor deleted, for paper is not."""

from __future__ import annotations

from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from ecrans import print as paper
from ecrans.forms import AfficheForm, WordsForm
from ecrans.models import Affiche
from ecrans.views import affiche as views
from portraits import attribution, witness
from portraits.capsule import Quote


class AfficheIndex(generic.IndexView):
    """Each batch with what the gate says of it now: two more queries for a whole page."""

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        rows = context["object_list"]
        still = paper.allowed(rows, at=timezone.now())
        unsaid = len(still) < len(rows) and witness.doubt() is not None
        for row in rows:
            row.allowed, row.unsaid = still.get(row.pk), unsaid
        return context

    @cached_property
    def header_buttons(self):
        """« Add », for a portrait, then the same for kind words."""
        found = super().header_buttons
        if self.add_url:
            found.append(
                HeaderButton(_("Kind words"), url=reverse("affiches:words"), icon_name="openquote", priority=20)
            )
        return found


class AfficheAdd(generic.CreateView):
    """Once ordered, the next thing is the PDF."""

    def get_success_message(self, instance):
        return _("%(batch)s is ready to print.") % {"batch": instance}

    def get_success_buttons(self):
        return [messages.button(pdf_address(self.object), _("Download the PDF"))]


class WordsAdd(AfficheAdd):
    """The same for kind words. `?mots=` is the key of those that the form begins with."""

    page_subtitle = gettext_lazy("Poster of kind words")

    def get_form_kwargs(self):
        asked = self.request.GET.get("mots", "")
        return super().get_form_kwargs() | {"first": int(asked) if asked.isdecimal() and len(asked) <= 18 else None}


def pdf_address(row: Affiche) -> str:
    return reverse("affiches:pdf", args=[row.pk, row.size])


def state(row: Affiche) -> str:
    """In words, for staff; computed from the gate's answer."""
    if row.taken_down_at:
        return _("Taken down")
    if row.unsaid:
        return _("Cannot be said now")
    if row.allowed is None:
        return _("To take down") if row.printed_at else _("No longer allowed")
    if row.hung_at:
        return _("Hung")
    return _("To hang") if row.printed_at else _("To print")


def who(row: Affiche) -> str:
    """Whom it shows, or whom its words are for, while it may."""
    if row.allowed is None:
        return "–"
    return (
        attribution.for_whom(row.allowed) or _("Kind words")
        if isinstance(row.allowed, Quote)
        else row.allowed.first_name
    )


def doing(row: Affiche) -> str:
    """What can be done with a batch: its PDF, and « Cancel » before anything was printed."""
    link = '<a href="{}" class="button button-small{}">{}</a>'
    offered = []
    if row.allowed is not None:
        offered.append((pdf_address(row), "", _("PDF")))
    if row.printed_at is None:
        offered.append((reverse("affiches:cancelled", args=[row.pk]), " button-secondary", _("Cancel")))
    return format_html_join(" ", link, offered) or "–"


class AfficheViewSet(ModelViewSet):
    model = Affiche
    name = "affiches"
    icon = "doc-full"
    menu_label = gettext_lazy("Posters")
    menu_order = 330
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ("portrait", "place", "size", "copies")
    index_view_class = AfficheIndex
    add_view_class = AfficheAdd
    list_display = (
        "__str__",
        Column("who", label=gettext_lazy("Who"), accessor=who),
        Column("place", label=capfirst(gettext_lazy("place")), accessor=lambda row: row.place or "–"),
        Column("size", label=capfirst(gettext_lazy("size")), accessor="get_size_display", classname="wide-only"),
        Column("copies", label=capfirst(gettext_lazy("copies")), accessor="copies", classname="wide-only"),
        Column("state", label=capfirst(gettext_lazy("state")), accessor=state),
        Column("doing", label=gettext_lazy("To do"), accessor=doing),
    )

    def get_form_class(self, for_update=False):
        return AfficheForm

    @property
    def words_view(self):
        kwargs = {**self.get_add_view_kwargs(), "form_class": WordsForm, "add_url_name": self.get_url_name("words")}
        return self.construct_view(WordsAdd, **kwargs)

    def get_index_view_kwargs(self, **kwargs):
        rows = Affiche.objects.select_related("place")
        return super().get_index_view_kwargs(queryset=rows, **kwargs)

    def get_urlpatterns(self):
        """Ordered, listed, cancelled, printed, hung, taken down: nothing else has an address."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("mots/", self.words_view, name="words"),
            path("annuler/<int:pk>/", views.cancelled, name="cancelled"),
            path("a-poser/", views.to_hang, name="to_hang"),
            path("a-poser/<int:pk>/", views.hung, name="hung"),
            path("retiree/<int:pk>/", views.taken_down, name="taken_down"),
            path("<int:pk>/<slug:size>.pdf", views.pdf, name="pdf"),
        ]


affiches = AfficheViewSet()
