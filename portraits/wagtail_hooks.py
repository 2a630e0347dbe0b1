"""The heart in the CMS."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from portraits.edition_viewset import EditionViewSet
from portraits.inbox_viewsets import ReplyTemplateViewSet, SpotViewSet, TeamViewSet
from portraits.models import Portrait
from portraits.permission import guards_consents
from portraits.views import (
    as_of,
    equity,
    evidence,
    figures,
    inbox,
    inbox_files,
    inbox_intake,
    inbox_message,
    inbox_search,
    notices_desk,
    officer,
    photos,
    readings,
    registers,
    slips,
    takedown,
    to_meet,
)
from portraits.viewsets import (
    AbsenceViewSet,
    IncidentViewSet,
    PersonViewSet,
    PhotoChooser,
    PhotoViewSet,
    PortraitViewSet,
)

register_snippet(PortraitViewSet)
register_snippet(PersonViewSet)
register_snippet(TeamViewSet)
register_snippet(SpotViewSet)
register_snippet(ReplyTemplateViewSet)
register_snippet(EditionViewSet)

BY_HAND = frozenset({"action-publish", "action-unpublish", "action-delete"})
ELSEWHERE = frozenset({"action-submit", "action-restart-workflow", "action-cancel-workflow", "approve", "reject"})


@hooks.register("register_admin_viewset")
def viewsets():
    return [PhotoViewSet(), PhotoChooser("portraits_photo_chooser"), AbsenceViewSet(), IncidentViewSet()]


@hooks.register("register_admin_urls")
def photo_urls():
    return [
        path("registres/", registers.Registers.as_view(), name="portraits_registers"),
        path("registres/<slug:register>.csv", registers.export, name="portraits_register"),
        path("photos/<int:pk>/entiere.jpg", photos.whole, name="portraits_photo_whole"),
        path("photos/<int:pk>/<slug:spec>.<slug:extension>", photos.thumbnail, name="portraits_thumbnail"),
    ]


@hooks.register("register_admin_viewset")
def figure_viewsets():
    return [readings.PublicationViewSet(), readings.SurveyViewSet(), readings.ColumnNameViewSet()]


@hooks.register("register_admin_urls")
def figure_urls():
    return [
        path("chiffres/", figures.Dashboard.as_view(), name="portraits_figures"),
        path("chiffres/tout.csv", figures.export, name="portraits_figures_export"),
        path("chiffres/capsules/<int:pk>/", figures.OneCapsule.as_view(), name="portraits_figures_capsule"),
        path("chiffres/importer/", readings.Receive.as_view(), name="portraits_figures_import"),
        path("chiffres/importer/<int:pk>/", readings.Check.as_view(), name="portraits_figures_check"),
        path("chiffres/importer/<int:pk>/refus.csv", readings.refused, name="portraits_figures_refused"),
    ]


class FiguresItem(MenuItem):
    """« Bilan », for whoever may read it."""

    def is_shown(self, request):
        return figures.may(request.user)


@hooks.register("register_admin_menu_item")
def figures_item():
    return FiguresItem(
        _("Campaign figures"), reverse("portraits_figures"), name="chiffres", icon_name="order", order=340
    )


@hooks.register("register_admin_urls")
def takedown_urls():
    return [
        path("retraits/", takedown.to_take_down, name="portraits_takedown"),
        path("retraits/<int:pk>/photo.jpg", takedown.photo, name="portraits_takedown_photo"),
    ]


@hooks.register("register_admin_urls")
def slip_urls():
    return [path("billets/", slips.to_print, name="portraits_slips")]


class Slips(MenuItem):
    """Slips to print, for whoever works the inbox."""

    def is_shown(self, request):
        return slips.may(request.user)


@hooks.register("register_admin_menu_item")
def slips_item():
    return Slips(_("Slips to print"), reverse("portraits_slips"), name="billets", icon_name="mail", order=334)


class ToTakeDown(MenuItem):
    """The take-down round, for whoever may see it."""

    def is_shown(self, request):
        return takedown.may(request.user)


@hooks.register("register_admin_menu_item")
def to_take_down():
    return ToTakeDown(
        _("To take down"), reverse("portraits_takedown"), name="a-retirer", icon_name="warning", order=332
    )


class RegistersItem(MenuItem):
    """The registers, for whoever may open the page."""

    def is_shown(self, request):
        return registers.opens(request.user)


@hooks.register("register_admin_menu_item")
def registers_item():
    return RegistersItem(
        _("Registers"), reverse("portraits_registers"), name="registres", icon_name="list-ul", order=150
    )


@hooks.register("construct_snippet_action_menu")
def no_publication_by_hand(items, request, context):
    """Consent alone shows a portrait: these buttons would promise what they do not do. Reading has pages of its own."""
    if context["model"] is Portrait:
        items[:] = [item for item in items if item.name not in BY_HAND | ELSEWHERE]


@hooks.register("register_log_actions")
def consent_actions(actions):
    """What staff did, never what a person answered."""
    actions.register_action("portraits.submit", _("Submit for reading"), _("Submitted for reading"))
    actions.register_action("portraits.ask", _("Ask for consent"), _("Consent asked"))
    actions.register_action("portraits.annotate", _("Comment on a field"), _("Commented on"))
    actions.register_action("portraits.settle", _("Settle a comment"), _("Comment settled"))
    actions.register_action("portraits.adapt", _("Adapt"), _("Adapted in the other language"))
    actions.register_action("portraits.hide", _("Hide everywhere"), _("Hidden everywhere"))


@hooks.register("register_admin_urls")
def officer_urls():
    return [
        path("voir-au/", as_of.AsOf.as_view(), name="portraits_as_of"),
        path(
            "voir-au/<slug:usage>/<int:version>/<slug:spec>.<slug:extension>", as_of.photo, name="portraits_as_of_photo"
        ),
        path("accords/", officer.Board.as_view(), name="portraits_officer"),
        path("accords/aide/<int:pk>/", officer.Handled.as_view(), name="portraits_officer_handled"),
        path("accords/recus/<int:pk>/", officer.PrintReceipt.as_view(), name="portraits_officer_receipt"),
        path("accords/recus/<int:pk>/remis/", officer.ReceiptGiven.as_view(), name="portraits_officer_given"),
        path("accords/portraits/<int:pk>/", officer.OnePortrait.as_view(), name="portraits_officer_portrait"),
        path("accords/portraits/<int:pk>/lever/", officer.Lift.as_view(), name="portraits_officer_lift"),
        path("accords/portraits/<int:pk>/exempter/", officer.Exempt.as_view(), name="portraits_officer_exempt"),
        path("accords/mots/<int:pk>/", officer.Words.as_view(), name="portraits_officer_words"),
        path("accords/preuves/", evidence.every, name="portraits_evidence"),
        path("accords/preuves/<int:pk>/ouvrir/", evidence.opened, name="portraits_evidence_open"),
        path("accords/preuves/<int:pk>/feuille/", evidence.file, name="portraits_evidence_file"),
        path("accords/textes/", notices_desk.Texts.as_view(), name="portraits_notices"),
        path("accords/textes/<slug:code>/", notices_desk.Text.as_view(), name="portraits_notice"),
    ]


class AsOfItem(MenuItem):
    def is_shown(self, request):
        return as_of.may(request.user)


class OfficerItem(MenuItem):
    def is_shown(self, request):
        return guards_consents(request.user)


@hooks.register("register_admin_menu_item")
def as_of_item():
    return AsOfItem(_("See as of…"), reverse("portraits_as_of"), name="voir-au", icon_name="history", order=140)


@hooks.register("register_admin_menu_item")
def officer_item():
    return OfficerItem(_("Consents"), reverse("portraits_officer"), name="accords", icon_name="key", order=105)


@hooks.register("register_admin_urls")
def equity_urls():
    return [
        path("equite/", equity.Equity.as_view(), name="portraits_equity"),
        path("equite/effectifs/", equity.Import.as_view(), name="portraits_headcounts"),
    ]


class EquityItem(MenuItem):
    def is_shown(self, request):
        return equity.may(request.user)


@hooks.register("register_admin_menu_item")
def equity_item():
    return EquityItem(_("Equity"), reverse("portraits_equity"), name="equite", icon_name="view", order=145)


@hooks.register("register_admin_urls")
def inbox_urls():
    return [
        path("compliments/", inbox.Inbox.as_view(), name="portraits_inbox"),
        path("compliments/rayon/<slug:shelf>/", inbox.Inbox.as_view(), name="portraits_inbox_shelf"),
        path("compliments/chercher/", inbox_search.Search.as_view(), name="portraits_inbox_search"),
        path("compliments/signaler/", inbox.Reported.as_view(), name="portraits_inbox_reported"),
        path("compliments/tout-revu/", inbox.Reviewed.as_view(), name="portraits_inbox_reviewed"),
        path("compliments/noter/", inbox_intake.Intake.as_view(), name="portraits_inbox_intake"),
        path("compliments/coller/", inbox_intake.Paste.as_view(), name="portraits_inbox_paste"),
        path("compliments/fichiers/", inbox_files.Receive.as_view(), name="portraits_inbox_files"),
        path("compliments/fichiers/<int:pk>/", inbox_files.Check.as_view(), name="portraits_inbox_file"),
        path("compliments/fichiers/<int:pk>/refus.csv", inbox_files.refused, name="portraits_inbox_file_refused"),
        path("a-rencontrer/", to_meet.ToMeet.as_view(), name="portraits_to_meet"),
        path("compliments/<int:pk>/", inbox_message.Message.as_view(), name="portraits_inbox_message"),
        path("compliments/<int:pk>/photo.jpg", inbox_message.photo, name="portraits_inbox_photo"),
        path("compliments/<int:pk>/<slug:gesture>/", inbox_message.Gesture.as_view(), name="portraits_inbox_gesture"),
    ]


class InboxItem(MenuItem):
    def is_shown(self, request):
        return inbox.may(request.user)


@hooks.register("register_admin_menu_item")
def inbox_item():
    return InboxItem(_("Compliments"), reverse("portraits_inbox"), name="compliments", icon_name="mail", order=104)
