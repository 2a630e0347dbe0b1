"""What the inbox forgets, when, and what stays: counts, proofs, and whatever somebody still says yes to."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from intranet import dashboard
from portraits import forgetting, hiding, inbox, notices, proof, retention, sorting
from portraits.models import Compliment, Hidden, LedgerEntry, NoticeText, Person, Version, Wording
from portraits.usages import Usage
from tests import factories
from tests.portraits.test_quotes import KIND, passed_on, quoted, received, say

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NO = {}


def closed(kind, *, handed_to="", at=None, **fields):
    at, by = at or timezone.now(), factories.staff()
    row = inbox.triage(received(at=at, wishes=NO, **fields), kind, by=by, at=at)
    return inbox.close(row, by=by, at=at, handed_to=handed_to)


def words_left():
    return Compliment.objects.exclude(original="").count()


def test_why_words_were_hidden_goes_with_them_and_who_did_it_stays():
    by, at = factories.staff(), timezone.now()
    row = closed("spam", at=at)
    hiding.hide(row, by=by, at=at, reason="Une enfant y est nommée")
    retention.run(at=at + 29 * DAY)
    assert Hidden.objects.get().reason
    for night in (31, 32):  # the words, then why
        retention.run(at=at + night * DAY)
    stop = Hidden.objects.get()
    assert (stop.reason, stop.by, stop.from_at) == ("", by, at)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
def test_unwanted_messages_go_after_thirty_days(days, left):
    row = closed("spam")
    forgetting.unwanted(at=row.closed_at + days * DAY)
    assert words_left() == left


def test_an_unwanted_message_that_was_answered_goes_too():
    at, by = timezone.now(), factories.staff()
    row = received(at=at, wishes=NO)
    inbox.answer(inbox.triage(row, "spam", by=by, at=at), "Bonjour", by=by, at=at)
    assert Compliment.objects.get().stage == "answered"
    forgetting.unwanted(at=at + 30 * DAY)
    assert words_left() == 0


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
@pytest.mark.parametrize("sorted_", [True, False])
def test_the_shelf_of_robots_is_emptied_after_thirty_days_though_nobody_reviewed_it(sorted_, days, left):
    at, by = timezone.now(), factories.staff()
    row = received(at=at, wishes=NO, suspicion=0 if sorted_ else sorting.SUSPECT)
    if sorted_:
        inbox.triage(row, "spam", by=by, at=at)
    assert sorting.counts(at=at)["indesirables"] == 1
    forgetting.unwanted(at=at + days * DAY)
    assert words_left() == sorting.counts(at=at)["indesirables"] == left


def test_what_somebody_brought_back_from_the_shelf_of_robots_waits_for_somebody():
    at, by = timezone.now(), factories.staff()
    row = received(at=at, wishes=NO, suspicion=sorting.SUSPECT)
    inbox.triage(row, "spam", by=by, at=at)
    inbox.reopen(row, by=by, at=at + 29 * DAY)
    assert sorting.counts(at=at)["a-trier"] == 1
    forgetting.unwanted(at=at + 40 * DAY)
    assert words_left() == 1


@pytest.mark.parametrize(("days", "left"), [(99, 1), (100, 0)])
def test_a_criticism_that_was_answered_goes_though_nobody_closed_it(days, left):
    at, by = timezone.now(), factories.staff()
    row = inbox.triage(received(at=at, wishes=NO), "complaint", by=by, at=at)
    inbox.answer(row, "Nous transmettons.", by=by, at=at + 10 * DAY)
    forgetting.criticisms(at=at + days * DAY)
    assert words_left() == sorting.counts(at=at)["critiques"] == left


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize(("days", "left"), [(179, 1), (180, 0)])
def test_a_criticism_goes_six_months_after_it_came_at_the_latest(answered, days, left):
    at, by = timezone.now(), factories.staff()
    row = inbox.triage(received(at=at, wishes=NO), "complaint", by=by, at=at)
    if answered:
        inbox.answer(row, "Nous transmettons.", by=by, at=at + 150 * DAY)
    forgetting.criticisms(at=at + days * DAY)
    assert words_left() == left
    assert sorting.counts(at=at + days * DAY)["en-retard"] == (left and not answered)


def test_one_night_empties_it_however_much_there_is(monkeypatch):
    monkeypatch.setattr(forgetting, "SOME", 2)
    at = timezone.now()
    for number in range(5):
        received(f"{KIND} {number}", at=at, wishes=NO, suspicion=sorting.SUSPECT)
    done = retention.run(at=at + 31 * DAY)
    assert (done["unwanted"], done["contacts"], done["failures"]) == (5, 5, 0)
    assert list(LedgerEntry.objects.filter(kind="purged").values_list("body", flat=True))[:2] == [{"unwanted": 2}] * 2
    assert list(proof.gaps()) == []


@pytest.mark.parametrize(("days", "left"), [(89, 1), (90, 0)])
def test_a_criticism_goes_ninety_days_after_it_was_closed(days, left):
    row = closed("complaint", handed_to="311, 1")
    forgetting.criticisms(at=row.closed_at + days * DAY)
    assert words_left() == left


def test_after_two_years_no_word_is_left_and_the_counts_stay(django_capture_on_commit_callbacks):
    nadia, by = factories.person(), factories.staff()
    row = passed_on(nadia, text="Merci à Nadia", wishes=NO, elsewhere="au coin", to_whom="Nadia", attachment=b"pixels")
    inbox.answer(row, "Merci à vous, secret", by=by, at=timezone.now())
    name = Compliment.objects.get().attachment.name
    assert default_storage.exists(name)
    assert forgetting.texts(at=row.received_at + 730 * DAY) == {"compliments": 0}
    with django_capture_on_commit_callbacks(execute=True):
        assert forgetting.texts(at=row.received_at + 731 * DAY) == {"compliments": 1}
    row.refresh_from_db()
    assert (row.original, row.elsewhere, row.to_whom, row.contact_key, row.attachment.name) == ("", "", "", "", "")
    assert row.stage == "closed"
    assert not Version.objects.exclude(content={}).exists()
    assert not Wording.objects.exclude(text="", reason="").exists()
    assert not row.replies.exclude(text="").exists()
    assert not default_storage.exists(name)
    assert list(proof.gaps()) == []
    assert forgetting.texts(at=row.received_at + 800 * DAY) == {"compliments": 0}


def test_words_that_somebody_still_says_yes_to_stay():
    nadia = factories.person()
    late = timezone.now() - 20 * DAY
    row = passed_on(nadia, at=late)
    say(row, nadia, usages=[Usage.SITE], at=late)
    forgetting._erase(forgetting.Q(pk=row.pk), "compliments", at=timezone.now())
    assert quoted() == [row.pk]


@pytest.mark.parametrize(("days", "left"), [(29, True), (30, False)])
def test_how_to_reach_a_writer_goes_thirty_days_after_the_answer(days, left):
    row = passed_on(wishes=NO)
    reply = inbox.answer(row, "Merci", by=factories.staff(), at=timezone.now())
    forgetting.contacts(at=reply.at + days * DAY)
    huguette = Person.objects.get(pk=row.writer_id)
    assert bool(huguette.email and huguette.first_name) is left
    assert words_left() == 1


@pytest.mark.parametrize(("days", "left"), [(179, True), (180, False)])
def test_it_goes_six_months_after_the_message_when_nobody_answers(days, left):
    row = received(wishes=NO)
    forgetting.contacts(at=row.received_at + days * DAY)
    assert bool(Person.objects.get(pk=row.writer_id).email) is left
    assert words_left() == 1


def test_what_is_read_before_writing_is_what_is_done():
    assert settings.RETENTION_DAYS == 30
    assert timedelta(days=181) >= forgetting.AT_MOST + DAY  # the shortest six months, and the night
    said = ("trente jours après notre réponse, au plus tard six mois", "thirty days after our answer, six months")
    for (language, _name), words in zip(settings.LANGUAGES, said, strict=True):
        assert words in notices.now(NoticeText.Code.WRITER, language, at=timezone.now())
    guide = " ".join((settings.BASE_DIR / "docs/guide/compliments.md").read_text().split())
    assert f"effacés {forgetting.CRITICISM.days} jours après la réponse ou la remise" in guide
    assert "au plus tard six mois après" in guide


def test_it_stays_while_the_writer_says_yes_or_the_message_is_open():
    kept = passed_on(factories.person())
    inbox.answer(kept, "Merci", by=factories.staff(), at=timezone.now())
    waiting = received(f"{KIND} 2", wishes=NO)
    assert forgetting.contacts(at=timezone.now() + 60 * DAY) == {"contacts": 0}
    assert Person.objects.get(pk=waiting.writer_id).email
    assert forgetting.contacts(at=timezone.now() + 300 * DAY) == {"contacts": 1}
    assert Person.objects.get(pk=kept.writer_id).email
    assert forgetting.contacts(at=timezone.now() + 400 * DAY) == {"contacts": 1}


def test_a_colleague_who_wrote_keeps_their_name():
    luc = factories.person("Luc")
    row = closed("off_topic", writer=inbox.Writer(colleague=luc))
    forgetting.contacts(at=row.closed_at + 99 * DAY)
    luc.refresh_from_db()
    assert luc.first_name == "Luc"


def test_each_night_does_it_and_tells_it():
    closed("spam", at=timezone.now() - 31 * DAY)
    done = retention.run(at=timezone.now())
    assert (done["unwanted"], done["contacts"], done["failures"]) == (1, 1, 0)


def test_today_tells_what_is_late_and_what_is_to_sort():
    assert dashboard.kind_words(at=timezone.now()) == []
    received(at=timezone.now() - 15 * DAY)
    received(f"{KIND} 2")
    late, fresh = dashboard.kind_words(at=timezone.now())
    assert ("1" in late.title, "2" in fresh.title) == (True, True)
