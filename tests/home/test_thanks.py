"""« Dire merci »: what arrives without a script, what is said kindly when something is wrong, and what makes us doubt."""

import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.utils import timezone
from PIL import Image

from intranet.models import Letter
from portraits import doubting, gate, inbox, sorting
from portraits.models import Compliment, Person, Spot, Team, Version
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("french")]
WORDS = "Nadia a aidé ma mère à traverser la rue. Merci pour sa patience !"


def opened(client, path="/merci/"):
    """The ticket of a page, as it was opened a minute ago."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        response = client.get(path)
    assert response.status_code == 200
    return re.search(r'name="billet" value="([^"]+)"', response.content.decode())[1]


def send(client, words=WORDS, path="/merci/", *, ticket=None, **fields):
    return client.post(path, {"mot": words, "billet": ticket or opened(client, path), **fields})


def text(response, status=200):
    assert response.status_code == status, response.status_code
    return response.content.decode()


def test_it_arrives_without_a_script_a_cookie_or_anything_but_words(client):
    response = send(client)
    assert response.status_code == 303
    row = Compliment.objects.get()
    assert (row.original, row.suspicion, row.colleagues, row.public) == (WORDS, 0, "", "")
    assert row.signature == inbox.Signature.ANONYMOUS
    assert not client.cookies
    page = text(client.get(response.headers["Location"]))
    assert row.reference in page
    assert WORDS[:10] not in page + response.headers["Location"]


def test_all_that_was_said_is_kept(client):
    spot, team = Spot.objects.create(name="Parc Angrignon"), Team.objects.create(name="Parcs")
    fields = {
        "lieu": spot.pk,
        "ailleurs": "Près du kiosque",
        "jour": "2026-06-21",
        "prenom": "Nadia",
        "equipe": team.pk,
        "contact": "huguette@voisine.example",
        "signature": "first_name",
        "signe": "Huguette",
        "quartier": "Émard",
        "colleagues": "yes",
        "public": "no",
        "photo": picture(900, 700),
    }
    assert send(client, **fields).status_code == 303
    row = Compliment.objects.get()
    assert (row.spot, row.team, row.elsewhere, row.to_whom) == (spot, team, "Près du kiosque", "Nadia")
    assert (row.happened_on, row.colleagues, row.public) == (date(2026, 6, 21), "yes", "no")
    assert (row.writer.first_name, row.district, row.writer.email) == ("Huguette", "Émard", "huguette@voisine.example")
    with Image.open(row.attachment.path) as image:
        assert image.size == (900, 700)
    with pytest.raises(NotImplementedError):
        row.attachment.url  # noqa: B018  private: it has no address
    letter = Letter.objects.get(to="huguette@voisine.example")
    assert row.reference in letter.body
    assert "/consentement/" in letter.body
    assert WORDS[:10] not in letter.body


def test_a_telephone_is_kept_and_nothing_is_mailed(client):
    send(client, contact="514 555-0142")
    assert Compliment.objects.get().writer.phone == "514 555-0142"
    assert not Letter.objects.exists()


def page_of(client, response):
    """The page that follows, without the number of its message."""
    html = text(client.get(response.headers["Location"]))
    return re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}", "", html)


def test_nobody_is_mailed_more_than_three_times_a_day_and_the_page_stays_the_same(client):
    addresses = [f"10.0.{number}.1" for number in range(5)]
    sent = [
        send(
            client,
            f"{WORDS} {one}",
            contact="Victime@voisine.example" if number % 2 else "victime@voisine.example",
            REMOTE_ADDR=one,
        )
        for number, one in enumerate(addresses)
    ]
    assert not Compliment.objects.filter(suspicion__gt=0).exists()
    assert Letter.objects.count() == 3
    assert len({page_of(client, one) for one in sent}) == 1
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        send(client, f"{WORDS} demain", contact="victime@voisine.example", REMOTE_ADDR="10.0.9.1")
    assert Letter.objects.count() == 4


def test_what_waits_on_the_shelf_of_robots_mails_nobody_and_the_page_stays_the_same(client):
    kept = send(client, contact="voisine@voisine.example")
    robot = send(client, f"{WORDS} Encore.", contact="victime@voisine.example", siteweb="https://x.example")
    assert Compliment.objects.latest("pk").suspicion >= sorting.SUSPECT
    assert [one.to for one in Letter.objects.all()] == ["voisine@voisine.example"]
    assert page_of(client, robot) == page_of(client, kept)


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Huguette", "Bonjour Huguette,"),
        ("Gagnez 500$: http://mal.example/x", "Bonjour,"),
        ("Gagnez de grosses sommes", "Bonjour,"),
    ],
)
def test_nobody_is_greeted_with_a_sentence(client, name, greeting):
    send(client, contact="victime@voisine.example", signe=name, signature="anonymous")
    body = Letter.objects.get().body
    assert body.startswith(f"{greeting}\n")
    assert "Gagnez" not in body


def picture(width, height):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


@pytest.mark.parametrize("size", [(4032, 3024), (3072, 4080)])
def test_what_a_telephone_calls_twelve_megapixels_is_taken(client, size):
    send(client, photo=picture(*size))
    assert Compliment.objects.get().attachment


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("photo", (4160, 3120)),  # 13 megapixels
        ("contact", "pas une adresse"),
        ("contact", "a@b"),
        ("jour", "2999-01-01"),
        ("jour", "hier"),
        ("signature", "first_name"),
        ("mot", "é" * 2001),
        ("mot", " "),
    ],
)
def test_something_wrong_is_said_and_no_word_is_lost(client, field, value):
    fields = {field: picture(*value) if field == "photo" else value, "prenom": "Nadiazqx", "public": "yes"}
    response = client.post("/merci/", {"mot": WORDS, "billet": opened(client), **fields})
    html = text(response)
    assert 'role="alert"' in html
    assert 'value="Nadiazqx"' in html
    assert 'name="public" value="yes" checked' in html
    assert (value if field == "mot" else WORDS).strip() in html
    assert not Compliment.objects.exists()
    fixed = client.post("/merci/", {"mot": WORDS, "billet": re.search(r'"billet" value="([^"]+)', html)[1]})
    assert fixed.status_code == 303
    assert Compliment.objects.get().suspicion == 0


def test_too_long_says_how_much(client):
    assert re.search(r"2.314.*314", text(send(client, "é" * 2314)))


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script> merci", "شكرا لكم جميعا", "Bravo 👩\u200d🌾 !", "Mer\u202eci \x00beaucoup"]
)
def test_anything_is_text(client, words):
    send(client, words)
    assert Compliment.objects.get().original == inbox.legible(words)
    html = text(send(client, words, contact="x"))
    assert "<script>alert" not in html


@pytest.mark.parametrize("name", ["Gagnez 500$: http://mal.example/x", "514 555-0142", "Nadia Tremblay dort au bureau"])
def test_a_signature_that_is_no_first_name_is_said_and_refused_only_where_it_would_sign(client, name):
    fields = {"signe": name, "quartier": "514 555-0142", "contact": ""}
    html = text(send(client, signature="first_name", **fields))
    assert 'id="signe-faux"' in html
    assert WORDS in html
    assert not Compliment.objects.exists()
    assert send(client, signature="anonymous", **fields).status_code == 303
    assert Compliment.objects.get().original == WORDS


# -- nothing is ticked beforehand, and nothing tells who is hidden


def test_nothing_is_ticked(client):
    assert " checked" not in text(client.get("/merci/"))


def test_the_place_of_a_poster_is_filled_in(client):
    spot = Spot.objects.create(name="Bibliothèque")
    assert f'value="{spot.pk}" selected' in text(client.get(f"/merci/?place={spot.pk}"))
    assert " selected" not in text(client.get("/merci/?place=<script>"))


def test_from_a_capsule_it_is_for_that_person(client):
    desk = factories.shown(Usage.SITE, at=timezone.now() - timedelta(hours=1))
    html = text(client.get("/merci/nadia/"))
    assert "/m/site/" in html
    assert 'name="prenom"' not in html
    ticket = opened(client, "/merci/nadia/")
    send(client, path="/merci/nadia/", ticket=ticket)
    assert Compliment.objects.get().portrait_id == desk.pk


def test_who_withdraws_meanwhile_still_receives_the_words(client):
    desk = factories.shown(Usage.SITE, at=timezone.now() - timedelta(hours=1))
    ticket = opened(client, "/merci/nadia/")
    factories.withdraw(desk)
    assert send(client, path="/merci/nadia/", ticket=ticket).status_code == 303
    assert Compliment.objects.get().portrait_id == desk.pk


def test_a_hidden_portrait_and_nobody_are_the_same_page(client):
    factories.withdraw(factories.shown(Usage.SITE))
    assert Version.objects.filter(slug="nadia").exists()

    def page(path):
        response = client.get(path)
        headers = {name: value for name, value in response.items() if name != "Content-Length"}
        return re.sub(r'"billet" value="[^"]+"', "", text(response)), headers

    assert page("/merci/nadia/") == page("/merci/personne/")


def test_in_english(client):
    html = text(client.get("/en/merci/"))
    assert "What happened?" in html
    assert 'lang="en-CA"' in html
    assert send(client, "Thank you so much!", path="/en/merci/").headers["Location"].startswith("/en/merci/recu/")
    assert Compliment.objects.get().language == "en"


# -- doubts


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"siteweb": "https://x.example"}, WORDS),
        ({"ticket": "n’importe quoi"}, WORDS),
        ({}, "Merci http://a.example http://b.example"),
        ({}, "Вravo à toute l’équipe"),
    ],
)
def test_a_machine_arrives_lower_and_is_never_refused(client, fields, words):
    assert send(client, words, **fields).status_code == 303
    assert Compliment.objects.get().suspicion > 0


def test_a_number_of_five_thousand_figures_is_no_place_and_no_team(client):
    figures = "9" * 5000
    assert client.post("/merci/", {"mot": WORDS, "lieu": figures, "equipe": figures}).status_code == 303


def test_a_machine_without_any_field_of_the_page_gets_an_answer(client):
    assert client.post("/merci/", {}).status_code == 200
    assert client.post("/merci/", {"mot": WORDS, "lieu": "x" * 5000, "equipe": "²", "public": "yes"}).status_code == 303
    assert client.post("/merci/recu/inconnu/").status_code == 404


@pytest.mark.parametrize(("seconds", "doubted"), [(1, True), (4, False), (86_000, False), (90_000, True)])
def test_too_quick_or_too_late(client, seconds, doubted):
    now = timezone.now()
    with time_machine.travel(now - timedelta(seconds=seconds), tick=False):
        ticket = re.search(r'"billet" value="([^"]+)', text(client.get("/merci/")))[1]
    with time_machine.travel(now, tick=False):
        send(client, ticket=ticket)
    assert (Compliment.objects.get().suspicion > 0) == doubted


def test_the_sixth_message_of_an_hour_from_one_network_and_the_same_words_again(client):
    for number in range(5):
        send(client, f"{WORDS} {number}")
    assert not Compliment.objects.filter(suspicion__gt=0).exists()
    send(client, f"{WORDS} encore")
    assert Compliment.objects.latest("pk").suspicion > 0
    send(client, f"  {WORDS.upper()} 0", REMOTE_ADDR="192.0.2.9")
    assert Compliment.objects.latest("pk").suspicion > 0


def test_a_few_words_from_two_strangers_are_two_thanks(client):
    send(client, "Merci !")
    send(client, "Merci !", REMOTE_ADDR="192.0.2.9")
    assert list(Compliment.objects.values_list("suspicion", flat=True)) == [0, 0]


def test_two_clicks_write_once(client):
    ticket = opened(client)
    first, second = (send(client, ticket=ticket, contact="h@voisine.example") for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Compliment.objects.count() == Letter.objects.count() == Person.objects.count() == 1


def test_a_form_sent_again_with_other_words_keeps_them(client):
    ticket = opened(client)
    send(client, ticket=ticket)
    html = text(send(client, "Un autre mot", ticket=ticket))
    assert "Un autre mot" in html
    assert Compliment.objects.count() == 1
    fresh = re.search(r'"billet" value="([^"]+)', html)[1]
    assert send(client, "Un autre mot", ticket=fresh).status_code == 303
    assert Compliment.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "found"),
    [("Вravo", True), ("Bravo", False), ("Браво", False), ("Œuvre à 5 µm", False), ("شكرا merci", False)],
)
def test_two_alphabets_in_one_word(words, found):
    assert doubting.mixed(words) is found


# -- what follows


def test_the_page_of_thanks_leads_to_the_writers_own(client):
    address = send(client, public="yes").headers["Location"]
    response = client.post(address)
    path = response.headers["Location"]
    assert re.fullmatch(r"/consentement/[\w-]{43}/", path)
    assert WORDS[:10] not in text(client.get(path))
    client.post(path)
    assert WORDS[:10] in text(client.get(path + "etat/"))
    client.post(path + "etat/", {"public": "public"})
    assert Compliment.objects.get().public == "no"
    row = inbox.triage(Compliment.objects.get(), inbox.Kind.COMPLIMENT, by=factories.staff(), at=timezone.now())
    inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
    assert gate.quotes(Usage.SITE, at=timezone.now()) == []
    client.post(path + "etat/", {"geste": "annuler"})
    assert Compliment.objects.get().public == "yes"
    assert client.get("/merci/recu/inconnu/").status_code == 404


def test_the_page_weighs_little(client):
    for number in range(30):
        Spot.objects.create(name=f"Parc numéro {number}")
    html = text(client.get("/merci/"))
    sheets = re.findall(r'rel="stylesheet" href="/static/([^"]+)"', html)
    weight = len(html.encode()) + sum(Path(finders.find(sheet)).stat().st_size for sheet in sheets)
    assert len(sheets) == 2
    assert weight < 40_000


@pytest.mark.parametrize("count", [3, 30])
def test_as_many_questions_to_the_database_however_many_places(client, count, django_assert_num_queries):
    for number in range(count):
        Spot.objects.create(name=f"Parc {number}")
    client.get("/merci/")
    with django_assert_num_queries(5):
        client.get("/merci/")


@pytest.mark.parametrize("path", ["/", "/portraits/nadia/"])
def test_it_is_one_tap_away(client, path):
    factories.shown(Usage.SITE)
    assert 'href="/merci/' in text(client.get(path))


def test_the_other_language_keeps_whom_and_where(client):
    desk = factories.shown(Usage.SITE)
    assert 'href="/en/merci/?prenom=Nadia"' in text(client.get("/merci/nadia/"))  # Nadia has no English portrait
    assert 'value="Nadia"' in text(client.get("/en/merci/?prenom=Nadia"))
    factories.shown(Usage.SITE, first_name="Nadia", language="en")  # somebody else
    assert 'href="/en/merci/?prenom=Nadia"' in text(client.get("/merci/nadia/"))
    english = factories.portrait("Nadia B.", people=list(Person.objects.in_bulk(desk.people()).values()), language="en")
    type(english).objects.filter(pk=english.pk).update(translation_key=desk.translation_key)
    factories.say(factories.unread(type(english).objects.get(pk=english.pk), Usage.SITE), Usage.SITE)
    assert 'href="/en/merci/nadia-b/"' in text(client.get("/merci/nadia/"))
    assert 'href="/merci/nadia/"' in text(client.get("/en/merci/nadia-b/"))
    assert 'href="/en/merci/?place=3"' in text(client.get("/merci/?place=3"))
