"""Paper: ordered and printed through the gate, disowned at once, found again to be taken down."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from ecrans import print as paper
from ecrans.models import Affiche, Place
from portraits import asking, compose, gate, hiding, recall, renderings, whereabouts, workdays
from portraits.models import Exposure, LedgerEntry, Recall
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories
from tests.ecrans.printing import batch, pdf, place

pytestmark = pytest.mark.django_db


def test_ordered_in_the_cms_then_downloaded(client, comms):
    desk, kitchen = factories.shown(Usage.AFFICHE), place()
    page = client.get("/admin/affiches/new/").content.decode()
    assert "snippet-chooser" in page
    answer = client.post(
        "/admin/affiches/new/", {"portrait": desk.pk, "place": kitchen.pk, "size": "tabloid", "copies": 6}, follow=True
    )
    row = Affiche.objects.get()
    assert (row.copies, row.created_by, row.printed_at) == (6, comms, None)
    assert pdf(row) in answer.content.decode()
    assert "Nadia" in answer.content.decode()
    got = client.get(pdf(row))
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    assert {"private", "no-store"} <= set(got["Cache-Control"].split(", "))
    assert got.content.startswith(b"%PDF-")
    exposure = Exposure.objects.get()
    assert (exposure.usage, exposure.locator, exposure.version_id) == ("affiche", f"affiche:{row.code}", row.version)
    row.refresh_from_db()
    assert row.printed_at == exposure.first_at
    client.get(pdf(row))
    assert Exposure.objects.count() == 1


def test_a_batch_answers_at_its_own_size_only(client, comms):
    row = batch(factories.shown(Usage.AFFICHE), printed=False)
    assert client.get(f"/admin/affiches/{row.pk}/tabloid.pdf").status_code == 404
    assert not Exposure.objects.exists()


@pytest.mark.parametrize(
    "address", ["/admin/affiches/{pk}/letter.pdf", "/admin/affiches/", "/admin/affiches/a-poser/", "/admin/retraits/"]
)
def test_strangers_get_nothing(client, address):
    row = batch(factories.shown(Usage.AFFICHE), printed=False)
    address = address.format(pk=row.pk)
    assert client.get(address).status_code == 302
    someone = factories.user("hr")
    someone.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    client.force_login(someone)
    assert client.get(address).status_code in {302, 403}
    assert client.get(address).content.find(b"%PDF") == -1
    assert not Exposure.objects.exists()


def test_the_form_refuses_a_portrait_without_consent_for_that_place(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    hall = place("Hall", "public")
    answer = client.post("/admin/affiches/new/", {"portrait": desk.pk, "place": hall.pk, "size": "letter", "copies": 1})
    assert answer.status_code == 200
    assert "lieux publics" in answer.content.decode() or "public places" in answer.content.decode()
    silent = factories.portrait("Diego")
    client.post("/admin/affiches/new/", {"portrait": silent.pk, "place": "", "size": "letter", "copies": 1})
    assert not Affiche.objects.exists()


def test_a_public_place_asks_for_public_places(client, comms):
    desk = factories.shown(Usage.VITRINE)
    row = batch(desk, place=place("Hall", "public"))
    assert Exposure.objects.get().usage == "vitrine"
    assert client.get(pdf(row)).status_code == 200
    factories.withdraw(desk, Usage.AFFICHE)
    assert client.get(pdf(row)).status_code == 200
    factories.withdraw(desk, Usage.VITRINE)
    assert client.get(pdf(row)).status_code == 410


def test_a_place_opened_to_the_public_disowns_its_staff_posters(client):
    kitchen = place()
    row = batch(factories.shown(Usage.AFFICHE), place=kitchen)
    Place.objects.filter(pk=kitchen.pk).update(audience="public")
    assert "à retirer" in client.get(f"/a/{row.code}/").content.decode()


def test_the_gate_is_asked_at_the_instant_of_the_download(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk, printed=False)
    factories.withdraw(desk, Usage.AFFICHE)
    answer = client.get(pdf(row))
    assert answer.status_code == 410
    assert answer["Content-Type"].startswith("text/html")
    assert b"%PDF" not in answer.content
    assert not Exposure.objects.exists()
    row.refresh_from_db()
    assert row.printed_at is None
    assert whereabouts.to_take_down(at=timezone.now()) == []  # nothing was printed


def test_a_letter_that_cannot_be_printed_is_explained(client, comms):
    """The letters were enough when people were asked; the borough's name changed since."""
    from portraits.models import Identity

    row = batch(factories.shown(Usage.AFFICHE), printed=False)
    Identity.objects.update_or_create(defaults={"name_second_line": "des Érables 楓"})
    answer = client.get(pdf(row))
    assert answer.status_code == 422
    assert "楓" in answer.content.decode()
    assert not Exposure.objects.exists()


