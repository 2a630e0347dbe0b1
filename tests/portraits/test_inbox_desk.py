"""The inbox in the CMS: the list, the page of a message, and two moderators at once."""

import html
import re

import pytest
from django.forms import modelform_factory
from django.urls import reverse
from django.utils import timezone

from intranet.models import Letter
from intranet.roles import COMMS, EMPLOYEE, HR
from portraits import comparing, gate, inbox, masking, match, replying, slip
from portraits.models import (
    Compliment,
    LedgerEntry,
    Person,
    ReplyTemplate,
    Spot,
    Team,
    Wording,
)
from portraits.person_form import NewPersonForm, PersonForm
from portraits.usages import Usage
from portraits.views.inbox_message import REFUSALS
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_quotes import KIND, judged, passed_on, received

pytestmark = pytest.mark.django_db
TEL = "Nadia a été patiente. Rappelez-moi au 514\u00a0555\u20110142."


@pytest.fixture
def client():
    return signed_in(COMMS)


def page(client, row):
    return client.get(reverse("portraits_inbox_message", args=[row.pk]))


def seen(client, row):
    return page(client, row).context["seen"]


def do(client, row, gesture, *, held=None, **data):
    address = reverse("portraits_inbox_gesture", args=[row.pk, gesture])
    return client.post(address, {"seen": held or seen(client, row), **data})


def sorted_(row, kind="compliment", **about):
    return inbox.triage(row, kind, by=factories.staff(), at=timezone.now(), **about)


# -- the page


def test_everybody_else_is_turned_away():
    row = received()
    assert page(signed_in(EMPLOYEE, username="emp"), row).status_code in {302, 403}
    assert page(signed_in(HR, username="rh2"), row).status_code == 200


def test_what_a_resident_wrote_is_shown_as_text(client):
    row = received("<script>alert(1)</script> \u202eMerci")
    html = page(client, row).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_address_of_a_writer_is_not_on_the_page_and_a_number_is_read_once_noted(client):
    row = received(writer=inbox.Writer("Huguette", phone="514 555-0142"))
    assert "555-0142" not in page(client, row).content.decode()
    do(client, row, "joindre")
    assert "555-0142" in page(client, row).content.decode()
    assert LedgerEntry.objects.filter(kind="contact_read").count() == 1
    assert "huguette@voisine.example" not in page(client, received()).content.decode()


def test_from_received_to_answered(client):
    nadia = factories.person()
    team = Team.objects.create(name="Parcs")
    row = received()
    do(client, row, "trier", kind="compliment", team=team.pk)
    assert page(client, row).context["candidates"][0].person == nadia
    do(client, row, "mots", text=KIND.replace(" à traverser la rue", ""), reason="Trop précis")
    assert Wording.objects.get().reason == "Trop précis"
    do(client, row, "transmettre", people=[nadia.pk])
    assert "Nadia a aidé ma mère." in Letter.objects.get(to=nadia.email).body
    do(client, row, "repondre", text="Nadia a lu vos mots ce matin.")
    row.refresh_from_db()
    assert (row.stage, row.original) == ("answered", KIND)
    do(client, row, "fermer")
    assert Compliment.objects.get().stage == "closed"


def test_an_edit_needs_a_reason_and_shows_what_differs(client):
    row = received()
    assert do(client, row, "mots", text="Merci Nadia").status_code == 422
    assert not Wording.objects.exists()
    do(client, row, "mots", text=f"{KIND} Vraiment.", reason="x")
    html = page(client, row).content.decode()
    assert re.search(r"<ins>\s*Vraiment\.</ins>", html)


def test_words_go_to_somebody_or_to_a_team(client):
    row = sorted_(received())
    assert do(client, row, "transmettre").status_code == 422
    team = Team.objects.create(name="Parcs", email="parcs@erables.example")
    judged(sorted_(row, team=team))
    do(client, row, "transmettre")
    assert KIND[:20] in Letter.objects.get(to=team.email).body


NOBODY_TICKED = {
    "somebody of ours is in the words": {},
    "the writer says whom": {"words": "Merci pour tout.", "to_whom": "la dame de l’accueil"},
}


