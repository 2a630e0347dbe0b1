"""Places and screens in the CMS."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from ecrans.models import Ecran, Place


class PlaceViewSet(SnippetViewSet):
    model = Place
    icon = "home"
    menu_order = 320
    add_to_admin_menu = True
    list_display = ["__str__", "audience", "lease_hours"]
    list_filter = ["audience"]
    search_fields = ["building", "floor", "room"]


class EcranViewSet(SnippetViewSet):
    model = Ecran
    icon = "desktop"
    menu_order = 310
    add_to_admin_menu = True
    list_display = ["name", "place", "get_languages_display", "address"]
    list_filter = ["place"]
    search_fields = ["name"]


register_snippet(EcranViewSet)
register_snippet(PlaceViewSet)
