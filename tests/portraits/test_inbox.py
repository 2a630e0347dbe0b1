"""The inbox: what is taken, what is refused, and the stages that follow one another."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from intranet.models import Letter
from portraits import inbox
from portraits.models import Compliment, LedgerEntry, Person
from tests import factories
from tests.portraits.test_quotes import KIND, judged, received

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("  Merci !\r\n\r\n\r\n\r\nVraiment.  ", "Merci !\n\nVraiment."),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Mer\x00ci\x07 beaucoup", "Merci beaucoup"),
        ("Merci \u202egnip\u202c", "Merci gnip"),
        ("Bravo 👩\u200d🌾 !", "Bravo 👩\u200d🌾 !"),
        ("Na\u200ddia\u200d 514\u200d555 ❤\ufe0f\u200d🔥", "Nadia 514555 ❤\ufe0f\u200d🔥"),
        ("Na\u3164d\u034fi\ufe00a", "Nadia"),
        ("شكرا لكم", "شكرا لكم"),
        ("cafe\u0301 merci", "café merci"),
    ],
)
def test_words_are_kept_as_text(words, kept):
    assert received(words).original == kept


@pytest.mark.parametrize("words", ["", "  \n ", "ok", "é" * 2001])
def test_empty_or_too_long_is_refused_and_nothing_is_written(words):
    with pytest.raises(inbox.Refused):
        received(words)
    assert not Compliment.objects.exists()
    assert not Person.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_the_longest_message_is_taken():
    assert len(received("é" * 2000).original) == 2000


def test_one_message_per_number_elsewhere():
    received(channel=inbox.Channel.PHONE, external_ref="311-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        received(channel=inbox.Channel.PHONE, external_ref="311-1")
    received(channel=inbox.Channel.FACEBOOK, external_ref="311-1")


def test_a_writer_without_a_name_is_anonymous():
    row = received(writer=inbox.Writer(signature=inbox.Signature.FIRST_NAME))
    assert row.signature == inbox.Signature.ANONYMOUS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"email": "A@b.example"}, {"email": " a@B.example"}, True),
        ({"phone": "514 555-0142"}, {"phone": "+1 (514) 555 0142"}, True),
        ({"email": "a@b.example"}, {"email": "c@b.example"}, False),
    ],
)
def test_the_same_contact_has_the_same_key(one, other, same):
    keys = [inbox.contact_key(inbox.Writer(**contact)) for contact in (one, other)]
    assert (keys[0] == keys[1]) is same
    assert "b.example" not in keys[0]


def test_a_writer_is_in_no_address_book():
    row = received()
    assert row.writer.kind == Person.Kind.WRITER
    assert not LedgerEntry.objects.filter(kind="readdressed").exists()


STAGES = {
    "received": lambda row, by: row,
    "triaged": lambda row, by: judged(inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=NOW())),
    "passed_on": lambda row, by: inbox.pass_on(STAGES["triaged"](row, by), [], by=by, at=NOW()),
    "answered": lambda row, by: inbox.answer(STAGES["passed_on"](row, by), "Merci", by=by, at=NOW()).compliment,
    "closed": lambda row, by: inbox.close(STAGES["answered"](row, by), by=by, at=NOW()),
}
MOVES = {
    "triage": lambda row, by: inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=NOW()),
    "word": lambda row, by: inbox.word(row, "Merci", reason="", by=by, at=NOW()),
    "pass_on": lambda row, by: inbox.pass_on(row, [], by=by, at=NOW()),
    "answer": lambda row, by: inbox.answer(row, "Merci", by=by, at=NOW()),
    "close": lambda row, by: inbox.close(row, by=by, at=NOW(), reason="Dit de vive voix"),
    "reopen": lambda row, by: inbox.reopen(row, by=by, at=NOW()),
}
LEGAL = {
    "received": {"triage", "word"},
    "triaged": {"triage", "word", "pass_on", "answer", "close", "reopen"},
    "passed_on": {"answer", "close"},
    "answered": {"answer", "close"},
    "closed": {"reopen"},
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_allows_what_it_allows(stage, move):
    by = factories.staff()
    row = STAGES[stage](received(), by)
    if move in LEGAL[stage]:
        MOVES[move](row, by)
    else:
        with pytest.raises(inbox.NotNow):
            MOVES[move](row, by)
        assert Compliment.objects.get().stage == stage
    assert Compliment.objects.get().original == KIND


@pytest.mark.parametrize("kind", ["complaint", "off_topic", "spam"])
def test_only_kind_words_are_passed_on(kind):
    row = inbox.triage(received(), kind, by=factories.staff(), at=NOW())
    with pytest.raises(inbox.NotNow):
        inbox.pass_on(row, [factories.person()], by=factories.staff(), at=NOW())
    assert not Letter.objects.filter(body__contains=KIND[:20]).exists()


def test_the_answer_leaves_by_mail_in_the_writers_language_or_is_noted():
    by = factories.staff()
    assert inbox.answer(STAGES["passed_on"](received(), by), "Merci à vous", by=by, at=NOW()).sent
    assert "Merci à vous" in Letter.objects.get(to="huguette@voisine.example", body__contains="Merci à vous").body
    quiet = STAGES["passed_on"](received(writer=inbox.Writer(phone="514 555-0142")), by)
    assert not inbox.answer(quiet, "Dit de vive voix", by=by, at=NOW()).sent