@pytest.mark.parametrize("why", NOBODY_TICKED)
@pytest.mark.parametrize("mailbox", ["parcs@erables.example", ""])
def test_words_that_may_be_quoted_nowhere_reach_the_team_all_the_same(client, why, mailbox):
    factories.person("Nadia")
    team = Team.objects.create(name="Parcs", email=mailbox)
    row = sorted_(received(**NOBODY_TICKED[why]), team=team)
    do(client, row, "transmettre")
    row.refresh_from_db()
    assert row.for_team
    assert Letter.objects.filter(to=mailbox or "?", body__contains=row.original[:15]).exists() is bool(mailbox)
    assert slip.waiting_teams() == ([] if mailbox else [row])
    said = "le " if mailbox else "un billet est à imprimer"
    assert f"<b>Parcs</b> <span>{said}" in page(client, row).content.decode()
    assert [usage for usage in Usage if gate.quotes(usage, at=timezone.now())] == []


def test_the_team_does_not_read_what_was_for_one_of_them(client):
    team = Team.objects.create(name="Parcs", email="parcs@erables.example")
    row = sorted_(received(), team=team)
    do(client, row, "transmettre", people=[factories.person().pk])
    assert not Letter.objects.filter(to=team.email).exists()


def test_nobody_who_wrote_can_be_passed_words_on(client):
    row = sorted_(received())
    assert do(client, row, "transmettre", people=[row.writer_id]).status_code == 422


MIXED = "Nadia a été parfaite. La file, elle, était interminable. Rappelez-moi au 514 555-0142."


@pytest.mark.parametrize("masked", [True, False])
def test_a_criticism_does_not_go_with_the_kind_words_beside_it(client, masked):
    nadia = factories.person()
    row = sorted_(received(MIXED), "mixed")
    do(client, row, "masquer" if masked else "laisser", words="514 555-0142")
    shown = page(client, row)
    assert shown.context["whole"]
    answer = do(client, row, "transmettre", people=[nadia.pk])
    assert answer.status_code == 422
    assert shown.content.decode().count("Gardez seulement") < answer.content.decode().count("Gardez seulement")
    assert not Letter.objects.filter(to=nadia.email).exists()
    do(client, row, "mots", text="Nadia a été parfaite.", reason="La critique va aux guichets")
    do(client, row, "transmettre", people=[nadia.pk])
    body = Letter.objects.get(to=nadia.email).body
    assert "Nadia a été parfaite." in body
    assert "interminable" not in body


def test_kind_words_alone_need_no_wording():
    row = sorted_(received())
    assert not inbox.whole(row)


# -- closing


def test_kind_words_that_nobody_received_are_closed_with_a_reason_that_stays(client):
    row = sorted_(received())
    refused = do(client, row, "fermer", reason=" ")
    assert refused.status_code == 422
    assert refused.context["close_form"].errors
    assert Compliment.objects.get().stage == "triaged"
    do(client, row, "fermer", reason="Pour une autre ville")
    row.refresh_from_db()
    assert (row.stage, Wording.objects.get().text) == ("closed", KIND)
    assert "Pour une autre ville" in page(client, row).content.decode()


@pytest.mark.parametrize("kind", ["spam", "off_topic"])
def test_the_rest_is_closed_with_a_click(client, kind):
    do(client, sorted_(received(), kind), "fermer")
    assert Compliment.objects.get().stage == "closed"


def test_a_criticism_that_nobody_has_is_not_closed_and_the_page_says_why(client):
    row = sorted_(received(), "complaint")
    assert "/fermer/" not in page(client, row).content.decode()
    answer = do(client, row, "fermer")
    assert answer.status_code == 422
    assert str(REFUSALS[inbox.NotHanded])[:30] in html.unescape(answer.content.decode())
    assert Compliment.objects.get().stage == "triaged"


def test_a_team_with_a_mailbox_gets_the_criticism_and_not_who_wrote_it(client):
    team = Team.objects.create(name="Travaux publics", email="travaux@erables.example")
    row = sorted_(received("La souffleuse réveille la rue.\n\nÀ trois heures."), "complaint", elsewhere="Rue des Pins")
    do(client, row, "remettre", team=team.pk)
    row.refresh_from_db()
    assert (row.stage, row.handed_to) == ("closed", "Travaux publics")
    body = Letter.objects.get(to=team.email).body
    for said in ("La souffleuse réveille la rue.", "À trois heures.", "Rue des Pins", row.reference):
        assert said in body
    assert "Huguette" not in body
    assert "voisine" not in body


def test_another_service_is_brought_the_words(client):
    Team.objects.create(name="Parcs")
    Team.objects.create(name="Vieux", email="vieux@erables.example", active=False)
    row = sorted_(received(), "complaint")
    assert list(page(client, row).context["hand_form"].fields["team"].queryset) == []
    before = Letter.objects.count()
    answer = do(client, row, "remettre", service="311", number="26-00412")
    assert Letter.objects.count() == before
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "Portez-lui les mots" in shown


