"""The list of the inbox: its shelves, what each line says, what is hidden or taken back from it; and its two clocks."""

import html
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intranet.roles import COMMS
from portraits import gate, inbox, sorting, workdays
from portraits.models import (
    Compliment,
    Hidden,
    LedgerEntry,
    Receipt,
    Spot,
    Team,
    Version,
)
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_inbox_desk import do, page, seen, sorted_
from tests.portraits.test_quotes import KIND, passed_on, received, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(COMMS)


# -- the list


def test_the_list_asks_as_much_for_three_rows_as_for_thirty(client):
    """Two questions of its own, and the delays once a minute. The rest, the session, the account and Wagtail's menu, is
    asked by every page of the CMS."""
    spot, team = Spot.objects.create(name="Parc"), Team.objects.create(name="Parcs")
    client.get(reverse("portraits_inbox"))
    asked = []
    for number in (3, 27):
        for one in range(number):
            received(f"{KIND} {number} {one}", spot=spot, team=team)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("portraits_inbox"))
        asked.append([query["sql"] for query in found])
    assert len(asked[0]) == len(asked[1]) <= 12
    assert len([sql for sql in asked[1] if "portraits_compliment" in sql]) == 2


def shelves(at=None):
    return {
        one.name: set(sorting.rows(one.name, at=at or timezone.now()).values_list("pk", flat=True))
        for one in sorting.SHELVES
    }


def test_each_message_is_on_the_shelf_where_somebody_looks_for_it():
    fresh, robot, spam, critic, ready = (received(f"{KIND} {one}") for one in range(5))
    Compliment.objects.filter(pk=robot.pk).update(suspicion=sorting.SUSPECT)
    sorted_(spam, "spam")
    sorted_(critic, "complaint")
    sorted_(ready)
    told = passed_on(words=f"{KIND} 9")
    found = shelves()
    assert found["a-trier"] == {fresh.pk}
    assert found["indesirables"] == {robot.pk, spam.pk}
    assert found["critiques"] == {critic.pk}
    assert found["a-transmettre"] == {ready.pk}
    assert found["a-repondre"] == {told.pk}
    assert found["en-retard"] == set()
    assert len(found["tous"]) == 6


@pytest.mark.parametrize("shelf", [one.name for one in sorting.SHELVES])
def test_every_shelf_opens_and_says_what_stands_on_it(client, shelf):
    words = f"{KIND} Vous."
    sorted_(
        received(words), "complaint" if shelf == "critiques" else "spam" if shelf == "indesirables" else "compliment"
    )
    page = client.get(reverse("portraits_inbox_shelf", args=[shelf]))
    assert page.status_code == 200
    shown = shelf in {"critiques", "indesirables", "a-transmettre", "tous"}
    assert (words in html.unescape(page.content.decode())) is shown


@pytest.mark.parametrize("said", ["{}", " {} ", "lower", "spaced"])
def test_a_reference_said_on_the_telephone_leads_to_its_message(client, said):
    row = received()
    said = {"lower": row.reference.lower(), "spaced": row.reference.replace("-", " ")}.get(
        said, said.format(row.reference)
    )
    answer = client.get(reverse("portraits_inbox"), {"reference": said})
    assert answer.headers["Location"] == reverse("portraits_inbox_message", args=[row.pk])


def test_an_unknown_reference_is_said(client):
    received()
    page = client.get(reverse("portraits_inbox_shelf", args=["tous"]), {"reference": "<b>ZZZZ</b>"})
    assert page.status_code == 200
    assert "&lt;b&gt;ZZZZ&lt;/b&gt;" in page.content.decode()


def test_whoever_calls_is_quoted_nowhere_any_more_and_gets_the_proof_of_it(client):
    row = passed_on()
    assert {usage for usage in Usage if gate.quotes(usage, at=timezone.now())} >= {Usage.SITE, Usage.INTRANET}
    before = Receipt.objects.filter(person=row.writer).count()
    do(client, row, "retirer")
    assert Receipt.objects.filter(person=row.writer).count() == before + 1
    assert [usage for usage in Usage if gate.quotes(usage, at=timezone.now())] == []
    row.refresh_from_db()
    assert (row.colleagues, row.public) == ("no", "no")
    assert LedgerEntry.objects.filter(kind="taken_back_for", body__portrait=str(row.across)).exists()


