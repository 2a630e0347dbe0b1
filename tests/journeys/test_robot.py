"""A mail scanner with a browser of its own: it runs scripts, opens every link of the mail, ticks every box and presses
every button of every form. It has not the code of the second mail: it grants nothing, and what it refused is undone.
"""

import re

import pytest
from django.utils import timezone

from intranet.models import Letter
from portraits import consent, gate, links
from portraits.models import Consent, ConsentRequest, LedgerEntry, Link
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.one_database]
ASKED = (Usage.ECRAN, Usage.SITE)
SCANNER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
# Every button, those of a closed <details> included, told by where it leads and what it says.
BUTTONS = (
    "() => [...document.querySelectorAll('button')].map(one => [one.form?.action ?? '', one.name, one.value].join(' '))"
)
LINKS = "() => [...document.querySelectorAll('a[href]')].map(one => one.href.split('#')[0])"
PRESS = """([number, tick]) => {
    for (const one of document.querySelectorAll('input:not([type=hidden], [type=radio])')) one.value = '000000';
    for (const one of document.querySelectorAll(`input[name^=reponse][value=${tick}]`)) one.checked = true;
    for (const one of document.querySelectorAll('form')) one.noValidate = true;
    document.querySelectorAll('button')[number].click();
}"""


class Robot:
    """Goes on until nothing is left that it has not opened or pressed. `pressed`: (page, button)."""

    def __init__(self, page, tick):
        self.page, self.tick, self.opened, self.pressed = page, tick, [], set()

    def read(self, addresses):
        self.opened += addresses
        for address in self.opened:  # grows on the way
            self.explore(address)

    def found(self, address):
        if address.startswith("http") and address not in self.opened:
            self.opened.append(address)

    def explore(self, address):
        if re.search(r"\.(pdf|json|xml)$", address) or "/consentement/" not in address:
            assert self.page.request.get(address).status < 500
            return
        while self.open(address) and (number := self.next()) is not None:
            while number is not None:  # as far as it leads, then back to the address
                self.press(number)
                number = self.next()

    def open(self, address):
        assert self.page.goto(address).status < 500
        return True

    def next(self):
        """The first button here that was not pressed yet; None when all were. Links are noted on the way."""
        here = self.page.url.split("?")[0]
        self.found(here)
        for link in self.page.evaluate(LINKS):
            self.found(link)
        for number, name in enumerate(self.page.evaluate(BUTTONS)):
            if (here, name) not in self.pressed:
                self.pressed.add((here, name))
                return number
        return None

    def press(self, number):
        with self.page.expect_event("load"):
            self.page.evaluate(PRESS, [number, self.tick])


@pytest.fixture
def robot(browser):
    context = browser.new_context(user_agent=SCANNER)
    yield lambda tick: Robot(context.new_page(), tick)
    context.close()


@pytest.fixture
def address(live_server, settings):
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    return live_server.url


def undo(browser, link):
    """The person comes back: the link, « Continuer », « Annuler », one gesture of the scanner after the other."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.locator("main button").first.click()
    page.wait_for_url(re.compile("/(choix|etat)/"))
    page.goto(f"{link}etat/")
    while page.locator("button[value=annuler]").count():  # none when the scanner pressed it last
        page.locator("button[value=annuler]").click()
        page.wait_for_url("**note=annule")
        page.goto(f"{link}etat/")
    context.close()


def granted():
    return LedgerEntry.objects.filter(kind="granted").count()


@pytest.mark.parametrize("tick", ["yes", "no"])
def test_it_grants_nothing_and_its_refusals_are_undone(browser, address, robot, tick):
    factories.ask(factories.portrait(), *ASKED)
    mailed = re.findall(r"http\S+", Letter.objects.get(body__contains="/consentement/").body)
    scanner = robot(tick)
    scanner.read(list(mailed))
    values = {name.rsplit(" ", 2)[1] for _page, name in scanner.pressed}
    assert values >= {"enregistrer", "tout", *(["renvoyer"] if tick == "yes" else [])}
    assert not Consent.objects.exists()
    assert granted() == 0
    assert LedgerEntry.objects.filter(kind="refused").exists()
    undo(browser, mailed[0])
    request = ConsentRequest.objects.get()
    assert request.answered_at is None
    assert consent.undoable(request.subject.version.portrait, request.subject.person, at=timezone.now()) == []
    assert not Consent.objects.exists()


def test_what_it_took_away_is_back(browser, address, robot):
    """The same with the link of a receipt, where the yeses stand."""
    version = factories.ask(factories.portrait(), *ASKED)
    factories.say(version, *ASKED)
    link = links.address(links.make(ConsentRequest.objects.get(), Link.Kind.MANAGE, at=timezone.now()))
    before = {usage: [one.until for one in gate.capsules(usage, at=timezone.now())] for usage in ASKED}
    count = granted()
    scanner = robot("yes")
    scanner.read([link])
    assert {name.rsplit(" ", 1)[1] for _page, name in scanner.pressed} >= {"site", "pause"}
    assert LedgerEntry.objects.filter(kind__in=["withdrawn", "paused"]).exists()
    undo(browser, link)
    assert {usage: [one.until for one in gate.capsules(usage, at=timezone.now())] for usage in ASKED} == before
    assert granted() == count
