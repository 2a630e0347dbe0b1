"""Slips: kind words on paper for those whom no mail reaches."""

import io

import pytest
from pypdf import PdfReader

from portraits.models import Compliment, LedgerEntry, Link, Named, Person, Team
from tests import factories
from tests.portraits.test_quotes import passed_on

pytestmark = pytest.mark.django_db
PAGE = "/admin/billets/"


@pytest.fixture
def nobodys_mail():
    people = [factories.person(name, email="", reach=Person.Reach.LETTER) for name in ("Thanh", "Ousmane")]
    for one in people:
        passed_on(one, words="Merci d’avoir remis la 14 sur la route 😀 <b>!</b>")
    passed_on(factories.person("Nadia"))
    return people


def test_only_those_whom_no_mail_told_are_listed(admin_client, nobodys_mail):
    page = admin_client.get(PAGE).content.decode()
    assert "Thanh" in page
    assert "Ousmane" in page
    assert "Nadia" not in page


def test_a_page_for_each_with_a_link_of_their_own(admin_client, nobodys_mail):
    keys = list(Named.objects.filter(told_at=None).values_list("pk", flat=True))
    answer = admin_client.post(PAGE, {"billet": keys, "geste": "imprimer"})
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert [tuple(map(round, page.mediabox[2:])) for page in pages] == [(420, 595)] * 2
    text = "".join(page.extract_text() for page in pages)
    assert "la 14 sur la route" in text
    assert "Thanh" in text
    links = Link.objects.filter(witness__isnull=False, kind=Link.Kind.RESPOND)
    assert {link.request.subject.person for link in links} == set(nobodys_mail)
    assert LedgerEntry.objects.filter(kind="printed").count() == 2
    assert Named.objects.filter(told_at=None).count() == 2


def test_said_to_be_handed_they_leave_the_list(admin_client, nobodys_mail):
    one = Named.objects.filter(told_at=None).earliest("pk")
    admin_client.post(PAGE, {"billet": [one.pk], "geste": "remis"})
    one.refresh_from_db()
    assert one.told_at
    assert "Thanh" not in admin_client.get(PAGE).content.decode()


def test_a_whole_team_without_a_mailbox_gets_one_without_any_link(admin_client):
    night = Team.objects.create(name="Déneigement de nuit")
    row = passed_on(words="Vous avez dégagé la côte avant l’école, merci.", team=night)
    mailed = passed_on(team=Team.objects.create(name="Parcs", email="parcs@erables.example"))
    named = passed_on(factories.person("Nadia"), team=night)
    page = admin_client.get(PAGE).content.decode()
    assert page.count('name="equipe"') == 1
    assert "Déneigement de nuit" in page
    answer = admin_client.post(PAGE, {"equipe": [row.pk], "geste": "imprimer"})
    (sheet,) = PdfReader(io.BytesIO(answer.content)).pages
    assert "Vous avez dégagé la côte" in sheet.extract_text()
    assert "Déneigement de nuit" in sheet.extract_text()
    assert not Link.objects.filter(witness__isnull=False).exists()
    admin_client.post(PAGE, {"equipe": [row.pk], "geste": "remis"})
    assert 'name="equipe"' not in admin_client.get(PAGE).content.decode()
    told = dict(Compliment.objects.values_list("pk", "team_told_at"))
    assert told[row.pk]
    assert told[mailed.pk]
    assert told[named.pk] is None


def test_words_that_no_moderator_read_say_whom_to_tell(admin_client, nobodys_mail):
    row, read = Compliment.objects.order_by("pk")[:2]
    Compliment.objects.filter(pk=row.pk).update(private=True)
    keys = list(Named.objects.filter(told_at=None).values_list("pk", flat=True))
    answer = admin_client.post(PAGE, {"billet": keys, "geste": "imprimer"})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert row.reference in text
    assert read.reference not in text


def test_nothing_chosen_does_nothing(admin_client, nobodys_mail):
    assert admin_client.post(PAGE, {"geste": "imprimer"}).status_code == 302
    assert not LedgerEntry.objects.filter(kind="printed").exists()


def test_whoever_does_not_work_the_inbox_is_turned_away(client, nobodys_mail):
    from intranet import roles

    client.force_login(factories.user("ecrans", roles.TECHNICIAN))
    key = Named.objects.filter(told_at=None).earliest("pk").pk
    assert client.get(PAGE).status_code == 302
    client.post(PAGE, {"billet": [key], "geste": "remis"})
    assert Named.objects.get(pk=key).told_at is None


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same(admin_client, count, django_assert_max_num_queries):
    for number in range(count):
        passed_on(factories.person(f"P{number}", email="", reach=Person.Reach.LETTER))
        passed_on(words="Merci à toute l’équipe de nuit.", team=Team.objects.create(name=f"Nuit {number}"))
    with django_assert_max_num_queries(16):
        assert admin_client.get(PAGE).content.decode().count('name="billet"') == count
