"""To the second, on every channel: what ends by itself is there one second before its end, and gone at its end.

Ends come as people and laws make them: at a local midnight (a departure, a birthday), nights of daylight saving time and
29 February included, or so many days after a yes.
"""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from ecrans import print as paper
from ecrans.models import Affiche, Ecran, Place
from home.publish import open_site
from infolettre import links, send
from infolettre.models import Delivery, Infolettre, Subscriber
from intranet import roles
from portraits import consent, gate, recall
from portraits.models import Consent, ConsentRequest, Exposure, Person, Recall, Representation
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories
from tests.walls import city as a_city

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
BEFORE_AT_AFTER = ((-SECOND, True), (0 * SECOND, False), (SECOND, False))
USAGES = (Usage.SITE, Usage.INDEXATION, Usage.INTRANET, Usage.INFOLETTRE, Usage.ECRAN, Usage.AFFICHE)
SAID = datetime(2027, 3, 1, 15, 30, 12, 345678, UTC)
# A departure on this day ends what was said at this instant, literally. Later days first: an end only comes nearer.
NIGHTS = {
    "America/Toronto": [
        (date(2028, 3, 1), "2028-03-01T05:00:00"),  # the day before is a 29 February
        (date(2028, 2, 29), "2028-02-29T05:00:00"),
        (date(2027, 11, 8), "2027-11-08T05:00:00"),  # the day before had 25 hours
        (date(2027, 11, 7), "2027-11-07T04:00:00"),
        (date(2027, 3, 15), "2027-03-15T04:00:00"),  # the day before had 23 hours
        (date(2027, 3, 14), "2027-03-14T05:00:00"),
    ],
    "Europe/Paris": [
        (date(2028, 3, 1), "2028-02-29T23:00:00"),
        (date(2028, 2, 29), "2028-02-28T23:00:00"),
        (date(2027, 11, 1), "2027-10-31T23:00:00"),
        (date(2027, 10, 31), "2027-10-30T22:00:00"),
        (date(2027, 3, 29), "2027-03-28T22:00:00"),
        (date(2027, 3, 28), "2027-03-27T23:00:00"),
    ],
}


def instant(words):
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


class Channels:
    """One person on every channel, and each channel's own answer: is she there?"""

    def __init__(self, people=None, days=730):
        open_site("testserver", 80)
        self.one = a_city.Citizen("tout", "zqxheurezqx", (200, 40, 40), set(USAGES))
        self.city = {"tout": self.one}
        self.one.desk = (
            a_city.portrait_of(self.one)
            if people is None
            else factories.portrait(self.one.word, people=people, job=f"Métier {self.one.word}", colour=self.one.colour)
        )
        self.version = factories.ask(self.one.desk, *USAGES, at=SAID)
        factories.say(self.version, *USAGES, at=SAID, days=days)
        Subscriber.objects.create(email="lectrice@erables.example", first_name="Lectrice")
        self.issue = Infolettre.objects.create(
            title="Des prénoms", preheader="Et des métiers", body=[("feature", self.one.desk.pk)]
        )
        send.start(self.issue, by=factories.staff(), at=SAID)
        self.issue.refresh_from_db()
        kitchen = Place.objects.create(building="Mairie", floor="3e", room="Cuisine")
        self.screen = Ecran.objects.create(place=kitchen, name="Cuisine")
        self.poster = Affiche(portrait=self.one.desk.pk, place=kitchen)
        capsule = paper.to_order(self.poster, at=SAID)
        self.poster.version, self.poster.language = capsule.version, capsule.language
        self.poster.save()
        paper.sheet(self.poster)
        self.employee = factories.user("employee", roles.EMPLOYEE)

    def get(self, path, *, signed_in=False):
        client = Client()
        if signed_in:
            client.force_login(self.employee)
        return client.get(path)

    def said(self, path, **options):
        return bool(a_city.seen_in(self.get(path, **options).content.decode(), self.city))

    def faces(self, usage, *, signed_in=False):
        response = self.get(f"/m/{usage}/{self.version.key}/p240.jpg", signed_in=signed_in)
        assert response.status_code == (200 if usage == Usage.INFOLETTRE else response.status_code)
        return response.status_code == 200 and bool(a_city.seen_on(response.content, self.city))

    def manifest(self):
        return self.get(f"/ecran/{self.screen.public_id}/manifest").json()

    def shown(self):
        """Channel → whether she is there, now."""
        page = self.get(f"/portraits/{self.version.slug}/")
        assert page.status_code in {200, 410}
        return {
            "article": self.said("/"),
            "page": page.status_code == 200,
            "intranet": self.said("/intranet/", signed_in=True),
            "picture of the site": self.faces(Usage.SITE),
            "picture of the intranet": self.faces(Usage.INTRANET, signed_in=True),
            "picture of a mail": self.faces(Usage.INFOLETTRE),
            "picture of a screen": self.faces(Usage.ECRAN),
            "rss": self.said("/flux/rss.xml"),
            "atom": self.said("/flux/atom.xml"),
            "json": self.said("/flux/feed.json"),
            "sitemap": self.version.slug in self.get("/sitemap.xml").content.decode(),
            "archive": self.said(links.archive(self.issue.number, Delivery.objects.get().pk)),
            "manifest": bool(self.manifest()["slides"]),
            "poster": "affiche--still" in self.get(f"/a/{self.poster.code}/").content.decode(),
        }


