"""Pictures without people: Wagtail's image admin works on a storage without addresses."""

import pytest
from PIL import Image

from home.models import Illustration
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def editor(client):
    client.force_login(factories.user("root", is_superuser=True))
    return client


@pytest.fixture
def picture():
    return Illustration.objects.create(title="Banc de parc", file=factories.picture((10, 90, 160)))


def test_an_editor_adds_one_and_finds_it(editor):
    sent = {"title": "Banc de parc", "file": factories.picture(), "collection": 1, "tags": ""}
    response = editor.post("/admin/images/add/", sent)
    assert response.status_code == 302, response.context["form"].errors
    html = editor.get("/admin/images/").content.decode()
    assert "Banc de parc" in html
    assert 'src="/images/' in html


@pytest.mark.parametrize("page", ["/admin/images/{}/", "/admin/images/{}/delete/", "/admin/images/usage/{}/"])
def test_the_pages_of_an_image_open(editor, picture, page):
    assert editor.get(page.format(picture.pk)).status_code == 200


def test_the_chooser_opens(editor, picture):
    response = editor.get("/admin/images/chooser/")
    assert response.status_code == 200
    assert "/images/" in response.content.decode()


def test_a_rendition_has_its_own_address_for_everybody(client, picture):
    rendition = picture.get_rendition("width-300")
    response = client.get(rendition.url)
    assert rendition.url == f"/images/{rendition.pk}/"
    assert response["Content-Type"] == "image/jpeg"
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    from io import BytesIO

    assert Image.open(BytesIO(response.content)).size == (300, 400)
    assert client.get(rendition.url, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_an_unknown_or_lost_picture_is_404(client, picture):
    rendition = picture.get_rendition("width-200")
    assert client.get("/images/999999/").status_code == 404
    rendition.file.storage.delete(rendition.file.name)
    assert client.get(rendition.url).status_code == 404