@pytest.mark.parametrize("number", ["", "26-00412"])
def test_a_team_and_another_service_are_one_too_many(client, number):
    team = Team.objects.create(name="Parcs", email="parcs@erables.example")
    row = sorted_(received(), "complaint")
    answer = do(client, row, "remettre", team=team.pk, service="311", number=number)
    assert answer.status_code == 422
    assert answer.context["hand_form"].errors
    assert not Letter.objects.filter(to=team.email).exists()


# -- two moderators


def test_two_moderators_at_once_get_one_clear_sentence_and_lose_no_words(client):
    row = received()
    held = seen(client, row)
    do(signed_in(HR, username="lea"), row, "mots", text="Merci à Nadia", reason="Plus court")
    answer = do(client, row, "mots", held=held, text="Mes mots à moi, longs", reason="x")
    assert answer.status_code == 409
    html = answer.content.decode()
    assert html.count('role="alert"') == 1
    assert "Mes mots à moi, longs" in html
    assert "Merci à Nadia" in html
    assert Wording.objects.count() == 1


@pytest.mark.parametrize("gesture", ["trier", "masquer", "laisser", "transmettre", "repondre", "fermer", "rouvrir"])
def test_a_page_out_of_date_does_nothing(client, gesture):
    row = sorted_(received(TEL))
    before = Compliment.objects.values().get()
    data = {"kind": "spam", "words": "514 555-0142", "people": [factories.person().pk], "text": "Merci"}
    assert do(client, row, gesture, held="x", **data).status_code == 409
    assert Compliment.objects.values().get() == before
    assert not row.dismissals.exists()


# -- personal details


HIDDEN = [
    ("courriel : huguette.b@voisine.example", "huguette.b@voisine.example"),
    ("au 514 555-0142", "514 555-0142"),
    ("au 514\u00a0555\u20110142", "514\u00a0555\u20110142"),
    ("au (514) 555.0142 svp", "(514) 555.0142"),
    ("au +1 514 555 0142", "+1 514 555 0142"),
    ("le 06 12 34 56 78", "06 12 34 56 78"),
    ("le 06\u00a012\u00a034\u00a056\u00a078", "06\u00a012\u00a034\u00a056\u00a078"),
    ("au H1X 2B7 à Montréal", "H1X 2B7"),
    ("au h1x\u00a02b7", "h1x\u00a02b7"),
    ("au 2980, 25e Avenue", "2980, 25e Avenue"),
    ("au 123 rue Masson", "123 rue Masson"),
    ("au 4512A, boul. Rosemont", "4512A, boul. Rosemont"),
    ("voir https://exemple.example/x?a=1", "https://exemple.example/x?a=1"),
    ("voir www.exemple.example", "www.exemple.example"),
    ("NAS 046 454 286", "046 454 286"),
    ("NAS 046\u2011454\u2011286", "046\u2011454\u2011286"),
    ("ma requête # 2345678", "requête # 2345678"),
    ("dossier no 24-123456", "dossier no 24-123456"),
    ("merci @nadia_parcs", "@nadia_parcs"),
]
HARMLESS = [
    "le 12 juin 2026 à 14 h 30",
    "elle a planté 1 400 vivaces",
    "l’autobus 197 et le 25e Festival",
    "la rue Masson était déneigée avant 7 h",
    "30 ans de service, bravo",
]


@pytest.mark.parametrize(("text", "words"), HIDDEN)
def test_a_personal_detail_is_marked_and_masking_it_leaves_none(text, words):
    found = masking.marks(text)
    assert [one.words for one in found] == [words]
    clean = masking.masked(text, found, language="fr-ca")
    assert words not in clean
    assert masking.marks(clean) == []


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_are_not_marked(text):
    assert masking.marks(text) == []


def test_words_stay_until_each_detail_was_judged(client):
    nadia = factories.person()
    row = sorted_(received(f"{TEL} Écrivez à h@voisine.example."))
    for _one in range(2):
        assert do(client, row, "transmettre", people=[nadia.pk]).status_code == 422
        mark = masking.left(row, inbox.wording(row))[0]
        do(client, row, "masquer" if "514" in mark.words else "laisser", words=mark.words)
    do(client, row, "transmettre", people=[nadia.pk])
    body = Letter.objects.get(to=nadia.email).body
    assert "0142" not in body
    assert "[" in body
    assert "h@voisine.example" in body


