"""The addresses of a screen: manifest, photographs, page, service worker; and the slide as a preview."""

import re
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ecrans import fit, loop
from ecrans.models import Ecran, Place
from portraits import gate, renderings
from portraits.usages import Usage
from tests import factories
from tests.ecrans.test_loop import screen

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ECRAN = Usage.ECRAN


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    content = b"".join(answer)
    answer.close()
    return content


def test_the_manifest_is_the_loop_with_a_tag_made_of_its_bytes(client):
    factories.shown(ECRAN)
    ecran = screen()
    answer = client.get(f"/ecran/{ecran.public_id}/manifest")
    assert answer.json() == loop.manifest(ecran, timezone.now())
    assert answer["ETag"] == f'"{sha256(answer.content).hexdigest()}"'
    assert answer["Cache-Control"] == "no-store"
    assert abs(int(answer["Ecran-Now"]) / 1000 - timezone.now().timestamp()) < 5


def test_nothing_new_is_a_304_with_the_time(client):
    factories.shown(ECRAN)
    address = f"/ecran/{screen().public_id}/manifest"
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"if-none-match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert int(again["Ecran-Now"])


def test_a_consent_that_comes_or_goes_is_never_a_304(client):
    desk, address = factories.shown(ECRAN), f"/ecran/{screen().public_id}/manifest"
    tag = client.get(address)["ETag"]
    factories.withdraw(desk, ECRAN)
    answer = client.get(address, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer.json()["state"] == "standby"


def test_somebody_elses_consent_on_another_channel_stays_a_304(client):
    factories.shown(ECRAN)
    address = f"/ecran/{screen().public_id}/manifest"
    tag = client.get(address)["ETag"]
    factories.shown(Usage.SITE, first_name="Diego")
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304


def test_an_unknown_screen_is_said_in_json(client):
    answer = client.get("/ecran/ffffffffffffffff/manifest")
    assert answer.status_code == 404
    assert answer.json() == {"v": 1, "error": "unknown"}


def test_the_photographs_of_a_withdrawn_person_are_gone(client):
    desk, ecran = factories.shown(ECRAN), screen()
    photo = client.get(f"/ecran/{ecran.public_id}/manifest").json()["slides"][0]["photo"]
    for address in (photo["url"], photo["large"]):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "private, no-store"
    factories.withdraw(desk, ECRAN)
    assert [client.get(address).status_code for address in (photo["url"], photo["large"])] == [410, 410]


def test_the_page_names_nobody_and_has_nothing_inline(client):
    factories.shown(ECRAN)
    page = client.get("/ecran/").content.decode()
    assert "Nadia" not in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    assert 'data-poll="4"' in page


def test_the_short_address_opens_the_player(client):
    ecran = screen()
    answer = client.get(ecran.get_absolute_url())
    assert answer["Location"] == f"/ecran/?e={ecran.public_id}"
    assert client.get("/ecran/ffffffffffffffff/").status_code == 404


def test_every_file_of_the_shell_is_served(client):
    answer = client.get("/ecran/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    shell = re.search(r"const SHELL = \[(.*)\];", answer.content.decode())[1].split(", ")
    assert len(shell) == 11
    for address in shell:
        assert body(client, address.strip('"')), address


def test_everything_that_the_player_imports_is_in_the_shell(client):
    shell = client.get("/ecran/sw.js").content.decode()
    imported = re.findall(r"from '\./(\w+\.js)'", body(client, "/static/ecrans/player.js").decode())
    assert imported
    assert all(f'"/static/ecrans/{name}"' in shell for name in imported)


# --- The slide as a preview -------------------------------------------------------------------------------------------


def test_the_rendering_is_the_players_slide_and_the_same_twice():
    factories.shown(ECRAN)
    (capsule,) = gate.capsules(ECRAN, at=timezone.now())
    rendering = renderings.render(ECRAN, capsule)
    page = rendering.body.decode()
    assert rendering.shape == "stage"
    assert rendering == renderings.render(ECRAN, capsule)
    assert capsule.picture.url("p1200", "webp") in page
    assert "Je plante" in page
    assert not re.search(r"<style|\sstyle=|<script", page)


def test_a_paired_resident_with_a_photo_makes_a_duo():
    people = [factories.person("Ousmane"), factories.person("Morris", kind="resident")]
    factories.shown(
        ECRAN,
        first_name="Ousmane",
        people=people,
        partner_name="Morris",
        partner_photo=factories.photo((20, 60, 200)),
        partner_alt="Morris, sur son balcon.",
    )
    (slide,) = loop.manifest(screen(), timezone.now())["slides"]
    assert slide["layout"] == "duo"
    assert slide["partner"]["url"].endswith("/duo-p864.webp")
    assert slide["bandeau"] == ["Je travaille pour vous…", "Morris\u202f!"]


# --- Sizes ------------------------------------------------------------------------------------------------------------


def test_a_long_name_shrinks_as_much_as_it_needs_and_no_more():
    assert fit.framed("Lia", "Soudeuse", "Je soude.", "")["name"] == 100
    step = fit.framed("Marie-Clémentine-W", "", "", "")["name"]
    wide = fit.width("Marie-Clémentine-W", fit.NAME) * fit.NAME.size / 100
    assert wide * step <= fit.NAME.width < wide * (step + 5)


def test_the_longest_sentence_leaves_room_for_the_bandeau():
    sentence = "Je réponds aux mille questions que personne n’ose poser, et je garde le sourire jusqu’à 17 h."
    steps = fit.framed("Jean", "Coordonnatrice des matières résiduelles.", sentence[:90], "")
    size = fit.SENTENCE.size * steps["sentence"] / 100
    assert fit.lines(sentence[:90], fit.SENTENCE, size) * size * fit.SENTENCE.leading <= fit.ROOM - fit.GAPS - 184 - 64
    assert size >= 80


# --- Places and screens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [{"open_from": "08:00"}, {"open_to": "08:00"}])
def test_one_hour_alone_is_refused(hours):
    with pytest.raises(ValidationError):
        Place(building="Mairie", room="Hall", **hours).full_clean()


@pytest.mark.parametrize("hours", [0, 169])
def test_a_lease_has_bounds(hours):
    with pytest.raises(ValidationError):
        Place(building="Mairie", room="Hall", lease_hours=hours).full_clean()


def test_two_screens_have_addresses_that_tell_nothing_of_each_other():
    place = Place.objects.create(building="Mairie", room="Hall")
    one, two = (Ecran.objects.create(name="Hall", place=place).public_id for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{16}", one)
    assert one != two


def test_the_cms_lists_the_address_of_each_screen(admin_client):
    ecran = screen()
    page = admin_client.get("/admin/snippets/ecrans/ecran/").content.decode()
    assert f"/ecran/{ecran.public_id}/</a>" in page
    edit = admin_client.get(f"/admin/snippets/ecrans/ecran/edit/{ecran.pk}/").content.decode()
    assert f"/ecran/{ecran.public_id}/</a>" in edit
