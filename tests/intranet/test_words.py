"""« Tes mots »: what a signed-in employee received, and what they may do about it. Nobody else reads it."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from portraits import gate, keepsake, received
from portraits.models import Compliment, ConsentRequest, Link, Named
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.test_quotes import passed_on, say

pytestmark = pytest.mark.django_db
MOTS = "/intranet/mots/"


@pytest.fixture
def nadia():
    return factories.person(user=factories.user("nadia"))


@pytest.fixture
def me(nadia):
    client = Client()
    client.force_login(nadia.user)
    return client


def quoted(*people, **fields):
    row = passed_on(*people, **fields)
    for one in people:
        say(row, one)
    return row


def shown(usage=Usage.SITE):
    return [quote.key for quote in gate.quotes(usage, at=timezone.now())]


def test_one_signs_in(client):
    assert client.get(MOTS).status_code == 302
    assert client.get(f"{MOTS}dossier-letter.pdf").status_code == 302


def test_every_word_newest_first_quoted_or_not(me, nadia):
    now = timezone.now()
    passed_on(nadia, words="Le premier mot, merci.", at=now - timedelta(days=2))
    quoted(nadia, words="Le second mot, merci.")
    html = me.get(MOTS).content.decode()
    assert html.index("Le second mot") < html.index("Le premier mot")
    one, two = received.words(nadia, at=timezone.now())
    assert Usage.SITE in one.shown
    assert two.shown == ()


def test_somebody_elses_are_not_there(me, nadia):
    luc = factories.person("Luc", user=factories.user("luc"))
    row = quoted(luc, words="Luc, merci.")
    assert "Luc, merci" not in me.get(MOTS).content.decode()
    assert me.post(MOTS, {"mot": row.pk, "geste": "taire", "audience": "public"}).status_code == 404
    assert me.post(MOTS, {"mot": row.pk, "geste": "ouvrir"}).status_code == 404
    assert shown() == [row.pk]


def test_without_a_person_of_ones_own_there_is_nothing(client):
    client.force_login(factories.user("autre"))
    assert client.get(MOTS).status_code == 200
    assert client.post(MOTS, {"mot": 1, "geste": "taire"}).status_code == 404
    assert client.get(f"{MOTS}dossier-letter.pdf").status_code == 404


def test_one_taken_back_from_an_audience_is_gone_there_alone(me, nadia):
    row = quoted(nadia)
    assert me.post(MOTS, {"mot": row.pk, "geste": "taire", "audience": "public"}).status_code == 303
    assert shown() == []
    assert shown(Usage.INTRANET) == [row.pk]
    (word,) = received.words(nadia, at=timezone.now())
    assert {one.audience: one.until is not None for one in word.answers} == {
        Audience.COLLEAGUES: True,
        Audience.PUBLIC: False,
    }


def test_one_opens_its_page_to_answer(me, nadia):
    row = passed_on(nadia)
    answer = me.post(MOTS, {"mot": row.pk, "geste": "ouvrir"})
    assert answer.status_code == 303
    assert answer.url.startswith("/consentement/")
    link = Link.objects.latest("pk")
    assert (link.kind, link.request.subject.person) == (Link.Kind.RESPOND, nadia)


def test_a_question_that_closed_opens_again_for_its_person(me, nadia):
    then = timezone.now() - timedelta(days=200)
    row = passed_on(nadia, at=then)
    me.post(MOTS, {"mot": row.pk, "geste": "ouvrir"})
    request = ConsentRequest.objects.filter(subject__person=nadia).latest("pk")
    assert request.asked_by is None
    assert request.closes_at > timezone.now()
    say(row, nadia, usages=[Usage.INTRANET])
    assert shown(Usage.INTRANET) == [row.pk]


def test_erased_words_are_not_there(me, nadia):
    row = passed_on(nadia)
    Compliment.objects.filter(pk=row.pk).update(erased_at=timezone.now())
    assert received.words(nadia, at=timezone.now()) == []


@pytest.mark.parametrize("count", [3, 30])
def test_it_costs_the_same(me, nadia, count, django_assert_max_num_queries):
    for _number in range(count):
        passed_on(nadia)
    assert Named.objects.count() == count
    with django_assert_max_num_queries(20):  # one for each usage where words can be quoted
        assert me.get(MOTS).content.decode().count('class="word"') == count


@pytest.mark.parametrize(("size", "points"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_the_pride_file_holds_every_word(me, nadia, size, points):
    for number in range(7):
        passed_on(nadia, words=f"Mot numéro {number}, merci 😀 <b>Nadia</b> #let")
    answer = me.get(f"{MOTS}dossier-{size}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert tuple(map(round, pages[0].mediabox[2:])) == points
    text = "".join(page.extract_text() for page in pages)
    assert all(f"numéro {number}" in text for number in range(7))
    assert "<b>Nadia</b>" in text


def test_the_pride_file_of_nobody_yet_and_of_an_unknown_size(me, nadia):
    assert keepsake.page(nadia, [], at=timezone.now())
    assert me.get(f"{MOTS}dossier-a9.pdf").status_code == 404
