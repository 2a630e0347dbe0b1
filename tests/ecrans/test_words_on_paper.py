"""Kind words on paper: chosen among those that may hang, printed whole or cut after a sentence, gone with anybody's no."""

import io

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from ecrans import loop
from ecrans import print as paper
from ecrans.models import Affiche, Place
from portraits import compose, hiding, quoting, recall, renderings, whereabouts
from portraits.models import Exposure, Recall, Version
from portraits.usages import Audience, Usage
from tests import factories
from tests.ecrans.printing import batch, pdf, place
from tests.ecrans.test_loop import screen
from tests.ecrans.test_words import quoted
from tests.portraits.test_quotes import KIND, passed_on, say

pytestmark = pytest.mark.django_db
AFFICHE, VITRINE = Usage.AFFICHE, Usage.VITRINE
ORDER = "/admin/affiches/mots/"


def read(data):
    (page,) = PdfReader(io.BytesIO(data)).pages
    return " ".join(page.extract_text().split())


def version_of(row):
    return Version.objects.filter(compliment=row).latest("pk")


def test_ordered_in_the_cms_then_downloaded(client, comms):
    row, kitchen = quoted(factories.person("Nadia")), place()
    page = client.get(ORDER).content.decode()
    assert KIND[:20] in page
    assert "Pour Nadia" in page
    order = {"words": version_of(row).pk, "place": kitchen.pk, "size": "letter", "copies": 2}
    answer = client.post(ORDER, order, follow=True)
    made = Affiche.objects.get()
    assert (made.compliment, made.portrait, made.created_by) == (row.pk, None, comms)
    assert pdf(made) in answer.content.decode()
    assert "Pour Nadia" in answer.content.decode()
    got = client.get(pdf(made))
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    said = read(got.content)
    assert KIND[:20] in said
    assert "Pour Nadia" in said
    assert f"lot {made.pk}" in said
    assert f"/a/{made.code}" in said
    exposure = Exposure.objects.get()
    assert (exposure.usage, exposure.locator, exposure.version) == ("affiche", made.locator, version_of(row))


def test_the_page_of_a_message_leads_to_its_poster(admin_client):
    nadia = factories.person("Nadia")
    row = passed_on(nadia)
    message = reverse("portraits_inbox_message", args=[row.pk])
    assert "affiches/mots" not in admin_client.get(message).content.decode()
    say(row, nadia)
    for _number in range(25):
        quoted()
    address = f"{ORDER}?mots={row.pk}"
    assert address in admin_client.get(message).content.decode()
    page = admin_client.get(address).content.decode()
    radio = f'name="words" value="{version_of(row).pk}"'
    assert f"{radio} checked" in page
    plain = admin_client.get(ORDER).content.decode()
    assert radio not in plain  # older than those that are listed
    assert plain.count('name="words"') == 24
    order = {"words": version_of(row).pk, "place": "", "size": "letter", "copies": 0}
    again = admin_client.post(ORDER, order).content.decode()
    assert f"{radio} checked" in again  # a mistake elsewhere loses nothing
    assert not Affiche.objects.exists()
    for nonsense in ("0", "x", "9" * 30, "²"):
        assert "checked" not in admin_client.get(f"{ORDER}?mots={nonsense}").content.decode()


@pytest.mark.parametrize("words", ["", "x", "0", "999999", "9" * 30])
def test_words_that_are_not_there_are_refused_in_a_sentence(client, comms, words):
    quoted()
    answer = client.post(ORDER, {"words": words, "place": "", "size": "letter", "copies": 1})
    assert answer.status_code == 200
    assert "w-field__errors" in answer.content.decode()
    assert not Affiche.objects.exists()


def test_words_passed_on_anew_are_two_sheets_each_for_its_places(client, comms):
    nadia, hall = factories.person("Nadia"), place("Hall", "public")
    row = passed_on(nadia)
    say(row, nadia, usages=[AFFICHE])
    first = version_of(row)
    quoting.ask(row, KIND.split(".")[0] + ".", [nadia], by=factories.user("autre"), at=timezone.now())
    say(row, nadia, usages=[VITRINE])
    second = version_of(row)
    listed = [(one.quote.version, one.usages) for one in paper.words_to_order(at=timezone.now(), most=24)]
    assert listed == [(second.pk, (VITRINE,)), (first.pk, (AFFICHE,))]
    order = {"words": first.pk, "place": hall.pk, "size": "letter", "copies": 1}
    assert client.post(ORDER, order).status_code == 200
    assert not Affiche.objects.exists()
    client.post(ORDER, {**order, "words": second.pk})
    assert Affiche.objects.get().version == second.pk


