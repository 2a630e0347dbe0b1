"""Two at once, in real threads with connections of their own: on SQLite's file, and on PostgreSQL when DATABASE says so."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from infolettre.tasks import deliveries
from portraits import consent, gate, ledger
from portraits.models import Consent, ConsentRequest, Incident, LedgerEntry
from portraits.usages import Usage
from tests import factories
from tests.infolettre import make
from tests.infolettre.conftest import post  # noqa: F401  the mail server of the infolettre's tests
from tests.infolettre.smtp import html, text

pytestmark = pytest.mark.django_db(transaction=True)
SITE, INFOLETTRE = Usage.SITE, Usage.INFOLETTRE


def at_once(*actions):
    """Each in a thread, started together. Returns what each raised, None for nothing."""
    ready, outcomes = threading.Barrier(len(actions)), [None] * len(actions)

    def play(number, action):
        try:
            ready.wait()
            action()
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=play, args=pair) for pair in enumerate(actions)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return outcomes


def asked(*usages, **fields):
    return factories.ask(factories.portrait(**fields), *usages)


def living(usage=SITE):
    return Consent.objects.filter(usage=usage, ended_at__isnull=True).count()


def answering(request, said, usage=SITE):
    seen = {usage: "0" * 64}
    return lambda: consent.answer(request, {usage: said}, seen=seen, at=timezone.now(), proof=factories.PROOF)


def test_two_yeses_on_one_request_are_one():
    request = ConsentRequest.objects.get(subject__version=asked(SITE))
    assert at_once(*[answering(request, "yes")] * 4) == [None] * 4
    assert living() == 1
    assert len(gate.capsules(SITE, at=timezone.now())) == 1
    assert ledger.broken() is None


def test_a_yes_and_a_no_at_once_end_as_the_ledger_says():
    request = ConsentRequest.objects.get(subject__version=asked(SITE))
    assert at_once(answering(request, "yes"), answering(request, "no")) == [None, None]
    kinds = list(
        LedgerEntry.objects.filter(kind__in=["granted", "refused"]).order_by("seq").values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["granted", "refused"]
    assert living() == (1 if kinds[-1] == "granted" else 0)
    assert ledger.broken() is None


def test_two_people_who_complete_a_newer_version_end_the_older_one():
    """Each must see the other's yes, else the older picture would come back when the newer one ends."""
    people = [factories.person("Nadia"), factories.person("Ali")]
    desk = factories.portrait(people=people)
    older = factories.ask(desk, SITE)
    factories.say(older, SITE)
    newer = factories.ask(desk, SITE)
    requests = ConsentRequest.objects.filter(subject__version=newer)
    assert at_once(*[answering(one, "yes") for one in requests]) == [None, None]
    assert [one.version for one in gate.capsules(SITE, at=timezone.now())] == [newer.pk]
    assert not Consent.objects.filter(subject__version=older, ended_at__isnull=True).exists()


def test_two_undos_put_back_once():
    version = asked(SITE)
    factories.say(version, SITE)
    subject, at = version.subjects.get(), timezone.now()
    consent.withdraw(version.portrait, subject.person, [SITE], at=at)
    later = at + timedelta(seconds=1)
    assert at_once(*[lambda: consent.undo(version.portrait, subject.person, at=later)] * 3) == [None] * 3
    assert living() == 1
    assert LedgerEntry.objects.filter(kind="undone").count() == 1
    assert ledger.broken() is None


def test_writers_of_one_ledger_leave_one_chain():
    requests = [
        ConsentRequest.objects.get(subject__version=asked(SITE, first_name=name)) for name in ("A", "B", "C", "D")
    ]
    assert at_once(*[answering(one, "yes") for one in requests]) == [None] * 4
    assert ledger.broken() is None
    assert LedgerEntry.objects.filter(kind="granted").count() == 4


def test_whoever_withdraws_while_a_mail_is_leaving_is_not_in_it(post):  # noqa: F811
    """The mail is composed and the server has taken the recipient; the withdrawal is committed before the body goes."""
    make.list_of("Lectrice")
    stays, leaves = factories.shown(INFOLETTRE, first_name="Diego"), factories.shown(INFOLETTRE, first_name="Ousmane")
    made = make.issue(stays, shorts=[leaves], title="Bonjour")
    make.start(made)

    def withdraw():
        try:
            factories.withdraw(leaves)
        finally:
            connections.close_all()

    post.while_answering["lectrice@erables.example"] = withdraw
    deliveries()
    assert post.mails() == []  # not with that body
    make.Delivery.objects.update(not_before=timezone.now())
    deliveries()
    (mail,) = post.mails()
    for body in (html(mail), text(mail)):
        assert "Ousmane" not in body
        assert "Diego" in body
    assert not Incident.objects.exists()


@pytest.mark.parametrize("answered", [True, False])
def test_a_mail_that_left_after_an_end_opens_an_incident_of_its_own(post, answered):  # noqa: F811
    """The gate was asked, the body went, and the withdrawal is committed before the server says that it took it (or before
    the connection is lost: it may have arrived)."""
    make.list_of("A", "B", "C")
    stays, leaves = factories.shown(INFOLETTRE, first_name="Diego"), factories.shown(INFOLETTRE, first_name="Ousmane")
    make.start(make.issue(stays, shorts=[leaves], title="Bonjour"))

    def withdraw():
        try:
            factories.withdraw(leaves)
        finally:
            connections.close_all()

    post.while_taking["b@erables.example"] = withdraw
    if not answered:
        post.hang_up.add("b@erables.example")
    deliveries()
    carried = {mail["To"].addresses[0].addr_spec: "Ousmane" in html(mail) for mail in post.mails()}
    assert carried == {"a@erables.example": True, "b@erables.example": True, "c@erables.example": False}
    row = make.row("B")
    assert row.state == (make.State.DONE if answered else make.State.UNCERTAIN)
    draft, version = Incident.objects.get(), leaves.versions.get()
    assert (draft.cause, draft.usage, draft.people) == (f"delivery:{row.pk}:{version.pk}", "infolettre", 1)
    assert (draft.exposure.version, draft.exposure.locator) == (version, "infolettre:1")
    assert "Ousmane" not in draft.what + draft.information
    assert LedgerEntry.objects.get(kind="incident").body["cause"] == draft.cause
    deliveries()
    assert Incident.objects.count() == 1


def test_no_mail_begun_after_an_end_carries_the_person(post):  # noqa: F811
    """A worker sends forty mails while the person withdraws, at an instant of its own."""
    make.list_of(*(f"Lectrice{number}" for number in range(40)))
    leaves = factories.shown(INFOLETTRE, first_name="Ousmane")
    make.start(make.issue(factories.shown(INFOLETTRE, first_name="Diego"), shorts=[leaves], title="Bonjour"))
    half, done = threading.Event(), []
    post.while_answering["lectrice20@erables.example"] = half.set

    def withdraw():
        half.wait(60)
        factories.withdraw(leaves)
        done.append(timezone.now())

    assert at_once(deliveries, withdraw) == [None, None]
    make.Delivery.objects.update(not_before=timezone.now())
    deliveries()
    begun = dict(make.Delivery.objects.values_list("address", "begun_at"))
    bodies = {mail["To"].addresses[0].addr_spec: html(mail) for mail in post.mails()}
    assert len(bodies) == 40
    carried = {address for address, body in bodies.items() if "Ousmane" in body}
    assert carried
    assert len(carried) < 40
    assert [address for address in carried if begun[address] > done[0]] == []
