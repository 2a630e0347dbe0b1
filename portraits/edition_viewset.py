"""Special editions in the CMS: their words and days, and a page of propositions for each."""

from __future__ import annotations

from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from portraits import framing
from portraits.models import Edition
from portraits.views import editions


def days(edition: Edition) -> str:
    """« Shown now, until… », « from… », « over since… », for whoever looks at the list."""
    today = timezone.localdate()
    first, last = framing.next_days(edition, today)
    words = {"first": editions.day(first), "last": editions.day(last)}
    if first <= today <= last:
        return _("Shown now, until %(last)s") % words
    if today < first:
        return _("From %(first)s to %(last)s") % words
    return _("Over since %(last)s") % words


def propositions(edition: Edition) -> str:
    address = reverse(Edition.snippet_viewset.get_url_name("propositions"), args=[edition.pk])
    return format_html('<a class="button button-small button-secondary" href="{}">{}</a>', address, _("Propositions"))


class ThenPropose:
    """Once its words and days are saved, an edition is filled on its page of propositions."""

    def get_success_url(self):
        return reverse(Edition.snippet_viewset.get_url_name("propositions"), args=[self.object.pk])


class EditionCreate(ThenPropose, CreateView):
    pass


class EditionEdit(ThenPropose, EditView):
    pass


class EditionIndex(IndexView):
    default_ordering = "-pk"

    @property
    def columns(self):
        return [
            self._get_title_column("__str__", width="38%"),
            Column("days", label=gettext_lazy("Days"), accessor=days),
            Column("criterion", label=gettext_lazy("Proposes"), accessor="get_criterion_display"),
            Column("propositions", label=gettext_lazy("Portraits"), accessor=propositions),
        ]


class EditionViewSet(SnippetViewSet):
    model = Edition
    icon = "calendar-alt"
    url_prefix = "editions"
    add_to_admin_menu = True
    menu_order = 115
    menu_name = "editions"
    copy_view_enabled = False
    index_view_class, add_view_class, edit_view_class = EditionIndex, EditionCreate, EditionEdit
    search_fields = ["title", "title_en"]
    search_backend_name = None
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("title"), FieldPanel("introduction"), FieldPanel("colour")],
                heading=gettext_lazy("The frame"),
                icon="openquote",
            ),
            MultiFieldPanel(
                [FieldPanel("title_en"), FieldPanel("introduction_en")],
                heading=gettext_lazy("In English"),
                icon="globe",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("rule"),
                    FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
                    FieldPanel("month"),
                    FieldRowPanel([FieldPanel("day"), FieldPanel("days_before"), FieldPanel("days_after")]),
                    FieldPanel("week"),
                ],
                heading=gettext_lazy("When it is shown"),
                icon="calendar-alt",
            ),
            MultiFieldPanel(
                [FieldPanel("criterion"), FieldPanel("tag")], heading=gettext_lazy("Whom it proposes"), icon="user"
            ),
        ]
    )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/propositions/", editions.Propositions.as_view(), name="propositions"),
        ]
