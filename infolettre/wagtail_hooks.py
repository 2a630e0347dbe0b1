"""Where the infolettre enters Wagtail's admin."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import ListingButton
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from infolettre.models import Infolettre
from infolettre.views import sending
from infolettre.viewsets import InfolettreGroup

register_snippet(InfolettreGroup)


@hooks.register("register_admin_urls")
def sending_addresses():
    return [
        path("infolettre/<int:pk>/envoyer/", sending.confirm, name="infolettre-envoyer"),
        path("infolettre/<int:pk>/depart/", sending.leave, name="infolettre-depart"),
        path("infolettre/<int:pk>/essai/", sending.test, name="infolettre-essai"),
        path("infolettre/<int:pk>/apercu/", sending.look, name="infolettre-apercu"),
        path("infolettre/<int:pk>/envois/", sending.deliveries, name="infolettre-envois"),
    ]


class Send(ActionMenuItem):
    """Leads to the page that says what leaves and to whom: nothing is sent from the editor itself."""

    label = _("Send…")
    name = "infolettre-send"
    icon_name = "mail"

    def is_shown(self, context):
        return context["view"] == "edit"

    def get_url(self, parent_context):
        return reverse("infolettre-envoyer", args=[parent_context["instance"].pk])


@hooks.register("construct_snippet_action_menu")
def issues_are_sent(items, request, context):
    """An issue is sent, neither published nor deleted."""
    if context["model"] is Infolettre:
        items[:] = [item for item in items if item.name not in {"action-publish", "action-unpublish", "action-delete"}]
        if (send := Send(order=1)).is_shown(context):  # Wagtail asks its own items only
            items.append(send)


@hooks.register("register_snippet_listing_buttons")
def sending_button(snippet, user, next_url=None):
    if isinstance(snippet, Infolettre) and user.has_perm("infolettre.change_infolettre"):
        draft = snippet.state == Infolettre.State.DRAFT
        yield ListingButton(
            _("Send…") if draft else _("Deliveries"),
            reverse("infolettre-envoyer" if draft else "infolettre-envois", args=[snippet.pk]),
            icon_name="mail",
            priority=5,
        )
