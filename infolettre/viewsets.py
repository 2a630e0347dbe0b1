"""Issues and the staff list, as the CMS shows them."""

from django.db.models import Count, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from infolettre.models import Delivery, Infolettre, Subscriber
from infolettre.send import WAITING

State = Delivery.State
TROUBLED = (State.REFUSED, State.UNCERTAIN)


class InfolettreViewSet(SnippetViewSet):
    model = Infolettre
    icon = "mail"
    menu_label = _("Issues")
    copy_view_enabled = False
    list_display = [
        "__str__",
        Column("state", label=_("State"), accessor="get_state_display"),
        DateColumn("started_at", label=_("Left"), sort_key="started_at"),
        Column("gone", label=_("Mails sent"), accessor=lambda row: _figure(row, row.gone)),
        Column("waiting", label=_("Waiting"), accessor=lambda row: _figure(row, row.waiting)),
        Column("troubled", label=_("Refused or uncertain"), accessor=lambda row: _figure(row, row.troubled)),
    ]
    list_filter = ["state", "language"]
    list_per_page = 50
    search_fields = ["title"]

    def get_queryset(self, request):
        """With the counts and the newest draft of every issue, in the list's own query."""
        return Infolettre.objects.select_related("latest_revision").annotate(
            gone=Count("deliveries", filter=Q(deliveries__state=State.DONE)),
            waiting=Count("deliveries", filter=Q(deliveries__state__in=WAITING)),
            troubled=Count("deliveries", filter=Q(deliveries__state__in=TROUBLED)),
        )


def _figure(row: Infolettre, count: int) -> int | str:
    """A draft has no figure at all: nothing rather than a zero."""
    return "" if row.state == Infolettre.State.DRAFT else count


class SubscriberViewSet(SnippetViewSet):
    model = Subscriber
    icon = "group"
    menu_label = _("Staff list")
    copy_view_enabled = False
    list_display = [
        "email",
        "first_name",
        Column("language", label=capfirst(_("language")), accessor="get_language_display"),
        BooleanColumn("active", label=capfirst(_("receives the newsletter"))),
    ]
    list_filter = ["active", "language"]
    list_per_page = 50
    search_fields = ["email", "first_name"]


class InfolettreGroup(SnippetViewSetGroup):
    items = (InfolettreViewSet, SubscriberViewSet)
    menu_label = _("Newsletter")
    menu_icon = "mail"
    menu_order = 220
