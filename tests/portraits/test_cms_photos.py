"""Photographs in the CMS: what is refused and how it is said, who sees them, and what their addresses let out."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from intranet.roles import CONSENT_OFFICER, HR
from portraits import crops, ingest
from portraits.forms import PhotoForm
from portraits.models import Photo
from tests import factories
from tests.portraits.desk import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
UPLOADS = ["/admin/photos/choisir/create/", "/admin/photos/new/"]


def bomb():
    """A PNG header of 127 megapixels with almost nothing behind it."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 11_300, 11_300, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 400_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


BAD = {
    "text": (b"bonjour", "n’est pas une photo"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "n’est pas une photo"),
    "html": (b"<!doctype html><script>alert(1)</script>", "n’est pas une photo"),
    "truncated": (factories.picture().read()[:3000], "n’est pas une photo"),
    "bomb": (bomb(), "mégapixels"),
    "small": (factories.picture(size=(300, 400)).read(), "trop petite"),
    "gif": (b"GIF89a" + b"\0" * 200, "n’est pas une photo"),
}


def stored():
    _folders, files = default_storage.listdir("photos") if default_storage.exists("photos") else ([], [])
    return len(files)


@pytest.mark.parametrize("address", UPLOADS)
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_said_on_its_field_and_nothing_is_stored(address, name):
    before, client = stored(), signed_in(HR)
    data, _sentence = BAD[name]
    upload = SimpleUploadedFile("portrait.jpg", data, "image/jpeg")
    answer = client.post(address, {"title": "Serre du parc", "file": upload, "focus_x": 61, "focus_y": 33, "zoom": 120})
    assert answer.status_code == 200
    page = answer.json()["htmlFragment"] if "choisir" in address else answer.content.decode()
    said, file_field, kept = page.find("error-message"), page.find('type="file"'), page.find("Serre du parc")
    assert -1 < said < file_field < kept
    assert 'value="61"' in page
    assert not Photo.objects.exists()
    assert stored() == before


@pytest.mark.parametrize("name", BAD)
def test_one_clear_sentence_in_french(name):
    data, sentence = BAD[name]
    fields = {"title": "t", "focus_x": 50, "focus_y": 38, "zoom": 100}
    with translation.override("fr-ca"):
        form = PhotoForm(fields, {"file": SimpleUploadedFile("a.jpg", data)})
        assert form.errors.keys() == {"file"}
        (said,) = form.errors["file"]
    assert said.endswith(".")
    assert sentence in said


def test_over_25_mb_is_refused_and_25_mb_is_taken():
    client = signed_in(HR)
    photo = factories.picture(size=(1200, 1600)).read()
    heavy = photo + b"\0" * (ingest.MAX_BYTES - len(photo))  # bytes after the end of the picture are not read
    for data, taken in ((heavy + b"\0", 0), (heavy, 1)):
        upload = {
            "title": "t",
            "file": SimpleUploadedFile("a.jpg", data, "image/jpeg"),
            "focus_x": 50,
            "focus_y": 38,
            "zoom": 100,
        }
        assert client.post(UPLOADS[0], upload).status_code == 200
        assert Photo.objects.count() == taken
    assert Photo.objects.get().file.size < 1_000_000


@pytest.mark.parametrize("address", UPLOADS)
def test_who_added_it_is_kept_and_its_metadata_are_not(address):
    exif = Image.Exif()
    exif[0x010E] = "secret"
    data = factories.picture(exif=exif.tobytes())
    signed_in(HR).post(address, {"title": "t", "file": data, "focus_x": 50, "focus_y": 38, "zoom": 100})
    photo = Photo.objects.get()
    assert photo.uploaded_by.username == "rh"
    with photo.file.open() as file:
        kept = file.read()
    assert b"secret" not in kept
    assert ingest.sha256(kept).hexdigest() == photo.sha256


@pytest.mark.parametrize("field", ["focus_x", "focus_y", "zoom"])
@pytest.mark.parametrize("value", ["-1", "201", "x", ""])
def test_a_point_outside_the_photo_is_refused(field, value):
    data = {"title": "t", "file": factories.picture(), "focus_x": 50, "focus_y": 38, "zoom": 100, field: value}
    assert signed_in(HR).post(UPLOADS[0], data).status_code == 200
    assert not Photo.objects.exists()


def test_the_framing_of_a_photo_can_change_but_not_its_bytes():
    photo, client = factories.photo(), signed_in(HR)
    address = f"/admin/photos/edit/{photo.pk}/"
    data = {"title": "Autre", "focus_x": 20, "focus_y": 70, "zoom": 142, "file": factories.picture((0, 0, 0))}
    assert client.post(address, data).status_code == 302
    after = Photo.objects.get()
    assert (after.title, after.crop, after.sha256) == ("Autre", [20, 70, 142], photo.sha256)


def test_thumbnails_are_for_editors_and_for_no_cache():
    photo = factories.photo((10, 200, 10))
    address = f"/admin/photos/{photo.pk}/p240.jpg"
    answer = signed_in(CONSENT_OFFICER, username="accords").get(address)
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (240, 300)
        assert image.getpixel((120, 150))[1] > 180
    whole = signed_in(HR).get(f"/admin/photos/{photo.pk}/entiere.jpg")
    with Image.open(io.BytesIO(whole.content)) as image:
        assert image.size == (photo.width, photo.height)
    assert {"private", "no-store"} <= set(whole["Cache-Control"].split(", "))


def test_other_addresses_are_not_found():
    client, photo = signed_in(HR), factories.photo()
    for spec in ("p241.jpg", "p240.png", "p99999.webp"):
        assert client.get(f"/admin/photos/{photo.pk}/{spec}").status_code == 404
    assert client.get("/admin/photos/999999/p240.jpg").status_code == 404
    assert client.get("/admin/photos/0/p240.webp").content == crops.placeholder(crops.SPECS["p240"], "webp")


def test_the_chooser_shows_faces_and_gives_what_the_form_shows():
    client, photo = signed_in(HR), factories.photo()
    assert f"/admin/photos/{photo.pk}/p240.webp" in client.get("/admin/photos/choisir/").json()["html"]
    chosen = client.get(f"/admin/photos/choisir/chosen/{photo.pk}/").json()["result"]
    assert chosen["preview"]["url"] == f"/admin/photos/{photo.pk}/p240.webp"
    assert chosen["edit_url"] == f"/admin/photos/edit/{photo.pk}/"
