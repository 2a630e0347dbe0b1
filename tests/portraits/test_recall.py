"""What is owed after an end: who does it and until when, what is dropped when it is allowed again, what was missed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from intranet import checks
from portraits import duty, gate, hiding, recall, whereabouts, workdays
from portraits.models import Exposure, LedgerEntry, Recall
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SOCIAL, SITE, MAIL = Usage.SOCIAL, Usage.SITE, Usage.INFOLETTRE
HERE = ZoneInfo("America/Toronto")


def exposed(usage=SOCIAL, locator="post:1", **fields):
    desk = factories.shown(usage, **fields)
    (capsule,) = gate.capsules(usage, at=timezone.now(), keys=[desk.pk])
    recall.record(usage, capsule, locator=locator, at=timezone.now())
    return desk


def states():
    return [row.state for row in Recall.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ((2026, 11, 17, 15), (2026, 11, 19, 15)),  # a Tuesday
        ((2026, 11, 19, 15), (2026, 11, 23, 15)),  # a Thursday: over the weekend
        ((2026, 11, 20, 23, 59), (2026, 11, 24, 23, 59)),
        ((2026, 11, 21, 10), (2026, 11, 25, 0)),  # a Saturday counts from Monday at midnight
        ((2026, 11, 22, 10), (2026, 11, 25, 0)),
        ((2026, 10, 30, 9), (2026, 11, 3, 9)),  # clocks go back in between: the same hour on the wall
        ((2026, 4, 2, 9), (2026, 4, 8, 9)),  # Good Friday, then Easter Monday
        ((2026, 6, 24, 14), (2026, 6, 29, 0)),  # on the National Holiday itself, a Wednesday
        ((2026, 6, 30, 16), (2026, 7, 3, 16)),  # over Canada Day
        ((2026, 12, 24, 9), (2026, 12, 29, 9)),
        ((2027, 12, 24, 9), (2027, 12, 29, 9)),  # Christmas on a Saturday: the Monday is observed
        ((2026, 12, 31, 9), (2027, 1, 5, 9)),  # the year after
        ((2026, 11, 10, 9), (2026, 11, 12, 9)),  # 11 November: a day off of federal employees only
    ],
)
def test_two_working_days(at, due):
    assert workdays.after(datetime(*at, tzinfo=HERE), 2) == datetime(*due, tzinfo=HERE)


@pytest.mark.parametrize(
    ("place", "at", "due"),
    [
        ("FR", (2026, 11, 10, 9), (2026, 11, 13, 9)),
        ("FR", (2026, 4, 2, 9), (2026, 4, 7, 9)),  # Easter Monday, not Good Friday
        ("FR-57", (2026, 4, 2, 9), (2026, 4, 8, 9)),  # both, in Moselle
        ("FR", (2026, 6, 23, 14), (2026, 6, 25, 14)),
        ("CA-ON", (2026, 6, 23, 14), (2026, 6, 25, 14)),
    ],
)
def test_the_holidays_are_those_of_the_place(settings, place, at, due):
    settings.HOLIDAYS = place
    assert workdays.after(datetime(*at, tzinfo=HERE), 2) == datetime(*due, tzinfo=HERE)


@pytest.mark.parametrize("place", ["", "QC", "CA-XX", "Québec"])
def test_a_place_without_known_holidays_is_said_by_the_checks(settings, place):
    settings.HOLIDAYS = place
    assert [problem.id for problem in checks.holidays_are_known()] == ["intranet.E022"]


def test_a_recall_by_hand_waits_and_knows_its_cause():
    desk = exposed()
    factories.withdraw(desk, SOCIAL)
    row = Recall.objects.get()
    assert (row.state, row.by_hand) == ("waiting", True)
    assert row.cause == LedgerEntry.objects.get(kind="withdrawn")
    assert row.due_at == workdays.after(row.owed_at, 2)
    for _ in range(10):
        sweep()
    assert states() == ["waiting"]


def test_the_cause_is_never_somebody_elses():
    """Diego's ran out by itself a moment before Nadia withdraws: the same call finds both."""
    now = timezone.now()
    exposed(locator="post:2", first_name="Diego", at=now - timedelta(days=364))
    nadia = exposed(locator="post:1")
    factories.withdraw(nadia, SOCIAL, at=now + timedelta(days=2))
    causes = {row.exposure.locator: row.cause for row in Recall.objects.all()}
    assert causes["post:1"].kind == "withdrawn"
    assert causes["post:2"] is None