def test_the_newest_are_listed_whatever_they_are_for():
    both = quoted(factories.person())
    for _number in range(3):
        nadia = factories.person()
        say(passed_on(nadia), nadia, usages=[VITRINE])
    found = paper.words_to_order(at=timezone.now(), most=3)
    assert [one.usages for one in found] == [(VITRINE,)] * 3
    *_others, last = paper.words_to_order(at=timezone.now(), most=4)
    assert (last.quote.key, last.usages) == (both.pk, (AFFICHE, VITRINE))


def test_a_line_break_is_no_paragraph_and_stops_no_channel():
    nadia = factories.person("Nadia")
    row = quoted(nadia, words="Bonjour Nadia,\nMerci pour tout.")
    given = {one.usage for one in version_of(row).subjects.get(role="named").consents.all()}
    assert given == {str(usage) for usage in renderings.quoted()}
    (one,) = paper.words_to_order(at=timezone.now(), most=1)
    assert one.text == "Bonjour Nadia, Merci pour tout."
    (slide,) = loop.manifest(screen(), timezone.now())["slides"]
    assert slide["text"]["sentence"] == "Bonjour Nadia, Merci pour tout."


def test_what_came_down_is_printed_and_hung_no_more(client, comms):
    """Else a sheet would hang that nobody owes: what was taken down is called back no more."""
    row = quoted(factories.person())
    made = batch(row)
    paper.take_down(made, by=comms, at=timezone.now(), note="Fin de la saison.")
    assert "à retirer" in client.get(f"/a/{made.code}/").content.decode()
    refused = client.get(pdf(made))
    assert refused.status_code == 410
    assert "décroché" in refused.content.decode()
    made.refresh_from_db()
    with pytest.raises(paper.NotAllowed):
        paper.hang(made, by=comms, at=timezone.now())
    assert pdf(made) not in client.get("/admin/affiches/").content.decode()


def test_a_place_opened_while_the_sheet_is_composed(monkeypatch):
    kitchen = place()
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia, usages=[AFFICHE])
    made = batch(row, printed=False, place=kitchen)
    composed = compose.kind_words

    def slowly(*args, **options):
        Place.objects.filter(pk=kitchen.pk).update(audience="public")
        return composed(*args, **options)

    monkeypatch.setattr(compose, "kind_words", slowly)
    with pytest.raises(paper.NotAllowed):
        paper.sheet(made)
    assert not Exposure.objects.exists()


def test_nothing_to_print_is_said(client, comms):
    passed_on(factories.person())
    assert "Aucun mot gentil" in client.get(ORDER).content.decode()


def test_a_public_place_asks_the_public_yes(client, comms):
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia, usages=[AFFICHE])
    hall = place("Hall", "public")
    answer = client.post(ORDER, {"words": version_of(row).pk, "place": hall.pk, "size": "letter", "copies": 1})
    assert "lieux publics" in answer.content.decode()
    assert not Affiche.objects.exists()
    say(row, nadia, usages=[VITRINE])
    assert batch(row, place=hall).usage == VITRINE
    assert Exposure.objects.get().usage == "vitrine"


@pytest.mark.parametrize("who", ["writer", "named"])
@pytest.mark.parametrize("audience", Audience)
def test_a_withdrawal_disowns_the_sheet_at_once(client, comms, who, audience):
    nadia = factories.person()
    row = quoted(nadia)
    made = batch(row, place=place(audience="staff" if audience == Audience.COLLEAGUES else "public"), copies=3)
    check = f"/a/{made.code}/"
    assert "toujours autorisée" in client.get(check).content.decode()
    at = timezone.now()
    quoting.take_back(row, row.writer if who == "writer" else nadia, audience, at=at)
    gone = client.get(check).content.decode()
    assert "à retirer" in gone
    assert "mots gentils" in gone
    assert KIND[:20] not in gone
    assert client.get(pdf(made)).status_code == 410
    with pytest.raises(paper.NotAllowed):
        paper.hang(made, by=comms, at=timezone.now())
    owed = Recall.objects.get()
    assert (owed.state, owed.by_hand) == ("waiting", True)
    ((_where, (thing,)),) = whereabouts.to_take_down(at=timezone.now())
    assert thing.called.words
    round_page = client.get("/admin/retraits/").content.decode()
    assert str(made) in round_page
    assert KIND[:20] not in round_page
    assert KIND[:20] not in client.get("/admin/affiches/").content.decode()
    (told,) = whereabouts.report(str(row.across), [made.usage], since=at, at=timezone.now(), words=True)
    assert told.removed_at is None
    client.post(reverse("affiches:taken_down", args=[made.pk]), {"note": "Décrochée."})
    (told,) = whereabouts.report(str(row.across), [made.usage], since=at, at=timezone.now(), words=True)
    assert told.removed_at


