"""The archive and the way out: who may read, what is still shown, and that reading never writes."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from infolettre import links
from infolettre.models import Subscriber
from portraits.models import Exposure
from tests.infolettre import make
from tests.infolettre.make import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    """An issue on its way to Samir and Julie."""
    make.list_of("Samir", "Julie")
    issue = make.issue(
        factories.shown(first_name="Ousmane"), shorts=[factories.shown(first_name="Diego")], title="Bonjour"
    )
    make.start(issue)
    return issue


def link(name="Samir", number=None):
    row = make.row(name)
    return links.archive(number or row.issue.number, row.pk)


def test_without_a_right_one_signs_in(client, sent):
    answer = client.get("/infolettre/1/")
    assert answer.status_code == 302
    assert answer.url == "/connexion/?next=/infolettre/1/"


def test_signed_in_or_with_the_mails_link(client, sent):
    assert "Ousmane" in client.get(link()).content.decode()
    client.force_login(factories.user())
    answer = client.get("/infolettre/1/")
    assert "Diego" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert "noindex" in answer["X-Robots-Tag"]


def test_bad_links_and_unknown_numbers_are_the_same_404(client, sent):
    make.start(make.issue(words={}, title="Deux"))
    make.issue(words={}, title="Trois, pas parti")
    good = link()
    addresses = [
        "/infolettre/99/",
        "/infolettre/3/",
        "/infolettre/1/?lien=",
        "/infolettre/1/?lien=abc",
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        good.replace("/1/", "/2/"),
        links.archive(1, 999),
        f"/infolettre/1/?lien={links.unsubscribe(make.Delivery.objects.first().pk).split('/')[-2]}",
    ]
    pages = {(answer.status_code, answer.content) for answer in map(client.get, addresses)}
    assert len(pages) == 1
    assert pages.pop()[0] == 404


def test_a_link_ends_after_400_days(client, sent):
    address = link()
    with time_machine.travel(timezone.now() + timedelta(days=399)):
        assert client.get(address).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=401)):
        assert client.get(address).status_code == 404


def test_a_withdrawal_is_seen_at_the_next_request(client, sent):
    address = link()
    assert "Ousmane" in client.get(address).content.decode()
    ousmane = Exposure.objects.order_by("pk").first().version.portrait
    factories.withdraw(ousmane)
    page = client.get(address).content.decode()
    assert "Ousmane" not in page
    assert "Diego" in page


def test_an_emptied_issue_says_so(client):
    make.list_of("Samir")
    desk = factories.shown(first_name="Ousmane")
    make.start(make.issue(desk, title="Bonjour"))
    factories.withdraw(desk)
    answer = client.get(link())
    assert answer.status_code == 200
    assert "Ousmane" not in answer.content.decode()


def test_whole_stories_and_nothing_inline(client, sent):
    page = client.get(link()).content.decode()
    assert "Le mieux, c’est quand les enfants" in page.replace("'", "’").replace("&#x27;", "’")
    assert not re.search(r"<style|\sstyle=|<script|\son\w+=", page)


@pytest.mark.parametrize("count", [3, 30])
def test_the_archive_takes_four_queries(client, count, django_assert_num_queries):
    make.list_of("Samir")
    make.start(make.issue(*make.portraits(count)))
    address = link()
    with django_assert_num_queries(4):  # the issue, the delivery, the gate, the identity
        assert client.get(address).content.decode().count("<article") == count


# --- Leaving the list


def leave(name="Samir"):
    return links.unsubscribe(make.row(name).pk)


def active(name="Samir"):
    return Subscriber.objects.get(first_name=name).active


def test_get_shows_a_form_and_post_counts(sent):
    robot = Client(enforce_csrf_checks=True)
    assert "<form" in robot.get(leave()).content.decode()
    assert robot.head(leave()).status_code == 200
    assert active()
    for _ in range(2):
        answer = robot.post(leave(), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "<form" not in answer.content.decode()
        assert not active()
    assert active("Julie")
    assert "sessionid" not in answer.cookies


def test_a_bad_way_out_is_404(client, sent):
    assert client.get("/infolettre/desabonnement/abc/").status_code == 404
    assert client.post(leave()[:-2] + "x/").status_code == 404
    reading = link().partition("lien=")[2]
    assert client.post(f"/infolettre/desabonnement/{reading}/").status_code == 404
    assert active()


def test_reading_never_writes(client, sent, django_assert_num_queries):
    before = list(make.Delivery.objects.values()), list(Subscriber.objects.values())
    for address in (link(), leave(), "/infolettre/1/"):
        client.get(address)
        client.head(address)
    assert (list(make.Delivery.objects.values()), list(Subscriber.objects.values())) == before
