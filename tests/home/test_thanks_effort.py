"""The sum that a city may ask of the browser: done in a real one; without it a message is read later, and never refused."""

import base64
import html
import json
import re
from datetime import timedelta

import pytest
import time_machine
from altcha import v1
from django.utils import timezone

from portraits import effort, sorting
from portraits.models import Compliment

WORDS = "Merci à toute l’équipe de la patinoire."
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dear(settings, monkeypatch):
    settings.PROOF_OF_WORK = True
    monkeypatch.setattr(effort, "HARDEST", 300)


def opened(client):
    """A form as it was opened a minute ago: its ticket, its puzzle."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        page = client.get("/merci/").content.decode()
    puzzle = json.loads(html.unescape(re.search(r'data-puzzle="([^"]+)"', page)[1]))
    return re.search(r'name="billet" value="([^"]+)"', page)[1], puzzle


def solved(puzzle):
    found = v1.solve_challenge(puzzle["challenge"], puzzle["salt"], "SHA-256", puzzle["most"], 0)
    kept = {name: puzzle[name] for name in ("challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(kept | {"algorithm": "SHA-256", "number": found.number}).encode()).decode()


def sent(client, ticket, solution):
    answer = client.post("/merci/", {"mot": WORDS, "billet": ticket, "effort": solution})
    assert answer.status_code == 303  # nobody is refused
    return Compliment.objects.latest("pk").suspicion


def test_whoever_did_the_sum_is_read_as_anybody(client):
    ticket, puzzle = opened(client)
    assert sent(client, ticket, solved(puzzle)) == 0


@pytest.mark.parametrize("solution", ["", "n’importe quoi", "bnVsbA==", "W10=", "eyJzYWx0Ijog", "x" * 5000])
def test_whoever_did_not_waits_on_the_shelf(client, solution):
    ticket, _puzzle = opened(client)
    assert sent(client, ticket, solution) >= sorting.SUSPECT


def test_one_sum_serves_one_copy_of_the_form(client):
    _ticket, puzzle = opened(client)
    other, _puzzle = opened(client)
    assert sent(client, other, solved(puzzle)) >= sorting.SUSPECT


def test_a_sum_that_nobody_here_asked_for(client):
    ticket, puzzle = opened(client)
    key = v1.extract_params({"salt": puzzle["salt"]})["key"][0]
    own = v1.create_challenge(hmac_key="somebody else", max_number=50, params={"key": key}, number=7)
    forged = {"challenge": own.challenge, "salt": own.salt, "signature": own.signature, "most": 50}
    assert sent(client, ticket, solved(forged)) >= sorting.SUSPECT


def test_after_a_mistake_the_same_sum_still_holds(client):
    ticket, puzzle = opened(client)
    page = client.post("/merci/", {"mot": "", "billet": ticket, "effort": solved(puzzle)}).content.decode()
    again = json.loads(html.unescape(re.search(r'data-puzzle="([^"]+)"', page)[1]))
    assert sent(client, ticket, solved(again)) == 0


def test_without_the_setting_nothing_is_asked(client, settings):
    settings.PROOF_OF_WORK = False
    page = client.get("/merci/").content.decode()
    assert "effort" not in page


@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
def test_a_real_browser_does_it_while_somebody_writes(browser, live_server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url}/merci/")
    page.fill("#mot", WORDS)
    page.wait_for_timeout(3200)  # nobody writes thanks in less
    page.click("form button:not([name])")
    page.wait_for_url("**/merci/recu/**")
    assert Compliment.objects.get().suspicion == 0
    context.close()
