"""A mail scanner that goes further than most: it follows the link, loads what the pages load, submits each form as it stands
and clicks each button, ticking every yes on the way. It grants nothing, and what it ended is put back within ten minutes.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portraits import consent, gate, links
from portraits.models import Consent, ConsentRequest, LedgerEntry, Link
from portraits.usages import ASKED, Usage
from tests import factories
from tests.journeys.forms import Forms
from tests.portraits.consenting import link, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# As the log of a server shows such a visit: a bare HEAD, two readers that name themselves, then a browser without a head.
SAFE_LINKS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0"
READERS = ["", "Mozilla/4.0 (compatible; ms-office; MSOffice 16)", "Barracuda Sentinel (EE)", SAFE_LINKS]
LOADED = re.compile(r'<(?:link|script|img|iframe)\b[^>]*?(?:href|src)="([^"]+)"')


class Robot:
    """One browser without a head. `clicks` are the buttons it pressed, each once per page and per state of the form."""

    def __init__(self, *, ticking=""):
        self.client, self.ticking, self.clicks, self.loaded = (
            Client(headers={"user-agent": SAFE_LINKS}),
            ticking,
            [],
            set(),
        )

    def read(self, path):
        for agent in READERS:
            for method in ("head", "get", "options"):
                assert getattr(Client(headers={"user-agent": agent}), method)(path).status_code < 500
        self.explore(path)

    def explore(self, path):
        """Load the page and all that it loads, then press each button that was not pressed there yet."""
        response = self.client.get(path, follow=True)
        here = response.request["PATH_INFO"]
        text = response.content.decode()
        for address in LOADED.findall(text):
            if address.startswith("/") and address not in self.loaded:
                self.loaded.add(address)
                if not address.startswith("/static/"):  # files of the product itself: no view of ours answers
                    assert self.client.get(address).status_code < 500
        for form in Forms(text, here).found:
            for name, value in form["buttons"] or [("", "")]:
                click = (here, form["action"], name, value)
                if click not in self.clicks:
                    self.clicks.append(click)
                    self.press(form, name, value)

    def press(self, form, name, value):
        ticked = {field: self.ticking for field in form["choices"] if self.ticking and field.startswith("reponse-")}
        data = form["values"] | ticked | ({name: value} if name else {})
        response = self.client.post(form["action"], data, follow=True)
        assert response.status_code < 500
        self.explore(response.request["PATH_INFO"])


def shown():
    """What each channel shows, until when."""
    at = timezone.now()
    return {usage: [(one.version, one.until) for one in gate.capsules(usage, at=at)] for usage in Usage}


@pytest.mark.parametrize("ticking", ["", "yes"])
def test_a_scanner_grants_nothing_and_its_refusal_is_undone(ticking):
    path, row = link(ask=factories.ask)
    with time_machine.travel(timezone.now(), tick=False):
        robot = Robot(ticking=ticking)
        robot.read(path)
        assert {name for _here, _action, name, _value in robot.clicks} >= {"enregistrer", "tout"}
        assert len(robot.loaded) >= 8
        assert not Consent.objects.exists()
        assert not LedgerEntry.objects.filter(kind="granted").exists()
        assert LedgerEntry.objects.filter(kind="refused").exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=9), tick=False):
        visit(path).post(path + "etat/", {"geste": "annuler"})
        row.refresh_from_db()
        assert row.answered_at is None  # the question waits again, reminders go on
        assert consent.undoable(row.subject.version.portrait, row.subject.person, at=timezone.now()) == []
        assert not Consent.objects.exists()


@pytest.mark.parametrize("kind", [Link.Kind.RESPOND, Link.Kind.MANAGE])
@pytest.mark.parametrize("ticking", ["", "yes"])
def test_what_a_scanner_ended_is_back_on_each_channel(kind, ticking):
    version = factories.ask(factories.portrait(), *ASKED)
    factories.say(version, *ASKED, at=timezone.now() - timedelta(hours=1))
    row = ConsentRequest.objects.get(subject__version=version)
    path = f"/consentement/{links.make(row, kind, at=timezone.now())}/"
    before, granted = shown(), LedgerEntry.objects.filter(kind="granted").count()
    assert sum(map(len, before.values())) == len(ASKED)
    with time_machine.travel(timezone.now(), tick=False):
        robot = Robot(ticking=ticking)
        robot.read(path)
        assert ("usage", "tout") in {click[2:] for click in robot.clicks}
        assert ("geste", "pause") in {click[2:] for click in robot.clicks}
        assert shown() != before
        assert LedgerEntry.objects.filter(kind="granted").count() == granted
    with time_machine.travel(timezone.now() + timedelta(minutes=9), tick=False):
        visit(path).post(path + "etat/", {"geste": "annuler"})
        assert shown() == before
        assert LedgerEntry.objects.filter(kind="granted").count() == granted
