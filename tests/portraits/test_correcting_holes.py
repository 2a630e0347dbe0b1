"""Correcting whom kind words are for is a way round nobody's no."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from intranet.models import Letter
from portraits import bravo, consent, correcting, inbox, quoting, standing
from portraits.models import Consent, ConsentRequest, Team
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.test_quotes import passed_on, quoted, say

pytestmark = pytest.mark.django_db
NOW = timezone.now
NAMELESS = "La dame du guichet a aidé ma mère. Merci pour sa patience !"


@pytest.fixture
def nadia():
    return factories.person()


@pytest.fixture
def luc():
    return factories.person("Luc", email="luc@erables.example")


def comment(*people):
    return passed_on(*people, channel=inbox.Channel.FACEBOOK, writer=inbox.Writer(), wishes={})


def not_for(row, person):
    correcting.not_for(row, person, by=factories.staff(), at=NOW())
    row.refresh_from_db()


def also_for(row, person):
    correcting.also_for(row, person, by=factories.staff(), at=NOW())


def always(person):
    for audience in Audience:
        standing.stand(person, audience, "always", at=NOW(), proof=factories.PROOF)


def mails(person):
    return Letter.objects.filter(to=person.email).count()


def asked(person):
    return ConsentRequest.objects.filter(subject__person=person).latest("pk").asked


# -- a refusal


def refused(row, person):
    say(row, person, "no")


def took_off(row, person):
    bravo.put_away(row, person, at=NOW())


@pytest.mark.parametrize("no", [refused, took_off])
def test_un_naming_whoever_refused_quotes_the_words_nowhere(nadia, luc, no):
    row = passed_on(nadia, luc, words=NAMELESS)
    no(row, nadia)
    not_for(row, nadia)
    assert asked(luc) == []
    say(row, luc)
    assert quoted() == []


@pytest.mark.parametrize("no", [refused, took_off])
def test_nor_does_passing_them_on_to_the_team_alone(nadia, no):
    row = passed_on(nadia, words=NAMELESS, team=Team.objects.create(name="Parcs"))
    no(row, nadia)
    not_for(row, nadia)
    inbox.pass_on(row, [], by=factories.staff(), at=NOW())
    assert quoted() == []


def test_without_a_refusal_they_are_quoted(nadia, luc):
    row = passed_on(nadia, luc, words=NAMELESS)
    not_for(row, nadia)
    say(row, luc)
    assert quoted() == [row.pk]


# -- an undo


@pytest.mark.parametrize("left", ["somebody", "nobody"])
def test_an_undo_does_not_bring_back_the_wording_that_a_correction_ended(nadia, luc, left):
    row = comment(nadia)
    say(row, nadia)
    assert quoted(Usage.INFOLETTRE) == [row.pk]
    quoting.take_back(row, nadia, Audience.COLLEAGUES, at=NOW())
    if left == "somebody":
        also_for(row, luc)
        say(row, luc, "no")
    not_for(row, nadia)
    assert quoting.undoable(row, nadia, at=NOW()) == []
    assert not quoting.undo(row, nadia, at=NOW())
    consent.undo(row, nadia, at=NOW())  # what the page of a link calls for portraits
    assert quoted(Usage.INFOLETTRE) == []


def test_nor_do_two(nadia, luc):
    row = passed_on(nadia)
    say(row, nadia)
    for one in (row.writer, nadia):
        quoting.take_back(row, one, Audience.PUBLIC, at=NOW())
    also_for(row, luc)
    row.refresh_from_db()
    for one in (row.writer, nadia):
        quoting.undo(row, one, at=NOW())
    assert quoted() == []


def test_a_slip_after_the_correction_is_repaired(nadia, luc):
    row = comment(nadia)
    also_for(row, luc)
    say(row, nadia)
    say(row, luc)
    quoting.take_back(row, nadia, Audience.COLLEAGUES, at=NOW())
    assert quoted(Usage.INFOLETTRE) == []
    quoting.undo(row, nadia, at=NOW())
    assert quoted(Usage.INFOLETTRE) == [row.pk]


# -- words put away


@pytest.mark.parametrize("gesture", [bravo.put_away, bravo.report])
@pytest.mark.parametrize("stands", [True, False])
def test_words_put_away_do_not_come_back(nadia, luc, gesture, stands):
    row = passed_on(nadia)
    gesture(row, nadia, at=NOW())
    if stands:
        always(nadia)
    before = mails(nadia)
    also_for(row, luc)
    say(row, luc)
    assert mails(nadia) == before
    assert quoted() == []


def test_nor_when_their_person_was_taken_off_and_added_back(nadia, luc):
    row = passed_on(nadia, luc)
    bravo.put_away(row, nadia, at=NOW())
    always(nadia)
    before = mails(nadia)
    not_for(row, nadia)
    also_for(row, nadia)
    say(row, luc)
    assert mails(nadia) == before
    assert row.named.get(person=nadia).put_away_at
    assert quoted() == []


# -- a no, and the question


def test_added_back_after_a_no_nobody_is_asked_again(nadia, luc):
    row = passed_on(nadia, luc)
    say(row, nadia, "no")
    before = mails(nadia)
    not_for(row, nadia)
    also_for(row, nadia)
    assert mails(nadia) == before
    assert row.named.get(person=nadia).told_at


def test_nor_when_the_words_are_passed_on_to_them_again(nadia):
    row = passed_on(nadia)
    say(row, nadia, "no")
    before = mails(nadia)
    not_for(row, nadia)
    inbox.pass_on(row, [nadia], by=factories.staff(), at=NOW())
    assert mails(nadia) == before


def test_added_back_they_are_written_to_as_somebody_who_has_the_words(nadia, luc):
    row = passed_on(nadia, luc)
    not_for(row, nadia)
    also_for(row, nadia)
    last = Letter.objects.filter(to=nadia.email).latest("pk")
    assert "déjà ces mots" in last.body


def test_once_the_promise_of_their_writer_is_over_nobody_is_asked(nadia, luc):
    with time_machine.travel(NOW() - timedelta(days=500)):
        row = passed_on(nadia)
    always(luc)
    also_for(row, luc)
    assert mails(luc) == 1  # the words themselves
    assert asked(luc) == []
    assert not Consent.objects.filter(subject__person=luc).exists()
