"""Who may do what, in code: groups are made from this table after each migration, never by hand.

The administrator is the superuser. Nobody, the administrator included, can say yes for somebody else, publish or delete.
"""

from __future__ import annotations

from django.apps import apps

HR = "Ressources humaines"
COMMS = "Communications"
CONSENT_OFFICER = "Accords"
EMPLOYEE = "Personnel"

EDITORS = (
    "wagtailadmin.access_admin",
    "portraits.add_portrait",
    "portraits.change_portrait",
    "portraits.view_portrait",
    "portraits.add_photo",
    "portraits.change_photo",
    "portraits.view_photo",
    "portraits.add_person",
    "portraits.change_person",
    "portraits.view_person",
)
ISSUES = ()
WALLS = ()
_W = (
    "ecrans.add_place",
    "ecrans.change_place",
    "ecrans.view_place",
    "ecrans.add_ecran",
    "ecrans.change_ecran",
    "ecrans.view_ecran",
    "ecrans.add_affiche",
    "ecrans.view_affiche",
)
ROLES: dict[str, tuple[str, ...]] = {
    HR: EDITORS,
    COMMS: (*EDITORS, *ISSUES, *WALLS, "portraits.change_identity"),
    CONSENT_OFFICER: ("wagtailadmin.access_admin", "portraits.view_portrait", "portraits.view_person"),
    EMPLOYEE: (),
}


def sync(**kwargs) -> None:
    """Make the groups and give them exactly their permissions. Runs after each migration."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import (  # models are not loaded yet when ready() imports this module
        Group,
        Permission,
    )

    for config in apps.get_app_configs():  # permissions of apps that migrate after this one are not there yet
        if config.models_module is not None:
            create_permissions(config, verbosity=0)
    known = {
        f"{row.content_type.app_label}.{row.codename}": row for row in Permission.objects.select_related("content_type")
    }
    for name, codes in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([known[code] for code in codes])
