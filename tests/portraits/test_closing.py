"""After a withdrawal, a pause or an end, the person is told what was removed when, what remains and until when."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from ecrans import print as paper
from ecrans.models import Affiche, Place
from intranet.models import Letter
from portraits import closing, consent, duty, recall, tasks
from portraits.models import Closing, Consent
from portraits.usages import Usage
from tests import factories
from tests.portraits import consenting

pytestmark = pytest.mark.django_db
SITE, AFFICHE = Usage.SITE, Usage.AFFICHE
LATER = timedelta(minutes=11)


def person_of(desk):
    return desk.subjects.get().person


def hang(desk):
    """A batch of posters, printed. Returns it."""
    place = Place.objects.create(building="Mairie", floor="3e", room="Cuisine")
    batch = Affiche(portrait=desk.pk, place=place)
    capsule = paper.to_order(batch, at=timezone.now())
    batch.version, batch.language = capsule.version, capsule.language
    batch.save()
    paper.sheet(batch)
    return batch


def passes(by=LATER):
    """Time goes by: every instant of the closings moves into the past, and what waits is due."""
    for row in Closing.objects.all():
        moved = {usage: (datetime.fromisoformat(end) - by).isoformat() for usage, end in row.ended.items()}
        Closing.objects.filter(pk=row.pk).update(
            since=row.since - by, ended=moved, not_before=timezone.now() - timedelta(seconds=1)
        )


def mails():
    """The bodies of the reports, oldest first: they have no file and open no page."""
    words = ("Mairie", "affiche", "Site")
    letters = Letter.objects.filter(attachments=[]).order_by("pk")
    return [one.body for one in letters if "/consentement/" not in one.body and any(word in one.body for word in words)]


@pytest.fixture
def hung():
    desk = factories.shown(SITE, AFFICHE)
    return desk, hang(desk)


def test_it_waits_until_a_slip_can_no_longer_be_undone():
    assert closing.AFTER == consent.UNDO
    desk = factories.shown(SITE)
    factories.withdraw(desk, SITE)
    tasks.sweep()
    assert mails() == []
    passes()
    tasks.sweep()
    assert len(mails()) == 1
    assert Closing.objects.get().closed_at is not None


def test_several_taps_make_one_report():
    desk, at = factories.shown(SITE, Usage.ECRAN, Usage.INTRANET), timezone.now()
    for number, usage in enumerate((SITE, Usage.ECRAN, Usage.INTRANET)):
        factories.withdraw(desk, usage, at=at + timedelta(seconds=number))
    assert set(Closing.objects.get().ended) == {"site", "ecran", "intranet"}


def test_what_was_undone_is_not_told():
    desk = factories.shown(SITE)
    factories.withdraw(desk, SITE)
    consent.undo(desk, person_of(desk), at=timezone.now())
    passes()
    tasks.sweep()
    assert mails() == []
    assert Closing.objects.get().state == Closing.State.CANCELLED


def test_what_hands_have_not_taken_down_is_told_after_two_working_days_then_once_more(hung):
    desk, batch = hung
    consent.withdraw(desk, person_of(desk), [SITE, AFFICHE], at=timezone.now())
    passes()
    tasks.sweep()
    assert mails() == []  # nobody is late yet
    passes(timedelta(days=5))
    tasks.sweep()
    (first,) = mails()
    assert "Mairie" in first
    passes(timedelta(seconds=0))
    tasks.sweep()
    assert len(mails()) == 1  # it is said once
    recall.cleared(batch.locator, at=timezone.now(), by=factories.staff())
    passes(timedelta(seconds=0))
    tasks.sweep()
    _first, last = mails()
    assert "Mairie" in last
    assert last != first
    assert Closing.objects.get().state == Closing.State.DONE


def test_a_worker_that_died_after_the_mail_does_not_write_it_again():
    desk = factories.shown(SITE)
    factories.withdraw(desk, SITE)
    row = Closing.objects.get()
    closing.work(row)
    closing.work(row)
    assert len(mails()) == 1


def test_while_something_remains_the_duty_comes_back(hung):
    desk, _batch = hung
    consent.withdraw(desk, person_of(desk), [AFFICHE], at=timezone.now())
    with pytest.raises(duty.Later):
        closing.work(Closing.objects.get())


def test_a_pause_is_told_too():
    desk = factories.shown(SITE)
    consent.withdraw(desk, person_of(desk), [SITE], at=timezone.now(), reason=Consent.Reason.PAUSED)
    assert Closing.objects.count() == 1


def test_a_no_that_ended_nothing_is_not():
    version = factories.ask(factories.portrait(), SITE)
    factories.say(version, SITE, answer="no")
    assert not Closing.objects.exists()


def test_an_end_that_comes_by_itself_is_told_once():
    asked_at = timezone.now() - timedelta(days=2)
    version = factories.ask(factories.portrait(), SITE, AFFICHE, at=asked_at)
    factories.say(version, SITE, AFFICHE, at=asked_at, days=1)
    for _ in range(2):
        closing.notice(at=timezone.now())
    row = Closing.objects.get()
    assert set(row.ended) == {"site", "affiche"}
    assert row.since == asked_at + timedelta(days=1)
    tasks.sweep()
    tasks.sweep()
    assert len(mails()) == 1
    assert Closing.objects.count() == 1


def test_an_end_that_was_renewed_is_not():
    asked_at = timezone.now() - timedelta(days=2)
    version = factories.ask(factories.portrait(), SITE, at=asked_at)
    factories.say(version, SITE, at=asked_at, days=1)
    factories.say(version, SITE)
    assert closing.notice(at=timezone.now()) == 0


def test_the_page_says_where_it_stands(hung):
    _desk, batch = hung
    path = f"/consentement/{factories.tokens()[-1]}/"
    client = consenting.visit(path)
    assert 'class="progress"' not in client.get(path + "etat/").content.decode()
    client.post(path + "etat/", {"usage": "tout"})
    page = client.get(path + "etat/").content.decode()
    assert 'class="progress"' in page
    assert page.count("<dd>") == 2  # the page that is gone, the batch that hangs
    assert "Mairie" in page
    assert page.count('aria-hidden="true">✓') == 1
    recall.cleared(batch.locator, at=timezone.now(), by=factories.staff())
    assert client.get(path + "etat/").content.decode().count('aria-hidden="true">✓') == 2


def test_where_nothing_was_put_it_says_so():
    desk = factories.shown(AFFICHE)
    factories.withdraw(desk, AFFICHE)
    assert closing.outcomes(Closing.objects.get(), at=timezone.now()) == [(AFFICHE, [])]
    passes()
    tasks.sweep()
    assert Closing.objects.get().closed_at is not None


@pytest.mark.parametrize("count", [3, 30])
def test_the_sweep_costs_the_same_however_many_ended(count, django_assert_num_queries):
    factories.crowd(count, SITE, at=timezone.now() - timedelta(days=2), days=1)
    closing.notice(at=timezone.now())
    with django_assert_num_queries(2):
        assert closing.notice(at=timezone.now()) == 0
