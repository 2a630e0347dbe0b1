"""Who may do what, in code: groups are made from this table after each migration, never by hand.

The administrator is the superuser. Nobody, the administrator included, can say yes for somebody else, publish or delete;
and who refused, like the evidence, is for the consent officers alone: those views ask
`portraits.permission.guards_consents`, to which being a superuser is no answer. Each role has its page in docs/roles/.
"""

from __future__ import annotations

from django.apps import apps
from django.core.checks import Error, register

HR = "Ressources humaines"
COMMS = "Communications"
CONSENT_OFFICER = "Accords"
TECHNICIAN = "Écrans"
EMPLOYEE = "Personnel"
SERVICES = (HR, COMMS)  # who read portraits: somebody of the one reads what somebody of the other wrote


def _write(*models: str) -> tuple[str, ...]:
    """Add, change and view these models. `models` are « app.model »."""
    pairs = [model.split(".") for model in models]
    return tuple(f"{app}.{verb}_{model}" for app, model in pairs for verb in ("add", "change", "view"))


ADMIN = "wagtailadmin.access_admin"
PORTRAITS = _write("portraits.portrait", "portraits.photo", "portraits.person")
READ_PORTRAITS = ("portraits.view_portrait", "portraits.view_photo", "portraits.view_person")
ABSENCES = (*_write("portraits.absence"), "portraits.delete_absence")  # one's own only: portraits/views/absences.py
AS_OF = "portraits.see_as_of"
EQUITY = "portraits.see_equity"
INBOX = ("portraits.work_inbox", *_write("portraits.team", "portraits.spot", "portraits.replytemplate"))  # kind words
ISSUES = _write("infolettre.infolettre", "infolettre.subscriber")
ROUND = ("portraits.view_recall",)  # what must come down, by place, and how far screens have come
WALLS = (*_write("ecrans.place", "ecrans.ecran", "ecrans.affiche"), "ecrans.hang_affiche")
POSTS = _write("home.post")
EDITIONS = _write("portraits.edition")  # frames around portraits, never a portrait itself
FIGURES = (
    "portraits.view_figure",
    "portraits.add_figure",
    *_write("portraits.publication", "portraits.survey", "portraits.columnname"),
    "portraits.delete_columnname",
)
PAGES = ("wagtailcore.change_page", "wagtailcore.publish_page")
ILLUSTRATIONS = ("home.add_illustration", "home.change_illustration", "home.choose_illustration")
ROLES: dict[str, tuple[str, ...]] = {
    HR: (ADMIN, *PORTRAITS, AS_OF, EQUITY, *ABSENCES, *INBOX, *FIGURES, *EDITIONS),
    COMMS: (
        ADMIN,
        *PORTRAITS,
        AS_OF,
        EQUITY,
        *ABSENCES,
        *INBOX,
        *ISSUES,
        *WALLS,
        *POSTS,
        *ROUND,
        *FIGURES,
        *EDITIONS,
        "portraits.change_identity",
    ),
    CONSENT_OFFICER: (ADMIN, *READ_PORTRAITS, AS_OF, *ROUND, *_write("portraits.incident"), "portraits.guard_consents"),
    TECHNICIAN: (ADMIN, *WALLS, *ROUND),
    EMPLOYEE: (),
}


def sync(**kwargs) -> None:
    """Make the groups, give them exactly their permissions, and make the workflow of portraits. Runs after each migration."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import (  # models are not loaded yet when ready() imports this module
        Group,
        Permission,
    )

    from portraits import workflow

    for config in apps.get_app_configs():  # permissions of apps that migrate after this one are not there yet
        if config.models_module is not None:
            create_permissions(config, verbosity=0)
    known = {
        f"{row.content_type.app_label}.{row.codename}": row for row in Permission.objects.select_related("content_type")
    }
    for name, codes in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([known[code] for code in codes if code in known])
    _open_pages(Group.objects.get(name=COMMS), known)
    workflow.prepare(Group.objects.filter(name__in=SERVICES))


def _open_pages(group, known: dict) -> None:
    """Communications write the public article and choose its illustrations: Wagtail keeps these rights in tables of its own."""
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    for code in PAGES if root else ():
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=known[code])
    for code in ILLUSTRATIONS if collection else ():
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=known[code])


def answers_for_consent(user) -> bool:
    """The consent officer, and the administrator who runs the installation."""
    return user.is_superuser or user.groups.filter(name=CONSENT_OFFICER).exists()


@register
def each_role_names_real_permissions(app_configs=None, **kwargs):
    """A misspelt code would silently give nothing; a migration is no place to stop for it."""
    known = {
        f"{model._meta.app_label}.{code}"
        for model in apps.get_models()
        for code in (
            *(f"{verb}_{model._meta.model_name}" for verb in model._meta.default_permissions),
            *(code for code, _name in model._meta.permissions),
        )
    }
    return [
        Error(
            f"Role « {name} » names an unknown permission: {code}.", hint="See intranet/roles.py.", id="intranet.E008"
        )
        for name, codes in ROLES.items()
        for code in codes
        if code not in known
    ]
