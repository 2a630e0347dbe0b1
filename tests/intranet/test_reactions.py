"""One tap under words of the wall: once per person and card, told to whom it concerns alone, gone with the words."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from intranet.models import Letter
from portraits import bravo, forgetting, inbox, push, quoting, reacting
from portraits.models import Compliment, Person, Push, Reaction
from portraits.usages import Audience
from tests import factories
from tests.intranet.test_mur import quoted
from tests.portraits.test_quotes import passed_on, say

pytestmark = pytest.mark.django_db
TAP, MOTS = "/intranet/mur/reagir/", "/intranet/mots/"


@pytest.fixture
def nadia():
    return factories.person(user=factories.user("nadia"))


@pytest.fixture
def row(nadia):
    return quoted(nadia, "Nadia a planté un érable, merci.")


@pytest.fixture
def lea():
    return factories.person("Léa", user=factories.user("lea", first_name="Léa"))


def client_of(person):
    client = Client()
    client.force_login(person.user)
    return client


def tap(person, row, kind="bravo", **fields):
    return client_of(person).post(TAP, {"mot": row.pk, "sorte": kind, **fields})


def now():
    return timezone.now()


def test_one_signs_in(client, row):
    assert client.post(TAP, {"mot": row.pk, "sorte": "bravo"}).url.startswith("/connexion/")
    assert not Reaction.objects.exists()


def test_once_per_person_and_card_changed_or_taken_back(lea, row):
    assert tap(lea, row, p="1").url == f"/intranet/mur/?p=1#mot-{row.pk}"
    assert 'value="bravo" aria-pressed="true"' in client_of(lea).get("/intranet/mur/").content.decode()
    tap(lea, row, "touche")
    assert [one.kind for one in Reaction.objects.all()] == ["touche"]
    assert tap(lea, row, "touche", d="accueil").url == f"/intranet/#mot-{row.pk}"
    assert not Reaction.objects.exists()


def test_a_get_changes_nothing(lea, row):
    assert client_of(lea).get(TAP, {"mot": row.pk, "sorte": "bravo"}).status_code == 405


@pytest.mark.parametrize("fields", [{"mot": "x"}, {"mot": "99999"}, {"sorte": "non"}, {"mot": ""}])
def test_what_is_not_on_the_wall_is_not_there(lea, row, fields):
    answer = client_of(lea).post(TAP, {"mot": row.pk, "sorte": "bravo", **fields})
    assert answer.status_code == 404
    assert not Reaction.objects.exists()


def test_words_that_wait_take_no_reaction(lea, nadia):
    assert tap(lea, passed_on(nadia)).status_code == 404


def test_nobody_reacts_to_words_of_their_own(nadia, row):
    assert tap(nadia, row).status_code == 404
    assert 'class="taps"' not in client_of(nadia).get("/intranet/mur/").content.decode()


def test_first_names_are_for_whom_it_concerns_and_for_nobody_else(nadia, lea, row):
    tap(lea, row)
    assert "Léa" in client_of(nadia).get(MOTS).content.decode()
    other = factories.person("Luc", user=factories.user("luc", first_name="Luc"))
    for page in ("/intranet/mur/", "/intranet/", MOTS):
        assert "Léa" not in client_of(other).get(page).content.decode()


def test_a_colleague_who_wrote_reads_them_too(nadia, lea):
    luc = factories.person("Luc", user=factories.user("luc"))
    words = quoted_by(luc, nadia)
    tap(lea, words)
    assert "Léa" in client_of(luc).get("/intranet/bravo/ecrits/").content.decode()


def quoted_by(writer, person):
    made = bravo.give(
        "Bravo pour cet érable", writer=writer, to=bravo.For(person), wall=True, key="k", language="fr-ca", at=now()
    )
    inbox.triage(made, inbox.Kind.COMPLIMENT, by=factories.staff(), at=now())
    inbox.pass_on(made, [person], by=factories.staff(), at=now())
    say(made, person)
    return made


def test_it_goes_with_the_words(nadia, lea, row):
    tap(lea, row)
    reacting.forget(at=now())
    assert Reaction.objects.count() == 1
    quoting.take_back(row, nadia, Audience.COLLEAGUES, at=now())
    assert "Léa" not in client_of(nadia).get(MOTS).content.decode()
    reacting.forget(at=now())
    assert not Reaction.objects.exists()


def test_it_is_erased_with_the_words(lea, row):
    tap(lea, row)
    forgetting.texts(at=now() + timedelta(days=800))
    assert Compliment.objects.get(pk=row.pk).erased_at
    assert not Reaction.objects.exists()


def test_whoever_left_is_named_no_more(nadia, lea, row):
    tap(lea, row)
    Person.objects.filter(pk=lea.pk).update(left_on=date(2020, 1, 1))
    assert reacting.names([row.pk], at=now()) == {}


def test_it_sends_no_mail_and_waits_for_the_weeks_once(nadia, lea, row):
    letters = Letter.objects.count()
    luc = factories.person("Luc", user=factories.user("luc", first_name="Luc"))
    tap(lea, row)
    tap(luc, row)
    assert Letter.objects.count() == letters
    waits = push.told(nadia)
    assert [(one.kind, one.outcome) for one in waits] == [(Push.Kind.REACTION, "")]
    tap(lea, row)
    tap(luc, row)
    assert not push.told(nadia)


def test_no_page_counts_anything(nadia, row):
    for number in range(7):
        tap(factories.person("Zoé", user=factories.user(f"zoe{number}", first_name="Zoé")), row)
    page = client_of(nadia).get("/intranet/mur/").content.decode()
    assert "Zoé" not in page
    assert "7" not in page[page.index("<figure") : page.index("</figure>")].replace(f"{row.pk}", "")


@pytest.mark.parametrize("count", [3, 30])
def test_tes_mots_costs_the_same(nadia, lea, count, django_assert_max_num_queries):
    for number in range(count):
        reacting.tap(quoted(nadia, f"Un merci numéro {number}.").pk, lea, Reaction.Kind.BRAVO, at=now())
    client = client_of(nadia)
    with django_assert_max_num_queries(21):  # one for each usage where words can be quoted
        assert client.get(MOTS).content.decode().count('class="touched"') == count


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "-1", ""])
def test_no_such_card(lea, key):
    assert client_of(lea).post(TAP, {"mot": key, "sorte": "bravo"}).status_code == 404


def test_a_tap_that_is_refused_makes_nobody(nadia, row):
    neuf = factories.user("neuf", first_name="Neuf")
    client = Client()
    client.force_login(neuf)
    assert client.post(TAP, {"mot": 999_999, "sorte": "bravo"}).status_code == 404
    assert not Person.objects.filter(user=neuf).exists()
    assert client.post(TAP, {"mot": row.pk, "sorte": "bravo"}).status_code == 303
    assert Person.objects.filter(user=neuf).exists()


def test_tapping_again_and_again_fills_no_page(nadia, lea, row):
    for _number in range(9):
        tap(lea, row)
    assert [one.outcome for one in push.told(nadia)] == [""]


def test_so_many_taps_an_hour(lea, row, monkeypatch):
    monkeypatch.setattr(reacting, "AN_HOUR", 2)
    assert [tap(lea, row).status_code for _number in range(4)] == [303, 303, 429, 429]
    assert not Reaction.objects.exists()
