"""What screens say that they hold, and how far a withdrawal has reached: told, acknowledged, or bounded by the lease."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests
import time_machine
from django.db import connection
from django.utils import timezone

from ecrans import reach
from ecrans.models import Ecran, Place, Pulse
from ecrans.views import player
from portraits import consent, duty, hiding, recall, whereabouts
from portraits.models import Exposure, Person, Recall, Version
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories
from tests.ecrans.test_loop import screen
from tests.journeys.test_ecran import until

pytestmark = pytest.mark.django_db
ECRAN = Usage.ECRAN


def poll(client, ecran, holds=None, tag=None):
    """One poll as the player sends it: what it holds, and the tag of what it has. The answer."""
    headers = {}
    if holds is not None:
        headers["ecran-holds"] = " ".join(map(str, holds)) or "none"
    if tag:
        headers["if-none-match"] = tag
    return client.get(f"/ecran/{ecran.public_id}/manifest", headers=headers)


def versions(answer):
    return [slide["version"] for slide in answer.json()["slides"]]


def holding(client, ecran):
    """A screen that received its loop and said so. What it holds, and the tag."""
    answer = poll(client, ecran, [])
    held = versions(answer)
    assert poll(client, ecran, held, answer["ETag"]).status_code == 304
    return held, answer["ETag"]


def found(at=None):
    ((_first, one),) = reach.by_end(recall.called(prefix=reach.PREFIX), at=at or timezone.now())
    return one


def test_what_a_screen_was_handed_counts_as_held_until_it_says_otherwise(client):
    factories.shown(ECRAN)
    ecran = screen()
    held = versions(poll(client, ecran, []))
    assert Pulse.objects.get().versions == held
    exposure = Exposure.objects.get()
    assert (exposure.usage, exposure.locator, exposure.version_id) == ("ecran", f"ecran:{ecran.public_id}", held[0])


def test_the_withdrawal_is_done_when_the_screen_says_so(client):
    desk, ecran = factories.shown(ECRAN), screen()
    held, tag = holding(client, ecran)
    factories.withdraw(desk, ECRAN)
    answer = poll(client, ecran, held, tag)
    assert versions(answer) == []
    assert Recall.objects.get().state == "due"  # told, and it still says that it holds the face
    assert (found().cleared, found().total, len(found().waiting)) == (0, 1, 1)
    poll(client, ecran, [], answer["ETag"])
    row = Recall.objects.get()
    assert (row.state, row.proof) == ("done", reach.ACKNOWLEDGED)
    assert (found().cleared, found().total, found().waiting) == (1, 1, ())


def test_a_word_that_is_not_the_screens_is_corrected_by_the_screen(client):
    """Whoever knows its address may say « nothing here »: the screen’s own next word is believed again, and owes."""
    desk, ecran = factories.shown(ECRAN), screen()
    held, tag = holding(client, ecran)
    poll(client, ecran, [], tag)
    assert Exposure.objects.get().gone_at is not None
    poll(client, ecran, held, tag)
    assert Exposure.objects.get().gone_at is None
    poll(client, ecran, [], tag)
    factories.withdraw(desk, ECRAN)
    assert not Recall.objects.exists()
    poll(client, ecran, held, tag)
    assert (Recall.objects.get().state, found().cleared, found().total) == ("due", 0, 1)


def test_a_screen_cannot_claim_what_it_was_never_handed(client):
    version = factories.shown(Usage.SITE).versions.get()
    poll(client, screen(), [version.pk])
    assert Pulse.objects.get().versions == [version.pk]
    assert not Exposure.objects.exists()


def test_staff_reads_how_many_screens_of_how_many(client):
    desk, first = factories.shown(ECRAN), screen()
    others = [Ecran.objects.create(name=f"Écran {n}", place=first.place) for n in range(3)]
    tags = {one: holding(client, one) for one in (first, *others)}
    factories.withdraw(desk, ECRAN)
    for one in (first, *others[:2]):
        poll(client, one, [], poll(client, one, *tags[one])["ETag"])
    assert (found().cleared, found().total) == (3, 4)
    (waiting,) = found().waiting
    assert (waiting.name, waiting.away) == ("Écran 2", False)
    assert found(timezone.now() + timedelta(minutes=5)).waiting[0].away
    ((_at, outcomes),) = whereabouts.progress(since=timezone.now() - timedelta(days=1), at=timezone.now())
    assert "3" in outcomes[0].what
    assert "4" in outcomes[0].what
    assert outcomes[0].removed_at is None
    assert (outcomes[1].where, outcomes[1].until) == (str(first.place), Pulse.objects.get(ecran=others[2]).lease_until)


def test_a_screen_cut_off_is_bounded_by_its_lease_and_is_no_incident(client):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        desk, ecran = factories.shown(ECRAN), screen(lease_hours=24)
        holding(client, ecran)
        until = Pulse.objects.get().lease_until
        clock.shift(timedelta(minutes=3))
        factories.withdraw(desk, ECRAN)
        clock.shift(timedelta(seconds=7))
        sweep()
        row = Recall.objects.get()
        assert (row.state, row.due_at, row.attempts) == ("due", until, 0)
        assert recall.missed(at=timezone.now()) == []
        for _ in range(12):  # far more looks than a duty has tries
            clock.shift(timedelta(hours=1))
            sweep()
        assert Recall.objects.get().state == "due"
        clock.move_to(until + timedelta(seconds=1))
        sweep()
        row = Recall.objects.get()
        assert (row.state, row.proof) == ("done", reach.LEASE)


def test_a_screen_that_was_told_and_does_not_obey_is_missed_after_six_seconds(client):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        desk, ecran = factories.shown(ECRAN), screen()
        held, tag = holding(client, ecran)
        factories.withdraw(desk, ECRAN)
        clock.shift(timedelta(seconds=2))
        poll(client, ecran, held, tag)
        assert recall.missed(at=timezone.now()) == []
        clock.shift(timedelta(seconds=5))
        sweep()
        (row,) = recall.missed(at=timezone.now())
        assert row.due_at == row.owed_at + timedelta(seconds=6)
        poll(client, ecran, [])
        assert recall.missed(at=timezone.now()) == []


def test_an_answer_lost_on_the_way_is_not_taken_for_a_face_that_is_gone(client):
    """The screen holds one face; a second one is handed to it, the answer is lost, then both are withdrawn."""
    ecran = screen()
    first = factories.shown(ECRAN)
    held, tag = holding(client, ecran)
    second = factories.shown(ECRAN, first_name="Diego")
    assert len(versions(poll(client, ecran, held, tag))) == 2
    factories.withdraw(second, ECRAN)
    assert Recall.objects.get().state == "due"
    poll(client, ecran, held, tag)  # it never had the second: it says so
    assert Recall.objects.get().state == "done"
    factories.withdraw(first, ECRAN)
    assert Recall.objects.filter(state="due").count() == 1


def test_nothing_is_written_while_nothing_changes_except_twice_a_minute(client, django_assert_num_queries):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        factories.shown(ECRAN)
        ecran = screen()
        held, tag = holding(client, ecran)
        seen = Pulse.objects.get().last_seen_at
        clock.shift(timedelta(seconds=29))
        with django_assert_num_queries(5):
            assert poll(client, ecran, held, tag).status_code == 304
        assert Pulse.objects.get().last_seen_at == seen
        clock.shift(timedelta(seconds=1))
        assert poll(client, ecran, held, tag).status_code == 304
        assert Pulse.objects.get().last_seen_at == timezone.now()
        assert Exposure.objects.count() == 1


@pytest.mark.parametrize("header", ["x", "1 x", "-1", "1,2", "9" * 30, " ".join(["7"] * 51), "²"])
def test_a_header_that_cannot_be_read_clears_nothing(client, header):
    factories.shown(ECRAN)
    ecran = screen()
    held, _tag = holding(client, ecran)
    client.get(f"/ecran/{ecran.public_id}/manifest", headers={"ecran-holds": header})
    assert Pulse.objects.get().versions == held


def test_an_older_player_that_says_nothing_proves_nothing(client):
    desk, ecran = factories.shown(ECRAN), screen()
    poll(client, ecran)
    factories.withdraw(desk, ECRAN)
    poll(client, ecran)
    assert Recall.objects.get().state == "due"


def test_a_face_that_left_the_loop_by_itself_owes_nothing(client):
    desk, ecran = factories.shown(ECRAN), screen()
    held, _tag = holding(client, ecran)
    Place.objects.update(audience="public")
    answer = poll(client, Ecran.objects.get(), held)
    assert versions(answer) == []
    poll(client, ecran, [], answer["ETag"])
    factories.withdraw(desk, ECRAN)
    assert not Recall.objects.exists()


def test_a_public_screen_is_recalled_by_its_own_usage(client):
    desk, ecran = factories.shown(Usage.VITRINE), screen(audience="public")
    held, tag = holding(client, ecran)
    assert Exposure.objects.get().usage == "vitrine"
    factories.withdraw(desk, Usage.VITRINE)
    row = Recall.objects.get()
    assert (row.state, row.by_hand) == ("due", False)
    poll(client, ecran, [], poll(client, ecran, held, tag)["ETag"])
    assert Recall.objects.get().state == "done"


def test_shown_again_then_withdrawn_again_is_owed_again(client):
    desk, ecran = factories.shown(ECRAN), screen()
    held, tag = holding(client, ecran)
    factories.withdraw(desk, ECRAN)
    poll(client, ecran, [], poll(client, ecran, held, tag)["ETag"])
    factories.say(desk.versions.get(), ECRAN)  # the same Version, a new yes
    held, tag = holding(client, ecran)
    factories.withdraw(desk, ECRAN)
    assert sorted(row.state for row in Recall.objects.all()) == ["done", "due"]


def test_a_screen_removed_from_the_cms_is_waited_for_no_longer(client):
    desk, ecran = factories.shown(ECRAN), screen()
    holding(client, ecran)
    ecran.delete()
    factories.withdraw(desk, ECRAN)
    Recall.objects.update(not_before=timezone.now())
    duty.drain(Recall, recall.work)
    assert Recall.objects.get().state == "done"


def test_the_report_counts_screens_and_costs_the_same_for_few_and_for_many(client, django_assert_max_num_queries):
    desk, first = factories.shown(ECRAN), screen()
    for n in range(30):
        holding(client, Ecran.objects.create(name=f"Écran {n}", place=first.place))
    at = timezone.now()
    person = Person.objects.get(pk__in=desk.people())
    consent.withdraw(desk, person, [ECRAN], at=at)
    with django_assert_max_num_queries(2):
        outcomes = whereabouts.report(str(desk.translation_key), [ECRAN], since=at, at=at)
    assert len(outcomes) == 31


@pytest.fixture
def busy(transactional_db):
    """Nothing can be written about screens while this holds; who tries waits for a twentieth of a second only."""
    connection.ensure_connection()
    short = "PRAGMA busy_timeout = 50" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'"
    usual = "PRAGMA busy_timeout = 20000" if connection.vendor == "sqlite" else "SET lock_timeout = 0"
    other = connection.copy()

    @contextmanager
    def held():
        with connection.cursor() as cursor:
            cursor.execute(short)
        other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with other.cursor() as cursor:
            cursor.execute("UPDATE ecrans_pulse SET etag = etag")
        yield
        other.rollback()
        other.set_autocommit(True)
        with connection.cursor() as cursor:
            cursor.execute(usual)

    yield held
    other.close()


def test_a_face_goes_dark_while_nothing_can_be_written(client, busy):
    desk, ecran = factories.shown(ECRAN), screen()
    held, tag = holding(client, ecran)
    factories.withdraw(desk, ECRAN)
    with busy():
        answer = poll(client, ecran, held, tag)
    assert (answer.status_code, versions(answer)) == (200, [])
    assert Pulse.objects.get().etag == tag  # the note was lost
    assert poll(client, ecran, [], answer["ETag"]).status_code == 304
    assert (Pulse.objects.get().etag, Pulse.objects.get().versions) == (answer["ETag"], [])
    assert Recall.objects.get().proof == reach.ACKNOWLEDGED


def test_a_face_is_never_handed_out_while_that_cannot_be_written(client, busy):
    ecran = screen()
    holding(client, ecran)
    factories.shown(ECRAN)
    client.raise_request_exception = False
    with busy():
        answer = poll(client, ecran, [])
    assert answer.status_code == 500
    assert b"Nadia" not in answer.content
    assert Exposure.objects.count() == 0


def test_the_answer_that_takes_a_face_away_waits_for_nobody(client, busy, live_server):
    desk, ecran = factories.shown(ECRAN), screen()
    held, tag = holding(client, ecran)
    factories.withdraw(desk, ECRAN)
    says = {"Ecran-Holds": " ".join(map(str, held)), "If-None-Match": tag}
    with busy():  # the server's own connection waits for twenty seconds before it gives up
        answer = requests.get(f"{live_server.url}/ecran/{ecran.public_id}/manifest", headers=says, timeout=5)
        assert versions(answer) == []
        assert Pulse.objects.get().etag == tag
    until(lambda: Pulse.objects.get().etag != tag, seconds=20, why="the note was never written")


def later(monkeypatch):
    """Notes that wait for the disk: written when the list is called, in whatever order."""
    notes = []
    monkeypatch.setattr(player.Answer, "close", lambda self: notes.append(self.note) if self.note else None)
    return notes


def test_a_note_that_comes_late_takes_back_nothing_newer(client, monkeypatch):
    factories.shown(ECRAN)
    ecran = screen()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        held, tag = holding(client, ecran)
        clock.shift(timedelta(seconds=40))
        notes = later(monkeypatch)
        assert poll(client, ecran, held, tag).status_code == 304
        clock.shift(timedelta(seconds=1))
        diego = factories.shown(ECRAN, first_name="Diego")
        both = versions(poll(client, ecran, held, tag))
        assert len(both) == 2
        (late,) = notes
        late()
        assert Pulse.objects.get().versions == sorted(both)
        clock.shift(timedelta(seconds=1))
        factories.withdraw(diego, ECRAN)
        sweep()
        assert Recall.objects.get().state == "due"  # the screen shows Diego still


def test_a_late_none_ends_nothing_that_was_handed_out_since(client, monkeypatch):
    desk, ecran = factories.shown(ECRAN), screen()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        held, tag = holding(client, ecran)
        hiding.hide(desk, by=factories.staff(), at=timezone.now(), reason="essai")
        clock.shift(timedelta(seconds=5))
        dark = poll(client, ecran, held, tag)
        clock.shift(timedelta(seconds=5))
        notes = later(monkeypatch)
        poll(client, ecran, [], dark["ETag"])
        hiding.lift(desk, by=factories.staff(), reason="c’était un essai", at=timezone.now())
        clock.shift(timedelta(seconds=5))
        assert versions(poll(client, ecran, [], dark["ETag"])) == held
        clock.shift(timedelta(seconds=1))
        factories.withdraw(desk, ECRAN)
        for note in reversed(notes):
            note()
        sweep()
        assert Recall.objects.filter(state="due").exists()
        assert Exposure.objects.get().gone_at is None


def test_what_a_lease_had_ended_is_recorded_before_it_is_handed_out_again(client, monkeypatch):
    desk, ecran = factories.shown(ECRAN), screen(lease_hours=1)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        held, _tag = holding(client, ecran)
        factories.withdraw(desk, ECRAN)
        clock.shift(timedelta(hours=2))
        sweep()
        assert Recall.objects.get().proof == reach.LEASE
        factories.say(Version.objects.get(), ECRAN)
        later(monkeypatch)  # and every note that waits is lost
        assert versions(poll(client, ecran)) == held
        clock.shift(timedelta(minutes=1))
        factories.withdraw(desk, ECRAN)
        sweep()
        assert Recall.objects.filter(state="due").exists()
