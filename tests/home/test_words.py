"""Kind words on the site and among colleagues: beside the face of those whom they are for, a few on the article, gone with
anybody's no."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portraits import gate, quoting, renderings
from portraits.models import Person, Version
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.test_quotes import KIND, passed_on, say

pytestmark = pytest.mark.django_db
PAGES = {
    "site": ("/portraits/nadia/", Audience.PUBLIC),
    "article": ("/", Audience.PUBLIC),
    "intranet": ("/intranet/portraits/nadia/", Audience.COLLEAGUES),
}


@pytest.fixture(autouse=True)
def site(french, client):
    client.force_login(factories.user("employee"))


@pytest.fixture
def nadia():
    desk = factories.shown(Usage.SITE, Usage.INTRANET, Usage.INDEXATION)
    return Person.objects.get(pk__in=desk.people())


def read(client, address):
    return client.get(address).content.decode()


def quoted(*people, **fields):
    row = passed_on(*people, **fields)
    for one in people:
        say(row, one)
    return row


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("who", ["writer", "named"])
def test_they_are_read_there_and_gone_at_the_next_request(client, nadia, place, who):
    address, audience = PAGES[place]
    assert KIND[:20] not in read(client, address)
    row = quoted(nadia)
    assert KIND[:20] in read(client, address)
    quoting.take_back(row, row.writer if who == "writer" else nadia, audience, at=timezone.now())
    assert KIND[:20] not in read(client, address)


def test_the_other_audience_goes_on(client, nadia):
    row = quoted(nadia)
    quoting.take_back(row, nadia, Audience.PUBLIC, at=timezone.now())
    assert KIND[:20] in read(client, "/intranet/portraits/nadia/")


def test_a_face_has_its_own_words_only(client, nadia):
    factories.shown(Usage.SITE, first_name="Luc")
    quoted(nadia)
    assert KIND[:20] not in read(client, "/portraits/luc/")
    assert KIND[:20] in read(client, "/portraits/nadia/")


def test_feeds_have_no_kind_words(client, nadia):
    quoted(nadia)
    for address in ("/flux/rss.xml", "/flux/atom.xml", "/flux/feed.json"):
        assert KIND[:20] not in read(client, address)


def test_engines_are_told_not_to_print_them(client, nadia):
    quoted(nadia)
    assert "data-nosnippet><blockquote><p>" + KIND[:20] in read(client, "/portraits/nadia/")


@pytest.mark.parametrize("address", ["/", "/portraits/nadia/"])
def test_engines_list_a_page_that_quotes_only_if_everybody_said_so(client, nadia, address):
    row = passed_on(nadia)
    say(row, nadia, usages=[Usage.SITE])
    page = client.get(address)
    assert KIND[:20] in page.content.decode()
    assert page["X-Robots-Tag"].startswith("noindex")
    assert '<meta name="robots" content="noindex' in page.content.decode()
    say(row, nadia, usages=[Usage.SITE, Usage.INDEXATION])
    page = client.get(address)
    assert KIND[:20] in page.content.decode()
    assert "X-Robots-Tag" not in page
    assert "noindex" not in page.content.decode()


def test_the_article_is_short_and_in_one_language(client, nadia):
    quoted(nadia, language="en", words="Thank you so much, Nadia!")
    quoted(nadia, words="Nadia, merci. " * 40)
    for _number in range(7):
        quoted(nadia)
    html = read(client, "/")
    assert html.count('class="compliment quote"') == 5
    assert "Thank you so much" not in html
    assert "Nadia, merci." not in html
    assert "Thank you so much" in read(client, "/portraits/nadia/")


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("place", PAGES)
def test_query_budget(client, nadia, place, count, django_assert_max_num_queries):
    for _number in range(count):
        quoted(nadia)
    with django_assert_max_num_queries(15):
        html = read(client, PAGES[place][0])
    assert html.count('class="compliment quote"') == min(count, 5 if place == "article" else 12)


@pytest.mark.parametrize("address", ["/", "/portraits/nadia/"])
def test_nothing_is_kept_past_the_end_of_a_quote(client, nadia, address):
    passed_on(nadia, at=timezone.now() - timedelta(days=365) + timedelta(seconds=20))
    answer = client.get(address)
    assert int(answer["Cache-Control"].split("max-age=")[1].split(",")[0]) <= 20


def test_what_people_read_before_saying_yes_is_the_very_figure_of_the_page(client, nadia):
    quoted(nadia)
    version = Version.objects.filter(compliment__isnull=False).latest("pk")
    figure = renderings.render(Usage.SITE, quoting.quote(version)).body.decode()
    figure = figure[figure.index("<figure") : figure.index("</figure>")]
    assert figure in read(client, "/portraits/nadia/")
    assert figure in read(client, "/")
    assert figure in read(client, "/intranet/portraits/nadia/")


def test_words_are_text(client, nadia):
    quoted(nadia, words="Merci <script>alert(1)</script> Nadia")
    assert "<script>alert" not in read(client, "/portraits/nadia/")


def test_the_door_is_asked_for_some_words_or_one_language(nadia):
    one, two = quoted(nadia), quoted(nadia, language="en")
    now = timezone.now()
    assert [quote.key for quote in gate.quotes(Usage.SITE, at=now, keys=[one.pk])] == [one.pk]
    assert [quote.key for quote in gate.quotes(Usage.SITE, at=now, language="en")] == [two.pk]
