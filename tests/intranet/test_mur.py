"""The wall of faces and words: what the door lets through, newest first, page by page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from intranet import mur
from portraits import colleagues, gate, quoting
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.test_quotes import passed_on, say

pytestmark = pytest.mark.django_db
WALL = "/intranet/mur/"


@pytest.fixture
def me():
    client = Client()
    client.force_login(factories.user("lea", first_name="Léa"))
    return client


def quoted(person, words, at=None):
    row = passed_on(person, words=words, at=at)
    say(row, person, at=at)
    return row


def test_one_signs_in(client):
    assert client.get(WALL).status_code == 302


def test_faces_and_words_are_mixed_newest_first(me):
    now = timezone.now()
    nadia, luc = factories.person(), factories.person("Luc")
    factories.shown(Usage.INTRANET, first_name="Nadia", people=[nadia], at=now - timedelta(days=3))
    quoted(luc, "Un mot du milieu, merci.", at=now - timedelta(days=2))
    factories.shown(Usage.INTRANET, first_name="Luc", people=[luc], at=now - timedelta(days=1))
    quoted(nadia, "Le dernier mot, merci.")
    page = me.get(WALL).content.decode()
    order = [
        page.index(words)
        for words in ("Le dernier mot", 'seen__who"><b>Luc', "Un mot du milieu", 'seen__who"><b>Nadia')
    ]
    assert order == sorted(order)


def test_words_that_wait_or_are_taken_back_are_not_there(me):
    nadia = factories.person()
    passed_on(nadia, words="Un mot qui attend, merci.")
    row = quoted(nadia, "Un mot repris, merci.")
    assert "Un mot repris" in me.get(WALL).content.decode()
    quoting.take_back(row, nadia, Audience.COLLEAGUES, at=timezone.now())
    page = me.get(WALL).content.decode()
    assert "Un mot repris" not in page
    assert "Un mot qui attend" not in page
    assert "Un mot" not in me.get("/intranet/").content.decode()


def test_beside_words_is_the_face_that_the_intranet_shows_and_no_other(me):
    nadia, luc = factories.person(), factories.person("Luc")
    factories.shown(Usage.INTRANET, people=[nadia])
    factories.shown(Usage.SITE, first_name="Luc", people=[luc])
    hers, his = quoted(nadia, "Merci à Nadia."), quoted(luc, "Merci à Luc.")
    at = timezone.now()
    capsules = gate.capsules(Usage.INTRANET, at=at)
    quotes = gate.quotes(Usage.INTRANET, at=at)
    found = {one.key: colleagues.faces(quotes, capsules).get(one.version) for one in quotes}
    assert (found[hers.pk].first_name, found[his.pk]) == ("Nadia", None)


def test_markup_in_words_is_text(me):
    quoted(factories.person(), "Merci <script>alert(1)</script> & bravo.")
    page = me.get(WALL).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_wall_says_what_it_waits_for(me):
    assert "mur__soon" in me.get(WALL).content.decode()


def test_it_goes_on_over_pages(me):
    nadia = factories.person()
    for number in range(mur.PAGE + 1):
        quoted(nadia, f"Un merci numéro {number}, tout simple.")
    first, second, beyond = (me.get(f"{WALL}?p={page}").content.decode() for page in (1, 2, 99))
    assert (first.count("<figure"), second.count("<figure")) == (mur.PAGE, 1)
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert second.count("<figure") == beyond.count("<figure")


@pytest.mark.parametrize("address", [WALL, "/intranet/"])
@pytest.mark.parametrize("count", [3, 30])
def test_it_costs_the_same(me, count, address, django_assert_max_num_queries):
    nadia = factories.person()
    factories.crowd(count, Usage.INTRANET, people=[nadia])
    for number in range(count):
        quoted(nadia, f"Un merci numéro {number}, tout simple.")
    with django_assert_max_num_queries(14):
        assert "<figure" in me.get(address).content.decode()


@pytest.mark.parametrize("count", range(1, 9))
def test_every_card_has_its_place(count):
    cards = [mur.Card() for _number in range(count)]
    laid = list(mur.rows(cards))
    assert [card for row in laid for card in row.cards] == cards
    assert {len(row.cards) for row in laid} <= {1, 2, 3}
