"""An unanswered question is put once more, twice at most, and never after any answer."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from intranet.models import Letter
from portraits import consent, hiding, links, remarks, reminding
from portraits.models import ConsentRequest, LedgerEntry, Link, Person, Remark, Representation
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ASKED = timezone.now() - 60 * DAY


def asked(*usages, at=ASKED, ask=factories.unread, **fields):
    version = ask(factories.portrait(**fields), *(usages or (SITE, ECRAN)), at=at)
    Letter.objects.all().delete()
    return ConsentRequest.objects.get(subject__version=version)


def reminders(request):
    """How many reminders left by day 7, 14 and 20, swept three times each."""
    days = (6, 7, 10, 14, 20)
    return [sum(reminding.remind(at=request.asked_at + day * DAY) for _again in range(3)) for day in days]


def test_twice_at_most_to_the_second_and_never_late():
    request = asked()
    assert reminding.remind(at=ASKED + 7 * DAY - SECOND) == 0
    assert reminding.remind(at=ASKED + 7 * DAY) == 1
    assert reminding.remind(at=ASKED + 7 * DAY) == 0
    assert reminding.remind(at=ASKED + 14 * DAY - SECOND) == 0
    assert reminding.remind(at=ASKED + 14 * DAY) == 1
    assert reminding.remind(at=ASKED + 20 * DAY) == 0
    assert reminding.remind(at=ASKED + 300 * DAY) == 0
    request.refresh_from_db()
    assert (request.reminders, request.reminded_at) == (2, ASKED + 14 * DAY)
    assert Letter.objects.count() == 2


def test_after_an_outage_the_two_do_not_leave_together():
    asked()
    at = ASKED + 15 * DAY
    assert [reminding.remind(at=at + hours * DAY / 24) for hours in (0, 1, 48)] == [1, 0, 0]
    assert reminding.remind(at=ASKED + 21 * DAY) == 0  # closed since


def test_each_carries_a_link_of_its_own_of_which_only_the_hash_is_kept():
    now = timezone.now()
    request = asked(at=now - 8 * DAY)
    assert reminding.remind(at=now) == 1
    letter = Letter.objects.get()
    (token,) = factories.tokens()
    link = Link.objects.get(token_sha256=links.token_hash(token))
    assert (link.request, link.kind) == (request, Link.Kind.RESPOND)
    assert Link.objects.filter(request=request).count() == 2  # the first one goes on working
    assert not Link.objects.filter(token_sha256=token).exists()
    assert Client().get(f"/consentement/{token}/").status_code == 200
    assert "Horticultrice" not in letter.body  # a mail may be read over a shoulder


def test_the_ledger_says_it_without_a_personal_datum():
    request = asked()
    reminding.remind(at=ASKED + 7 * DAY)
    line = LedgerEntry.objects.get(kind="reminded")
    assert (line.body["request"], line.body["number"], line.at) == (request.pk, 1, ASKED + 7 * DAY)
    person = request.subject.person
    assert not any(word in str(line.body) for word in (person.first_name, person.email, str(person.uuid)))


@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_none_after_any_answer_even_to_one_usage_of_two(answer):
    request = asked()
    seen, proof = {SITE: "0" * 64}, factories.PROOF
    consent.answer(request, {SITE: answer}, seen=seen, at=ASKED + DAY, proof=proof)
    assert reminders(request) == [0, 0, 0, 0, 0]


def test_an_undone_no_is_unanswered_again():
    request = asked(at=timezone.now() - 7 * DAY)
    now = timezone.now()
    consent.answer(request, {SITE: "no"}, seen={}, at=now - 5 * SECOND)
    assert reminding.remind(at=now) == 0
    consent.undo(request.subject.version.portrait, request.subject.person, at=now)
    assert reminding.remind(at=now) == 1


@pytest.mark.parametrize("kind", Remark.Kind)
def test_none_while_somebody_who_wrote_back_waits_for_us(kind):
    request = asked(ask=factories.ask)
    remark = remarks.write(request, kind, "Un mot.", at=ASKED + DAY)
    assert reminders(request) == [0, 0, 0, 0, 0]
    remarks.handle(remark, by=factories.staff(), at=ASKED + 15 * DAY)
    closed = kind == Remark.Kind.CHANGE  # the portrait went back to the desk: another request will be made
    assert reminding.remind(at=ASKED + 16 * DAY) == (0 if closed else 1)


def test_none_while_hidden():
    request = asked()
    portrait, staff = request.subject.version.portrait, factories.staff()
    hiding.hide(portrait, by=staff, at=ASKED + DAY)
    assert reminders(request) == [0, 0, 0, 0, 0]
    hiding.lift(portrait, by=staff, reason="Une erreur", at=ASKED + 15 * DAY)
    assert reminding.remind(at=ASKED + 16 * DAY) == 1


def test_none_to_whoever_left_nor_to_whoever_is_not_written_to():
    request = asked()
    Person.objects.filter(pk=request.subject.person_id).update(left_on=(ASKED + 3 * DAY).date())
    assert reminders(request) == [0, 0, 0, 0, 0]
    other = asked(first_name="Diego", people=[factories.person("Diego", reach="letter")])
    assert reminders(other) == [0, 0, 0, 0, 0]


def test_none_about_a_version_that_was_asked_anew():
    request = asked()
    portrait = request.subject.version.portrait
    factories.unread(portrait, SITE, at=ASKED + 5 * DAY)
    assert reminding.remind(at=ASKED + 8 * DAY) == 0
    assert reminding.remind(at=ASKED + 12 * DAY) == 1


def test_a_guardian_is_the_one_who_is_reminded():
    child = factories.person(
        "Léo", kind="resident", email="", turns_14_on=date(2031, 5, 1), turns_18_on=date(2035, 5, 1)
    )
    parent = factories.person("Ana", kind="resident", language="en")
    Representation.objects.create(person=child, representative=parent, valid_until=date(2035, 5, 1))
    asked(people=[child])
    assert reminding.remind(at=ASKED + 7 * DAY) == 1
    letter = Letter.objects.get()
    assert letter.to == parent.email
    assert letter.body.startswith("Hello Ana")


def test_the_days_are_settings(settings):
    settings.REMINDER_DAYS = (2, 5)
    asked()
    found = [day for day in range(22) if reminding.remind(at=ASKED + day * DAY)]
    assert found == [2, 5]


def test_one_failure_holds_up_nobody_else(monkeypatch):
    first, second = asked(), asked(first_name="Diego")
    whole = reminding.invitation.remind

    def one_breaks(request, token):
        if request.pk == first.pk:
            raise OSError("no room on the disk")
        whole(request, token)

    monkeypatch.setattr(reminding.invitation, "remind", one_breaks)
    assert reminding.remind(at=ASKED + 7 * DAY) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.reminders, second.reminders) == (0, 1)


@pytest.mark.parametrize("many", [3, 30])
def test_one_query_when_there_is_nobody(many, django_assert_num_queries):
    now = timezone.now()
    for _one in range(many):
        asked(SITE, at=now - 3 * DAY)
    with django_assert_num_queries(1):
        assert reminding.remind(at=now) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_two():
    request = asked(at=timezone.now() - 8 * DAY)
    ready, at, found = threading.Barrier(4), timezone.now(), []

    def work():
        ready.wait()
        found.append(reminding.remind(at=at))
        connections.close_all()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [0, 0, 0, 1]
    request.refresh_from_db()
    assert request.reminders == 1
    assert Letter.objects.count() == 1


def test_the_sweep_reminds():
    request = asked(at=timezone.now() - 7 * DAY - SECOND)
    sweep()
    sweep()
    request.refresh_from_db()
    assert request.reminders == 1
