"""The chain of the ledger, its copy outside the database, and the proof that holds both against what is shown."""

import threading

import pytest
from django.db import connections, transaction
from django.utils import timezone

from portraits import chain, gate, ledger, witness
from portraits.chain import Why
from portraits.models import LedgerEntry
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SITE = Usage.SITE


@pytest.fixture
def copy(settings, tmp_path):
    """The file of this test's own copy."""
    settings.LEDGER_COPY = str(tmp_path / "elsewhere" / "ledger.jsonl")
    return witness.path()


def add(count, kind="asked"):
    for number in range(count):
        with transaction.atomic():
            ledger.append(kind, at=timezone.now(), number=number, words="Où ? Là-bas…")


def lines():
    return list(LedgerEntry.objects.lines())


def found(those):
    return [(one.seq, one.last, one.why) for one in chain.breaks(those)]


# -- the chain


def test_a_chain_that_nobody_touched_holds():
    add(4)
    assert found(lines()) == []
    assert ledger.broken() is None


def test_an_altered_a_removed_and_a_moved_line_are_found_at_their_number():
    add(6)
    whole = lines()
    altered = whole[2]._replace(body={"number": 7})
    assert found([*whole[:2], altered, *whole[3:]]) == [(3, 3, Why.ALTERED)]
    again = altered._replace(hash=chain.digest(*altered[:5]))
    assert found([*whole[:2], again, *whole[3:]]) == [(4, 4, Why.UNLINKED)]
    assert found([*whole[:2], *whole[3:]]) == [(3, 3, Why.MISSING)]
    assert found([*whole[:1], *whole[4:]]) == [(2, 4, Why.MISSING)]
    assert found([whole[0], whole[2], whole[1], *whole[3:]]) == [(2, 2, Why.MISSING), (2, 2, Why.MISPLACED)]
    assert found(whole[:4]) == []  # a cut tail: see the anchors


def test_the_instant_is_hashed_the_same_whatever_its_zone():
    at = timezone.now()
    with transaction.atomic():
        ledger.append("asked", at=timezone.localtime(at))
    assert ledger.broken() is None


# -- the copy


@pytest.mark.django_db(transaction=True)
def test_each_committed_line_is_copied_and_no_other(copy):
    add(2)
    with transaction.atomic():
        ledger.append("asked", at=timezone.now())
        transaction.set_rollback(True)
    add(1)
    assert list(witness.lines()) == lines()
    assert len(copy.read_text().strip().splitlines()) == 3
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def write_lines(count):
    for one in connections.all(initialized_only=True):
        one.close()
    add(count)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_several_writers_leave_one_contiguous_copy(copy):
    add(1)
    writers = [threading.Thread(target=write_lines, args=(10,)) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert [line.seq for line in witness.lines()] == list(range(1, 42))
    assert found(witness.lines()) == []


@pytest.mark.django_db(transaction=True)
def test_a_line_cut_short_by_a_crash_is_written_again(copy):
    add(2)
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-30])
    assert witness.head()[0] == 1
    assert witness.sync()
    assert copy.read_bytes() == whole


@pytest.mark.django_db(transaction=True)
def test_a_write_that_fails_stops_nobody_and_is_made_up_for(copy, monkeypatch, caplog):
    def full(*_args):
        raise OSError("no space left on device")

    add(1)
    with monkeypatch.context() as disk:
        disk.setattr(witness.fcntl, "flock", full)
        add(2)
    assert "could not be written" in caplog.text
    assert len(list(witness.lines())) == 1
    assert witness.sync()
    assert list(witness.lines()) == lines()


@pytest.mark.django_db(transaction=True)
def test_the_sweep_copies_too(copy):
    add(1)
    copy.write_bytes(witness.BEGUN)
    sweep()
    assert [line.seq for line in witness.lines()] == [1]


def test_without_a_copy_there_is_no_guard(settings):
    assert settings.LEDGER_COPY == ""
    factories.shown(SITE)
    assert len(gate.capsules(SITE, at=timezone.now())) == 1
    assert witness.doubt() is None
    assert witness.sync()
