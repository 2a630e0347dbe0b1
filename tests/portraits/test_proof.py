"""`verify_ledger`: each gap between the ledger and what rests on it is found, at its number, in a sentence."""

import io
import json
import statistics
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from portraits import asking, consent, hiding, ledger, proof, triggers, witness
from portraits.models import Consent, Hidden, LedgerEntry, Person
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN


def verify(*arguments):
    """What the command says, and whether it ends well."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out, stderr=err)
    except CommandError as refusal:
        return err.getvalue() + str(refusal), False
    return out.getvalue(), True


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker):
    """Made once for this module, rolled back at its end."""
    with django_db_blocker.unblock(), override_settings(EMAIL_BACKEND="intranet.mail.Rows"), transaction.atomic():
        yield _live()
        transaction.set_rollback(True)


@pytest.fixture
def city(lived, db):
    return lived


def _live():
    """A life of consents: given, refused, withdrawn, paused, undone, renewed, replaced by a newer version, run out, ended
    by a departure that is to come, hidden, lifted."""
    at = timezone.now() - timedelta(days=400)
    given = factories.shown(SITE, ECRAN, first_name="Nadia", at=at)
    factories.say(given.versions.get(), SITE, at=at + timedelta(days=1))  # renewed
    factories.say(factories.ask(given, SITE, at=at + timedelta(days=2)), SITE, at=at + timedelta(days=3))  # replaced
    factories.withdraw(factories.shown(SITE, ECRAN, first_name="Diego", at=at), SITE, at=at + timedelta(days=4))
    _slips(factories.shown(SITE, ECRAN, first_name="Amira", at=at), at + timedelta(days=5))
    version = factories.ask(factories.portrait("Rosa"), SITE)
    factories.say(version, SITE)
    factories.say(version, SITE, answer="no")
    asking.readdress(Person.objects.get(first_name="Rosa"), former=["rosa@erables.example"], at=timezone.now())
    lifted = factories.shown(SITE, first_name="Thanh")
    hiding.hide(lifted, by=factories.staff(), at=timezone.now())
    hiding.lift(lifted, by=factories.staff(), at=timezone.now(), reason="Une erreur")
    hiding.hide(factories.shown(SITE, first_name="Morris"), by=factories.staff(), at=timezone.now())
    return given


def _slips(desk, at):
    """Withdrawn then undone, paused, refused when nothing lived then undone; a departure, nearer than the end, undone too."""
    amira = Person.objects.get(first_name="Amira")
    consent.withdraw(desk, amira, [SITE], at=at)
    assert consent.undo(desk, amira, at=at + timedelta(minutes=1)) == [SITE]
    consent.withdraw(desk, amira, [ECRAN], at=at, reason=Consent.Reason.PAUSED)
    again = at + timedelta(days=1)
    factories.say(factories.ask(desk, ECRAN, at=again), ECRAN, answer="no", at=again)
    assert consent.undo(desk, amira, at=again) == [ECRAN]
    leaving = at + timedelta(days=20)
    assert consent.depart(amira, on=leaving.date(), at=again) == 1
    consent.withdraw(desk, amira, [SITE], at=at + timedelta(days=2))
    assert consent.undo(desk, amira, at=at + timedelta(days=2)) == [SITE]


def raw(sql):
    """What somebody with the keys of the database could do, once its own refusals are dropped."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql)


def line_of(kind, **body):
    return next(
        line for line in LedgerEntry.objects.filter(kind=kind) if all(line.body.get(k) == v for k, v in body.items())
    )


def test_a_whole_life_holds(city):
    said, holds = verify("--anchor", ledger.anchor())
    assert holds, said
    assert f"{LedgerEntry.objects.count()} lines, 1 anchors" in said
    assert ledger.anchor() in said


def test_an_altered_line(city):
    seq = line_of("withdrawn").seq
    raw(f"UPDATE portraits_ledgerentry SET kind = 'asked' WHERE seq = {seq}")
    said, holds = verify()
    assert not holds
    assert f"Line {seq} was altered." in said


def test_a_removed_line(city):
    seq = line_of("readdressed").seq
    raw(f"DELETE FROM portraits_ledgerentry WHERE seq = {seq}")
    said, holds = verify()
    assert not holds
    assert f"Line {seq} is missing." in said


def test_two_lines_in_each_other_s_place(city):
    seq = line_of("readdressed").seq
    for old, new in ((seq, 0), (seq - 1, seq), (0, seq - 1)):
        raw(f"UPDATE portraits_ledgerentry SET seq = {new} WHERE seq = {old}")
    said, holds = verify()
    assert not holds
    assert f"Line {seq - 1} was altered." in said
    assert f"Line {seq} was altered." in said


def test_a_cut_tail_shows_against_an_anchor_only(city):
    anchor, last = ledger.anchor(), LedgerEntry.objects.last()
    assert last.kind == "hidden"
    Hidden.objects.filter(from_at=last.at).delete()
    raw(f"DELETE FROM portraits_ledgerentry WHERE seq = {last.seq}")
    assert verify()[1]
    said, holds = verify("--anchor", anchor)
    assert not holds
    assert f"line {last.seq} existed, the ledger stops at {last.seq - 1}" in said