def test_a_hide_is_a_cause_too():
    desk = exposed()
    hiding.hide(desk, by=factories.staff(), at=timezone.now())
    assert Recall.objects.get().cause.kind == "hidden"


def test_allowed_again_is_forgiven_and_owed_again_after_the_next_end():
    desk = exposed()
    factories.withdraw(desk, SOCIAL)
    assert recall.forgive(at=timezone.now()) == 0
    factories.say(desk.versions.get(), SOCIAL)
    assert recall.forgive(at=timezone.now()) == 1
    assert states() == ["cancelled"]
    assert whereabouts.to_take_down(at=timezone.now()) == []
    factories.withdraw(desk, SOCIAL)
    assert states() == ["cancelled", "waiting"]


def test_what_hands_took_down_stays_down():
    desk = exposed()
    factories.withdraw(desk, SOCIAL)
    recall.cleared("post:1", at=timezone.now(), by=factories.staff(), note="Supprimée")
    factories.say(desk.versions.get(), SOCIAL)
    assert recall.forgive(at=timezone.now()) == 0
    factories.withdraw(desk, SOCIAL)
    assert states() == ["done"]


def test_what_a_worker_called_back_stands_again_and_may_be_owed_again():
    desk = exposed(MAIL, "infolettre:7")
    factories.withdraw(desk, MAIL)
    sweep()
    assert states() == ["done"]
    assert Exposure.objects.get().gone_at == Recall.objects.get().done_at
    factories.say(desk.versions.get(), MAIL)
    sweep()
    assert Exposure.objects.get().gone_at is None
    factories.withdraw(desk, MAIL)
    sweep()
    assert states() == ["done", "done"]


def test_one_recall_is_open_at_most_per_exposure():
    desk = exposed()
    factories.withdraw(desk, SOCIAL)
    first = Recall.objects.get()
    assert recall.owe(at=timezone.now()) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Recall.objects.create(exposure=first.exposure, owed_at=first.owed_at, state="due")


def test_missed_is_what_is_open_beyond_its_promise():
    desk = exposed()
    factories.withdraw(desk, SOCIAL)
    row = Recall.objects.get()
    assert recall.missed(at=row.due_at) == []
    assert recall.missed(at=row.due_at + timedelta(seconds=1)) == [row]
    recall.cleared("post:1", at=row.due_at + timedelta(days=1), by=factories.staff(), note="Supprimée")
    assert recall.missed(at=row.due_at + timedelta(days=9)) == []


def test_what_a_worker_gave_up_is_missed_too(monkeypatch):
    desk = exposed(MAIL, "infolettre:7")
    factories.withdraw(desk, MAIL)
    Recall.objects.update(state="refused")
    assert len(recall.missed(at=timezone.now() + timedelta(seconds=61))) == 1


def test_later_is_no_failure():
    desk = exposed(MAIL, "infolettre:7")
    factories.withdraw(desk, MAIL)
    until = timezone.now() + timedelta(hours=3)

    def not_yet(row):
        raise duty.Later(until, proof="looked")

    assert duty.drain(Recall, not_yet) == 1
    row = Recall.objects.get()
    assert (row.state, row.not_before, row.attempts, row.error, row.proof) == ("due", until, 0, "", "looked")


def test_the_report_says_each_place_in_words_and_nobody_by_name():
    from home import post
    from home.models import Post

    desk = factories.shown(SITE, SOCIAL, MAIL)
    for n in (1, 2):
        made = Post(portrait=desk.pk, network="facebook", address=f"https://facebook.example/{n}")
        post.record(made, by=factories.staff(), at=timezone.now())
    at = timezone.now()
    factories.withdraw(desk, at=at)
    post.remove(Post.objects.get(address__endswith="/1"), by=factories.staff(), at=at + timedelta(hours=1), note="fait")
    told = whereabouts.report(str(desk.translation_key), list(Usage), since=at, at=at + timedelta(hours=2))
    posts = [one for one in told if one.usage == SOCIAL]
    assert [one.removed_at for one in posts] == [at + timedelta(hours=1), None]
    assert posts[1].until == workdays.after(at, 2)
    assert all(one.remains for one in posts)
    (page,) = (one for one in told if one.usage == SITE)
    assert page.removed_at == at
    assert not [one for one in told if "Nadia" in f"{one.what} {one.where} {one.remains}"]


def test_every_usage_is_told(monkeypatch):
    assert whereabouts.registered() == frozenset(Usage)
    monkeypatch.delitem(whereabouts._tellers, Usage.OBJET)
    from django.core.management.base import SystemCheckError

    with pytest.raises(SystemCheckError, match=r"intranet\.E021"):
        call_command("check")