def test_a_place_in_other_words_is_judged_too(client):
    row = sorted_(received(elsewhere="devant le 123 rue Masson"))
    assert do(client, row, "transmettre", people=[factories.person().pk]).status_code == 422
    do(client, row, "trier", kind="compliment", elsewhere="rue Masson")
    do(client, row, "transmettre", people=[factories.person().pk])
    assert Compliment.objects.get().stage == "passed_on"


def test_a_mask_keeps_what_the_writer_allowed():
    from portraits import own_words

    assert own_words.faithful(masking.masked(TEL, masking.marks(TEL), language="fr-ca"), TEL)


# -- whom it is for


@pytest.mark.parametrize(
    ("name", "text", "proposed"),
    [
        ("Nadia", "Merci NADIA !", True),
        ("Réjean", "merci rejean", True),
        ("Jean-François", "Merci à jean francois du garage", True),
        ("Kim", "Le kimono", False),
        ("Luc", "Lucie est formidable", False),
    ],
)
def test_a_first_name_is_a_whole_word(name, text, proposed):
    person = factories.person(name)
    assert [one.person for one in match.candidates(received(text))] == ([person] if proposed else [])


def test_those_of_the_team_come_alone_when_they_fit_and_whoever_left_does_not():
    parks, snow = Team.objects.create(name="Parcs"), Team.objects.create(name="Neige")
    ours, _theirs = factories.person("Nadia", team=parks), factories.person("Nadia", team=snow)
    factories.person("Nadia", team=parks, left_on="2020-01-01")
    row = received(team=parks)
    assert [one.person for one in match.candidates(row)] == [ours]


@pytest.mark.parametrize(
    ("name", "text", "proposed"),
    [
        ("Tremblay", "Madame Tremblay m’a aidée", True),
        ("Tremblay", "merci mme tremblay", True),
        ("St-Pierre", "Un gros merci à M. St-Pierre !", True),
        ("Petit", "Elle a aidé mon petit garçon", False),
        ("Li", "J’ai vu Li au parc", False),
    ],
)
def test_a_family_name_proposes_its_people(name, text, proposed):
    person = factories.person("Nadia", last_name=name)
    assert [one.person for one in match.candidates(received(text))] == ([person] if proposed else [])


def test_first_and_family_name_together_come_first_and_the_team_settles_who_else():
    parks, snow = Team.objects.create(name="Parcs"), Team.objects.create(name="Neige")
    ours, theirs, nadia = (
        factories.person(first, last_name=last, team=team)
        for first, last, team in (("Ana", "Roy", parks), ("Zoé", "Roy", snow), ("Nadia", "Lavoie", snow))
    )
    assert [one.person for one in match.candidates(received("Madame Roy est en or", team=parks))] == [ours]
    assert {one.person for one in match.candidates(received("Madame Roy, merci"))} == {ours, theirs}
    assert [one.person for one in match.candidates(received("Zoé Roy et Nadia, merci"))] == [theirs, nadia, ours]


def test_members_of_the_team_come_last_when_nobody_is_named_and_never_too_many():
    day, spot = timezone.localdate(), Spot.objects.create(name="Parc")
    parks, other = Team.objects.create(name="Parcs"), factories.person("Zoé")
    members = [factories.person(f"Membre{number}", team=parks) for number in range(20)]
    passed_on(other, words="Merci à Zoé", spot=spot, happened_on=day)
    found = match.candidates(received("Quelle belle soirée", team=parks, spot=spot, happened_on=day))
    assert len(found) == match.MOST
    assert found[0].person == other
    assert {one.person for one in found[1:]} < set(members)
    named = match.candidates(received("Merci Membre3", team=parks))
    assert [one.person for one in named] == [members[3]]


def test_a_portrait_and_a_place_propose_people_too():
    spot = Spot.objects.create(name="Parc")
    day = timezone.localdate()
    luc, desk = factories.person("Luc"), factories.portrait("Inès")
    passed_on(luc, words="Merci à Luc", spot=spot, happened_on=day)
    row = received("Quelle belle soirée", spot=spot, happened_on=day, portrait=desk)
    assert {one.person.first_name for one in match.candidates(row)} == {"Luc", "Inès"}


# -- answers


def template(body, **fields):
    return ReplyTemplate.objects.create(theme="Merci", body=body, **fields)


