"""On « Tes mots »: what is answered once and for all, and the words that one sends to one's own manager."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.admin.views.account import email_management_enabled

from intranet import roles
from intranet.models import Letter
from portraits import bravo, confiding, forgetting, gate, hiding, quoting, received, standing
from portraits.models import Confidence, Consent, LedgerEntry, Representation, StandingAnswer
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.test_quotes import passed_on, say

pytestmark = pytest.mark.django_db
MOTS, CHIEF = "/intranet/mots/", "chef@erables.example"
WORDS = "Nadia a planté un érable devant l’école, merci."


@pytest.fixture
def nadia():
    return factories.person(user=factories.user("nadia"))


@pytest.fixture
def me(nadia):
    client = Client()
    client.force_login(nadia.user)
    return client


def stand(client, answer, audience=Audience.COLLEAGUES):
    return client.post(MOTS, {"geste": "toujours", "audience": audience, "reponse": answer})


def show(client, row, email=CHIEF, name="Chantal"):
    return client.post(MOTS, {"geste": "montrer", "mot": row.pk, "courriel": email, "nom": name})


def wall():
    return [one.key for one in gate.quotes(Usage.INTRANET, at=timezone.now())]


def mailed():
    return Letter.objects.filter(to=CHIEF)


# -- once and for all


def test_nothing_is_said_beforehand(me):
    page = me.get(MOTS).content.decode()
    assert page.count('value="ask" checked') == len(Audience)
    assert 'value="always" checked' not in page
    assert not StandingAnswer.objects.exists()


def test_always_is_proved_by_the_session_and_holds_for_the_words_to_come_alone(me, nadia):
    before = passed_on(nadia)
    assert stand(me, "always").status_code == 303
    line = LedgerEntry.objects.get(kind="standing")
    assert (line.body["answer"], line.body["method"]) == ("always", Consent.Method.SESSION)
    after = passed_on(nadia)
    assert wall() == [after.pk]
    assert before.pk not in wall()
    assert gate.quotes(Usage.SITE, at=timezone.now()) == []


def test_never_and_ask_me_again(me, nadia):
    stand(me, "always")
    stand(me, "never")
    passed_on(nadia)
    assert wall() == []
    assert 'value="never" checked' in me.get(MOTS).content.decode()
    stand(me, "ask")
    assert standing.answers(nadia) == {}


def test_what_was_taken_back_stays_taken_back(me, nadia):
    row = passed_on(nadia)
    say(row, nadia)
    quoting.take_back(row, nadia, Audience.COLLEAGUES, at=timezone.now())
    stand(me, "always")
    assert wall() == []


def test_the_same_again_writes_no_line(me):
    stand(me, "ask")
    stand(me, "never")
    stand(me, "never")
    assert LedgerEntry.objects.filter(kind="standing").count() == 1


@pytest.mark.parametrize("wrong", [{"reponse": "oui"}, {"audience": "tous"}, {"reponse": ""}])
def test_any_other_answer_is_none(me, wrong):
    fields = {"geste": "toujours", "audience": "public", "reponse": "always", **wrong}
    assert me.post(MOTS, fields).status_code == 404
    assert not StandingAnswer.objects.exists()


def test_whoever_is_answered_for_says_nothing_for_all_to_come(me, nadia):
    Representation.objects.create(
        person=nadia,
        representative=factories.person("Odette"),
        valid_until=timezone.localdate() + timedelta(days=90),
    )
    assert stand(me, "always").status_code == 404
    assert 'id="toujours"' not in me.get(MOTS).content.decode()


# -- one's own manager


def test_a_manager_gets_nothing_unless_its_person_sends_it(me, nadia):
    row = passed_on(nadia, words=WORDS)
    assert not mailed().exists()
    assert show(me, row).status_code == 303
    letter = mailed().get()
    assert WORDS in letter.body
    assert "/consentement/" not in letter.body
    made = Confidence.objects.get()
    assert (made.person, made.name, made.email) == (nadia, "Chantal", CHIEF)
    assert LedgerEntry.objects.filter(kind="confided").exists()
    page = me.get(MOTS).content.decode()
    assert f'id="montre-{made.pk}"' in page
    assert f'value="{CHIEF}"' in page  # the next time, they are proposed


@pytest.mark.parametrize(
    "email", ["", "chef", "chef@ailleurs.example", "a@erables.example@ailleurs.example", "x@sous.erables.example"]
)
def test_only_to_a_work_address_and_nothing_typed_is_lost(me, nadia, email):
    row = passed_on(nadia, words=WORDS)
    answer = show(me, row, email)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert 'value="Chantal"' in page
    assert not Confidence.objects.exists()
    assert not Letter.objects.filter(body__contains=WORDS).exclude(to=nadia.email).exists()


def test_words_that_name_another_are_not_one_persons_to_show(me, nadia):
    row = passed_on(nadia, factories.person("Luc"), words=WORDS)
    assert show(me, row).status_code == 200
    assert not mailed().exists()


def test_once_per_address_and_so_many_a_day(me, nadia, monkeypatch):
    row = passed_on(nadia, words=WORDS)
    show(me, row)
    assert show(me, row, CHIEF.upper()).status_code == 200
    monkeypatch.setattr(confiding, "A_DAY", 1)
    assert show(me, row, "autre@erables.example").status_code == 200
    assert mailed().count() == Confidence.objects.count() == 1


def test_an_account_does_not_choose_which_domain_is_ours(me, nadia):
    nadia.user.email = "nadia@ailleurs.example"
    nadia.user.save()
    row = passed_on(nadia, words=WORDS)
    assert show(me, row, "chef@ailleurs.example").status_code == 200
    assert not Letter.objects.filter(to="chef@ailleurs.example").exists()


def test_the_domains_are_those_of_the_settings(me, nadia, settings):
    settings.STAFF_DOMAINS = ["Parcs.example"]
    row = passed_on(nadia, words=WORDS)
    assert show(me, row).status_code == 200
    assert show(me, row, "chef@parcs.example").status_code == 303


def test_an_account_changes_neither_its_address_nor_its_name():
    editor = factories.user("rh", roles.HR, first_name="Rh", email="rh@erables.example")
    client = Client()
    client.force_login(editor)
    assert not email_management_enabled()
    assert 'name="name_email-' not in client.get("/admin/account/").content.decode()
    changed = {"name_email-first_name": "Merci", "name_email-last_name": "R", "name_email-email": "rh@ailleurs.example"}
    client.post("/admin/account/", {**changed, "locale-preferred_language": "fr-ca", "locale-current_time_zone": ""})
    editor.refresh_from_db()
    assert (editor.first_name, editor.email) == ("Rh", "rh@erables.example")


@pytest.mark.parametrize(
    "name", ["http://evil.example clique ici", "evil.example", "Chantal\r\nBcc: tous@erables.example", "-", "a" * 61]
)
def test_an_official_mail_opens_with_a_name_and_nothing_else(me, nadia, name):
    page = show(me, passed_on(nadia, words=WORDS), name=name)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert not mailed().exists()


@pytest.mark.parametrize("name", ["", "Chantal", "Marie-Ève  O’Neil", "Jo d'Arc"])
def test_a_name_is_a_name(me, nadia, name):
    assert show(me, passed_on(nadia, words=WORDS), name=name).status_code == 303


def test_words_that_speak_of_a_colleague_are_not_sent(me, nadia):
    factories.person("Luc")
    row = passed_on(nadia, words="Nadia a aidé ma mère; Luc, lui, dormait.")
    assert show(me, row).status_code == 200
    assert not mailed().exists()


@pytest.mark.parametrize("stop", [hiding.hide, bravo.remove])
def test_what_staff_stopped_is_not_sent(nadia, stop):
    row = passed_on(nadia, words=WORDS)
    (word,) = received.words(nadia, at=timezone.now())
    stop(row, by=factories.staff(), at=timezone.now())
    with pytest.raises(confiding.Stopped):
        confiding.confide(word, nadia, name="Chantal", email=CHIEF, at=timezone.now())
    assert not mailed().exists()


def test_nobody_shows_anothers(me):
    luc = factories.person("Luc", user=factories.user("luc"))
    assert show(me, passed_on(luc, words=WORDS)).status_code == 404
    assert not mailed().exists()


def test_the_managers_name_goes_with_the_words(me, nadia):
    row = passed_on(nadia, words=WORDS)
    show(me, row)
    assert Confidence.objects.get().name == "Chantal"
    forgetting.texts(at=timezone.now() + timedelta(days=800))
    assert not Confidence.objects.exists()


@pytest.mark.parametrize("count", [3, 30])
def test_it_costs_the_same(me, nadia, count, django_assert_max_num_queries):
    for number in range(count):
        row = passed_on(nadia, words=f"{WORDS} {number}")
        Confidence.objects.create(compliment=row, person=nadia, name="Chantal", email=CHIEF, at=timezone.now())
    with django_assert_max_num_queries(24):
        assert me.get(MOTS).content.decode().count('id="montre-') == count