def test_words_are_hidden_everywhere_with_a_reason_and_the_page_says_so(client):
    nadia = factories.person("Nadia")
    row = passed_on(nadia)
    say(row, nadia)
    assert len(gate.quotes(Usage.SITE, at=timezone.now())) == 1
    held = seen(client, row)
    refused = do(client, row, "cacher", reason="")
    assert refused.status_code == 422
    assert refused.context["hide_form"].errors
    assert len(gate.quotes(Usage.SITE, at=timezone.now())) == 1
    do(client, row, "cacher", reason="On reconnaît une enfant")
    assert gate.quotes(Usage.SITE, at=timezone.now()) == []
    shown = page(client, row)
    assert (shown.context["stop"].reason, shown.context["hide_form"]) == ("On reconnaît une enfant", None)
    assert "On reconnaît une enfant" in shown.content.decode()
    assert do(client, row, "cacher", held=held, reason="encore").status_code == 409
    assert do(client, row, "cacher", reason="encore").status_code == 409
    assert Hidden.objects.get().reason == "On reconnaît une enfant"
    line = LedgerEntry.objects.get(kind="hidden")
    assert "enfant" not in str(line.body)
    assert row.named.get().person == nadia  # hers all the same


def test_the_list_says_what_is_hidden_and_no_longer_once_asked_again(client):
    row, now = passed_on(), timezone.now()
    words = "masqués par le personnel"
    assert words not in client.get(reverse("portraits_inbox_shelf", args=["tous"])).content.decode()
    do(client, row, "cacher", reason="On reconnaît une enfant")
    assert words in client.get(reverse("portraits_inbox_shelf", args=["tous"])).content.decode()
    assert [one.stopped for one in sorting.rows("tous", at=now)] == [False]
    later = Version.objects.filter(compliment=row).last()
    later.pk, later.key, later.frozen_at = None, "k" * 32, timezone.now()
    later.save()
    assert [one.stopped for one in sorting.rows("tous", at=timezone.now())] == [False]


@pytest.mark.parametrize("channel", Compliment.SOCIAL)
def test_nothing_is_taken_back_of_a_comment_that_nobody_signed(client, channel):
    row, _token = inbox.receive(KIND, at=timezone.now(), channel=channel)
    assert "/retirer/" not in page(client, row).content.decode()
    assert do(client, row, "retirer").status_code == 409
    assert not LedgerEntry.objects.filter(kind="taken_back_for").exists()


def test_what_was_not_passed_on_has_nothing_to_hide(client):
    row = sorted_(received())
    assert page(client, row).context["hide_form"] is None
    assert do(client, row, "cacher", reason="Trop tôt").status_code == 409
    assert not Hidden.objects.exists()


def test_an_unknown_shelf_is_nowhere(client):
    assert client.get(reverse("portraits_inbox_shelf", args=["ailleurs"])).status_code == 404


def test_suspicion_lowers_priority():
    first, second = received(f"{KIND} 1"), received(f"{KIND} 2")
    Compliment.objects.filter(pk=first.pk).update(suspicion=1)
    assert [row.pk for row in sorting.rows("a-trier", at=timezone.now())] == [second.pk, first.pk]


def test_all_reviewed_closes_what_was_on_the_page_and_nothing_else(client):
    spam, robot, later = (received(f"{KIND} {one}") for one in range(3))
    sorted_(spam, "spam")
    Compliment.objects.exclude(pk=spam.pk).update(suspicion=9)
    kind = sorted_(received("Merci tout court"))
    client.post(reverse("portraits_inbox_reviewed"), {"row": [spam.pk, robot.pk, kind.pk, "x"]})
    closed = Compliment.objects.filter(stage="closed", kind="spam")
    assert set(closed.values_list("pk", flat=True)) == {spam.pk, robot.pk}
    assert Compliment.objects.get(pk=later.pk).stage == "received"
    do(client, spam, "rouvrir")
    assert Compliment.objects.get(pk=spam.pk).stage == "received"


