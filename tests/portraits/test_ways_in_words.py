"""The links about kind words come back by e-mail too: to who wrote them, and to whom they are for without an account."""

import re

import pytest
from django.utils import timezone

from intranet.models import Letter
from portraits import inbox, links, quoting, ways_in
from portraits.models import Compliment, Consent, Link
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits import consenting
from tests.portraits.test_quotes import KIND, passed_on, quoted, received, say
from tests.portraits.test_ways_in import SUBJECT, links_sent, send, somebody

pytestmark = pytest.mark.django_db
HUGUETTE = "huguette@voisine.example"


def mails():
    return Letter.objects.filter(to=HUGUETTE, subject=SUBJECT)


def test_who_wrote_finds_the_page_again_and_takes_the_words_back():
    row = passed_on()
    assert quoted() == [row.pk]
    send(HUGUETTE.upper())
    (token,) = links_sent(HUGUETTE)
    assert links.find(token, at=timezone.now()).kind == Link.Kind.MANAGE
    client = consenting.visit(f"/consentement/{token}/")
    page = client.get(f"/consentement/{token}/etat/").content.decode()
    assert KIND[:20] in page
    client.post(f"/consentement/{token}/etat/", {"public": "public"})
    client.post(f"/consentement/{token}/etat/", {"public": "tout"})
    assert quoted() == quoted(Usage.INTRANET) == []


def test_a_promise_that_waits_brings_a_link_a_no_or_a_robot_none():
    row = received()
    send(HUGUETTE)
    assert len(links_sent(HUGUETTE)) == 1
    for audience in Audience:
        quoting.take_back(row, row.writer, audience, at=timezone.now())
    send(HUGUETTE)
    assert len(links_sent(HUGUETTE)) == 1  # the one of before
    spam = received(f"{KIND} Bis.", writer=inbox.Writer("Paul", "", "paul@voisine.example"))
    inbox.triage(spam, inbox.Kind.SPAM, by=factories.staff(), at=timezone.now())
    send("paul@voisine.example")
    assert links_sent("paul@voisine.example") == []


def test_many_messages_one_mail_and_the_newest_links():
    for number in range(ways_in.MOST_WORDS + 2):
        received(f"{KIND} {number}")
    send(HUGUETTE)
    assert len(links_sent(HUGUETTE)) == ways_in.MOST_WORDS
    assert mails().count() == 1


def test_a_named_person_without_an_account_finds_theirs_with_their_portraits():
    nadia, _desk = somebody()
    row = passed_on(nadia)
    say(row, nadia)
    send(nadia.email)
    tokens = links_sent(nadia.email)
    assert len(tokens) == 2
    assert Letter.objects.filter(to=nadia.email, subject=SUBJECT).count() == 1
    words = next(one for one in tokens if links.find(one, at=timezone.now()).request.subject.version.compliment_id)
    client = consenting.visit(f"/consentement/{words}/")
    client.post(f"/consentement/{words}/etat/", {"public": "tout"})
    assert not Consent.objects.filter(subject__person=nadia, subject__version__compliment=row, ended_at=None).exists()


def test_whoever_has_an_account_finds_the_words_on_the_intranet():
    nadia = factories.person()
    nadia.user = factories.user("nadia")
    nadia.save()
    say(passed_on(nadia), nadia)
    send(nadia.email)
    assert links_sent(nadia.email) == []


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Huguette", "Bonjour Huguette,"),
        ("Gagnez 500$ http://x", "Bonjour,"),
        ("Votre compte est suspendu", "Bonjour,"),
    ],
)
def test_what_is_no_name_greets_nobody(name, greeting):
    row = received()
    row.writer.first_name = name
    row.writer.save()
    send(HUGUETTE)
    links_sent(HUGUETTE)
    assert re.match(greeting, mails().get().body)


@pytest.mark.parametrize("count", [3, 30])
def test_it_costs_the_same_however_many(count, django_assert_num_queries):
    people = [received(f"{KIND} {number}").writer for number in range(count)]
    with django_assert_num_queries(2):
        assert len(ways_in.kind_words(people, at=timezone.now())) == min(count, ways_in.MOST_WORDS)
    assert Compliment.objects.count() == count


def test_nobody_buries_the_links_of_somebody_under_messages_in_their_name():
    row = passed_on()
    for number in range(ways_in.MOST_WORDS + 5):
        received(f"{KIND} Encore {number}.", suspicion=number % 4)
    send(HUGUETTE)
    found = [links.find(token, at=timezone.now()).request.subject.version.compliment for token in links_sent(HUGUETTE)]
    assert row in found
    assert {one.suspicion for one in found} == {0, 1, 2}
    assert len(found) == ways_in.MOST_WORDS
