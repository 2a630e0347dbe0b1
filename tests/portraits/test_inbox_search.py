"""The inbox searched: what narrows the list, what it costs, and the searches that one keeps."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intranet.roles import COMMS, HR
from portraits import bravo, searching
from portraits.bravo import For
from portraits.models import Compliment, KeptSearch, Spot, Team
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_quotes import received

pytestmark = pytest.mark.django_db
PAGE = "/admin/compliments/chercher/"


@pytest.fixture
def client():
    return signed_in(COMMS)


def found(client, query):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return [line["row"].pk for line in answer.context["lines"]]


def test_it_is_one_tap_from_the_inbox_and_shows_nothing_before_it_is_asked(client):
    received()
    assert f'href="{PAGE}"' in client.get(reverse("portraits_inbox")).content.decode()
    answer = client.get(PAGE)
    assert (answer.context["lines"], answer.context["page"]) == ([], None)


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("mots=Équipe", [0]),
        ("mots=équipe+PATINOIRE", [0]),
        ("mots=équipe+piscine", []),
        ("mots=Gisèle", [1]),
        ("equipe=TEAM", [1]),
        ("lieu=SPOT", [2]),
        ("canal=phone", [1]),
        ("depuis=2026-03-02", [1, 2]),
        ("jusqu=2026-03-01", [0]),
        ("depuis=2026-03-02&jusqu=2026-03-02", [1]),
        ("rayon=a-trier&canal=web", [0, 2]),
        ("rayon=critiques&mots=équipe", []),
        ("mots=100%", []),
    ],
)
def test_each_field_narrows(client, query, which):
    team, spot = Team.objects.create(name="Patinoires"), Spot.objects.create(name="Parc Angrignon")
    rows = [
        received("L’équipe de la patinoire est un miroir de gentillesse."),
        received("Elle a été si patiente avec nous.", to_whom="Gisèle", channel="phone", team=team),
        received("Une belle journée au soleil, bravo.", spot=spot),
    ]
    for day, row in enumerate(rows, 1):
        noon = timezone.make_aware(timezone.datetime(2026, 3, day, 12))
        Compliment.objects.filter(pk=row.pk).update(received_at=noon)
    query = query.replace("TEAM", str(team.pk)).replace("SPOT", str(spot.pk))
    assert sorted(found(client, query)) == [rows[one].pk for one in which]


def test_what_one_may_not_read_is_not_found(client):
    nadia = factories.person()
    key, words = "k" * 22, "Tu as replacé chaque bac le long de la serre."
    bravo.give(
        words,
        wall=False,
        writer=factories.person("Carole"),
        to=For(person=nadia),
        key=key,
        language="fr-ca",
        at=timezone.now(),
    )
    assert found(client, "mots=serre") == []


@pytest.mark.parametrize("query", ["depuis=hier", "depuis=2026-03-02&jusqu=2026-03-01", "equipe=999", "rayon=ailleurs"])
def test_what_cannot_be_read_is_said_beside_its_field(client, query):
    answer = client.get(f"{PAGE}?{query}")
    assert (answer.status_code, answer.context["lines"]) == (200, [])
    assert answer.context["form"].errors
    assert 'name="nom"' not in answer.content.decode()


def test_a_search_is_kept_under_a_name_found_again_and_forgotten(client):
    row = received("Le glissoire de la piscine, quel bonheur !")
    query = f"rayon=tous&mots={quote('piscine')}"
    client.post(f"{PAGE}?{query}", {"nom": "  Piscine,   cet été "})
    one = KeptSearch.objects.get()
    assert (one.name, one.query) == ("Piscine, cet été", "mots=piscine&rayon=tous")
    html = client.get(PAGE).content.decode()
    assert 'href="?mots=piscine&amp;rayon=tous"' in html
    assert found(client, one.query) == [row.pk]
    client.post(f"{PAGE}?mots=patinoire", {"nom": "Piscine, cet été"})
    assert KeptSearch.objects.get().query == "mots=patinoire&rayon=tous"
    other = signed_in(HR, username="autre")
    assert other.get(PAGE).context["kept"].count() == 0
    other.post(PAGE, {"oublier": one.pk})
    assert KeptSearch.objects.exists()
    client.post(PAGE, {"oublier": one.pk})
    assert not KeptSearch.objects.exists()


def test_there_is_a_bound_and_it_is_said(client):
    for number in range(searching.MOST):
        client.post(f"{PAGE}?mots=a{number}", {"nom": f"Recherche {number}"})
    answer = client.post(f"{PAGE}?mots=trop", {"nom": "Une de trop"}, follow=True)
    assert "oubliez-en une" in answer.content.decode()
    assert found(client, "mots=trop") == []
    assert KeptSearch.objects.count() == searching.MOST
    client.post(f"{PAGE}?mots=trop", {"nom": " "})
    assert KeptSearch.objects.count() == searching.MOST


def test_pages_go_on_within_the_search(client):
    for number in range(52):
        received(f"Merci pour la piscine, chère équipe, numéro {number}.")
    page = client.get(f"{PAGE}?mots=piscine").content.decode()
    assert "52 messages" in page
    assert 'href="?mots=piscine&amp;rayon=tous&amp;p=2"' in page
    assert len(found(client, "mots=piscine&p=2")) == 2


@pytest.mark.parametrize("asked", ["mots=merci", "equipe=1"])
def test_it_costs_the_same_for_few_and_for_many(client, asked):
    counts = []
    team = Team.objects.create(pk=1, name="Parcs")
    client.get(f"{PAGE}?{asked}")
    for many in (3, 27):
        for number in range(many):
            received(f"Merci à toute l’équipe des parcs, {many} {number}.", team=team)
            KeptSearch.objects.get_or_create(by_id=client.session["_auth_user_id"], name=f"Recherche {number % 9}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert found(client, asked)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_the_days_are_those_of_the_city(client):
    row = received("Merci pour la soirée des neiges au parc.")
    late = timezone.make_aware(timezone.datetime(2026, 3, 1, 23, 30))
    Compliment.objects.filter(pk=row.pk).update(received_at=late)
    assert found(client, "depuis=2026-03-01&jusqu=2026-03-01") == [row.pk]
    assert found(client, f"depuis={late.date() + timedelta(days=1)}") == []