# -- the clocks


def noon(text):
    return timezone.make_aware(datetime.fromisoformat(f"{text}T12:00"))


@pytest.mark.parametrize("days", [0, 1, 2, 5])
@pytest.mark.parametrize("hours", range(0, 24 * 16, 7))
def test_before_is_the_last_instant_whose_term_is_over(days, hours):
    """Over Christmas and the New Year, days off and weekends included."""
    at = noon("2025-12-22") + timedelta(hours=hours)
    last = workdays.before(at, days)
    assert workdays.after(last, days) <= at < workdays.after(last + timedelta(minutes=1), days) + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-03-06", "2026-03-09", 1),  # Friday to Monday
        ("2026-03-02", "2026-03-04", 2),
        ("2026-03-07", "2026-03-08", 0),  # a weekend
        ("2026-03-07", "2026-03-09", 0.5),
    ],
)
def test_lapses_leave_days_off_out(start, end, days):
    assert workdays.between(noon(start), noon(end)) == days


def test_late_is_what_waited_past_its_promise_in_working_days(client):
    with time_machine.travel(noon("2026-03-05"), tick=False):  # a Thursday
        row = received(at=timezone.now())
    monday, tuesday = noon("2026-03-09") - timedelta(hours=1), noon("2026-03-09") + timedelta(hours=1)
    assert shelves(monday)["en-retard"] == set()
    assert shelves(tuesday)["en-retard"] == {row.pk}
    assert sorting.due(row) == noon("2026-03-09")
    inbox.triage(row, "spam", by=factories.staff(), at=monday)
    assert shelves(tuesday)["en-retard"] == set()


def test_delays_tell_the_median_the_ninth_and_how_many():
    for days in range(10):
        at = noon("2026-03-02")
        row = received(f"{KIND} {days}", at=at)
        Compliment.objects.filter(pk=row.pk).update(passed_on_at=at + timedelta(hours=12 * days))
    told, answered = sorting.delays()
    assert (told.number, told.median, told.ninth) == (10, 2.25, 4)
    assert answered is None


# -- whoever cannot be answered


def test_a_message_without_any_address_owes_no_answer(client):
    row = sorted_(received(writer=inbox.Writer("Huguette")))
    do(client, row, "transmettre", people=[factories.person().pk])
    row.refresh_from_db()
    assert (row.stage, row.answered_at) == ("closed", None)
    assert sorting.due(row) is None
    assert shelves(timezone.now() + timedelta(days=30))["en-retard"] == set()


ONCE = {"phone": (True, {"writer": inbox.Writer(phone="514 555-0142")}), "nothing": (False, {"writer": inbox.Writer()})}


@pytest.mark.parametrize("way", ONCE)
def test_something_else_is_late_only_when_somebody_waits(way):
    waits, fields = ONCE[way]
    row = sorted_(received(**fields), "off_topic")
    found = shelves(timezone.now() + timedelta(days=30))
    assert found["a-repondre"] == {row.pk}
    assert found["en-retard"] == ({row.pk} if waits else set())
    assert bool(sorting.due(row)) is waits


def test_a_comment_is_answered_where_it_stands():
    row = passed_on(channel="facebook", writer=inbox.Writer(), wishes={})
    assert row.stage == "passed_on"
    assert shelves(timezone.now() + timedelta(days=30))["en-retard"] == {row.pk}


def test_a_criticism_is_late_whoever_wrote_it():
    row = sorted_(received(writer=inbox.Writer()), "complaint")
    assert sorting.due(row)
    assert shelves(timezone.now() + timedelta(days=30))["en-retard"] == {row.pk}
