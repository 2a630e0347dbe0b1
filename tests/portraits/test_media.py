"""The gated media view: the only way out for a photograph."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from portraits import consent, crops, gate
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SITE, MAIL, ECRAN, INTRANET = Usage.SITE, Usage.INFOLETTRE, Usage.ECRAN, Usage.INTRANET


def address(usage=SITE, spec="p400", extension="jpg"):
    (capsule,) = gate.capsules(usage, at=timezone.now())
    return capsule.picture.url(spec, extension)


def colour(response):
    with Image.open(io.BytesIO(response.content)) as image:
        return image.convert("RGB").getpixel((20, 20))


@pytest.mark.parametrize("extension", ["jpg", "webp"])
@pytest.mark.parametrize("spec", crops.SPECS)
def test_every_crop_is_served_and_carries_nothing_but_pixels(client, spec, extension):
    factories.shown(SITE)
    response = client.get(address(spec=spec, extension=extension))
    assert response.status_code == 200
    assert response["Content-Type"] == crops.TYPES[extension][1]
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (crops.SPECS[spec].width, crops.SPECS[spec].height)
        assert not image.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)


def test_gone_after_a_withdrawal(client):
    desk = factories.shown(SITE)
    url = address()
    etag = client.get(url)["ETag"]
    factories.withdraw(desk, SITE)
    for headers in ({}, {"If-None-Match": etag}, {"Range": "bytes=0-10"}):
        response = client.get(url, headers=headers)
        assert (response.status_code, response.content) == (410, b"")
        assert response["Cache-Control"] == "no-store"


def test_a_mail_already_received_shows_a_neutral_picture_of_the_same_size(client):
    desk = factories.shown(MAIL)
    url = address(MAIL, "p600")
    assert colour(client.get(url))[0] > 190
    factories.withdraw(desk, MAIL)
    response = client.get(url)
    assert response.status_code == 200
    assert abs(colour(response)[0] - colour(response)[2]) < 12  # grey, nobody
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (600, 750)


def test_a_yes_to_one_usage_opens_no_other_address(client):
    factories.shown(SITE)
    key = address().split("/")[3]
    for usage in Usage:
        status = client.get(f"/m/{usage.value}/{key}/p400.jpg").status_code
        expected = {SITE: 200, MAIL: 200, Usage.INFOLETTRE_PUBLIQUE: 200, ECRAN: 410, Usage.VITRINE: 410}
        assert status == expected.get(usage, 404), usage
    assert abs(colour(client.get(f"/m/infolettre/{key}/p400.jpg"))[0] - 228) < 12


@pytest.mark.parametrize(
    "path",
    [
        "/m/site/{key}/p401.jpg",
        "/m/site/{key}/p400.png",
        "/m/ailleurs/{key}/p400.jpg",
        "/m/site/" + "0" * 32 + "/p400.jpg",
    ],
)
def test_an_address_that_never_was_is_unknown(client, path):
    factories.shown(SITE)
    assert client.get(path.format(key=address().split("/")[3])).status_code == 404


def test_there_is_no_media_folder(client):
    desk = factories.shown(SITE)
    for path in (
        "/media/",
        f"/media/{desk.photo.file.name}",
        f"/{desk.photo.file.name}",
        f"/static/{desk.photo.file.name}",
    ):
        assert client.get(path).status_code == 404


def test_colleagues_sign_in_first(client):
    factories.shown(INTRANET)
    url = address(INTRANET)
    assert client.get(url).status_code == 404
    client.force_login(factories.user())
    response = client.get(url)
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("private")


def test_no_cache_outlives_the_consent(client):
    at = timezone.now().replace(microsecond=0)
    desk = factories.portrait()
    factories.say(factories.ask(desk, SITE, at=at), SITE, at=at, days=1)
    end = at + timedelta(days=1)
    for left, status, age in (
        (3600, 200, "max-age=60,"),
        (20, 200, "max-age=20,"),
        (1, 200, "max-age=1,"),
        (0, 410, None),
    ):
        with time_machine.travel(end - timedelta(seconds=left), tick=False):
            key = desk.versions.get().key
            response = client.get(f"/m/site/{key}/p400.jpg")
            assert response.status_code == status
            assert age is None or age in response["Cache-Control"]


def test_a_screen_keeps_the_only_copy(client):
    factories.shown(ECRAN)
    assert client.get(address(ECRAN))["Cache-Control"] == "private, no-store"


def test_search_engines_need_their_own_yes(client):
    factories.shown(SITE)
    assert "noimageindex" in client.get(address())["X-Robots-Tag"]


def test_found_with_it(client):
    factories.shown(SITE, Usage.INDEXATION)
    assert "X-Robots-Tag" not in client.get(address())


def test_the_partner_has_an_address_of_their_own(client):
    people = [factories.person("Ousmane"), factories.person("Morris", kind="resident")]
    desk = factories.shown(
        SITE,
        people=people,
        first_name="Ousmane",
        colour=(200, 40, 40),
        partner_name="Morris",
        partner_photo=factories.photo((40, 40, 200)),
        partner_alt="Morris, sur son balcon, salue la ruelle.",
    )
    (capsule,) = gate.capsules(SITE, at=timezone.now())
    assert colour(client.get(capsule.picture.url("p400")))[0] > 190
    assert colour(client.get(capsule.partner_picture.url("p400")))[2] > 190
    consent.withdraw(desk, people[1], [SITE], at=timezone.now())
    assert client.get(capsule.picture.url("p400")).status_code == 410


def test_the_price_of_one_picture(client, django_assert_num_queries):
    for _ in range(3):
        factories.shown(SITE, Usage.INDEXATION)
    url = gate.capsules(SITE, at=timezone.now())[0].picture.url("p400")
    client.get(url)
    with django_assert_num_queries(2):
        assert client.get(url).status_code == 200
