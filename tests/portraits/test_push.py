"""One push budget per person: a mail a week at most, nothing lost, and a reason for whatever was not sent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portraits import push
from portraits.models import Person, Push
from tests import factories
from tests.portraits.test_quotes import passed_on

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("America/Toronto"))
BRAVO, REACTION = Push.Kind.BRAVO, Push.Kind.REACTION


@pytest.fixture
def nadia():
    return factories.person(user=factories.user("nadia"), email="nadia@example.org")


@pytest.fixture
def words(nadia):
    row = passed_on(nadia)
    Push.objects.all().delete()
    mail.outbox.clear()
    return row


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def outcomes(person):
    return [row.outcome for row in person.pushes.order_by("pk")]


def test_two_things_are_one_mail_that_names_nobody(nadia, words):
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    push.offer(person=nadia, kind=REACTION, about=words, at=MONDAY)
    assert push.weekly(at=MONDAY) == 1
    (sent,) = mail.outbox
    assert sent.to == ["nadia@example.org"]
    assert "/intranet/mots/" in sent.body
    assert words.original not in sent.body
    assert outcomes(nadia) == ["sent", "sent"]


def test_the_same_thing_waits_once(nadia, words):
    for minute in range(3):
        push.offer(person=nadia, kind=REACTION, about=words, at=MONDAY + timedelta(minutes=minute))
    assert nadia.pushes.count() == 1


def test_a_second_mail_waits_for_its_week_and_then_leaves(nadia, words):
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    push.weekly(at=MONDAY)
    later = MONDAY + timedelta(days=1)
    push.offer(person=nadia, kind=BRAVO, about=words, at=later)
    assert push.weekly(at=later) == 0
    assert outcomes(nadia) == ["sent", ""]
    assert push.next_mail(nadia, at=later) == MONDAY + push.BUDGET
    assert push.weekly(at=MONDAY + push.BUDGET - timedelta(seconds=1)) == 0
    assert push.weekly(at=MONDAY + push.BUDGET) == 1
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("at", "opens_on"),
    [
        (MONDAY.replace(hour=7, minute=59), "2026-11-23"),
        (MONDAY.replace(hour=18), "2026-11-24"),
        (MONDAY - timedelta(days=1), "2026-11-23"),
        (MONDAY.replace(day=27, hour=20), "2026-11-30"),
        (MONDAY.replace(month=12, day=25), "2026-12-28"),
    ],
    ids=["dawn", "evening", "Sunday", "Friday evening", "Christmas"],
)
def test_quiet_hours(nadia, words, at, opens_on):
    push.offer(person=nadia, kind=BRAVO, about=words, at=at)
    assert push.weekly(at=at) == 0
    assert outcomes(nadia) == [""]
    opens = push.next_mail(nadia, at=at)
    assert f"{timezone.localtime(opens):%Y-%m-%d %H:%M}" == f"{opens_on} 08:00"
    assert push.weekly(at=opens) == 1


def test_nothing_wanted_nothing_sent_and_it_says_why(nadia, words):
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    push.choose(nadia, Person.News.NEVER, at=MONDAY)
    assert outcomes(nadia) == ["unwanted"]
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    assert push.weekly(at=MONDAY) == 0
    assert outcomes(nadia) == ["unwanted", "unwanted"]
    push.choose(nadia, Person.News.WEEKLY, at=MONDAY)
    assert push.weekly(at=MONDAY) == 0
    assert not mail.outbox


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"email": ""}, "no_address"),
        ({"reach": Person.Reach.LETTER}, "no_address"),
        ({"left_on": MONDAY.date()}, "gone"),
    ],
    ids=["no e-mail", "a letter", "left"],
)
def test_whoever_is_not_written_to(nadia, words, change, why):
    Person.objects.filter(pk=nadia.pk).update(**change)
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    assert push.weekly(at=MONDAY) == 0
    assert outcomes(nadia) == [why]
    assert not mail.outbox


def test_words_taken_back_are_announced_to_nobody(nadia, words):
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    push.drop(kind=BRAVO, about=words, at=MONDAY)
    assert push.weekly(at=MONDAY) == 0
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    type(words).objects.filter(pk=words.pk).update(erased_at=MONDAY)
    assert push.weekly(at=MONDAY) == 0
    assert outcomes(nadia) == ["gone", "gone"]


def test_one_failure_holds_up_nobody_else(nadia, words, monkeypatch, caplog):
    other = factories.person("Omar", email="omar@example.org")
    for person in (nadia, other):
        push.offer(person=person, kind=BRAVO, about=words, at=MONDAY)
    bring = push.invitation.bring_news
    monkeypatch.setattr(
        push.invitation, "bring_news", lambda person, kinds: 1 / (person != nadia) and bring(person, kinds)
    )
    assert push.weekly(at=MONDAY) == 1
    assert outcomes(nadia) == [""]
    assert outcomes(other) == ["sent"]
    assert "could not be written" in caplog.text


def test_nobody_waiting_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert push.weekly(at=MONDAY) == 0


def test_what_was_decided_long_ago_goes(nadia, words):
    push.offer(person=nadia, kind=BRAVO, about=words, at=MONDAY)
    push.weekly(at=MONDAY)
    assert push.forget(at=MONDAY + push.KEPT - timedelta(days=1))["pushes"] == 0
    assert push.forget(at=MONDAY + push.KEPT)["pushes"] == 1


def test_ones_own_page_says_it_and_lets_one_choose(nadia, words):
    push.offer(person=nadia, kind=BRAVO, about=words, at=timezone.now())
    client = Client()
    client.force_login(nadia.user)
    html = client.get("/intranet/mots/").content.decode()
    assert html.count('<ul class="told">') == 1
    answer = client.post("/intranet/mots/", {"geste": "avis", "avis": "never"})
    assert answer.status_code == 303
    nadia.refresh_from_db()
    assert nadia.news == "never"
    client.post("/intranet/mots/", {"geste": "avis", "avis": "hourly"})
    nadia.refresh_from_db()
    assert nadia.news == "never"
