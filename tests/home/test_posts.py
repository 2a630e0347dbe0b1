"""Posted elsewhere: the image through the gate, the record with its exposure, the removal with its proof."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from home import post
from home.models import Post
from intranet import roles
from portraits import whereabouts
from portraits.models import Exposure, Recall
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SOCIAL = Usage.SOCIAL
ADDRESS = "https://www.facebook.example/arrondissement/posts/1"


@pytest.fixture
def comms(client):
    someone = factories.user("comms", roles.COMMS)
    client.force_login(someone)
    return someone


def record(client, desk, address=ADDRESS, network="facebook"):
    values = {"portrait": desk.pk, "network": network, "address": address}
    return client.post(f"/admin/publications/new/?portrait={desk.pk}", values)


def image(desk):
    return reverse("publications:image", args=[desk.pk])


def test_the_image_is_asked_of_the_gate_at_the_instant_of_its_download(client, comms):
    desk = factories.shown(SOCIAL)
    factories.shown(Usage.SITE, first_name="Diego")
    page = client.get("/admin/publications/partager/").content.decode()
    assert "Nadia" in page
    assert "Diego" not in page
    answer = client.get(image(desk))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert Image.open(io.BytesIO(answer.content)).size == (1080, 1350)
    factories.withdraw(desk, SOCIAL)
    answer = client.get(image(desk))
    assert answer.status_code == 410
    assert b"PNG" not in answer.content
    assert "Nadia" not in client.get("/admin/publications/partager/").content.decode()


def test_the_record_makes_the_exposure(client, comms):
    desk = factories.shown(SOCIAL)
    assert record(client, desk).status_code == 302
    row, exposure = Post.objects.get(), Exposure.objects.get()
    assert (row.posted_by, row.network, row.address) == (comms, "facebook", ADDRESS)
    assert (exposure.usage, exposure.locator, exposure.version_id) == ("social", f"post:{row.pk}", row.version)
    assert exposure.first_at == row.posted_at
    assert ADDRESS in client.get("/admin/publications/").content.decode()


@pytest.mark.parametrize("address", ["", "facebook", "javascript:alert(1)", "ftp://a.example/x"])
def test_an_address_that_leads_nowhere_is_refused_and_nothing_is_lost(client, comms, address):
    desk = factories.shown(SOCIAL)
    answer = record(client, desk, address)
    assert answer.status_code == 200
    assert f'value="{desk.pk}"' in answer.content.decode()
    assert not Post.objects.exists()
    assert not Exposure.objects.exists()


def test_the_same_post_is_recorded_once(client, comms):
    desk = factories.shown(SOCIAL)
    record(client, desk)
    assert record(client, desk).status_code == 200
    assert Post.objects.count() == 1


def test_a_portrait_without_a_yes_is_not_recorded(client, comms):
    desk = factories.shown(Usage.SITE)
    assert record(client, desk).status_code == 200
    assert not Post.objects.exists()
    with pytest.raises(post.NotAllowed):
        post.record(Post(portrait=desk.pk, network="other", address=ADDRESS), by=comms, at=timezone.now())


def test_no_portrait_leads_to_the_page_where_one_is_chosen(client, comms):
    for wrong in ("", "?portrait=x"):
        assert client.get(f"/admin/publications/new/{wrong}")["Location"] == "/admin/publications/partager/"


def test_after_a_withdrawal_the_post_is_on_the_list_with_its_link_until_somebody_removes_it(client, comms):
    desk = factories.shown(SOCIAL)
    record(client, desk)
    factories.withdraw(desk, SOCIAL)
    ((where, (thing,)),) = whereabouts.to_take_down(at=timezone.now())
    assert (where, thing.link, thing.by) == ("Facebook", ADDRESS, "comms")
    page = client.get("/admin/retraits/").content.decode()
    assert ADDRESS in page
    assert "Nadia" not in page
    assert client.get(thing.tick).status_code == 405
    assert client.post(thing.tick, {}).status_code == 422
    client.post(thing.tick, {"note": "Supprimée de la page"})
    assert Recall.objects.get().state == "done"
    assert Post.objects.get().removed_by == comms
    assert whereabouts.to_take_down(at=timezone.now()) == []


def test_hr_and_passers_by_post_nothing(client):
    desk = factories.shown(SOCIAL)
    for address in ("/admin/publications/", "/admin/publications/partager/", image(desk)):
        assert client.get(address).status_code == 302
    client.force_login(factories.user("rh", roles.HR))
    for address in ("/admin/publications/partager/", image(desk), "/admin/publications/new/?portrait=1"):
        answer = client.get(address)
        assert answer.status_code in {302, 403}
        assert b"PNG" not in answer.content
    record(client, desk)
    assert not Post.objects.exists()


def test_nobody_edits_or_deletes_a_post(admin_client):
    desk = factories.shown(SOCIAL)
    record(admin_client, desk)
    row = Post.objects.get()
    for verb in ("edit", "delete"):
        assert admin_client.get(f"/admin/publications/{verb}/{row.pk}/").status_code == 404


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_the_same_for_few_and_for_many(number, admin_client, django_assert_max_num_queries):
    desk = factories.shown(SOCIAL)
    for n in range(number):
        record(admin_client, desk, f"{ADDRESS}{n}")
    admin_client.get("/admin/publications/")
    with django_assert_max_num_queries(16):
        admin_client.get("/admin/publications/")
    factories.withdraw(desk, SOCIAL)
    with django_assert_max_num_queries(2):
        ((_where, rows),) = whereabouts.to_take_down(at=timezone.now())
    assert len(rows) == number
