"""Where our rules meet Wagtail's: what its buttons, its autosave, its previews and its choosers must not do."""

import pytest
from django.contrib.auth.models import Permission
from django.db.models import ProtectedError
from django.test import RequestFactory
from django.utils import timezone
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry
from wagtail.users.models import UserProfile

from intranet.models import User
from intranet.roles import HR
from portraits import gate
from portraits.models import DraftSubject, Person, Photo, Portrait, Version
from portraits.permission import NeverAlone
from portraits.usages import ASKED, Usage
from tests import factories
from tests.portraits.desk import JSON, form, full, signed_in, url

PICTURES = {Usage.AFFICHE, Usage.SOCIAL}
pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return signed_in(username="root", is_superuser=True, is_staff=True)


def shown():
    return {usage: gate.capsules(usage, at=timezone.now()) for usage in Usage}


def edited(desk, **values):
    person = next(iter(desk.people()))
    kept = list(DraftSubject.objects.filter(portrait=desk).values_list("pk", flat=True))
    return full(desk.photo_id, [person], kept=kept, **values)


def test_a_child_of_the_desk_is_only_in_revisions_hence_versions(root):
    desk, morris = factories.portrait(), factories.person("Morris")
    desk.get_latest_revision().publish()
    person = next(iter(desk.people()))
    kept = list(DraftSubject.objects.values_list("pk", flat=True))
    root.post(url("edit", desk.pk), full(desk.photo_id, [person, morris.pk], kept=kept))
    rows = Portrait.objects.get().get_latest_revision().content["subjects"]
    assert DraftSubject.objects.count() == 1
    assert [row["pk"] is None for row in rows] == [False, True]


def test_autosave_writes_the_row_before_the_first_publication_hence_versions(root):
    desk = factories.portrait()
    root.post(url("edit", desk.pk), edited(desk, job="Tout seul"), **JSON)
    assert (Portrait.objects.get().job, Portrait.objects.get().live) == ("Tout seul", False)


@pytest.mark.parametrize("count", [3, 30])
def test_the_editor_has_a_budget(count, root, django_assert_max_num_queries):
    """Apart from public pages: the list has its own. The same whatever else there is: drafts, portraits shown and read."""
    photo, person = factories.photo(), factories.person()
    for number in range(count):
        other = factories.portrait(f"N{number}", photo=photo, people=[person])
        if number % 3 == 1:
            factories.submit(other, Usage.SITE)
        elif number % 3 == 2:
            factories.say(factories.ask(other, Usage.SITE), Usage.SITE)
    desk = factories.portrait(photo=photo, people=[person])
    factories.submit(desk, Usage.SITE)
    root.get(url("edit", desk.pk))
    with django_assert_max_num_queries(119):
        root.get(url("edit", desk.pk))


def test_the_desk_changes_nothing_that_is_shown(root):
    """Draft, autosave, a posted publication, a publication by code, an overwritten revision, a revert: the same capsules."""
    desk = factories.shown()
    before = shown()
    assert all(before[usage] for usage in ASKED)
    root.post(url("edit", desk.pk), edited(desk, job="Brouillon"))
    root.post(url("edit", desk.pk), edited(desk, job="Tout seul"), **JSON)
    root.post(url("edit", desk.pk), edited(desk, job="Publié", **{"action-publish": "1"}))
    revision = Portrait.objects.get().get_latest_revision()
    stamp = {"overwrite_revision_id": revision.pk, "loaded_revision_created_at": revision.created_at.isoformat()}
    root.post(url("edit", desk.pk), edited(desk, job="Récrit", **stamp), **JSON)
    Portrait.objects.get().get_latest_revision().publish()
    Portrait.objects.update(first_name="Autre", job="Directement")
    assert shown() == before


def test_nobody_publishes_by_hand(root):
    desk = factories.portrait()
    page = root.get(url("edit", desk.pk)).content.decode()
    for name in ("action-publish", "action-unpublish", "action-delete", "action-submit"):
        assert f'name="{name}"' not in page
    root.post(url("edit", desk.pk), edited(desk, job="Direct", **{"action-publish": "1"}))
    after = Portrait.objects.get()
    assert (after.live, after.get_latest_revision().content["job"]) == (False, "Direct")


@pytest.mark.parametrize("path", ["unpublish", "delete"])
def test_unpublish_and_delete_are_refused(root, path):
    desk = factories.shown(Usage.SITE)
    assert root.post(url(path, desk.pk)).status_code == 302
    assert Portrait.objects.filter(pk=desk.pk).exists()
    with pytest.raises(ProtectedError):
        desk.delete()


def test_deleting_in_bulk_is_refused_for_each_model(root):
    factories.shown(Usage.SITE)
    for model in (Portrait, Person):
        pk = model.objects.get().pk
        address = f"/admin/bulk/portraits/{model._meta.model_name}/delete/?next=/admin/&id={pk}"
        assert root.post(address).status_code < 500
        assert model.objects.filter(pk=pk).exists()
    assert root.post(url("delete", Person.objects.get().pk, model="person")).status_code == 302
    assert root.post(f"/admin/photos/delete/{Photo.objects.get().pk}/").status_code == 302
    assert (Person.objects.count(), Photo.objects.count()) == (1, 1)


def test_the_policy_refuses_the_superuser_too():
    boss = User.objects.create_superuser("boss", password="motdepasse")
    for model in (Portrait, Person, Photo):
        policy = policy_registry.get_by_type(model)
        assert type(policy) is NeverAlone
        for action in ("publish", "delete"):
            assert not policy.user_has_permission(boss, action)
            assert ModelPermissionPolicy(model).user_has_permission(boss, action)
        assert policy.user_has_permission(boss, "change")


