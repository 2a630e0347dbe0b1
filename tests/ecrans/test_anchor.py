"""The ledger's head is frozen with a batch at its first print, borne by its sheets, and held against the ledger."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from ecrans import print as paper
from ecrans import rendering
from ecrans.models import Affiche
from intranet.models import Anchor
from portraits import gate, ledger, proof, renderings
from portraits.usages import Usage
from tests import factories
from tests.ecrans.printing import batch
from tests.portraits.test_proof import raw, verify

pytestmark = pytest.mark.django_db


def read(pdf):
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text()


def short(anchor):
    seq, digits = anchor.split(":")
    return f"{seq}:{digits[:12]}"


def later():
    """One more line, by somebody else."""
    factories.shown(Usage.SITE, first_name="Diego")


def test_the_first_print_freezes_the_head_and_every_sheet_bears_it():
    row = batch(factories.shown(Usage.AFFICHE), printed=False)
    assert row.anchor == ""
    later()
    head = ledger.anchor()
    first = paper.sheet(row)
    row.refresh_from_db()
    assert row.anchor == head
    assert short(head) in read(first)
    assert str(row.pk) in read(first)
    later()
    assert ledger.anchor() != head
    assert paper.sheet(Affiche.objects.get()) == first


def test_what_is_on_paper_is_an_anchor_as_it_is():
    row = batch(factories.shown(Usage.AFFICHE))
    text = read(paper.sheet(row))
    (printed,) = re.findall(r"\b\d+:[0-9a-f]{12}\b", text)
    assert proof.anchor(printed) == (int(row.anchor.split(":")[0]), row.anchor.split(":")[1][:12])
    said, holds = verify("--anchor", printed)
    assert holds, said
    assert "2 anchors" in said


def test_a_hash_of_digits_is_printed_to_the_letter():
    """Typography groups the digits of a number: a hash is none."""
    row = batch(factories.shown(Usage.AFFICHE), printed=False)
    anchor = "12345678:" + "154067737910" + "0" * 52
    Affiche.objects.update(anchor=anchor)
    assert short(anchor) in read(paper.sheet(row))


def test_what_people_see_before_their_yes_bears_none_and_stays_the_same():
    desk = factories.shown(Usage.AFFICHE)
    (capsule,) = gate.capsules(Usage.AFFICHE, at=timezone.now(), keys=[desk.pk])
    before = renderings.render(Usage.AFFICHE, capsule).sha256
    batch(desk)
    later()
    assert renderings.render(Usage.AFFICHE, capsule).sha256 == before
    assert rendering.sheet(capsule).sha256 == before


def test_a_sheet_that_is_refused_anchors_nothing():
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk, printed=False)
    factories.withdraw(desk, Usage.AFFICHE)
    with pytest.raises(paper.NotAllowed):
        paper.sheet(row)
    assert Affiche.objects.get().anchor == ""


def test_a_cut_tail_shows_against_what_hangs():
    """Nothing rests on the last line but the poster that was printed then."""
    desk = factories.shown(Usage.AFFICHE)
    last = ledger.append("opened", at=timezone.now(), portrait=str(desk.translation_key))
    batch(desk)
    assert verify()[1]
    raw(f"DELETE FROM portraits_ledgerentry WHERE seq = {last.seq}")
    said, holds = verify()
    assert not holds
    assert f"line {last.seq} existed, the ledger stops at {last.seq - 1}" in said


def test_a_ledger_written_anew_shows_against_what_hangs():
    desk = factories.shown(Usage.AFFICHE)
    last = ledger.append("opened", at=timezone.now(), portrait=str(desk.translation_key))
    batch(desk)
    raw(f"DELETE FROM portraits_ledgerentry WHERE seq = {last.seq}")
    ledger.append("opened", at=timezone.now() + timedelta(seconds=1), portrait=str(desk.translation_key))
    said, holds = verify()
    assert not holds
    assert f"Line {last.seq} is not the one that was anchored" in said


def test_the_daily_mails_are_remembered_too():
    factories.shown(Usage.SITE)
    seq, digits = ledger.head()
    Anchor.objects.create(day=timezone.localdate(), seq=seq, hash=digits)
    assert proof.remembered() == [(seq, digits)]
    assert verify()[1]
    Anchor.objects.update(seq=seq + 1)
    assert "The end was cut" in verify()[0]


@pytest.mark.parametrize("number", [3, 30])
def test_remembering_costs_two_queries_however_many_hang(number, django_assert_num_queries):
    desk = factories.shown(Usage.AFFICHE)
    for _ in range(number):
        row = batch(desk, printed=False)
        Affiche.objects.filter(pk=row.pk).update(anchor=ledger.anchor())
        ledger.append("opened", at=timezone.now(), portrait=str(desk.translation_key))
    with django_assert_num_queries(2):  # posters, daily mails
        assert len(proof.remembered()) == number
