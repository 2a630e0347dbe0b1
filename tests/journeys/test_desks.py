"""The pages of the CMS that are ours, and those that anybody opens, as assistive technology sees them: wide and on a phone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ecrans.models import Affiche, Place
from home import post
from home.models import Post
from home.publish import open_site
from intranet import roles
from portraits import measure, recording, remarks, tasks
from portraits.consent import TERMS
from portraits.models import Absence, ConsentRequest, Evidence, Incident, Person, Publication, Remark
from portraits.usages import Usage
from tests import factories
from tests.journeys.eyes import found_on, walk
from tests.portraits.desk import url

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.one_database]
SITE = Usage.SITE


@pytest.fixture
def town(live_server, settings):
    """Somebody in each place that a page lists: asked, called for help, recorded, withdrawn, to be read, hung."""
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    open_site("localhost", int(live_server.url.rsplit(":", 1)[1]))
    return Town(live_server.url)


class Town:
    def __init__(self, address):
        self.address, now = address, timezone.now()
        self.people = {name: factories.user(name, group) for name, group in (("rh", roles.HR), ("comms", roles.COMMS))}
        self.people["accords"] = factories.user("accords", roles.CONSENT_OFFICER)
        self.place = Place.objects.create(building="Mairie", floor="3e étage", room="Cuisine")
        self.shown = factories.shown(SITE, Usage.AFFICHE, Usage.ECRAN, at=now - timedelta(days=2))
        solange = factories.person("Solange", email="", reach=Person.Reach.LETTER)
        self.asked = factories.portrait("Solange", people=[solange])
        version = factories.ask(self.asked, SITE, Usage.ECRAN, at=now - timedelta(days=1))
        self.request = ConsentRequest.objects.get(subject__version=version)
        said = {SITE: "yes", Usage.ECRAN: "no"}
        call = recording.Said(Evidence.Kind.PHONE, said, now, TERMS["annee"], "fr-ca", note="Appelée par Josée.")
        self.evidence = recording.record(
            self.request, call, seen={SITE: "0" * 64}, by=self.people["comms"], at=timezone.now()
        )
        remarks.write(self.request, Remark.Kind.HELP, "Je voudrais comprendre.", at=now)
        self.to_read = factories.portrait("Ousmane")
        factories.submit(self.to_read, by=self.people["comms"])
        self.hang(now)
        Incident.objects.create(opened_at=now, cause="main:1", happened_on="hier", what="Une affiche.", usage="site")
        today = timezone.localdate()
        Absence.objects.create(user=self.people["comms"], from_day=today, to_day=today, substitute=self.people["rh"])
        self.post(now)
        other = factories.portrait("Edna", people=[factories.person("Edna", email="", reach=Person.Reach.COUNTER)])
        factories.say(factories.ask(other, SITE), SITE, answer="no")
        tasks.sweep()

    def hang(self, now):
        row = Affiche(portrait=self.shown.pk, place=self.place)
        row.version, row.language = self.shown.versions.latest("pk").pk, "fr-ca"
        row.save()

    def post(self, now):
        """Two posts; one must come down."""
        for name in ("Carole", "Rita"):
            desk = factories.shown(Usage.SOCIAL, first_name=name, at=now)
            row = Post(portrait=desk.pk, network="facebook", address=f"https://reseau.example/{name}")
            post.record(row, by=self.people["comms"], at=now)
        factories.withdraw(desk)
        figures = {"reach": 12_310, "interactions": 640, "comments": 21}
        measure.write(Publication.objects.latest("pk"), figures, read_on=now.date(), by=None, at=now)

    def pages(self):
        """role → addresses."""
        base = "wagtailsnippets_portraits_person"
        return {
            "": ["/charte/", "/consentement/", "/guichet/"],
            "accords": [
                reverse("portraits_officer"),
                reverse("portraits_officer_portrait", args=[self.shown.pk]),
                reverse("portraits_evidence"),
                reverse("portraits_registers"),
                reverse("portraits_incident:index"),
                reverse("portraits_incident:edit", args=[Incident.objects.latest("pk").pk]),
                reverse("portraits_as_of"),
                reverse("portraits_takedown"),
                reverse("portraits_notices"),
                reverse("portraits_notice", args=["employee"]),
            ],
            "comms": [
                reverse("affiches:to_hang"),
                reverse("publications:index"),
                reverse("publications:add"),
                reverse("portraits_absence:index"),
                reverse("portraits_absence:add"),
                reverse("portraits_figures"),
                reverse("portraits_figures_import"),
                reverse("portraits_figures_capsule", args=[self.shown.pk]),
                reverse("portraits_publication:index"),
                reverse("portraits_publication:readings", args=[Publication.objects.latest("pk").pk]),
            ],
            "rh": [
                url("read", self.to_read.pk),
                url("confirm", self.asked.pk, self.evidence.pk),
                url("record", self.asked.pk, self.request.pk),
                reverse(f"{base}:edit", args=[self.request.subject.person_id]),
                url("ways", self.asked.pk),
            ],
        }

    def session(self, role):
        """The cookie of somebody signed in; the officer has opened the portrait."""
        client = Client()
        client.force_login(self.people[role])
        if role == "accords":
            client.post(reverse("portraits_officer_portrait", args=[self.shown.pk]))
        return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.address}


def test_axe_finds_nothing_of_ours(browser, town):
    wrong = []
    for role, addresses in town.pages().items():
        context = browser.new_context()
        if role:
            context.add_cookies([town.session(role)])
        page = context.new_page()
        wrong += walk(page, town.address, addresses)
        if role == "rh":  # the tablet's code comes by a POST, from the page of ways
            page.locator("form[action$='/guichet/'] button").first.click()
            page.locator(".jtpv-typed").wait_for()
            wrong += found_on(page)
        context.close()
    assert wrong == []
