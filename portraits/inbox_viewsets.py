"""Teams, spots and answer templates in the CMS: what the inbox proposes, kept under « Settings »."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from portraits.models import ReplyTemplate, Spot, Team


def _panels(*names: str, **heading) -> ObjectList:
    return ObjectList([MultiFieldPanel([FieldPanel(name) for name in names], **heading)])


class TeamViewSet(SnippetViewSet):
    model = Team
    icon = "group"
    url_prefix = "equipes"
    add_to_settings_menu = True
    menu_name = "teams"
    copy_view_enabled = False
    list_display = ["name", "name_en", "email", BooleanColumn("active", label=_("in use"))]
    search_fields = ["name", "name_en"]
    search_backend_name = None
    edit_handler = _panels("name", "name_en", "email", "active", heading=_("Team"))


class SpotViewSet(SnippetViewSet):
    model = Spot
    icon = "site"
    url_prefix = "lieux"
    add_to_settings_menu = True
    menu_name = "spots"
    copy_view_enabled = False
    list_display = ["name", "name_en", BooleanColumn("active", label=_("in use"))]
    search_fields = ["name", "name_en"]
    search_backend_name = None
    edit_handler = _panels("name", "name_en", "active", heading=_("Spot"))


class ReplyTemplateViewSet(SnippetViewSet):
    model = ReplyTemplate
    icon = "mail"
    url_prefix = "modeles-de-reponse"
    add_to_settings_menu = True
    menu_name = "reply-templates"
    copy_view_enabled = False
    list_display = ["theme", "language"]
    list_filter = ["language"]
    search_fields = ["theme", "body"]
    search_backend_name = None
    edit_handler = _panels("theme", "language", "body", heading=_("Answer template"))
