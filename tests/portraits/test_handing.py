"""A criticism leaves for a team without anybody's details in it; and forged forms get a sentence, never a failure."""

import html

import pytest
from django.utils import timezone

from intranet.models import Letter
from portraits import inbox, masking, searching
from portraits.models import Compliment, KeptSearch, Team
from portraits.views.inbox_message import REFUSALS
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_inbox_desk import COMMS, do, page, sorted_
from tests.portraits.test_quotes import passed_on, received

pytestmark = pytest.mark.django_db
HARD = "Nadia a été odieuse. Rappelez-moi au 514-555-1234, demandez Huguette Lavoie."


@pytest.fixture
def client():
    return signed_in(COMMS)


@pytest.fixture
def team():
    return Team.objects.create(name="Parcs", email="parcs@erables.example")


@pytest.mark.parametrize("answered", [False, True])
def test_a_criticism_waits_until_the_details_in_it_are_judged(client, team, answered):
    factories.person("Nadia")
    row = sorted_(received(HARD, wishes={}), "complaint", elsewhere="12 rue Laurier")
    if answered:
        inbox.answer(row, "Nous regardons.", by=factories.staff(), at=timezone.now())
    refused = do(client, row, "remettre", team=team.pk, number="26-00412")
    assert refused.status_code == 422
    assert "26-00412" in refused.content.decode()  # nothing that was typed is lost
    assert str(REFUSALS[masking.Unmasked])[:30] in html.unescape(refused.content.decode())
    shown = page(client, row).content.decode()
    for words in ("514-555-1234", "Huguette Lavoie"):
        assert f"<mark>{words}</mark>" in shown
        do(client, row, "masquer", words=words)
    assert not Letter.objects.filter(to=team.email).exists()
    do(client, row, "laisser", words="12 rue Laurier")
    assert do(client, row, "remettre", team=team.pk).status_code == 302
    body = Letter.objects.get(to=team.email).body
    assert "Nadia a été odieuse" in body
    assert ("514" in body, "Lavoie" in body) == (False, False)


def test_what_nobody_mails_is_not_held_back(client):
    row = sorted_(received(HARD, wishes={}), "complaint")
    assert do(client, row, "remettre", service="311", number="26-00412").status_code == 302


def test_kind_words_are_not_handed_over_as_a_criticism(client, team):
    row = sorted_(received())
    assert do(client, row, "remettre", team=team.pk).status_code == 409
    assert Compliment.objects.get().stage == "triaged"


@pytest.mark.parametrize("key", ["x", "9" * 5000, "²", "0"])
def test_somebody_who_is_no_number_is_an_error_of_the_field(client, key):
    row = passed_on(factories.person())
    assert "person" in do(client, row, "aussi-pour", person=key).context["add_form"].errors
    other = sorted_(received("La piscine est belle. Merci !"))
    assert "other" in do(client, other, "transmettre", other=key).context["pass_form"].errors


def test_the_name_of_a_kept_search_holds_nothing_that_nobody_sees():
    assert searching.keep("Par\x00cs", "mots=merci", by=factories.staff())
    assert KeptSearch.objects.get().name == "Parcs"
