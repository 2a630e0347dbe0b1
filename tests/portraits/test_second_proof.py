"""A yes needs more than the link: the person's own session, somebody beside them, or six digits sent to them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from intranet.models import Letter
from portraits import codes, consent, links, throttle
from portraits.models import Code, Consent, ConsentRequest, LedgerEntry, Link, Person, Throttle
from portraits.usages import Usage
from portraits.views.call import MOST, UNKNOWN
from tests import factories
from tests.portraits.consenting import answers, link, visit

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN


@pytest.fixture(autouse=True)
def mails_become_rows(settings):
    settings.EMAIL_BACKEND = "intranet.mail.Rows"


def sheet(path, client, **said):
    return client.post(path + "choix/", answers(**said)).headers["Location"]


def test_the_verb_itself_refuses_a_yes_without_proof():
    _path, row = link()
    with pytest.raises(consent.Unproven):
        consent.answer(row, {SITE: "no", ECRAN: "yes"}, seen={ECRAN: "0" * 64}, at=timezone.now())
    assert not Consent.objects.exists()
    assert not LedgerEntry.objects.filter(kind__in=["granted", "refused"]).exists()


def test_a_yes_waits_for_the_code_and_a_no_does_not():
    path, row = link()
    client = visit(path)
    assert sheet(path, client, ecran="yes", site="no") == path + "code/"
    assert not Consent.objects.exists()
    assert [line.body["usage"] for line in LedgerEntry.objects.filter(kind="refused")] == ["site"]
    response = client.post(path + "code/", {"code": factories.code()})
    assert response.headers["Location"] == path + "etat/?note=note"
    given = Consent.objects.get()
    assert (given.usage, given.method, given.actor_id) == ("ecran", "code", row.subject.person_id)
    line = given.ledger_entry.body
    assert (line["method"], line["rendering"], len(line["words"])) == ("code", given.rendering_sha256, 64)


def test_the_code_goes_to_the_person_alone_and_is_kept_as_a_hash():
    path, row = link()
    sheet(path, visit(path), site="yes")
    letter = Letter.objects.latest("pk")
    assert letter.to == row.subject.person.email
    assert factories.code() not in str(list(Code.objects.values()))


def test_five_wrong_tries_and_the_code_is_over():
    path, _row = link()
    client = visit(path)
    sheet(path, client, site="yes")
    right = factories.code()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    notes = [client.post(path + "code/", {"code": wrong}).headers["Location"] for _ in range(5)]
    assert notes == [path + "code/?note=faux"] * 4 + [path + "code/?note=perime"]
    client.post(path + "code/", {"code": right})
    assert not Consent.objects.exists()


def test_a_code_serves_once_and_ten_minutes():
    _path, row = link()
    at = timezone.now()
    codes.send(row, at=at)
    digits = factories.code()
    assert not codes.check(row, digits, at=at + codes.LASTS)
    assert codes.check(row, f" {digits[:3]} {digits[3:]} ", at=at + codes.LASTS - timedelta(seconds=1))
    assert not codes.check(row, digits, at=at + timedelta(seconds=1))


def test_the_code_of_one_request_opens_no_other():
    _path, row = link()
    _other, second = link(first_name="Morris")
    codes.send(row, at=timezone.now())
    assert not codes.check(second, factories.code(), at=timezone.now())


def test_five_codes_a_day_and_the_ticks_stay():
    path, _row = link()
    client = visit(path)
    sheet(path, client, site="yes")
    for _ in range(4):
        assert client.post(path + "code/", {"renvoyer": "1"}).headers["Location"] == path + "code/"
    assert client.post(path + "code/", {"renvoyer": "1"}).headers["Location"] == path + "code/?note=trop"
    assert client.get(path + "code/?note=trop").status_code == 200
    assert Code.objects.count() == 5


def test_somebody_without_address_is_told_whom_to_call():
    person = factories.person("Ali", email="", reach="letter")
    version = factories.unread(factories.portrait(people=[person]), SITE)
    row = ConsentRequest.objects.get(subject__version=version)
    path = f"/consentement/{links.make(row, Link.Kind.RESPOND, at=timezone.now())}/"
    assert sheet(path, visit(path), site="yes") == path + "code/?note=nulle-part"
    assert not Consent.objects.exists()


def test_ones_own_session_is_a_proof_and_another_ones_is_not():
    nadia, other = factories.user("nadia"), factories.user("autre")
    path, _row = link(people=[factories.person("Nadia", user=nadia)])
    for account, expected in ((other, "code/"), (nadia, "etat/?note=note")):
        client = Client()
        client.force_login(account)
        assert sheet(path, visit(path, client), site="yes") == path + expected
    assert Consent.objects.get().method == "session"


def test_at_a_counter_somebody_on_staff_is_the_witness():
    _path, row = link()
    Person.objects.update(email="")  # no code can be sent
    at = timezone.now()
    path = f"/consentement/{links.make(row, Link.Kind.COUNTER, at=at, witness=factories.user('agent'))}/"
    assert sheet(path, visit(path), site="yes") == path + "etat/?note=note"
    assert Consent.objects.get().method == "counter"
    with time_machine.travel(at + links.AT_THE_COUNTER):
        assert Client().get(path).status_code == 404


def test_a_manage_link_never_grants():
    _path, row = link()
    factories.say(row.subject.version, ECRAN)
    path = f"/consentement/{links.make(row, Link.Kind.MANAGE, at=timezone.now())}/"
    client = visit(path)
    assert client.get(path + "choix/").headers["Location"] == path + "etat/"
    assert sheet(path, client, site="yes") == path + "etat/?note=ferme"
    assert sheet(path, client, site="no") == path + "etat/?note=ferme"
    assert client.get(path + "code/").headers["Location"] == path + "etat/?note=ferme"
    assert [row.usage for row in Consent.objects.all()] == ["ecran"]
    client.post(path + "etat/", {"usage": "ecran"})
    assert not Consent.objects.filter(ended_at__isnull=True).exists()


def test_a_rendering_that_changed_between_the_ticks_and_the_code(monkeypatch):
    from portraits import renderings
    from portraits.renderings import Rendering

    path, _row = link()
    client = visit(path)
    sheet(path, client, site="yes")
    monkeypatch.setitem(renderings._renderers, SITE, lambda capsule: Rendering(b"<p>autre</p>", "text/html", "page"))
    response = client.post(path + "code/", {"code": factories.code()})
    assert response.headers["Location"] == path + "choix/?note=apercu"
    assert not Consent.objects.exists()


# -- for how long


@pytest.mark.parametrize(("term", "days"), [("annee", 365), ("mois", 30), ("toujours", 365)])
def test_a_year_or_a_month_and_nothing_else(term, days):
    path, _row = link()
    client = visit(path)
    client.post(path + "choix/", {**answers(site="yes"), "terme": term})
    client.post(path + "code/", {"code": factories.code()})
    given = Consent.objects.get()
    assert given.ends_at - given.starts_at == timedelta(days=days)


# -- how often


def guess(client, times=UNKNOWN):
    """The statuses that these wrong links bring."""
    return [client.post(f"/consentement/{number}{'x' * 42}/").status_code for number in range(times)]


def test_a_network_that_guesses_waits_and_a_good_link_never_does():
    path, row = link()
    factories.say(row.subject.version, SITE)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert guess(Client(), UNKNOWN + 1) == [404] * UNKNOWN + [429]
        assert guess(Client(REMOTE_ADDR="203.0.113.9"), 1) == [404]
        Client().post(path + "etat/", {"usage": "site"})  # from the very network that guesses
        assert Consent.objects.get().ended_at is not None


def test_behind_the_proxy_one_network_never_makes_another_wait():
    """gunicorn's unix socket gives no address: the last one that the proxy forwards is the visitor's."""
    with time_machine.travel(timezone.now(), tick=False):
        junk = Client(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="198.51.100.3, 203.0.113.9")
        assert guess(junk, UNKNOWN + 1)[-1] == 429
        assert guess(Client(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="203.0.113.200"), 1) == [429]
        assert guess(Client(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="198.51.100.3"), 1) == [404]
        for _ in range(UNKNOWN * 2):  # nothing says who it is: nobody waits for anybody
            assert guess(Client(REMOTE_ADDR=""), 1) == [404]


def test_on_a_port_nobody_chooses_their_network():
    with time_machine.travel(timezone.now(), tick=False):
        for number in range(UNKNOWN):
            guess(Client(HTTP_X_FORWARDED_FOR=f"203.0.{number}.9"), 1)
        assert guess(Client(HTTP_X_FORWARDED_FOR="198.51.100.3"), 1) == [429]


def test_a_frenzy_is_told_to_wait_and_loses_nothing():
    path, row = link()
    factories.say(row.subject.version, SITE)
    with time_machine.travel(timezone.now(), tick=False):
        client = visit(path)
        for _ in range(MOST - 1):
            client.post(path + "etat/", {"usage": "rien"})
        response = client.post(path + "etat/", {"usage": "site"})
        assert (response.status_code, response.headers["Cache-Control"]) == (429, "private, no-store")
    assert Consent.objects.get().ended_at is None


def test_what_is_kept_of_a_network_names_nobody_and_is_forgotten():
    path, _row = link()
    visit(path)
    assert Throttle.objects.exists()
    assert "127.0.0" not in str(list(Throttle.objects.values()))
    throttle.forget(at=timezone.now() + timedelta(days=1))
    assert not Throttle.objects.exists()