def test_no_copy_and_no_schedule(root):
    desk = factories.portrait()
    assert root.get(f"/admin/portraits/copy/{desk.pk}/").status_code == 404
    page = root.get(url("edit", desk.pk)).content.decode()
    assert "go_live_at" not in page
    assert "expire_at" not in page
    root.post(url("edit", desk.pk), edited(desk, go_live_at="2020-01-01", **{"action-publish": "1"}))
    assert not Portrait.objects.get().live


def test_tags_and_people_survive_a_revision(root):
    desk = factories.portrait()
    root.post(url("edit", desk.pk), edited(desk, tags="parc, serre"))
    latest = Portrait.objects.get().get_latest_revision_as_object()
    assert {str(tag) for tag in latest.tags.all()} == {"parc", "serre"}
    assert latest.people() == desk.people()


def test_two_people_can_change_places(root):
    who = [factories.person("Nadia"), factories.person("Morris")]
    desk = factories.portrait(people=who)
    kept = list(DraftSubject.objects.order_by("sort_order", "pk").values_list("pk", flat=True))
    swapped = full(desk.photo_id, [who[1].pk, who[0].pk], kept=kept)
    assert root.post(url("edit", desk.pk), swapped).status_code == 302
    assert list(Portrait.objects.get().get_latest_revision_as_object().people()) == [who[1].pk, who[0].pk]


def test_two_portraits_of_the_same_name_get_two_addresses():
    first, second = (factories.ask(factories.portrait("Nadia"), Usage.SITE) for _ in range(2))
    assert first.slug == "nadia"
    assert second.slug.startswith("nadia-")
    assert Version.objects.values("slug").distinct().count() == 2


# -- previews


def test_previews_read_the_form_in_memory():
    client, desk = signed_in(HR), factories.portrait()
    address = url("preview_on_edit", desk.pk)
    assert client.post(address, edited(desk, sentence="Je ne suis pas enregistrée.")).json()["is_valid"]
    for mode, _name in Portrait.preview_modes:
        answer = client.get(f"{address}?mode={mode}")
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Type"].startswith("text/html")
        page = answer.content.decode()
        if mode in PICTURES:
            assert "data:image/png;base64," in page
        else:
            assert "pas enregistr" in page, mode
            assert f"/admin/photos/{desk.photo_id}/" in page, mode
    assert Portrait.objects.get().get_latest_revision().content["sentence"] == desk.sentence


@pytest.mark.parametrize("mode", [mode for mode, _name in Portrait.preview_modes])
def test_an_empty_draft_can_be_previewed_in_every_channel(mode):
    client = signed_in(HR)
    address = url("preview_on_add")
    assert client.post(address, form(first_name="Nadia")).json()["is_valid"]
    answer = client.get(f"{address}?mode={mode}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    if mode in {*PICTURES, Usage.VITRINE}:  # they show nothing without a photo, and say so
        assert "preview-note" in answer.content.decode()
    else:
        assert "Nadia" in answer.content.decode()


def test_a_preview_speaks_the_language_of_the_portrait():
    desk = factories.portrait("Nadia", language="en")
    request = RequestFactory().get("/", HTTP_HOST="localhost")
    page = desk.make_preview_request(request, Usage.ECRAN.value).content.decode()
    assert "I work" in page


# -- choosers and pictures


CHOOSERS = {
    "/admin/photos/choisir/": ("portraits.add_photo", "photo"),
    "/admin/snippets/choose/portraits/portrait/": ("portraits.view_portrait", "portrait"),
    "/admin/snippets/choose/portraits/person/": ("portraits.view_person", "person"),
}


@pytest.mark.parametrize("base", CHOOSERS)
def test_a_chooser_is_not_open_to_every_admin_user(base):
    desk = factories.portrait()
    keys = {"photo": desk.photo_id, "portrait": desk.pk, "person": next(iter(desk.people()))}
    pk = keys[CHOOSERS[base][1]]
    guest, editor = signed_in(username="guest"), signed_in(HR)
    User.objects.get(username="guest").user_permissions.add(Permission.objects.get(codename="access_admin"))
    paths = ["", "results/", f"chosen/{pk}/", f"chosen-multiple/?id={pk}"]
    paths += [] if "portrait/" in base else ["create/"]
    for path in paths:
        assert editor.get(base + path).status_code == 200, path
        refused = guest.get(base + path)
        assert refused.status_code in {302, 403}, path
        assert b"Nadia" not in refused.content
    assert guest.get("/admin/").status_code == 200


def test_an_avatar_or_a_gravatar_breaks_no_page():
    client = signed_in(HR)
    profile = UserProfile.get_for_user(User.objects.get(username="rh"))
    profile.avatar.save("a.jpg", factories.picture())
    for page in ("/admin/", "/admin/portraits/", "/admin/account/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert b"gravatar" not in answer.content
    assert b'type="file"' not in client.get("/admin/account/").content


def test_photos_have_no_address_of_their_own():
    with pytest.raises(NotImplementedError):
        _ = factories.photo().file.url


def test_an_unknown_preview_mode_shows_the_default_one(client):
    client.force_login(factories.user("root", is_superuser=True, is_staff=True))
    desk = factories.portrait()
    address = url("preview_on_edit", desk.pk)
    client.post(address, full(desk.photo_id, list(desk.people())))
    assert client.get(address, {"mode": "zzz"}).status_code == 200


def test_the_explorer_opens_for_the_administrator(client):
    client.force_login(factories.user("root", is_superuser=True, is_staff=True))
    assert client.get("/admin/pages/").status_code == 200
