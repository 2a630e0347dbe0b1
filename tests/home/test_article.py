"""The article: what it shows, to whom, at what price, and for how long it may be kept."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Page

from home import arrange
from home.models import HomePage
from home.publish import open_site
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def page(client, address="/"):
    response = client.get(address)
    return response, response.content.decode()


def test_it_gathers_the_capsules_of_its_usage_and_language_only(client, french):
    factories.shown(Usage.SITE, first_name="Nadia")
    factories.shown(Usage.ECRAN, first_name="Caché")
    factories.shown(Usage.SITE, first_name="Rejane", language="en")
    response, html = page(client)
    assert response.status_code == 200
    assert "Nadia" in html
    assert 'href="/portraits/nadia/"' in html
    assert "Caché" not in html
    assert "Rejane" not in html
    assert "Rejane" in page(client, "/en/")[1]


def test_nobody_yet_is_a_kind_page(client, french):
    response, html = page(client)
    assert response.status_code == 200
    assert 'class="wide soon"' in html
    assert html.count('<div class="photo"></div>') == 5
    assert "visages" not in html.split("<main>")[0].replace("visages pour", "")


def test_a_withdrawal_is_seen_by_the_next_request(client, french):
    desk = factories.shown(Usage.SITE)
    assert "Nadia" in page(client)[1]
    factories.withdraw(desk, Usage.SITE)
    assert "Nadia" not in page(client)[1]


def test_a_pair_is_shown_over_the_whole_width_with_two_bandeaux(client, french):
    people = [factories.person("Ousmane"), factories.person("Morris", kind="resident")]
    second = factories.photo((10, 120, 60))
    factories.shown(
        Usage.SITE,
        first_name="Ousmane",
        people=people,
        partner_name="Morris",
        partner_photo=second,
        partner_alt="Morris.",
    )
    html = page(client)[1]
    assert html.count('class="pair"') == 1
    assert "Je travaille pour vous…" in html
    assert "Morris\u202f!" in html
    assert "/duo-p1200.jpg" in html
    assert "/duo-p1200.jpg" in page(client, "/portraits/ousmane/")[1]


def test_a_name_of_18_letters_has_its_size(client, french):
    factories.shown(Usage.SITE, first_name="Marie-Ève-Élisabet")
    assert "n18" in page(client)[1]
    assert '<h1 class="n18">Marie-Ève-Élisabet</h1>' in page(client, "/portraits/marie-eve-elisabet/")[1]


def test_words_are_escaped(client, french):
    factories.shown(Usage.SITE, first_name="<b>Léa</b>", job="</title><script>", sentence='Je "teste" <i>tout</i>.')
    for address in ("/", "/portraits/bleab/"):
        html = page(client, address)[1]
        assert "<b>L" not in html
        assert "<script>" not in html
        assert "<i>tout" not in html


@pytest.mark.parametrize(("address", "language"), [("/", "fr-ca"), ("/en/", "en")])
@pytest.mark.parametrize("count", [3, 30])
def test_query_budget(client, french, count, address, language, django_assert_max_num_queries):
    factories.crowd(count, Usage.SITE, language=language)
    with django_assert_max_num_queries(15):
        html = page(client, address)[1]
    assert html.count("<article") == count


# -- caches


def max_age(response):
    return int(response["Cache-Control"].split("max-age=")[1].split(",")[0])


def test_it_may_be_kept_a_minute_and_sets_no_cookie(client, french):
    factories.shown(Usage.SITE)
    response = page(client)[0]
    assert response["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert "Vary" not in response
    assert not response.cookies
    again = client.get("/", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert again["Cache-Control"] == "public, max-age=60, must-revalidate"


def test_an_employee_gets_the_same_bytes(client, french):
    factories.shown(Usage.SITE)
    anonymous = page(client)[0]
    client.force_login(factories.user())
    signed_in = page(client)[0]
    assert signed_in["ETag"] == anonymous["ETag"]
    assert "Vary" not in signed_in


@pytest.mark.parametrize("address", ["/", "/portraits/nadia/", "/flux/rss.xml", "/flux/feed.json", "/sitemap.xml"])
def test_nothing_is_kept_past_the_end_of_a_consent(client, french, address):
    start = timezone.now().replace(microsecond=0)
    version = factories.ask(factories.portrait(), Usage.SITE, Usage.INDEXATION, at=start)
    factories.say(version, Usage.SITE, Usage.INDEXATION, at=start, days=1)
    with time_machine.travel(start + timedelta(days=1, seconds=-20), tick=False):
        response = client.get(address)
        assert "Nadia" in response.content.decode() or "nadia" in response.content.decode()
        assert max_age(response) == 20
    with time_machine.travel(start + timedelta(days=1), tick=False):
        response = client.get(address)
        assert "Nadia" not in response.content.decode()
        assert "portraits/nadia" not in response.content.decode()


def test_nothing_is_kept_past_a_scheduled_start(client, french):
    start = timezone.now().replace(microsecond=0)
    version = factories.ask(factories.portrait(), Usage.SITE, at=start)
    factories.say(version, Usage.SITE, at=start + timedelta(minutes=5))
    with time_machine.travel(start + timedelta(minutes=4, seconds=50), tick=False):
        assert max_age(client.get("/")) == 10


# -- search engines


def test_engines_are_asked_to_stay_away_while_one_face_did_not_say_yes_to_them(client, french):
    factories.shown(Usage.SITE, Usage.INDEXATION, first_name="Nadia")
    response, html = page(client)
    assert "X-Robots-Tag" not in response
    assert "noindex" not in html
    factories.shown(Usage.SITE, first_name="Carole")
    response, html = page(client)
    assert response["X-Robots-Tag"] == "noindex, noimageindex"
    assert '<meta name="robots" content="noindex, noimageindex">' in html


# -- languages


def test_english_answers_in_english_and_each_page_leads_to_the_other(client, french):
    html = page(client)[1]
    assert '<html lang="fr-CA"' in html
    assert 'href="/en/" lang="en"' in html
    html = page(client, "/en/")[1]
    assert '<html lang="en-CA"' in html
    assert "Behind every" in html
    assert 'href="/" lang="fr"' in html


@pytest.mark.parametrize("absent", ["unpublished", "deleted"])
def test_without_an_english_page_there_is_no_english_address_nor_switch(client, french, absent):
    english = HomePage.objects.get(locale__language_code="en")
    english.unpublish() if absent == "unpublished" else english.delete()
    assert client.get("/en/").status_code == 404
    assert 'href="/en/"' not in page(client)[1]
    assert 'hreflang="en' not in page(client)[1]


def test_an_unpublished_article_is_not_served(client, french):
    factories.shown(Usage.SITE)
    french.unpublish()
    assert client.get("/").status_code == 404
    assert client.get("/portraits/nadia/").status_code == 404


# -- opening the site


def test_opening_twice_changes_the_address_only(french):
    french.intro_title = "Autre titre."
    french.save_revision().publish()
    again = open_site("127.0.0.1", 8010)
    assert again.pk == french.pk
    assert again.intro_title == "Autre titre."
    assert HomePage.objects.count() == 2
    assert {str(site.port) for site in again.get_site().__class__.objects.all()} == {"8010"}
    assert not Page.objects.exclude(depth=1).not_type(HomePage).exists()


# -- previews


def test_an_editor_sees_the_draft_of_the_article(client, french):
    factories.shown(Usage.SITE)
    french.intro_title = "Un brouillon que personne ne voit."
    french.save_revision()
    client.force_login(factories.user("root", is_superuser=True))
    response = client.get(f"/admin/pages/{french.pk}/view_draft/")
    assert response.status_code == 200
    assert "Un brouillon que personne ne voit." in response.content.decode()
    assert "Nadia" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "Un brouillon" not in page(client)[1]


def test_the_preview_of_the_english_article_is_english(client, french):
    english = HomePage.objects.get(locale__language_code="en")
    client.force_login(factories.user("root", is_superuser=True))
    html = client.get(f"/admin/pages/{english.pk}/view_draft/").content.decode()
    assert '<html lang="en-CA"' in html
    assert "I work" in html


def test_editors_find_the_two_texts_with_their_help(client, french):
    client.force_login(factories.user("root", is_superuser=True))
    html = client.get(f"/admin/pages/{french.pk}/edit/").content.decode()
    assert 'name="intro_title"' in html
    assert 'name="intro_text"' in html


# -- layout


def test_no_row_is_left_with_one_card():
    for count in range(60):
        rows = arrange.widths(count)
        assert sum(map(len, rows)) == count
        assert all(sum(row) == 12 for row in rows)
        assert count < 2 or all(len(row) > 1 for row in rows)


def test_steps_always_rise_by_five():
    assert arrange.steps([]) == (None,) * 5
    assert arrange.steps(["new", "old"]) == (None, None, None, "old", "new")
    assert arrange.steps(list("abcdefg")) == tuple("edcba")