def test_the_code_says_at_once_that_the_poster_must_go(client):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk, place=place())
    before = client.get(f"/a/{row.code}/")
    assert "Cette affiche est toujours autorisée" in before.content.decode()
    factories.withdraw(desk, Usage.AFFICHE)
    after = client.get(f"/a/{row.code}/")
    assert "Cette affiche est à retirer" in after.content.decode()
    assert "Bureau des accords" in after.content.decode()
    for answer in (before, after):
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        assert b"Nadia" not in answer.content
        assert b"/m/" not in answer.content
    assert client.get("/a/inconnu/").status_code == 404


@pytest.mark.parametrize("language", ["fr-ca", "en"])
def test_from_the_poster_to_say_thank_you(client, language):
    prefix = "" if language == "fr-ca" else "/en"
    desk = factories.shown(Usage.AFFICHE, Usage.SITE, language=language)
    row = batch(desk)
    way = f"/a/{row.code}/merci/"
    assert f'href="{way}"' in client.get(f"/a/{row.code}/").content.decode()
    answer = client.get(way)
    assert (answer.status_code, answer["Location"]) == (302, f"{prefix}/merci/nadia/")
    assert answer["Cache-Control"] == "no-store"
    assert "Nadia" in client.get(answer["Location"]).content.decode()
    factories.withdraw(desk, Usage.SITE)
    assert client.get(way)["Location"] == f"{prefix}/merci/"
    factories.withdraw(desk, Usage.AFFICHE)
    assert client.get(way)["Location"] == f"{prefix}/merci/"
    assert way not in client.get(f"/a/{row.code}/").content.decode()
    assert client.get("/a/inconnu/merci/").status_code == 404


def test_a_poster_that_may_not_hang_names_nobody_though_the_site_does(client):
    desk = factories.shown(Usage.AFFICHE, Usage.SITE)
    row = batch(desk)
    factories.withdraw(desk, Usage.AFFICHE)
    assert client.get(f"/a/{row.code}/merci/")["Location"] == "/merci/"


def test_the_page_speaks_the_language_of_its_poster(client):
    row = batch(factories.shown(Usage.AFFICHE, language="en"))
    page = client.get(f"/a/{row.code}/").content.decode()
    assert "This poster is still allowed" in page
    assert 'lang="en-CA"' in page


def test_the_page_costs_three_queries(client, django_assert_num_queries):
    row = batch(factories.shown(Usage.AFFICHE), place=place())
    with django_assert_num_queries(3):  # the batch, the gate, the brand
        client.get(f"/a/{row.code}/")


def test_paper_shows_its_own_version_not_the_newest(client):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    desk.job = "Contremaîtresse"
    desk.save()
    desk.save_revision()
    factories.say(factories.ask(desk, Usage.AFFICHE), Usage.AFFICHE)
    assert gate.capsules(Usage.AFFICHE, at=timezone.now())[0].job == "Contremaîtresse"
    assert "à retirer" in client.get(f"/a/{row.code}/").content.decode()