def test_what_is_unknown_leaves_no_hole():
    made = template("Bonjour {first_name},\n\nMerci ! L’équipe {team} vous a lue. C’était à {where}.\n\nÀ bientôt")
    row = received(writer=inbox.Writer())
    assert replying.fill(made, row) == "Bonjour,\n\nMerci !\n\nÀ bientôt"
    row = received(f"{KIND} 2", team=Team.objects.create(name="Parcs"))
    assert replying.fill(made, row) == "Bonjour Huguette,\n\nMerci ! L’équipe Parcs vous a lue.\n\nÀ bientôt"


def test_only_templates_of_the_writers_language_are_proposed(client):
    template("Bonjour")
    english = template("Hello", language="en")
    row = passed_on(language="en")
    assert page(client, row).context["templates"] == [english]
    html = client.get(reverse("portraits_inbox_message", args=[row.pk]) + f"?modele={english.pk}").content.decode()
    assert ">\nHello</textarea>" in html


def test_a_bare_template_is_no_answer_to_somebody_who_named_a_person(client):
    template("Merci {first_name} !")
    row = passed_on(factories.person())
    assert do(client, row, "repondre", text="Merci, Huguette").status_code == 422
    assert Compliment.objects.get().answered_at is None
    do(client, row, "repondre", text="Merci, Huguette ! Nadia a ri.")
    assert Compliment.objects.get().answered_at


# -- criticism, briefs, portraits


def test_a_criticism_is_handed_over_with_its_number(client):
    row = sorted_(received(), "complaint")
    assert do(client, row, "remettre", service="311").status_code == 422
    do(client, row, "remettre", service="311", number="26-00412")
    row.refresh_from_db()
    assert (row.stage, row.handed_to) == ("closed", "311, 26-00412")


def test_a_criticism_that_was_answered_first_is_handed_over_all_the_same(client):
    row = sorted_(received(), "complaint")
    inbox.answer(row, "Nous regardons.", by=factories.staff(), at=timezone.now())
    assert "/remettre/" in client.get(reverse("portraits_inbox_message", args=[row.pk])).content.decode()
    do(client, row, "remettre", service="311", number="26-00412")
    row.refresh_from_db()
    assert (row.stage, row.handed_to) == ("closed", "311, 26-00412")


@pytest.mark.parametrize("key", ["²", "9" * 5000, "x"])
def test_what_is_no_number_of_a_row_changes_nothing(client, key):
    row = passed_on(factories.person())
    assert do(client, row, "rencontrer", person=key).status_code == 404
    assert client.post(reverse("portraits_to_meet"), {"met": key}).status_code == 302
    assert client.post(reverse("portraits_inbox_reviewed"), {"row": [key]}).status_code == 302


def test_changes_put_together_give_both_texts():
    before, after = "Merci à Nadia du parc.", "Merci à toute l’équipe du parc !"
    found = comparing.changes(before, after)
    assert "".join(words for kind, words in found if kind != "new") == before
    assert "".join(words for kind, words in found if kind != "gone") == after


# -- citizens who wrote are in no directory


def test_no_writer_is_listed_chosen_or_opened(client):
    huguette = received().writer
    nadia = factories.person("Nadia")
    base, chooser = "wagtailsnippets_portraits_person", "wagtailsnippetchoosers_portraits_person"
    lists = [reverse(f"{base}:list"), reverse(f"{base}:list_results"), reverse(f"{chooser}:choose")]
    for address in [*lists, reverse(f"{chooser}:choose_results"), reverse(f"{base}:list") + "?kind=writer"]:
        html = client.get(address).content.decode()
        assert "Huguette" not in html, address
        assert "Nadia" in html, address
    for name in (f"{base}:edit", f"{base}:history", f"{base}:usage", f"{chooser}:chosen"):
        assert client.get(reverse(name, args=[huguette.pk])).status_code == 404, name
        assert client.get(reverse(name, args=[nadia.pk])).status_code == 200, name
    many = client.get(reverse(f"{chooser}:chosen_multiple") + f"?id={huguette.pk}&id={nadia.pk}").json()
    assert [one["id"] for one in many["result"]] == [str(nadia.pk)]


def test_nobody_is_made_a_writer_by_hand(client):
    for form in (PersonForm, NewPersonForm):
        model_form = modelform_factory(Person, form=form, fields=["first_name", "kind"])
        assert not model_form({"first_name": "X", "kind": "writer"}).is_valid()


@pytest.mark.parametrize(("channel", "said"), [("phone", True), ("web", False), ("colleague", False)])
def test_the_number_of_a_request_is_said_the_key_of_a_form_is_not(client, channel, said):
    row = received(channel=channel, external_ref="1-234567890")
    assert ("1-234567890" in page(client, row).content.decode()) is said
