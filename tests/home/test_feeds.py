"""Feeds, sitemap, robots: read by machines, through the same door."""

import json
from xml.etree import ElementTree

import pytest
from django.utils.html import escape

from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FEEDS = ["/flux/rss.xml", "/flux/atom.xml", "/flux/feed.json"]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def site(french, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://portraits.example"


def items(client, address):
    """(title, sentence, link) of each item, whatever the format."""
    body = client.get(address).content
    if address.endswith("json"):
        return [(row["title"], row["content_text"], row["url"]) for row in json.loads(body)["items"]]
    root = ElementTree.fromstring(body)  # noqa: S314  our own bytes
    if "atom" in address:
        return [
            (row.find(f"{ATOM}title").text, row.find(f"{ATOM}summary").text, row.find(f"{ATOM}link").get("href"))
            for row in root.iter(f"{ATOM}entry")
        ]
    return [(row.find("title").text, row.find("description").text, row.find("link").text) for row in root.iter("item")]


@pytest.mark.parametrize("address", FEEDS)
def test_an_item_says_who_what_and_where_and_nothing_more(client, address):
    factories.shown(Usage.SITE, sentence="Je plante & j’arrose <tout>.")
    factories.shown(Usage.ECRAN, first_name="Caché")
    factories.shown(Usage.SITE, first_name="English", language="en")
    link = "https://portraits.example/portraits/nadia/"
    sentence = "Je plante & j’arrose <tout>."
    assert items(client, address) == [
        ("Nadia, horticultrice, équipe des parcs", sentence if address.endswith("json") else escape(sentence), link)
    ]
    assert "enfants" not in client.get(address).content.decode()
    assert "/m/" not in client.get(address).content.decode()
    assert "testserver" not in client.get(address).content.decode()


@pytest.mark.parametrize("address", FEEDS)
def test_a_withdrawn_item_is_out_at_the_next_request(client, address):
    desk = factories.shown(Usage.SITE)
    before = client.get(address)
    factories.withdraw(desk, Usage.SITE)
    assert items(client, address) == []
    again = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert again.status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_an_empty_feed_is_steady(client, address):
    assert items(client, address) == []
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", FEEDS)
def test_headers(client, address):
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert response["X-Robots-Tag"] == "noindex, noimageindex"
    assert "Last-Modified" not in response
    assert "Vary" not in response
    assert not response.cookies


@pytest.mark.parametrize("address", [*FEEDS, "/sitemap.xml"])
@pytest.mark.parametrize("count", [3, 30])
def test_query_budget(client, address, count, django_assert_max_num_queries):
    factories.crowd(count, Usage.SITE, Usage.INDEXATION)
    with django_assert_max_num_queries(8):
        body = client.get(address).content.decode()
    assert body.count("/portraits/nadia") >= count


def listed(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314  our own bytes
    return [row.text.removeprefix("https://portraits.example") for row in root.iter(f"{SITEMAP}loc")]


def test_the_sitemap_lists_the_articles_and_those_who_said_yes_to_engines(client):
    factories.shown(Usage.SITE, Usage.INDEXATION)
    assert listed(client) == ["/", "/portraits/nadia/", "/en/"]


def test_the_sitemap_leaves_out_who_is_not_on_the_site_and_an_article_that_says_noindex(client):
    factories.shown(Usage.INDEXATION, first_name="Thanh")
    factories.shown(Usage.SITE, first_name="Carole")
    factories.shown(Usage.SITE, Usage.INDEXATION, first_name="Nadia")
    assert listed(client) == ["/portraits/nadia/", "/en/"]


def test_robots_forbids_nothing_and_names_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow" not in text
    assert "Sitemap: https://portraits.example/sitemap.xml" in text
