"""The CMS in our colours: « Aujourd'hui » on its first page, our mark, and nothing asked of a third party."""

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html_join
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.views import account
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel

from intranet import dashboard, roles
from portraits.models import Portrait
from portraits.permission import guards_consents
from portraits.views import inbox, takedown, to_meet

SHEETS = (
    "intranet/admin.css",
    "portraits/admin/desk.css",
    "portraits/admin/officer.css",
    "portraits/admin/figures.css",
)
MODULES = ("counters", "framing", "consent-panel", "settle")


class Today(Component):
    """One line per task; « Rien ne t'attend. » otherwise."""

    name = "today"
    template_name = "intranet/today.html"
    order = 50

    def get_context_data(self, parent_context):
        request = parent_context["request"]
        may_read = request.user.has_perm("portraits.change_portrait")
        found = dashboard.alarms() if roles.answers_for_consent(request.user) else []
        found += dashboard.incidents() if roles.answers_for_consent(request.user) else []
        if guards_consents(request.user):
            found += dashboard.calls() + dashboard.undelivered(at=timezone.now())
        found += dashboard.to_take_down(at=timezone.now()) if takedown.may(request.user) else []
        found += dashboard.kind_words(at=timezone.now()) if inbox.may(request.user) else []
        found += dashboard.to_meet(request.user, at=timezone.now()) if to_meet.may(request.user) else []
        found += dashboard.to_hang(at=timezone.now()) if request.user.has_perm("ecrans.hang_affiche") else []
        found += dashboard.to_confirm(request.user, at=timezone.now()) if may_read else []
        found += dashboard.tasks(user=request.user, at=timezone.now()) if may_read else []
        return {
            "tasks": found,
            "first_name": request.user.first_name or request.user.get_username(),
            "now": timezone.now(),
            "agreed": dashboard.agreed(at=timezone.now()) if may_read else "",
            "may_write": request.user.has_perm("portraits.add_portrait"),
        }


class PagesInWorkflow(UserObjectsInWorkflowModerationPanel):
    """One's own pages in a workflow. Portraits are told by « Aujourd'hui »."""

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        states = context["workflow_states"]
        return context | {"workflow_states": [one for one in states if not isinstance(one.content_object, Portrait)]}


@hooks.register("construct_homepage_panels")
def today_first(request, panels):
    """« Aujourd'hui », and no second list of portraits in a workflow beside it."""
    theirs = UserObjectsInWorkflowModerationPanel
    panels[:] = [PagesInWorkflow() if isinstance(panel, theirs) else panel for panel in panels]
    panels.append(Today())


@hooks.register("construct_homepage_summary_items")
def no_inventory(request, items):
    """How many pages and images there are helps nobody at eight in the morning."""
    items.clear()


@hooks.register("construct_help_menu")
def no_news(request, items):
    """Wagtail's release notes are not our editors' news; the shortcuts stay."""
    items[:] = [item for item in items if not item.name.startswith(("whats-new-in-wagtail", "editor-guide"))]


@hooks.register("insert_global_admin_css")
def sheets():
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((static(path),) for path in SHEETS))


@hooks.register("insert_global_admin_js")
def modules():
    return format_html_join(
        "", '<script type="module" src="{}"></script>', ((static(f"portraits/admin/{name}.js"),) for name in MODULES)
    )


@hooks.register("get_avatar_url")
def no_avatar(user, size):
    """Neither a third party nor a file: the private storage gives no address."""
    return static("wagtailadmin/images/default-user-avatar.png")


account.AvatarSettingsPanel.is_active = lambda panel: False  # an uploaded picture could not be shown
account.NameEmailSettingsPanel.is_active = lambda panel: (
    False
)  # bravos are signed with it: the administrator’s to change