def holds(channels, end):
    """Around one end, on every channel. No cache is emptied between: what they keep must end too."""
    for delta, there in BEFORE_AT_AFTER:
        with time_machine.travel(end + delta, tick=False):
            found = channels.shown()
            assert found == dict.fromkeys(found, there), (end, delta)
            if there:
                (slide,) = channels.manifest()["slides"]
                assert instant(slide["until"].removesuffix("Z")) == end.replace(
                    microsecond=end.microsecond // 1000 * 1000
                )
                for path in ("/", f"/m/site/{channels.version.key}/p240.jpg"):
                    kept = int(re.search(r"max-age=(\d+)", channels.get(path)["Cache-Control"])[1])
                    assert kept <= 1, path


def test_a_yes_ends_so_many_days_after_it_was_said():
    with time_machine.travel(SAID, tick=False):
        channels = Channels(days=365)
    holds(channels, SAID + 365 * DAY)


@pytest.mark.parametrize("zone", NIGHTS)
def test_a_departure_ends_at_the_local_midnight_whatever_the_night(zone, settings):
    settings.TIME_ZONE = zone
    with time_machine.travel(SAID, tick=False):
        channels = Channels()
    person = channels.version.subjects.get().person
    for day, end in NIGHTS[zone]:
        consent.depart(person, on=day, at=SAID + DAY)
        cache.clear()
        holds(channels, instant(end))


@pytest.mark.parametrize(
    ("zone", "birthday", "end"),
    [
        ("America/Toronto", date(2028, 2, 29), "2028-02-29T05:00:00"),
        ("America/Toronto", date(2027, 11, 8), "2027-11-08T05:00:00"),
        ("Europe/Paris", date(2027, 3, 29), "2027-03-28T22:00:00"),
    ],
)
def test_a_guardians_yes_ends_as_the_birthday_begins(zone, birthday, end, settings):
    settings.TIME_ZONE = zone
    with time_machine.travel(SAID, tick=False):
        child = factories.person("Léo", kind="resident", turns_14_on=birthday, turns_18_on=date(2031, 11, 8))
        parent = factories.person("Ana", kind="resident")
        Representation.objects.create(person=child, representative=parent, valid_until=date(2031, 11, 8))
        channels = Channels(people=[child])
    assert {row.ends_at for row in Consent.objects.all()} == {instant(end)}
    holds(channels, instant(end))


def test_what_ends_by_itself_is_called_back_at_that_second_wherever_it_was_put():
    with time_machine.travel(SAID, tick=False):
        Channels(days=365)
    end = SAID + 365 * DAY
    with time_machine.travel(end - SECOND, tick=False):
        sweep()
    assert Recall.objects.count() == 0
    with time_machine.travel(end, tick=False):
        sweep()
        sweep()
    owed = {(row.exposure.usage, row.exposure.locator) for row in Recall.objects.select_related("exposure")}
    assert owed == set(Exposure.objects.values_list("usage", "locator"))
    assert {usage for usage, _locator in owed} >= {"infolettre", "affiche"}
    assert {row.owed_at for row in Recall.objects.all()} == {end}


def test_a_departure_to_come_and_a_birthday_are_called_back_too():
    with time_machine.travel(SAID, tick=False):
        channels = Channels()
    person = Person.objects.get(pk=channels.version.subjects.get().person_id)
    consent.depart(person, on=date(2027, 3, 14), at=SAID + DAY)
    end = instant("2027-03-14T05:00:00")
    assert recall.owe(at=end - SECOND) == 0
    assert recall.owe(at=end) == Exposure.objects.count()
    assert recall.owe(at=end + SECOND) == 0


def test_the_gate_and_the_question_close_at_the_same_kind_of_instant():
    """An end is excluded everywhere: of a yes, of the time to answer."""
    version = factories.ask(factories.portrait(), Usage.SITE, at=SAID)
    request = ConsentRequest.objects.get(subject__version=version)
    said = {"answers": {Usage.SITE: "yes"}, "seen": {Usage.SITE: "0" * 64}, "proof": factories.PROOF}
    with pytest.raises(consent.Closed):
        consent.answer(request, at=request.closes_at, **said)
    consent.answer(request, at=request.closes_at - SECOND, **said)
    assert gate.capsules(Usage.SITE, at=request.closes_at - SECOND)
