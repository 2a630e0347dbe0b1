"""One capsule's page: 200, 410 or 404; its head, its neighbours, its language, among the public and among colleagues."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from home.models import HomePage
from portraits import gate, hiding, renderings
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("french")]
NADIA = "/portraits/nadia/"


def text(response):
    return response.content.decode()


def test_the_page_says_everything_that_was_consented_to(client):
    factories.shown(Usage.SITE)
    html = text(client.get(NADIA))
    assert '<h1 class="n6">Nadia</h1>' in html
    assert "Horticultrice, équipe des parcs" in html
    assert "Je plante 1400 vivaces par printemps." in html
    assert "c’est quand les enfants s’arrêtent" in html
    assert "Nadia, en salopette verte, sourit entre les rangs de la serre." in html
    assert "Je travaille pour vous\u202f!" in html


def test_the_head_is_absolute_and_comes_from_the_capsule(client, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://portraits.example"
    factories.shown(Usage.SITE)
    (capsule,) = gate.capsules(Usage.SITE, at=timezone.now())
    html = text(client.get(NADIA))
    assert '<link rel="canonical" href="https://portraits.example/portraits/nadia/">' in html
    image = f"https://portraits.example{capsule.picture.base}p1200.jpg"
    assert f'<meta property="og:image" content="{image}">' in html
    assert client.get(image.removeprefix("https://portraits.example")).status_code == 200
    assert '<meta property="og:title" content="Nadia, horticultrice, équipe des parcs">' in html
    assert '<meta name="description" content="Je plante 1400 vivaces par printemps.' in html


def test_a_draft_without_a_photograph_can_be_previewed():
    desk = factories.portrait()
    desk.photo = None
    for usage in (Usage.SITE, Usage.INDEXATION, Usage.INTRANET):
        assert "Nadia" in renderings.render(usage, desk.draft_capsule()).body.decode()


def test_neighbours_follow_the_article_and_never_name_somebody_who_left(client):
    factories.shown(Usage.SITE, first_name="Carole")
    diego = factories.shown(Usage.SITE, first_name="Diego")
    factories.shown(Usage.SITE, first_name="Nadia")
    html = text(client.get("/portraits/diego/"))
    assert 'href="/portraits/nadia/" rel="prev"' in html
    assert 'href="/portraits/carole/" rel="next"' in html
    assert 'rel="prev"' not in text(client.get(NADIA))
    assert 'rel="next"' not in text(client.get("/portraits/carole/"))
    factories.withdraw(diego, Usage.SITE)
    assert 'href="/portraits/carole/" rel="next"' in text(client.get(NADIA))


def test_alone_there_is_no_neighbour(client):
    factories.shown(Usage.SITE)
    assert 'class="next"' not in text(client.get(NADIA))


@pytest.mark.parametrize(("prefix", "language"), [("", "fr-ca"), ("/en", "en")])
@pytest.mark.parametrize("count", [3, 30])
def test_query_budget(client, count, prefix, language, django_assert_max_num_queries):
    factories.crowd(count, Usage.SITE, language=language)
    with django_assert_max_num_queries(13):
        response = client.get(f"{prefix}/portraits/nadia1/")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("sentence", "story", "expected"),
    [
        ("Court.", "Fini.", "Court. Fini."),
        (
            "Je plante des fleurs partout où je le peux, et même ailleurs.",
            f"Une phrase entière ici. {'mot ' * 40}",
            None,
        ),
        ("Je plante.", "mot " * 60, None),
    ],
)
def test_the_description_ends_with_a_sentence_or_a_word(client, sentence, story, expected):
    factories.shown(Usage.SITE, sentence=sentence, story=story)
    description = text(client.get(NADIA)).split('name="description" content="')[1].split('"')[0]
    assert len(description) <= 155
    assert description == expected or description.endswith(("ici.", "mot…"))


# -- 410 and 404


def test_never_public_is_404_like_an_unknown_address(client):
    factories.ask(factories.portrait("Nadia"), Usage.SITE)
    factories.shown(Usage.ECRAN, first_name="Carole")
    pages = [client.get(address) for address in (NADIA, "/portraits/carole/", "/portraits/personne/")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_a_withdrawal_is_410_without_a_name_the_same_for_everybody(client):
    for name in ("Nadia", "Réjean"):
        factories.withdraw(factories.shown(Usage.SITE, first_name=name), Usage.SITE)
    first, second = client.get(NADIA), client.get("/portraits/rejean/")
    assert first.status_code == second.status_code == 410
    assert first.content == second.content
    assert b"Nadia" not in first.content
    assert b"nadia" not in first.content
    assert first["Cache-Control"] == "no-store"
    assert "noindex" in first["X-Robots-Tag"]
    assert "ETag" not in first
    assert "Vary" not in first


def test_an_end_and_a_hide_are_the_same_410(client):
    start = timezone.now() - timedelta(days=2)
    version = factories.ask(factories.portrait("Nadia"), Usage.SITE, at=start)
    factories.say(version, Usage.SITE, at=start, days=1)
    hidden = factories.shown(Usage.SITE, first_name="Carole")
    hiding.hide(hidden, by=factories.user(), at=timezone.now())
    ended, stopped = client.get(NADIA), client.get("/portraits/carole/")
    assert ended.status_code == stopped.status_code == 410
    assert ended.content == stopped.content


def test_a_new_yes_opens_the_same_address_again(client):
    desk = factories.shown(Usage.SITE)
    factories.withdraw(desk, Usage.SITE)
    factories.say(factories.ask(desk, Usage.SITE), Usage.SITE)
    assert client.get(NADIA).status_code == 200


# -- search engines


def test_noindex_until_the_person_said_yes_to_engines_for_this_very_version(client):
    desk = factories.shown(Usage.SITE, Usage.INDEXATION)
    response = client.get(NADIA)
    assert "X-Robots-Tag" not in response
    assert "noindex" not in text(response)
    factories.say(factories.ask(desk, Usage.SITE, Usage.INDEXATION), Usage.SITE)
    response = client.get(NADIA)
    assert response["X-Robots-Tag"] == "noindex, noimageindex"
    assert '<meta name="robots" content="noindex, noimageindex">' in text(response)


# -- languages


def test_the_other_language_is_offered_only_while_it_is_visible(client):
    nadia = [factories.person()]
    french = factories.shown(Usage.SITE, people=nadia)
    factories.shown(Usage.SITE, language="en", first_name="Noor")
    assert "hreflang" not in text(client.get(NADIA))
    english = factories.shown(Usage.SITE, language="en", people=nadia, translation_key=french.translation_key)
    assert 'href="/en/portraits/nadia/"' in text(client.get(NADIA))
    html = text(client.get("/en/portraits/nadia/"))
    assert '<html lang="en-CA"' in html
    assert "I work for you!" in html
    assert 'href="/portraits/nadia/" lang="fr"' in html
    factories.withdraw(english, Usage.SITE)
    assert "hreflang" not in text(client.get(NADIA))
    assert client.get("/en/portraits/nadia/").status_code == 410


def test_no_switch_to_a_language_whose_article_is_not_published(client):
    nadia = [factories.person()]
    french = factories.shown(Usage.SITE, people=nadia)
    factories.shown(Usage.SITE, language="en", people=nadia, translation_key=french.translation_key)
    HomePage.objects.get(locale__language_code="en").unpublish()
    assert "hreflang" not in text(client.get(NADIA))
    assert client.get("/en/portraits/nadia/").status_code == 404


def test_a_portrait_in_one_language_is_unknown_in_the_other(client):
    factories.shown(Usage.SITE)
    assert client.get("/en/portraits/nadia/").status_code == 404


# -- among colleagues


@pytest.fixture
def employee(client):
    client.force_login(factories.user("sylvie", first_name="Sylvie"))
    return client


def test_colleagues_sign_in_first(client):
    factories.shown(Usage.INTRANET)
    assert client.get("/intranet/portraits/nadia/").status_code == 302
    assert client.get("/intranet/").status_code == 302


def test_a_colleague_sees_the_intranet_s_own_picture_kept_nowhere(employee):
    factories.shown(Usage.INTRANET)
    response = employee.get("/intranet/portraits/nadia/")
    html = text(response)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "/m/intranet/" in html
    assert "/m/site/" not in html
    assert "og:" not in html
    assert "canonical" not in html
    assert employee.get(NADIA).status_code == 404


def test_among_colleagues_too_410_after_a_withdrawal_and_404_before(employee):
    factories.withdraw(factories.shown(Usage.INTRANET), Usage.INTRANET)
    factories.shown(Usage.SITE, first_name="Carole")
    gone = employee.get("/intranet/portraits/nadia/")
    assert gone.status_code == 410
    assert 'href="/intranet/"' in text(gone)
    assert employee.get("/intranet/portraits/carole/").status_code == 404


# -- renderings


def test_what_the_person_is_shown_is_the_page_that_serves(client):
    factories.shown(Usage.SITE, Usage.INDEXATION)
    (capsule,) = gate.capsules(Usage.SITE, at=timezone.now())
    rendering = renderings.render(Usage.SITE, capsule)
    assert rendering.shape == "page"
    assert rendering.body == client.get(NADIA).content
    with translation.override("en"):
        assert renderings.render(Usage.SITE, capsule) == rendering


def test_colleagues_rendering_is_their_page(employee):
    factories.shown(Usage.INTRANET)
    (capsule,) = gate.capsules(Usage.INTRANET, at=timezone.now())
    served = employee.get("/intranet/portraits/nadia/").content
    assert renderings.render(Usage.INTRANET, capsule).body == served


def test_the_engines_rendering_has_the_words_of_the_real_head(client):
    factories.shown(Usage.SITE, Usage.INDEXATION)
    (capsule,) = gate.capsules(Usage.SITE, at=timezone.now())
    body = renderings.render(Usage.INDEXATION, capsule).body.decode()
    html = text(client.get(NADIA))
    description = html.split('name="description" content="')[1].split('"')[0]
    title = html.split("<title>")[1].split("</title>")[0]
    assert description in body
    assert title in body
    assert capsule.picture.url("p400") in body
