"""Places, screens and posters in the CMS."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from ecrans import print as paper
from ecrans.models import Ecran, Place
from ecrans.viewsets import affiches


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
    list_display = [
        "name",
        "place",
        Column("get_languages_display", label=_("Languages"), sort_key="languages"),
        "address",
    ]
    list_filter = ["place"]
    search_fields = ["name"]


register_snippet(EcranViewSet)
register_snippet(PlaceViewSet)


@hooks.register("register_admin_viewset")
def posters():
    return affiches


class ToHang(MenuItem):
    """The hanging round, for whoever climbs."""

    def is_shown(self, request):
        return request.user.has_perm("ecrans.hang_affiche")


@hooks.register("register_admin_menu_item")
def to_hang():
    return ToHang(_("Posters to hang"), reverse("affiches:to_hang"), name="a-poser", icon_name="doc-full", order=331)


@hooks.register("register_words_way")
def print_these_words(request, compliment):
    """From the page of a message to its poster, while it may hang somewhere."""
    if request.user.has_perm("ecrans.add_affiche") and paper.words_to_order(at=timezone.now(), keys=[compliment]):
        yield f"{reverse('affiches:words')}?mots={compliment}", _("Order a poster")


@hooks.register("after_edit_snippet")
def another_audience(request, instance):
    """A place opened to the public, or closed to it: what hangs there is owed to the other consent."""
    if isinstance(instance, Place):
        paper.seen_by_others(instance, at=timezone.now())
