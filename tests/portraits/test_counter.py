"""At a counter: a link for a tablet, in front of a witness, which never carries the agent's session."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from intranet.roles import EMPLOYEE, HR
from portraits import gate, links
from portraits.models import Consent, ConsentRequest, LedgerEntry, Link, Person
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import answers, visit
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db
SITE = Usage.SITE


def asked():
    person = factories.person("Nadia", email="", reach=Person.Reach.COUNTER)
    desk = factories.portrait(people=[person])
    return desk, ConsentRequest.objects.get(subject__version=factories.ask(desk, SITE, Usage.ECRAN))


def handed(client, desk, request):
    page = client.post(url("counter", desk.pk, request.pk))
    assert {"private", "no-store"} <= set(page["Cache-Control"].split(", "))
    return re.search(r"/consentement/[\w-]{43}/", page.content.decode())[0]


def test_a_yes_at_the_counter_counts_without_a_code_and_names_its_witness():
    desk, request = asked()
    client = signed_in(HR)
    path = handed(client, desk, request)
    link = Link.objects.get(kind=Link.Kind.COUNTER)
    assert (link.witness.username, link.dies_at - link.made_at) == ("rh", timedelta(minutes=30))
    line = LedgerEntry.objects.get(kind="handed_over")
    assert "Nadia" not in str(line.body)
    assert "rh" not in line.body.values()

    tablet = visit(path)
    response = tablet.post(path + "choix/", answers(site="yes", ecran="no"))
    assert response["Location"].endswith("/etat/?note=note")
    consent = Consent.objects.get()
    assert (consent.method, consent.usage) == (Consent.Method.COUNTER, SITE)
    assert LedgerEntry.objects.get(kind="granted").body["method"] == "counter"
    assert len(gate.capsules(SITE, at=timezone.now())) == 1


def test_when_it_is_over_the_tablet_forgets():
    desk, request = asked()
    path = handed(signed_in(HR), desk, request)
    tablet = visit(path)
    tablet.post(path + "choix/", answers(site="yes"))
    assert "fini" in tablet.get(path + "etat/").content.decode()
    done = tablet.post(path + "etat/", {"geste": "fini"})
    assert "Nadia" not in done.content.decode()
    assert dict(tablet.session) == {}
    for page in ("choix/", "etat/"):
        assert tablet.get(path + page)["Location"] == path
    assert Consent.objects.filter(ended_at__isnull=True).count() == 1


def test_a_link_that_was_mailed_has_no_such_button():
    factories.ask(factories.portrait(), SITE)
    path = f"/consentement/{factories.tokens()[-1]}/"
    client = visit(path)
    page = client.get(path + "etat/").content.decode()
    assert 'value="fini"' not in page
    client.post(path + "etat/", {"geste": "fini"})
    assert dict(client.session)


def test_with_a_session_of_staff_the_tablet_shows_nothing_until_it_is_ended():
    desk, request = asked()
    client = signed_in(HR)
    path = handed(client, desk, request)
    for page in ("", "choix/", "etat/", "voir/site/", "rendu/site/", "photo/p400.jpg"):
        response = client.get(path + page)
        assert response.status_code == 403, page
        assert "Nadia" not in response.content.decode()
    assert client.post(path + "choix/", answers(site="yes")).status_code == 403
    assert client.post(path).status_code == 403
    assert not Consent.objects.exists()
    assert client.get(url("edit", desk.pk)).status_code == 200  # a GET ended nothing

    assert client.post(path, {"geste": "quitter"}).status_code == 303
    assert client.get(url("edit", desk.pk)).status_code == 302
    assert client.get(path).status_code == 200
    visit(path, client).post(path + "choix/", answers(site="yes"))
    assert Consent.objects.get().method == Consent.Method.COUNTER


def test_an_ordinary_link_works_with_a_session():
    factories.ask(factories.portrait(), SITE)
    path = f"/consentement/{factories.tokens()[-1]}/"
    assert signed_in(HR).get(path).status_code == 200


def test_after_half_an_hour_it_leads_nowhere():
    desk, request = asked()
    path = handed(signed_in(HR), desk, request)
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1)):
        assert Client().get(path).status_code == 404
        assert Client().post(path).status_code == 404


def test_nobody_witnesses_themselves_nor_without_the_right_nor_on_a_closed_request():
    desk, request = asked()
    assert signed_in(EMPLOYEE, username="passant").post(url("counter", desk.pk, request.pk)).status_code == 302
    client = signed_in(HR)
    assert client.get(url("counter", desk.pk, request.pk)).status_code == 405
    other = factories.portrait("Morris")
    assert client.post(url("counter", other.pk, request.pk)).status_code == 404
    Person.objects.filter(pk=request.subject.person_id).update(user=client.session["_auth_user_id"])
    assert client.post(url("counter", desk.pk, request.pk))["Location"] == url("ways", desk.pk)
    Person.objects.update(user=None)
    ConsentRequest.objects.filter(pk=request.pk).update(closes_at=timezone.now())
    assert client.post(url("counter", desk.pk, request.pk))["Location"] == url("ways", desk.pk)
    assert not Link.objects.filter(kind=Link.Kind.COUNTER).exists()
    assert links.find("x" * 43, at=timezone.now()) is None