def test_a_ledger_written_anew_shows_against_an_anchor(city):
    said, holds = verify("--anchor", "2:0123456789abcdef")
    assert not holds
    assert "Line 2 is not the one that was anchored" in said


def test_the_anchor_of_a_receipt(city, tmp_path):
    seq, digits = ledger.head()
    receipt = tmp_path / "recu.json"
    receipt.write_text(json.dumps({"usages": ["site"], "ledger": {"seq": seq, "hash": digits}}))
    assert verify("--receipt", str(receipt))[1]
    receipt.write_text(json.dumps({"ledger": [{"seq": seq + 1, "hash": digits}]}))
    assert "The end was cut" in verify("--receipt", str(receipt))[0]


@pytest.mark.parametrize("words", ["1284", "a:0123456789", "3:123", "3:" + "g" * 64, "3:" + "0" * 65])
def test_what_is_no_anchor_is_said(words):
    assert "is no anchor" in verify("--anchor", words)[0]


def test_a_receipt_that_says_nothing(tmp_path):
    receipt = tmp_path / "recu.json"
    assert "cannot be read" in verify("--receipt", str(receipt))[0]
    receipt.write_text("{}")
    assert "holds no anchor" in verify("--receipt", str(receipt))[0]


def test_a_consent_that_goes_on_after_its_end(city):
    row = Consent.objects.get(end_reason=Consent.Reason.WITHDRAWN, subject__person__first_name="Diego")
    raw(f"UPDATE portraits_consent SET ended_at = NULL, end_reason = '' WHERE id = {row.pk}")
    said, holds = verify()
    assert not holds
    assert f"Consent {row.pk} goes on although line {line_of('withdrawn').seq} ended it." in said


def test_a_consent_that_was_lengthened_moved_or_made_up(city):
    row = Consent.objects.filter(usage=ECRAN, ended_at=None).first()
    raw(f"UPDATE portraits_consent SET usage = 'site' WHERE id = {row.pk}")
    assert f"Consent {row.pk} is not what line {row.ledger_entry_id} says (usage)." in verify()[0]
    raw(f"UPDATE portraits_consent SET usage = 'ecran', ledger_entry_id = {line_of('asked').seq} WHERE id = {row.pk}")
    said, holds = verify()
    assert not holds
    assert f"Consent {row.pk} rests on line {line_of('asked').seq}, which is no yes." in said
    assert f"Line {row.ledger_entry_id} is a yes without its consent." in said


def test_a_consent_ended_without_a_line(city):
    row = Consent.objects.filter(usage=ECRAN, ended_at=None).first()
    Consent.objects.filter(pk=row.pk).update(ended_at=timezone.now() - timedelta(days=100))
    assert f"Consent {row.pk} was ended without a line." in verify()[0]


def test_a_stop_that_was_lifted_by_hand_or_never_written(city):
    Hidden.objects.all().delete()
    assert "is not hidden any more" in verify()[0]
    Hidden.objects.create(portrait=city, from_at=timezone.now(), by=factories.staff())
    assert "without a line" in verify()[0]


def test_a_lift_needs_its_line(city):
    Hidden.objects.update(to_at=timezone.now())
    assert "was lifted without a line" in verify()[0]


def test_the_copy_is_held_against_the_database(city, settings, tmp_path):
    assert "keeps no copy" in verify("--copy")[0]
    settings.LEDGER_COPY = str(tmp_path / "ledger.jsonl")
    assert "missing or cannot be read" in verify("--copy")[0]
    witness.begin()
    assert "The copy stops at line 0" in verify("--copy")[0]
    assert witness.sync()
    assert verify("--copy")[1]
    witness.path().write_text(witness.path().read_text().replace('"kind":"refused"', '"kind":"granted"'))
    assert f"From line {line_of('refused').seq} on, the copy does not say" in verify("--copy")[0]
    witness.path().unlink()
    witness.begin()
    assert witness.sync()
    triggers.remove(connection)
    Hidden.objects.filter(from_at=LedgerEntry.objects.last().at).delete()
    LedgerEntry.objects.last().delete()
    assert f"The copy goes 1 lines beyond line {LedgerEntry.objects.count()}" in verify("--copy")[0]


def test_a_verification_costs_little_more_than_reading(city):
    """The figure for 100,000 lines is benchmarks/ledger.py's; here, what it costs beside reading the same lines."""
    with transaction.atomic():
        for number in range(3000):
            ledger.append("reminded", at=timezone.now(), person="0" * 16, usages=["site", "ecran"], request=number)

    def seconds(action):
        began = time.process_time()
        assert all(not isinstance(one, str) for one in action())
        return time.process_time() - began

    pairs = [(seconds(proof.gaps), seconds(lambda: LedgerEntry.objects.lines())) for _ in range(7)]
    verified, read = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert verified < 4 * read


def test_the_price_of_a_proof_does_not_depend_on_the_city(city, django_assert_num_queries):
    with django_assert_num_queries(6):
        assert list(proof.gaps()) == []
    for _ in range(5):
        factories.shown(SITE)
    with django_assert_num_queries(6):
        assert list(proof.gaps()) == []