def test_an_end_that_comes_by_itself_is_seen(client):
    factories.shown(Usage.AFFICHE)
    row = batch(factories.shown(Usage.AFFICHE, first_name="Diego"))
    at = timezone.now()
    assert row.pk in paper.allowed([row], at=at + timedelta(days=364))
    assert row.pk not in paper.allowed([row], at=at + timedelta(days=366))


def places(at=None):
    """The take-down list: place → batches."""
    return [
        (where, [row.called.locator for row in rows])
        for where, rows in whereabouts.to_take_down(at=at or timezone.now())
    ]


def test_the_withdrawal_owes_a_recall_that_waits_for_hands():
    """No worker takes it, however often it is rung; it is on the list at once and due in two working days."""
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    factories.withdraw(desk, Usage.AFFICHE)
    sweep()
    owed = Recall.objects.get()
    assert (owed.state, owed.by_hand, owed.attempts) == ("waiting", True, 0)
    assert owed.due_at == workdays.after(owed.owed_at, 2)
    assert places() == [("", [row.locator])]


def test_a_hidden_portrait_comes_down_too(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    hiding.hide(desk, by=comms, at=timezone.now())
    assert client.get(pdf(row)).status_code == 410


def test_the_list_is_grouped_by_place_and_empties_as_hands_work(client, comms):
    nadia, diego = factories.shown(Usage.AFFICHE), factories.shown(Usage.AFFICHE, first_name="Diego")
    kitchen, garage = place(), place("Salle de repos", building="Garage")
    first = batch(nadia, place=kitchen, copies=4)
    batch(nadia, copies=2)
    batch(nadia, place=garage)
    batch(diego, place=kitchen)
    assert places() == []
    factories.withdraw(nadia, Usage.AFFICHE)
    found = [(name, len(rows)) for name, rows in places()]
    assert found == [("Garage › 3e étage › Salle de repos", 1), ("Mairie › 3e étage › Cuisine", 1), ("", 1)]
    page = client.get("/admin/retraits/").content.decode()
    assert page.count('class="round-thing"') == 3
    assert "Nadia" not in page
    client.post(gone(first), {"note": "Décrochée et déchiquetée."})
    first.refresh_from_db()
    assert first.taken_down_by == comms
    row = Recall.objects.get(exposure__locator=first.locator)
    assert (row.state, row.done_by, row.note) == ("done", comms, "Décrochée et déchiquetée.")
    assert LedgerEntry.objects.filter(kind="recalled").get().body == {"where": first.locator, "by_hand": True}
    assert [name[:6] for name, _rows in places()] == ["Garage", ""]
    assert "à retirer" in client.get(f"/a/{first.code}/").content.decode()
    assert "déchiquetée" in client.get("/admin/retraits/").content.decode()  # what was done this week


def gone(row):
    return reverse("affiches:taken_down", args=[row.pk])


def test_it_is_gone_takes_a_photo_or_a_word(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    factories.withdraw(desk, Usage.AFFICHE)
    for nothing in ({}, {"note": "  "}, {"photo": SimpleUploadedFile("mur.jpg", b"pas une photo")}):
        answer = client.post(gone(row), nothing)
        assert answer.status_code == 422
        assert f'action="{gone(row)}"' in answer.content.decode()
        assert "<details open>" in answer.content.decode()
    kept = client.post(gone(row), {"note": "Arrachée", "photo": SimpleUploadedFile("mur.jpg", b"pas une photo")})
    assert "Arrachée" in kept.content.decode()
    assert Recall.objects.get().state == "waiting"


def test_the_photo_of_the_empty_wall_keeps_its_pixels_only_and_is_for_staff(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    factories.withdraw(desk, Usage.AFFICHE)
    exif = Image.Exif()
    exif[0x013B] = "Camille Tremblay"
    client.post(gone(row), {"photo": factories.picture(exif=exif.tobytes(), comment=b"Camille")})
    kept = Recall.objects.get()
    assert kept.photo.name.startswith("retraits/")
    address = reverse("portraits_takedown_photo", args=[kept.pk])
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    assert b"Camille" not in answer.content
    assert not Image.open(io.BytesIO(answer.content)).getexif()
    comms.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_affiche"]))
    assert client.get(address).status_code in {302, 403}
    client.logout()
    assert client.get(address).status_code == 302


def test_taking_down_needs_a_post_and_the_right(client, comms):
    row = batch(factories.shown(Usage.AFFICHE))
    assert client.get(gone(row)).status_code == 405
    comms.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_affiche", "add_affiche"]))
    client.post(gone(row), {"note": "x"})
    row.refresh_from_db()
    assert row.taken_down_at is None


def test_what_came_down_before_the_end_is_never_called_back(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    client.post(gone(row), {"note": "Fin de la campagne"})
    factories.withdraw(desk, Usage.AFFICHE)
    assert not Recall.objects.exists()


def test_it_hangs_says_who_and_since_when(client, comms):
    desk, kitchen = factories.shown(Usage.AFFICHE), place()
    row = batch(desk, place=kitchen, copies=3)
    batch(desk, printed=False)
    page = client.get("/admin/affiches/a-poser/").content.decode()
    assert page.count('class="round-thing"') == 1
    hangs = reverse("affiches:hung", args=[row.pk])
    assert client.get(hangs).status_code == 405
    client.post(hangs)
    row.refresh_from_db()
    assert row.hung_by == comms
    assert paper.to_hang(at=timezone.now()) == []
    factories.withdraw(desk, Usage.AFFICHE)
    ((_where, (thing,)),) = whereabouts.to_take_down(at=timezone.now())
    assert (thing.by, thing.since) == ("comms", row.hung_at)


def test_what_was_withdrawn_between_the_printer_and_the_wall_is_not_hung(client, comms):
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk)
    factories.withdraw(desk, Usage.AFFICHE)
    assert paper.to_hang(at=timezone.now()) == []
    client.post(reverse("affiches:hung", args=[row.pk]))
    row.refresh_from_db()
    assert row.hung_at is None


def test_a_place_opened_to_the_public_owes_its_staff_posters(client, admin_client):
    kitchen = place()
    row = batch(factories.shown(Usage.AFFICHE), place=kitchen)
    form = {"building": "Mairie", "floor": "3e étage", "room": "Cuisine", "audience": "public", "lease_hours": 24}
    assert admin_client.post(f"/admin/snippets/ecrans/place/edit/{kitchen.pk}/", form).status_code == 302
    assert places() == [(str(kitchen), [row.locator])]
    assert Recall.objects.get().exposure.usage == "vitrine"


def test_one_batch_asked_for_twice_is_on_the_list_once():
    kitchen = place()
    desk = factories.shown(Usage.AFFICHE)
    row = batch(desk, place=kitchen)
    Place.objects.filter(pk=kitchen.pk).update(audience="public")
    kitchen.refresh_from_db()
    paper.seen_by_others(kitchen, at=timezone.now())
    factories.withdraw(desk, Usage.AFFICHE)
    assert Recall.objects.count() == 2
    assert places() == [(str(kitchen), [row.locator])]
    paper.take_down(row, by=factories.staff(), at=timezone.now(), note="fait")
    assert {one.state for one in Recall.objects.all()} == {"done"}


def printed(number):
    """As many printed batches as portraits, in three places, half of them to take down; the PDF is not the point here."""
    spots = [place(f"Salle {i}") for i in range(2)] + [place("Hall", "public")]
    for i, desk in enumerate(factories.crowd(number, Usage.AFFICHE, Usage.VITRINE)):
        row = batch(desk, printed=False, place=spots[i % 3])
        Affiche.objects.filter(pk=row.pk).update(printed_at=timezone.now())
        (capsule,) = gate.capsules(row.usage, at=timezone.now(), keys=[desk.pk])
        recall.record(row.usage, capsule, locator=row.locator, at=timezone.now())
        if i % 2:
            factories.withdraw(desk)


@pytest.mark.parametrize("number", [3, 30])
def test_the_lists_cost_the_same_for_few_and_for_many(number, django_assert_max_num_queries):
    printed(number)
    with django_assert_max_num_queries(3):  # the recalls, then the batches of each of two usages
        assert sum(len(rows) for _where, rows in whereabouts.to_take_down(at=timezone.now())) == number // 2
    with django_assert_max_num_queries(3):  # the batches, then the gate for each of two usages
        assert sum(len(rows) for _where, rows in paper.to_hang(at=timezone.now())) == number - number // 2


@pytest.mark.parametrize("number", [3, 30])
def test_the_index_costs_the_same_for_few_and_for_many(number, client, comms, django_assert_max_num_queries):
    printed(number)
    client.get("/admin/affiches/")
    with django_assert_max_num_queries(16):
        assert client.get("/admin/affiches/").status_code == 200


def test_an_order_that_was_a_mistake_is_cancelled_before_anything_is_printed(client, comms):
    row = batch(factories.shown(Usage.AFFICHE), printed=False, place=place())
    address = reverse("affiches:cancelled", args=[row.pk])
    assert address in client.get("/admin/affiches/").content.decode()
    assert "Mairie" in client.get(address).content.decode()
    assert Affiche.objects.exists()  # it was only asked
    assert "annulée" in client.post(address, follow=True).content.decode()
    assert not Affiche.objects.exists()
    assert client.get(f"/a/{row.code}/").status_code == 404


def test_what_is_cancelled_while_it_is_composed_is_not_printed(monkeypatch):
    row = batch(factories.shown(Usage.AFFICHE), printed=False)
    monkeypatch.setattr(compose, "poster", lambda *_said, **_how: b"%PDF" if paper.cancel(row) else b"")
    with pytest.raises(paper.NotAllowed):
        paper.sheet(row)
    assert not Exposure.objects.exists()


def test_what_was_printed_is_not_cancelled_but_taken_down(client, comms):
    row = batch(factories.shown(Usage.AFFICHE))
    address = reverse("affiches:cancelled", args=[row.pk])
    assert address not in client.get("/admin/affiches/").content.decode()
    for answer in (client.get(address, follow=True), client.post(address, follow=True)):
        assert "n’est plus possible de l’annuler" in answer.content.decode()
    assert paper.cancel(row) is False
    assert Affiche.objects.get() == row


def test_nobody_edits_or_deletes_what_was_printed(client, admin_client):
    row = batch(factories.shown(Usage.AFFICHE))
    for address in (f"/admin/affiches/edit/{row.pk}/", f"/admin/affiches/delete/{row.pk}/"):
        assert admin_client.get(address).status_code == 404
    assert admin_client.get("/admin/affiches/").status_code == 200


def test_the_person_is_shown_the_sheet_that_will_hang():
    factories.shown(Usage.AFFICHE)
    capsule = gate.capsules(Usage.AFFICHE, at=timezone.now())[0]
    rendering = renderings.render(Usage.AFFICHE, capsule)
    assert (rendering.content_type, rendering.shape) == ("image/png", "sheet")
    assert Image.open(io.BytesIO(rendering.body)).size == (935, 1210)
    assert renderings.render(Usage.AFFICHE, capsule).sha256 == rendering.sha256


def test_whoever_cannot_be_printed_is_not_asked():
    with pytest.raises(asking.NotReady, match="ọ"):
        factories.ask(factories.portrait("Ngọc"), Usage.AFFICHE)


def test_the_walls_of_the_house_hold():
    call_command("check")
