"""At a counter: a link for a tablet, in front of a witness, which never carries the agent's session."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intranet.models import User
from intranet.roles import CONSENT_OFFICER, EMPLOYEE, HR
from portraits import counter, gate, ledger, links
from portraits.models import Consent, ConsentRequest, LedgerEntry, Link, Person
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import answers, tables, visit
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db
SITE = Usage.SITE


def asked():
    person = factories.person("Nadia", email="", reach=Person.Reach.COUNTER)
    desk = factories.portrait(people=[person])
    return desk, ConsentRequest.objects.get(subject__version=factories.unread(desk, SITE, Usage.ECRAN))


def shown(client, desk, request):
    """The eight digits, as the agent reads them."""
    page = client.post(url("counter", desk.pk, request.pk))
    assert {"private", "no-store"} <= set(page["Cache-Control"].split(", "))
    return re.search(r"<b>(\d{4} \d{4})</b>", page.content.decode())[1]


def typed(digits, **browser):
    return Client(**browser).post("/guichet/", {"code": digits})


def handed(client, desk, request):
    """The path that the tablet comes to."""
    response = typed(shown(client, desk, request))
    assert response.status_code == 303
    return response["Location"]


def test_a_yes_at_the_counter_counts_without_a_code_and_names_its_witness():
    desk, request = asked()
    client = signed_in(HR)
    path = handed(client, desk, request)
    by_camera, by_hand = Link.objects.filter(kind=Link.Kind.COUNTER).order_by("pk")
    assert (by_camera.witness.username, by_camera.dies_at - by_camera.made_at) == ("rh", timedelta(minutes=30))
    assert (by_hand.witness, by_hand.dies_at) == (by_camera.witness, by_camera.dies_at)
    for kind in ("handed_over", "counter_typed"):
        line = LedgerEntry.objects.get(kind=kind)
        assert "Nadia" not in str(line.body)
        assert "rh" not in line.body.values()
    assert LedgerEntry.objects.get(kind="handed_over").body["by"] == ledger.account(by_camera.witness)

    tablet = visit(path)
    response = tablet.post(path + "choix/", answers(site="yes", ecran="no"))
    assert response["Location"].endswith("/etat/?note=note")
    consent = Consent.objects.get()
    assert (consent.method, consent.usage) == (Consent.Method.COUNTER, SITE)
    assert LedgerEntry.objects.get(kind="granted").body["method"] == "counter"
    assert len(gate.capsules(SITE, at=timezone.now())) == 1


def test_somebody_who_can_receive_a_code_types_it_at_the_counter_too(settings):
    settings.EMAIL_BACKEND = "intranet.mail.Rows"
    version = factories.unread(factories.portrait(), SITE, Usage.ECRAN)
    request = ConsentRequest.objects.get(subject__version=version)
    made = counter.hand_over(request, witness=factories.staff(), at=timezone.now())
    path = f"/consentement/{made.token}/"
    tablet = visit(path)
    response = tablet.post(path + "choix/", answers(site="yes", ecran="no"))
    assert response["Location"] == path + "code/"
    assert not Consent.objects.exists()
    tablet.post(path + "code/", {"code": factories.code()})
    assert Consent.objects.get().method == Consent.Method.COUNTER


@pytest.mark.parametrize("how", ["wrote", "submitted"])
def test_whoever_wrote_or_submitted_the_portrait_is_no_witness(how):
    person = factories.person("Nadia", email="", reach=Person.Reach.COUNTER)
    desk, client = factories.portrait(people=[person]), signed_in(HR)
    agent = User.objects.get(username="rh")
    if how == "wrote":
        desk.save_revision(user=agent)
    version = factories.ask(desk, SITE, by=agent if how == "submitted" else None)
    request = ConsentRequest.objects.get(subject__version=version)
    assert client.post(url("counter", desk.pk, request.pk))["Location"] == url("ways", desk.pk)
    assert not Link.objects.filter(kind=Link.Kind.COUNTER).exists()
    colleague = signed_in(HR, username="collegue")
    assert colleague.post(url("counter", desk.pk, request.pk)).status_code == 200


def test_when_it_is_over_the_tablet_forgets():
    desk, request = asked()
    path = handed(signed_in(HR), desk, request)
    tablet = visit(path)
    tablet.post(path + "choix/", answers(site="yes"))
    assert "fini" in tablet.get(path + "etat/").content.decode()
    done = tablet.post(path + "etat/", {"geste": "fini"})
    assert "Nadia" not in done.content.decode()
    assert dict(tablet.session) == {}
    for page in ("", "choix/", "etat/"):  # « Back », then « Continuer »
        assert tablet.get(path + page).status_code == tablet.post(path + page).status_code == 404
    assert LedgerEntry.objects.filter(kind="counter_ended").count() == 1
    assert Consent.objects.filter(ended_at__isnull=True).count() == 1


def test_a_link_that_was_mailed_has_no_such_button():
    factories.unread(factories.portrait(), SITE)
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
    factories.unread(factories.portrait(), SITE)
    path = f"/consentement/{factories.tokens()[-1]}/"
    assert signed_in(HR).get(path).status_code == 200


# -- the digits


def test_the_digits_are_kept_as_a_hash_only():
    desk, request = asked()
    digits = shown(signed_in(HR), desk, request)
    kept = str(tables())
    assert digits not in kept
    assert digits.replace(" ", "") not in kept


def test_the_digits_serve_once_whatever_they_are_written_with():
    desk, request = asked()
    digits = shown(signed_in(HR), desk, request)
    assert typed(f" {digits.replace(' ', '-')}").status_code == 303
    again, links_before = typed(digits), Link.objects.count()
    assert again.status_code == 422
    assert Link.objects.count() == links_before
    assert LedgerEntry.objects.filter(kind="counter_typed").count() == 1


def test_the_digits_die_after_five_minutes_and_the_code_for_the_camera_does_not():
    _desk, request = asked()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        made = counter.hand_over(request, witness=factories.staff(), at=timezone.now())
        clock.shift(counter.LASTS)
        assert typed(made.digits).status_code == 422
        assert Client().get(f"/consentement/{made.token}/").status_code == 200
        clock.shift(-timedelta(seconds=1))
        assert typed(made.digits).status_code == 303


def test_guessing_is_slow_and_every_wrong_answer_is_the_same():
    _desk, request = asked()
    made = counter.hand_over(request, witness=factories.staff(), at=timezone.now())
    with time_machine.travel(timezone.now(), tick=False):
        wrong = [typed(guess) for guess in ("", "00000000", "abc", "9" * 400, *(f"{n:08}" for n in range(16)))]
        assert {response.status_code for response in wrong} == {422}
        assert len({re.sub(r'value="\w{64}"', "", response.content.decode()) for response in wrong}) == 1
        assert typed(made.digits).status_code == 429
        assert typed(made.digits, REMOTE_ADDR="203.0.113.9").status_code == 303  # another network still may


def test_looking_at_the_short_address_writes_nothing():
    before = tables()
    for method in ("get", "head"):
        assert getattr(Client(), method)("/guichet/").status_code == 200
    assert tables() == before


def test_two_people_never_share_digits(monkeypatch):
    """Once in a hundred million: then nobody is let in with them, rather than in somebody else's place."""
    monkeypatch.setattr(counter.secrets, "randbelow", lambda _most: 7)
    for _number in range(2):
        counter.hand_over(asked()[1], witness=factories.staff(), at=timezone.now())
    assert typed("00000007").status_code == 422


