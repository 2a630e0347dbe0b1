"""Posted elsewhere: the image through the gate, the record with its exposure, the removal with its proof."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from home import post
from home.models import Post
from intranet import roles
from portraits import hiding, whereabouts
from portraits.models import Exposure, Incident, Recall
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SOCIAL = Usage.SOCIAL
DAY = timedelta(days=1)
ADDRESS = "https://www.facebook.example/arrondissement/posts/1"


@pytest.fixture
def comms(client):
    someone = factories.user("comms", roles.COMMS)
    client.force_login(someone)
    return someone


def record(client, desk, address=ADDRESS, network="facebook", **values):
    values |= {"portrait": desk.pk, "network": network, "address": address}
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


def when(instant):
    return timezone.localtime(instant).strftime("%Y-%m-%d %H:%M:%S")


def test_a_post_recorded_after_the_end_is_followed_and_owed_at_once(client, comms):
    """It was posted while it might, and noted a day too late: no incident, but it must go."""
    at = timezone.now()
    desk = factories.shown(SOCIAL, at=at - 2 * DAY)
    factories.withdraw(desk, SOCIAL, at=at - DAY / 2)
    assert client.get(f"/admin/publications/new/?portrait={desk.pk}").status_code == 200
    answer = record(client, desk, posted_at=when(at - DAY))
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert f'href="{reverse("portraits_takedown")}"' in page.split("messages", 1)[1]
    row, owed = Post.objects.get(), Recall.objects.get()
    assert (row.version, when(row.posted_at)) == (desk.versions.get().pk, when(at - DAY))
    assert (owed.state, owed.by_hand, owed.exposure.locator) == ("waiting", True, row.locator)
    ((_where, (thing,)),) = whereabouts.to_take_down(at=timezone.now())
    assert thing.link == ADDRESS
    assert not Incident.objects.exists()


@pytest.mark.parametrize("hours", [None, 6])
def test_a_post_put_online_after_the_end_is_an_incident_too(client, comms, hours):
    at = timezone.now()
    desk = factories.shown(SOCIAL, at=at - 2 * DAY)
    factories.withdraw(desk, SOCIAL, at=at - DAY)
    said = {"posted_at": when(at - timedelta(hours=hours))} if hours else {}
    assert record(client, desk, **said).status_code == 302
    row, draft = Post.objects.get(), Incident.objects.get()
    assert Recall.objects.get().exposure.locator == row.locator
    assert (draft.cause, draft.usage) == (f"{row.locator}:{row.version}", "social")
    assert draft.exposure == Exposure.objects.get()
    assert "Nadia" not in draft.what + draft.happened_on


def test_a_stop_of_staff_and_a_term_that_ran_out_are_ends_too(client, comms):
    at = timezone.now()
    hidden, over = factories.shown(SOCIAL), factories.shown(SOCIAL, first_name="Diego", at=at - 400 * DAY)
    hiding.hide(hidden, by=comms, at=timezone.now())
    for number, desk in enumerate((hidden, over)):
        assert record(client, desk, f"{ADDRESS}{number}").status_code == 302
    assert [row.version for row in Post.objects.order_by("pk")] == [one.versions.get().pk for one in (hidden, over)]
    assert (Recall.objects.count(), Incident.objects.count()) == (2, 2)


def test_it_is_the_version_of_that_day_which_is_owed(client, comms):
    """Posted, then replaced by a newer version: what is online is the older one."""
    at = timezone.now()
    desk = factories.shown(SOCIAL, at=at - 3 * DAY)
    desk.job = "Contremaîtresse"
    desk.save()
    desk.save_revision()
    factories.say(factories.ask(desk, SOCIAL, at=at - DAY), SOCIAL, at=at - DAY)
    older, newer = desk.versions.order_by("pk")
    assert record(client, desk, posted_at=when(at - 2 * DAY)).status_code == 302
    assert record(client, desk, f"{ADDRESS}2").status_code == 302
    assert [row.version for row in Post.objects.order_by("pk")] == [older.pk, newer.pk]
    assert [row.exposure.version for row in Recall.objects.all()] == [older]
    assert not Incident.objects.exists()


def test_a_date_to_come_is_refused_and_nothing_is_lost(client, comms):
    desk = factories.shown(SOCIAL)
    answer = record(client, desk, posted_at=when(timezone.now() + DAY))
    assert answer.status_code == 200
    assert ADDRESS in answer.content.decode()
    assert not Post.objects.exists()


def test_whoever_is_no_longer_listed_is_chosen_on_the_form(client, comms):
    page = client.get("/admin/publications/partager/").content.decode()
    assert "/admin/publications/new/?portrait=0" in page
    assert "snippet-chooser" in client.get("/admin/publications/new/?portrait=0").content.decode()
    answer = client.post("/admin/publications/new/", {"portrait": "", "network": "other", "address": ADDRESS})
    assert "snippet-chooser" in answer.content.decode()
    assert not Post.objects.exists()


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
