"""A special edition on the public site: its page, its band, its days, and nobody in it without a living consent."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from portraits.models import Edition, Portrait
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("french")]
SITE = Usage.SITE
PAGE = "/editions/elles-travaillent-pour-vous/"
TITLE = "Elles travaillent pour vous\u202f!"


def text(client, address=PAGE):
    return client.get(address).content.decode()


def test_its_page_is_framed_by_its_words_and_its_colour_in_its_order(client):
    nadia, ines = factories.shown(SITE, first_name="Zoé"), factories.shown(SITE, first_name="Inès")
    factories.shown(SITE, first_name="Ailleurs")
    factories.edition(ines, nadia, colour="piscine")
    html = text(client)
    assert TITLE in html
    assert "Le 8 mars, elles racontent leur métier." in html
    assert 'data-edition="piscine"' in html
    assert "Ailleurs" not in html
    walls = html.split('id="visages"')[1]
    assert walls.index("/portraits/ines/") < walls.index("/portraits/zoe/")
    assert '<article class="capsule' in walls


def test_while_it_is_on_the_article_has_its_band(client):
    desk = factories.shown(SITE)
    edition = factories.edition(desk)
    assert f'href="{PAGE}"' in text(client, "/")
    Edition.objects.filter(pk=edition.pk).update(first_day=timezone.localdate() + timedelta(days=1))
    assert PAGE not in text(client, "/")


def test_404_before_200_on_its_days_410_after(client):
    desk = factories.shown(SITE)
    today = timezone.localdate()
    factories.edition(desk, first_day=today + timedelta(days=2), last_day=today + timedelta(days=3))
    answers = []
    for days in (0, 2, 3, 4):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            answers.append(client.get(PAGE).status_code)
            over = text(client)
    assert answers == [404, 200, 200, 410]
    assert "Zoé" not in over
    assert client.get("/editions/inconnue/").status_code == 404


def test_a_withdrawal_leaves_the_page_and_the_band_at_once(client):
    nadia, ines = factories.shown(SITE, first_name="Zoé"), factories.shown(SITE, first_name="Inès")
    factories.edition(nadia, ines)
    factories.withdraw(nadia, SITE)
    html = text(client)
    assert "Zoé" not in html
    assert "Inès" in html
    factories.withdraw(ines, SITE)
    assert client.get(PAGE).status_code == 404  # without anybody it is not shown at all
    assert PAGE not in text(client, "/")


def test_a_yes_to_another_use_does_not_bring_into_it(client):
    factories.edition(factories.shown(Usage.ECRAN))
    assert client.get(PAGE).status_code == 404


def test_each_language_has_its_own_words_and_people(client):
    desk = factories.shown(SITE, first_name="Zoé")
    factories.edition(desk)
    assert client.get(f"/en{PAGE}").status_code == 404  # nobody yet in English
    assert "hreflang" not in text(client).split("<title>")[1].split("</head>")[0]
    other = factories.portrait("Nadja", language="en")
    Portrait.objects.filter(pk=other.pk).update(translation_key=desk.translation_key)
    factories.say(factories.ask(Portrait.objects.get(pk=other.pk), SITE), SITE)
    english = text(client, f"/en{PAGE}")
    assert "They work for you!" in english
    assert "Nadja" in english
    assert "Zoé" not in english
    assert f'href="/en{PAGE}"' in text(client)


def test_search_engines_may_list_it_only_if_everybody_says_so(client):
    nadia, ines = factories.shown(first_name="Zoé"), factories.shown(SITE, first_name="Inès")
    factories.edition(nadia, ines)
    response = client.get(PAGE)
    assert response["X-Robots-Tag"] == "noindex, noimageindex"
    assert 'content="noindex, noimageindex"' in response.content.decode()
    factories.withdraw(ines)
    assert "X-Robots-Tag" not in client.get(PAGE)


def test_it_is_kept_a_minute_and_never_past_its_last_midnight(client):
    factories.edition(factories.shown(SITE))
    response = client.get(PAGE)
    assert response["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert client.get(PAGE, headers={"If-None-Match": response["ETag"]}).status_code == 304
    midnight = (timezone.localtime() + timedelta(days=7)).replace(hour=0, minute=0, second=0, microsecond=0)
    with time_machine.travel(midnight - timedelta(seconds=20), tick=False):
        for address in (PAGE, "/"):
            assert client.get(address)["Cache-Control"] == "public, max-age=20, must-revalidate"


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize(("address", "budget"), [(PAGE, 15), ("/", 16)])
def test_query_budget(client, address, budget, count, django_assert_max_num_queries):
    factories.edition(*factories.crowd(count, SITE))
    with django_assert_max_num_queries(budget):
        html = text(client, address)
    assert html.count("<article") == count


def test_an_edition_that_ends_with_the_calendar_takes_no_page_down(client):
    factories.edition(factories.shown(SITE))
    Edition.objects.update(last_day=date.max)
    assert [client.get(address).status_code for address in ("/", PAGE)] == [200, 200]
