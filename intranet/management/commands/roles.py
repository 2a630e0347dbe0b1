"""Write the table of rights in each page of docs/roles/: `manage.py roles`. A test holds that they are up to date."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.core.management.base import BaseCommand

from intranet import roles

PAGES = {
    roles.HR: "ressources-humaines.md",
    roles.COMMS: "communications.md",
    roles.CONSENT_OFFICER: "accords.md",
    roles.TECHNICIAN: "ecrans.md",
    roles.EMPLOYEE: "personnel.md",
}
VERBS = {"view": "voir", "add": "ajouter", "change": "changer", "delete": "supprimer"}
TABLE = re.compile(r"(<!-- droits -->\n).*?(<!-- fin des droits -->)", re.S)


def table(codes: Iterable[str]) -> str:
    """The rights of one role, in Markdown, one line per object."""
    rights: dict[str, list[str]] = {}
    for code in codes:
        app, codename = code.split(".")
        verb, _, model = codename.partition("_")
        name = f"{app}.{model}" if verb in VERBS else code
        rights.setdefault(name, []).append(VERBS.get(verb, "oui"))
    if not rights:
        return "Aucun droit dans l’administration.\n"
    lines = [f"| `{name}` | {', '.join(sorted(found))} |" for name, found in sorted(rights.items())]
    return "\n".join(["| objet ou droit | permet |", "|---|---|", *lines, ""])


def rewritten(name: str, text: str) -> str:
    """A page with its table as the code has it now."""
    pages = (*roles.PAGES, *roles.ILLUSTRATIONS) if name == roles.COMMS else ()
    return TABLE.sub(lambda found: found[1] + table((*roles.ROLES[name], *pages)) + found[2], text)


class Command(BaseCommand):
    help = "Write in docs/roles/ what each role may do, from intranet/roles.py."

    def handle(self, *args, **options):
        for name, page in PAGES.items():
            path = settings.BASE_DIR / "docs" / "roles" / page
            path.write_text(rewritten(name, path.read_text()))