# -- ended early


def end(client, desk, request):
    return client.post(url("counter_end", desk.pk, request.pk))


def test_the_agent_ends_the_session_and_the_tablet_shows_nothing_any_more():
    desk, request = asked()
    client = signed_in(HR)
    path = handed(client, desk, request)
    by_camera = counter.hand_over(request, witness=factories.staff(), at=timezone.now())
    tablet = visit(path)
    tablet.post(path + "choix/", answers(ecran="yes"))
    ending = url("counter_end", desk.pk, request.pk)
    assert ending in client.get(url("ways", desk.pk)).content.decode()
    assert client.get(ending).status_code == 405
    assert end(client, desk, request)["Location"] == url("ways", desk.pk)
    for page in ("", "choix/", "etat/", "voir/site/", "rendu/site/", "photo/p400.jpg"):
        response = tablet.get(path + page)
        assert response.status_code == 404, page
        assert "Nadia" not in response.content.decode()
    assert tablet.post(path + "choix/", answers(site="yes")).status_code == 404
    assert typed(by_camera.digits).status_code == 422
    assert Client().get(f"/consentement/{by_camera.token}/").status_code == 404
    assert list(Consent.objects.values_list("usage", flat=True)) == ["ecran"]  # what was answered stays
    assert ending not in client.get(url("ways", desk.pk)).content.decode()
    end(client, desk, request)
    line = LedgerEntry.objects.get(kind="counter_ended")
    assert line.body["request"] == request.pk
    assert "Nadia" not in str(line.body)


def test_it_is_ended_even_once_the_request_is_closed_and_another_can_be_handed_over():
    desk, request = asked()
    client = signed_in(HR)
    path = handed(client, desk, request)
    closes_at = request.closes_at
    ConsentRequest.objects.filter(pk=request.pk).update(closes_at=timezone.now())
    assert url("counter_end", desk.pk, request.pk) in client.get(url("ways", desk.pk)).content.decode()
    end(client, desk, request)
    ConsentRequest.objects.filter(pk=request.pk).update(closes_at=closes_at)
    assert Client().get(path).status_code == 404
    assert Client().get(handed(client, desk, request)).status_code == 200


def test_whoever_may_not_hand_over_does_not_end():
    desk, request = asked()
    path = handed(signed_in(HR), desk, request)
    for group in (EMPLOYEE, CONSENT_OFFICER):
        assert end(signed_in(group, username=group), desk, request).status_code in {302, 403}
    assert Client().get(path).status_code == 200


def test_the_list_of_ways_costs_the_same_for_3_and_30():
    desk, request = asked()
    client, costs = signed_in(HR), []
    client.get(url("ways", desk.pk))
    for more in (3, 27):
        for _number in range(more):
            counter.hand_over(request, witness=factories.staff(), at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            client.get(url("ways", desk.pk))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_list_of_ways_costs_the_same_for_3_and_30_people():
    client, costs = signed_in(HR), []
    for many in (3, 30):
        desk = factories.portrait(people=[factories.person(f"P{number}") for number in range(many)])
        factories.unread(desk, Usage.SITE)
        client.get(url("ways", desk.pk))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url("ways", desk.pk)).content.decode()
        assert page.count('class="jtpv-way"') == many
        costs.append(len(queries))
    assert costs[0] == costs[1]


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
