"""Whom kind words are for, corrected after they were passed on."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from intranet.models import Letter
from intranet.roles import COMMS
from portraits import consent, correcting, gate, inbox, own_words, proof, quoting, received, slip
from portraits.models import Compliment, Consent, ConsentRequest, LedgerEntry, Person, Team
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits import test_quotes
from tests.portraits.desk import signed_in
from tests.portraits.test_quotes import KIND, passed_on, quoted, say

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def client():
    return signed_in(COMMS)


def page(client, row):
    return client.get(reverse("portraits_inbox_message", args=[row.pk]))


def do(client, row, gesture, **data):
    seen = page(client, row).context["seen"]
    return client.post(reverse("portraits_inbox_gesture", args=[row.pk, gesture]), {"seen": seen, **data})


def nadias(**fields):
    return [factories.person("Nadia", email=f"nadia{one}@erables.example", **fields) for one in "12"]


def letters(person):
    return list(Letter.objects.filter(to=person.email).order_by("pk").values_list("body", flat=True))


def read_by(person):
    return [one.key for one in received.words(person, at=NOW())]


def test_words_sent_to_the_wrong_nadia_leave_her_and_reach_the_right_one(client):
    (wrong, right), luc = nadias(), factories.person("Luc", email="luc@erables.example")
    row = passed_on(wrong, luc)
    say(row, wrong)
    say(row, luc)
    assert quoted() == [row.pk]
    hers = ConsentRequest.objects.get(subject__person=wrong)
    do(client, row, "pas-pour", person=wrong.pk)
    assert quoted() == []  # Luc had said yes to words for both
    do(client, row, "aussi-pour", person=right.pk)
    assert (read_by(wrong), read_by(right)) == ([], [row.pk])
    assert KIND[:20] in letters(right)[0]
    assert not Consent.objects.filter(subject__person=wrong, ended_at=None).exists()
    hers.refresh_from_db()
    assert hers.closes_at <= NOW()
    with pytest.raises(consent.Closed):
        consent.answer(hers, {}, seen={}, at=NOW())
    assert quoted() == []
    say(row, right)
    say(row, luc)
    assert quoted() == [row.pk]
    assert set(gate.quotes(Usage.SITE, at=NOW())[0].to) == {"Nadia", "Luc"}
    assert len(letters(wrong)) == 1  # a moderator tells her
    assert list(proof.gaps()) == []
    line = LedgerEntry.objects.get(kind="not_for")
    assert "Nadia" not in str(line.body)


def test_when_nobody_is_left_they_wait_to_be_passed_on_again(client):
    wrong, right = nadias()
    row = passed_on(wrong)
    inbox.answer(row, "Merci", by=factories.staff(), at=NOW())
    inbox.close(row, by=factories.staff(), at=NOW())
    do(client, row, "pas-pour", person=wrong.pk)
    shown = page(client, row)
    assert shown.context["passable"]
    assert {one.person for one in shown.context["candidates"]} == {wrong, right}
    row.refresh_from_db()
    assert (row.stage, row.passed_on_at, row.closed_at) == ("triaged", None, None)
    do(client, row, "transmettre", people=[right.pk])
    row.refresh_from_db()
    assert row.stage == "answered"  # it was, and nothing more is owed to its writer
    assert read_by(right) == [row.pk]
    say(row, right)
    assert quoted() == [row.pk]


def test_whoever_had_them_already_is_asked_again_and_reads_why(client):
    nadia, luc = factories.person("Nadia"), factories.person("Luc", email="luc@erables.example")
    row = passed_on(nadia)
    say(row, nadia)
    do(client, row, "aussi-pour", person=luc.pk)
    first, again = letters(nadia)
    assert "déjà ces mots" in again
    assert "déjà ces mots" not in first
    assert "déjà ces mots" not in letters(luc)[0]
    say(row, luc)
    assert quoted() == []
    say(row, nadia)
    assert quoted() == [row.pk]


@pytest.mark.parametrize("who", ["named", "writer"])
def test_a_no_is_neither_forgotten_nor_asked_again(who):
    nadia, luc = factories.person("Nadia"), factories.person("Luc", email="luc@erables.example")
    row = passed_on(nadia)
    say(row, nadia)
    for audience in Audience:
        quoting.take_back(row, nadia if who == "named" else row.writer, audience, at=NOW())
    count = len(letters(nadia))
    correcting.also_for(row, luc, by=factories.staff(), at=NOW() + timedelta(hours=1))
    assert len(letters(nadia)) == count
    say(row, luc, at=NOW() + timedelta(hours=1))
    assert quoted(at=NOW() + timedelta(hours=2)) == []
    asked = ConsentRequest.objects.filter(subject__person=luc).latest("pk").asked
    assert bool(asked) is (who == "named")


def test_changed_words_that_the_writer_refused_are_not_put_to_them_again():
    nadia, luc = factories.person("Nadia"), factories.person("Luc", email="luc@erables.example")
    row = passed_on(nadia, text="Nadia est formidable, et patiente.")
    assert not own_words.faithful("Nadia est formidable, et patiente.", KIND)
    say(row, row.writer, "no")
    before = Letter.objects.filter(to=row.writer.email).count()
    correcting.also_for(row, luc, by=factories.staff(), at=NOW())
    assert Letter.objects.filter(to=row.writer.email).count() == before


def test_whoever_got_a_slip_gets_another_with_the_question():
    paper = factories.person("Thanh", email="", reach=Person.Reach.LETTER)
    row = passed_on(paper)
    slip.handed([one.pk for one in slip.waiting()], at=NOW())
    correcting.also_for(row, factories.person("Nadia"), by=factories.staff(), at=NOW())
    assert [one.person for one in slip.waiting()] == [paper]


def test_a_wrong_team_is_corrected_too(client):
    parks, snow = (Team.objects.create(name=one, email=f"{one.lower()}@erables.example") for one in ("Parcs", "Neige"))
    row = passed_on(words="Merci à toute l’équipe !", team=parks)
    assert quoted() == [row.pk]
    do(client, row, "pas-pour", person="equipe")
    assert quoted() == []
    do(client, row, "trier", kind="compliment", team=snow.pk)
    do(client, row, "transmettre")
    assert Letter.objects.filter(to=snow.email).count() == 1
    assert gate.quotes(Usage.SITE, at=NOW())[0].team == "Neige"


def hidden(row, client):
    do(client, row, "cacher", reason="Une enfant")


def erased(row, client):
    Compliment.objects.filter(pk=row.pk).update(erased_at=NOW(), original="")


def private(row, client):
    Compliment.objects.filter(pk=row.pk).update(private=True, reported_at=NOW())


@pytest.mark.parametrize("why", [hidden, erased, private])
def test_what_cannot_be_corrected_says_nothing_of_it_and_stays(client, why):
    nadia, luc = factories.person("Nadia"), factories.person("Luc", email="luc@erables.example")
    row = passed_on(nadia)
    why(row, client)
    assert "/pas-pour/" not in page(client, row).content.decode()
    assert do(client, row, "pas-pour", person=nadia.pk).status_code == 409
    with pytest.raises(inbox.NotNow):
        correcting.also_for(row, luc, by=factories.staff(), at=NOW())
    assert row.named.get().person == nadia


@pytest.mark.parametrize("who", ["nobody", "writer", "there already"])
def test_who_cannot_be_added_is_said_in_a_sentence(client, who):
    nadia = factories.person("Nadia")
    row = passed_on(nadia)
    key = {"nobody": "", "writer": row.writer_id, "there already": nadia.pk}[who]
    answer = do(client, row, "aussi-pour", person=key)
    assert answer.status_code == 422
    assert answer.context["add_form"].errors
    assert row.named.count() == 1


@pytest.mark.parametrize("key", ["", "x", "²", "9" * 5000])
def test_somebody_who_never_had_them_is_nowhere(client, key):
    row = passed_on(factories.person("Nadia"))
    assert do(client, row, "pas-pour", person=key).status_code == 404


def test_two_moderators_do_not_correct_the_same_thing_twice(client):
    wrong, right = nadias()
    row = passed_on(wrong)
    held = page(client, row).context["seen"]
    do(client, row, "aussi-pour", person=right.pk)
    address = reverse("portraits_inbox_gesture", args=[row.pk, "pas-pour"])
    assert client.post(address, {"seen": held, "person": wrong.pk}).status_code == 409
    assert row.named.count() == 2


def test_an_unread_message_cannot_be_corrected():
    row = test_quotes.received()
    with pytest.raises(inbox.NotNow):
        correcting.also_for(row, factories.person(), by=factories.staff(), at=NOW())
