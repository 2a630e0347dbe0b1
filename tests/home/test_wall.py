"""What an employee sees first, the way in, and the pages that say no."""

import pytest
from django.template.loader import render_to_string

from portraits.usages import Usage
from tests import factories
from tests.infolettre import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("french")]


@pytest.fixture
def employee(client):
    client.force_login(factories.user("sylvie", first_name="Sylvie"))
    return client


def test_the_wall_greets_and_shows_who_said_yes_among_colleagues(employee):
    factories.shown(Usage.INTRANET, first_name="Nadia")
    factories.shown(Usage.SITE, first_name="Carole")
    response = employee.get("/intranet/")
    html = response.content.decode()
    assert "Sylvie" in html
    assert 'href="/intranet/portraits/nadia/"' in html
    assert "Carole" not in html
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_the_newest_pair_comes_on_top(employee):
    people = [factories.person("Ousmane"), factories.person("Morris", kind="resident")]
    factories.shown(
        Usage.INTRANET,
        first_name="Ousmane",
        sentence="Je réveille la ruelle.",
        people=people,
        partner_name="Morris",
        partner_photo=factories.photo((9, 90, 9)),
        partner_alt="Morris.",
    )
    factories.shown(Usage.INTRANET, first_name="Nadia")
    html = employee.get("/intranet/").content.decode()
    assert "Je réveille la ruelle." in html.split('class="faces"')[0]
    assert "/duo-" in html.split('class="faces"')[0]
    assert "/duo-" not in html.split('class="faces"')[1]


def test_nobody_yet_is_a_kind_wall(employee):
    response = employee.get("/intranet/")
    assert response.status_code == 200
    assert 'class="faces"' not in response.content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_query_budget(employee, count, django_assert_max_num_queries):
    factories.crowd(count, Usage.INTRANET)
    with django_assert_max_num_queries(9):
        employee.get("/intranet/")


def test_sign_in_leads_to_the_wall_and_sign_out_to_the_site(client):
    factories.user("sylvie")
    page = client.get("/connexion/")
    assert 'autocomplete="current-password"' in page.content.decode()
    assert client.post("/connexion/", {"username": "sylvie", "password": "non"}).status_code == 200
    entered = client.post("/connexion/", {"username": "sylvie", "password": "motdepasse"})
    assert entered["Location"] == "/intranet/"
    assert 'action="/deconnexion/"' in client.get("/intranet/").content.decode()
    assert client.post("/deconnexion/")["Location"] == "/"
    assert client.get("/intranet/").status_code == 302


def test_sign_in_leads_back_to_the_page_that_was_asked(client):
    factories.user("sylvie")
    asked = client.get("/intranet/portraits/nadia/")["Location"]
    assert 'value="/intranet/portraits/nadia/"' in client.get(asked).content.decode()


def test_the_page_of_an_error_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        html = render_to_string("500.html")
    assert "<h1>" in html
    assert 'data-edition="cone"' in html


@pytest.mark.parametrize("address", ["/nope/", "/portraits/../x/", "/images/x/", "/fr-ca/", "/intranet/nope/"])
def test_an_unknown_address_is_404_in_the_look(client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "notice.css" in response.content.decode()


def test_a_form_that_waited_too_long_says_so():
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/connexion/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "notice.css" in response.content.decode()


def test_public_pages_carry_no_inline_script_nor_style(client):
    factories.shown()
    client.force_login(factories.user("sylvie"))
    for address in (
        "/",
        "/portraits/nadia/",
        "/en/",
        "/connexion/",
        "/intranet/",
        "/intranet/portraits/nadia/",
        "/nope/",
    ):
        html = client.get(address).content.decode()
        assert "<script" not in html, address
        assert "<style" not in html, address
        assert " style=" not in html, address
        assert "http://" not in html.replace("http://127.0.0.1:8000", ""), address


def test_the_latest_issue_is_offered_once_one_has_left(employee):
    assert 'id="infolettre"' not in employee.get("/intranet/").content.decode()
    make.list_of("Samir")
    issue = make.issue(title="La ruelle se réveille", words={})
    assert "La ruelle se réveille" not in employee.get("/intranet/").content.decode()
    make.start(issue)
    html = employee.get("/intranet/").content.decode()
    assert "La ruelle se réveille" in html
    assert f'href="/infolettre/{issue.number}/"' in html
