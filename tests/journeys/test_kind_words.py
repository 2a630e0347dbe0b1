"""Where kind words come in, are worked on, read and framed, as assistive technology sees it: wide and on a phone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home.publish import open_site
from intranet import roles
from portraits import bravo, hiding, inbox, reacting
from portraits.models import Brief, Person, Reaction, Spot, Team
from portraits.usages import Usage
from tests import factories
from tests.journeys.eyes import walk
from tests.portraits.test_quotes import passed_on, received, say

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.one_database]
FILE = (
    "Numéro,Date,Message,Lieu\n311-1,2026-11-02,Merci pour la patinoire,Parc\n"
    "311-2,2026-11-02,Merci pour la neige,Ailleurs\n"
)


@pytest.fixture
def town(live_server, settings):
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    open_site("localhost", int(live_server.url.rsplit(":", 1)[1]))
    return Town(live_server.url)


class Town:
    """Words on every shelf, on the wall, on a slip, in a file and in an edition."""

    def __init__(self, address):
        self.address, self.now = address, timezone.now()
        self.people = {"comms": factories.user("comms", roles.COMMS), "nadia": factories.user("nadia")}
        self.people["accords"] = factories.user("accords", roles.CONSENT_OFFICER)
        self.nadia = factories.person("Nadia", user=self.people["nadia"])
        self.edition = factories.edition(factories.shown(Usage.SITE, Usage.INTRANET, people=[self.nadia]))
        Spot.objects.create(name="Parc")
        self.team = Team.objects.create(name="Parcs", name_en="Parks", email="parcs@erables.example")
        self.fresh = received("Nadia a été patiente. Rappelez-moi au 514 555-0142.")
        received("Nadia a été patiente. Rappelez-moi au 514 555-0142.", suspicion=5)
        self.critic = inbox.triage(received("La souffleuse me réveille."), inbox.Kind.COMPLAINT, by=None, at=self.now)
        Brief.objects.create(theme="Le bruit", trade="Conductrice de souffleuse", by=self.people["comms"], at=self.now)
        self.quoted = passed_on(self.nadia)
        say(self.quoted, self.nadia)
        hidden = passed_on(self.nadia, words="Nadia est au guichet tous les mardis à quatre heures.")
        hiding.hide(hidden, by=self.people["comms"], at=timezone.now(), reason="On retrouverait une enfant.")
        self.react()
        passed_on(factories.person("Thanh", email="", reach=Person.Reach.LETTER), words="Merci pour la 14 !")

    def react(self):
        josee = factories.person("Josée", user=factories.user("josee", first_name="Josée"))
        reacting.tap(self.quoted.pk, josee, Reaction.Kind.BRAVO, at=timezone.now())
        said = {"writer": josee, "wall": False, "language": "fr-ca", "at": self.now}
        bravo.give("Tu as couru après le bac !", to=bravo.For(person=self.nadia), key="elle", **said)
        self.unread = bravo.give("Vous avez replanté la côte !", to=bravo.For(team=self.team), key="equipe", **said)

    def pages(self):
        """role → addresses."""
        message = [reverse("portraits_inbox_message", args=[one.pk]) for one in (self.fresh, self.critic, self.quoted)]
        names = ("", "_intake", "_paste", "_files")
        edition = "wagtailsnippets_portraits_edition"
        return {
            "": ["/", "/merci/", "/merci/nadia/", "/en/merci/", f"/editions/{self.edition.slug}/"],
            "comms": [
                *(reverse(f"portraits_inbox{name}") for name in names),
                *(reverse("portraits_inbox_shelf", args=[shelf]) for shelf in ("tous", "indesirables")),
                reverse("portraits_inbox_shelf", args=["tous"]) + f"?reference={self.unread.reference}",
                *message,
                reverse("portraits_slips"),
                reverse("affiches:words") + f"?mots={self.quoted.pk}",
                reverse(f"{edition}:list"),
                reverse(f"{edition}:edit", args=[self.edition.pk]),
                reverse(f"{edition}:propositions", args=[self.edition.pk]),
                reverse("portraits_equity"),
                reverse("portraits_to_meet"),
            ],
            "nadia": ["/intranet/", "/intranet/mur/", "/intranet/mots/", "/intranet/bravo/", "/intranet/bravo/ecrits/"],
        }

    def client(self, role):
        client = Client()
        client.force_login(self.people[role])
        return client

    def cookie(self, role):
        return {"name": "sessionid", "value": self.client(role).cookies["sessionid"].value, "url": self.address}

    def checked(self):
        """The page that looks at a file before it is received."""
        data = {"channel": "phone", "file": SimpleUploadedFile("demandes.csv", FILE.encode())}
        return self.client("comms").post(reverse("portraits_inbox_files"), data).url


def test_axe_finds_nothing_of_ours(browser, town):
    wrong = []
    pages = town.pages()
    pages["comms"].append(town.checked())
    for role, addresses in pages.items():
        context = browser.new_context()
        if role:
            context.add_cookies([town.cookie(role)])
        wrong += walk(context.new_page(), town.address, addresses)
        context.close()
    assert wrong == []