def test_words_that_staff_hides_come_down_too(client, comms):
    row = quoted(factories.person())
    made = batch(row)
    hiding.hide(row, by=comms, at=timezone.now(), reason="Une adresse.")
    assert client.get(pdf(made)).status_code == 410
    assert Recall.objects.get().exposure.locator == made.locator


def test_other_words_replace_what_hangs(client):
    """The same message passed on anew, in fewer words, with everybody's yes: the former sheet comes down."""
    nadia = factories.person("Nadia")
    row = quoted(nadia)
    made = batch(row)
    by = factories.user("autre")
    quoting.ask(row, KIND.split(".")[0] + ".", [nadia], by=by, at=timezone.now())
    assert "toujours autorisée" in client.get(f"/a/{made.code}/").content.decode()
    say(row, nadia)
    assert "à retirer" in client.get(f"/a/{made.code}/").content.decode()


def test_a_batch_shows_one_thing():
    for fields in ({}, {"portrait": 1, "compliment": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Affiche.objects.create(version=1, language="fr-ca", **fields)


def test_the_person_is_shown_the_sheet_that_will_hang():
    row = quoted(factories.person("Nadia"))
    quote = quoting.quote(version_of(row))
    rendering = renderings.render(AFFICHE, quote)
    assert (rendering.content_type, rendering.shape) == ("image/png", "sheet")
    assert Image.open(io.BytesIO(rendering.body)).size == (935, 1210)
    factories.draw_anew()
    assert renderings.render(AFFICHE, quote).sha256 == rendering.sha256
    both = renderings.render(VITRINE, quote).body.decode()
    assert KIND[:20] in both  # the slide
    assert "data:image/png;base64," in both  # the sheet


def test_words_too_long_for_paper_are_asked_for_elsewhere_only():
    row = quoted(words="Merci à toute votre équipe " + "pour ce que vous faites chaque jour " * 6)
    version = version_of(row)
    with pytest.raises(renderings.CannotRender, match="trop longue"):
        renderings.render(AFFICHE, quoting.quote(version))
    assert not version.subjects.filter(consents__usage__in=[AFFICHE, VITRINE]).exists()
    assert version.subjects.filter(consents__usage=Usage.INTRANET).exists()
    assert paper.words_to_order(at=timezone.now(), most=9) == []


def test_letters_that_we_cannot_print_are_not_asked_for():
    row = quoted(words="Merci 楓 à toute l’équipe.")
    assert not version_of(row).subjects.filter(consents__usage=AFFICHE).exists()


def test_whoever_reads_them_on_a_wall_may_write_some_too(client):
    made = batch(quoted(factories.person()))
    assert client.get(f"/a/{made.code}/merci/")["Location"] == "/merci/"


def test_words_for_one_kind_of_place_say_so():
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia, usages=[VITRINE])
    (one,) = paper.words_to_order(at=timezone.now(), most=9)
    assert (one.quote.key, one.usages) == (row.pk, (VITRINE,))


def printed(number):
    spots = [place(f"Salle {i}") for i in range(2)] + [place("Hall", "public")]
    for i in range(number):
        row = quoted(factories.person())
        made = batch(row, printed=False, place=spots[i % 3])
        Affiche.objects.filter(pk=made.pk).update(printed_at=timezone.now())
        shown = paper.to_order(made, at=timezone.now())
        recall.record(made.usage, shown, locator=made.locator, at=timezone.now())
        if i % 2:
            for audience in Audience:
                quoting.take_back(row, row.writer, audience, at=timezone.now())


@pytest.mark.parametrize("number", [3, 30])
def test_lists_cost_the_same_for_few_and_for_many(number, client, comms, django_assert_max_num_queries):
    printed(number)
    client.get("/admin/affiches/")
    with django_assert_max_num_queries(3):
        assert sum(len(rows) for _where, rows in whereabouts.to_take_down(at=timezone.now())) == number // 2
    with django_assert_max_num_queries(3):
        assert sum(len(rows) for _where, rows in paper.to_hang(at=timezone.now())) == number - number // 2
    with django_assert_max_num_queries(16):
        assert client.get("/admin/affiches/").status_code == 200
    with django_assert_max_num_queries(20):
        assert client.get(ORDER).status_code == 200
