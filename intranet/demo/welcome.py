"""What the demo prints once its first page answers: where to look, and who to be."""

from __future__ import annotations

import json

from django.urls import reverse

from ecrans.models import Affiche, Ecran
from infolettre.models import Infolettre
from intranet.demo import load, people


def text(address: str, *, seconds: float) -> str:
    """Addresses and logins, on a console. `seconds`: since the command began."""
    rows = "\n".join(f"  {what:<28} {address}{path}" for what, path in places())
    logins = "\n".join(f"  {one.username:<10} {people.PASSWORD:<10} {one.what}" for one in people.ACCOUNTS)
    return (
        f"\nJe travaille pour vous ! is ready ({seconds:.0f} s).\n\n{rows}\n\n"
        f"  login      password\n{logins}\n\n"
        "Nobody here exists, and no mail leaves this machine. Ctrl-C stops everything; « make demo » starts it again as it\n"
        "was, « make demo-reset » forgets it.\n"
    )


def places() -> list[tuple[str, str]]:
    """(what, path) of each page worth a first look."""
    screen, issue = Ecran.objects.first(), Infolettre.objects.exclude(state=Infolettre.State.DRAFT).first()
    poster = Affiche.objects.order_by("-pk").first()
    found = [
        ("The public article", "/"),
        ("One portrait", "/portraits/nadia/"),
        ("A withdrawn one (410)", "/portraits/amira/"),
        ("In English", "/en/"),
        ("A special edition", "/editions/dehors-par-tous-les-temps/"),
        ("Employees", "/intranet/"),
        ("The CMS", "/admin/"),
        ("A kitchen screen", screen and reverse("ecran-open", args=[screen.public_id])),
        ("An issue, once signed in", issue and reverse("infolettre", args=[issue.number])),
        ("A poster, as a PDF (comms)", poster and reverse("affiches:pdf", args=[poster.pk, poster.size])),
        ("Where its QR code leads", poster and reverse("affiche", args=[poster.code])),
        ("The demo’s mailbox", reverse("demo-courriel")),
        ("Inès’s open consent link", link()),
    ]
    return [(what, path) for what, path in found if path]


def link() -> str:
    """The page of the one person whose answer is awaited; "" when it was not kept."""
    if not load.kept().exists():
        return ""
    return reverse("consentement", args=[json.loads(load.kept().read_text())["link"]])
