"""The mails are lost: the links come back by one's e-mail, or by one's own session, and nobody learns who is portrayed."""

import re
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from intranet import roles
from intranet.models import Letter
from portraits import consent, links, tasks, ways_in
from portraits.models import Consent, ConsentRequest, Enquiry, Link, Representation
from portraits.usages import Usage
from tests import factories
from tests.portraits import consenting

pytestmark = pytest.mark.django_db
PATH = "/consentement/"
NUMBER = count(1)
SITE, ECRAN = Usage.SITE, Usage.ECRAN
with translation.override("fr-ca"):
    SUBJECT = translation.gettext("Your consents at the borough")


def send(email, client=None, **form):
    return (client or Client()).post(PATH, {"courriel": email, **form})


def links_sent(email):
    """The tokens mailed to this address by the worker."""
    tasks.sweep()
    letters = Letter.objects.filter(to=email, subject=SUBJECT)
    return [token for letter in letters for token in re.findall(r"/consentement/([\w-]+)/", letter.body)]


def somebody(**fields):
    """Somebody who said yes to the site and the screens. Returns the person and the desk."""
    one = factories.person(**fields)
    return one, factories.shown(SITE, ECRAN, people=[one])


def test_a_living_yes_brings_a_link_that_manages():
    one, _desk = somebody()
    response = send(one.email.upper())
    assert response.status_code == 303
    (token,) = links_sent(one.email)
    assert links.find(token, at=timezone.now()).kind == Link.Kind.MANAGE
    client = consenting.visit(f"/consentement/{token}/")
    client.post(f"/consentement/{token}/etat/", {"usage": "site"})
    assert not Consent.objects.filter(usage=SITE, ended_at__isnull=True).exists()


def test_one_link_for_each_portrait_and_one_for_both_languages():
    one, desk = somebody()
    english = factories.portrait("Nadia", people=[one], language="en", photo=desk.photo)
    type(english).objects.filter(pk=english.pk).update(translation_key=desk.translation_key)
    factories.say(factories.ask(english, SITE), SITE)
    factories.shown(SITE, people=[one], first_name="Autre")
    send(one.email)
    assert len(links_sent(one.email)) == 2


def test_a_pause_still_brings_one():
    one, desk = somebody()
    consent.withdraw(desk, one, [SITE, ECRAN], at=timezone.now(), reason=Consent.Reason.PAUSED)
    send(one.email)
    assert len(links_sent(one.email)) == 1


def test_an_end_or_a_refusal_brings_nothing():
    one, desk = somebody()
    consent.withdraw(desk, one, [SITE, ECRAN], at=timezone.now())
    other = factories.person()
    factories.say(factories.ask(factories.portrait(people=[other]), SITE), SITE, answer="no")
    send(one.email)
    send(other.email)
    assert links_sent(one.email) == links_sent(other.email) == []


def moved(*, days_ago):
    """Somebody said yes a month ago; staff wrote another e-mail so many days ago. Returns the person and the desk."""
    one = factories.person()
    desk = factories.shown(SITE, people=[one], at=timezone.now() - timedelta(days=30))
    with time_machine.travel(timezone.now() - timedelta(days=days_ago, seconds=1), tick=False):
        one.email = f"autre{next(NUMBER)}@erables.example"
        one.save()
    return one, desk


def test_an_address_written_anew_brings_nothing_and_the_page_says_the_same():
    one, _desk = moved(days_ago=0)
    known, unknown = send(one.email), send("personne@ailleurs.example")
    assert (known.status_code, known.headers["Location"]) == (303, unknown.headers["Location"])
    assert links_sent(one.email) == []


def test_an_address_that_has_stood_for_two_weeks_does():
    one, _desk = moved(days_ago=14)
    send(one.email)
    assert len(links_sent(one.email)) == 1


@pytest.mark.parametrize(("method", "links"), [("code", 1), ("session", 0)])
def test_a_yes_by_a_code_sent_there_since_settles_it(monkeypatch, method, links):
    one, desk = moved(days_ago=1)
    monkeypatch.setattr(factories, "PROOF", consent.Proof(consent.Method(method)))
    factories.say(factories.ask(desk, SITE), SITE)
    send(one.email)
    assert len(links_sent(one.email)) == links


def test_a_guardian_finds_what_they_answer_for():
    today = timezone.localdate()
    child = factories.person("Zoé", turns_14_on=today + timedelta(days=900), turns_18_on=today + timedelta(days=2400))
    parent = factories.person("Paul")
    Representation.objects.create(person=child, representative=parent, valid_until=today + timedelta(days=800))
    factories.shown(SITE, first_name="Zoé", people=[child])
    send(parent.email)
    send(child.email)
    assert len(links_sent(parent.email)) == 1
    assert links_sent(child.email) == []


def test_the_answer_is_the_same_whether_known_or_not():
    one, _desk = somebody()
    known, unknown = Client(), Client()
    answers = [send(one.email, known), send("personne@ailleurs.example", unknown)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    pages = [client.get(answers[0].headers["Location"]) for client in (known, unknown)]
    assert pages[0].content == pages[1].content
    assert pages[0]["Cache-Control"] == "private, no-store"
    other, _desk = somebody()
    with CaptureQueriesContext(connection) as first:
        send(other.email)
    with CaptureQueriesContext(connection) as second:
        send("autre@ailleurs.example")
    assert len(first) == len(second)


def test_looking_writes_nothing():
    before = consenting.tables()
    for method in ("get", "head"):
        assert getattr(Client(), method)(PATH).status_code == 200
    assert consenting.tables() == before


def test_three_mails_a_day_to_one_address():
    one, _desk = somebody()
    at = timezone.now()
    for _ in range(5):
        ways_in.ask(one.email, at=at)
    assert len(links_sent(one.email)) == 3
    ways_in.ask(one.email, at=at + timedelta(days=2))
    assert len(links_sent(one.email)) == 3  # not before its instant
    assert Enquiry.objects.filter(state=Enquiry.State.DUE).count() == 1


def test_one_network_is_slowed_down():
    codes = [send(f"personne{number}@ailleurs.example").status_code for number in range(8)]
    assert codes == [303] * 5 + [429] * 3


def test_the_address_is_forgotten_once_the_links_left():
    send("personne@ailleurs.example")
    tasks.sweep()
    row = Enquiry.objects.get()
    assert (row.email, row.state) == ("", Enquiry.State.DONE)


def test_what_is_no_address_is_said_and_kept():
    response = send("nadia@")
    assert response.status_code == 422
    assert 'value="nadia@"' in response.content.decode()
    assert not Enquiry.objects.exists()


def test_in_english_too():
    page = Client().get(PATH + "?langue=en")
    assert 'lang="en-CA"' in page.content.decode()
    assert "langue=en" in send("a@b.example", langue="en").headers["Location"]


def test_the_dead_link_shows_the_way():
    assert f'href="{PATH}"' in Client().get("/consentement/n-importe-quoi/").content.decode()


# -- by one's own session


def signed_in(one=None):
    account = factories.user(f"compte{next(NUMBER)}", roles.EMPLOYEE)
    if one is not None:
        one.user = account
        one.save()
    client = Client()
    client.force_login(account)
    return client


def test_a_passer_by_is_sent_to_sign_in():
    assert Client().get("/intranet/mes-accords/").status_code == 302


def test_one_sees_ones_own_portraits_only():
    one, _desk = somebody()
    factories.shown(SITE, first_name="Autrui")
    page = signed_in(one).get("/intranet/mes-accords/").content.decode()
    assert page.count('name="demande"') == 1
    assert "Autrui" not in page


def test_the_page_opens_by_a_link_made_then_and_the_session_proves():
    one = factories.person()
    version = factories.ask(factories.portrait(people=[one]), SITE)
    request, client = ConsentRequest.objects.get(subject__version=version), signed_in(one)
    before = Link.objects.count()
    client.get("/intranet/mes-accords/")
    assert Link.objects.count() == before
    response = client.post("/intranet/mes-accords/", {"demande": request.pk})
    assert response.status_code == 303
    path = response.headers["Location"]
    consenting.visit(path, client)
    assert client.post(path + "choix/", consenting.answers(site="yes")).headers["Location"].startswith(path + "etat/")
    assert Consent.objects.get().method == Consent.Method.SESSION


def test_once_closed_the_link_only_manages():
    one, _desk = somebody()
    request = ConsentRequest.objects.get(subject__person=one)
    ConsentRequest.objects.filter(pk=request.pk).update(closes_at=timezone.now())
    signed_in(one).post("/intranet/mes-accords/", {"demande": request.pk})
    assert Link.objects.latest("pk").kind == Link.Kind.MANAGE


def test_somebody_elses_question_is_not_opened():
    one, _desk = somebody()
    factories.shown(SITE, first_name="Autrui")
    other = ConsentRequest.objects.exclude(subject__person=one).get()
    client, before = signed_in(one), Link.objects.count()
    assert client.post("/intranet/mes-accords/", {"demande": other.pk}).status_code == 404
    assert client.post("/intranet/mes-accords/", {"demande": "x"}).status_code == 404
    assert Link.objects.count() == before


def test_an_account_without_a_portrait_is_told_so():
    for client in (signed_in(), signed_in(factories.person())):
        page = client.get("/intranet/mes-accords/")
        assert page.status_code == 200
        assert b'name="demande"' not in page.content


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_however_long(count, django_assert_num_queries):
    one = factories.person()
    factories.crowd(count, SITE, people=[one])
    with django_assert_num_queries(2):
        assert len(ways_in.standing([one], at=timezone.now())) == count
