"""How kind words are signed: judged like the words, made anonymous by a moderator, frozen as corrected."""

import pytest
from django.utils import timezone

from portraits import gate, inbox, judging, masking, signing
from portraits.models import Compliment, LedgerEntry, Version
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_inbox_desk import COMMS, do, page, sorted_
from tests.portraits.test_quotes import passed_on, received

pytestmark = pytest.mark.django_db
WORDS = "La patinoire est un miroir. Merci !"


def signed(first_name="Huguette", district="Émard", **fields):
    writer = inbox.Writer(first_name, district, signature=inbox.Signature.FIRST_NAME)
    return received(WORDS, writer=writer, **fields)


def doubted(row):
    return [one.field for one in signing.doubts(row)]


def shown():
    return [quote.signature for quote in gate.quotes(Usage.SITE, at=timezone.now())]


@pytest.mark.parametrize("name", ["Huguette", "Jean-François", "D’Arcy", "Mei-Lin", "H"])
def test_a_first_name_needs_no_judgement(name):
    assert doubted(signed(name)) == []


@pytest.mark.parametrize(
    "name",
    [
        "Nadia Tremblay dort au bureau",
        "Huguette Lavoie",
        "Tremblay",
        "Nadia",
        "514 555-0142",
        "http://mal.example",
        "h@voisine.example",
        "M. X",
        "Анна",
    ],
)
def test_what_may_be_more_than_a_first_name_is_judged(name):
    factories.person("Nadia", last_name="Tremblay")
    assert doubted(signed(name)) == ["first_name"]


@pytest.mark.parametrize(
    "place",
    [
        "",
        "Émard",
        "rosemont",
        "Les Érables",
        "Vieux-Moulin",
        "Pointe aux Trembles",
        "L’Île-Bizard–Sainte-Geneviève",
        "St. Henri",
        "Pointe-aux-Trembles",
        "Rosemont–La Petite-Patrie",
        "Ville-Émard",
        "Côte-des-Neiges",
        "Notre-Dame-de-Grâce",
        "Plateau Mont-Royal",
        "Petite Italie",
        "Mile End",
        "Parc Extension",
        "Rosemont Nord",
        "Rivière-des-Prairies–Pointe-aux-Trembles",
    ],
)
def test_a_district_is_the_name_of_a_place(place):
    assert doubted(signed(district=place)) == []


@pytest.mark.parametrize(
    "place",
    [
        "514 555-0142",
        "123 rue Masson",
        "H1X 2B7",
        "Josiane Tremblay",
        "Jean-Guy Roy",
        "Nadia",
        "chez les Tremblay",
        "elle dort au bureau",
        "@nadia_parcs",
    ],
)
def test_what_is_no_plausible_place_is_judged(place):
    factories.person("Nadia", last_name="Tremblay")
    assert doubted(signed(district=place)) == ["district"]


def test_nothing_of_an_anonymous_message_is_doubted_nor_of_a_colleagues_own_name():
    nadia = factories.person("Nadia")
    assert signing.doubts(received(WORDS, writer=inbox.Writer("Nadia Tremblay dort"))) == []
    colleague = inbox.Writer("Nadia", signature=inbox.Signature.FIRST_NAME, colleague=nadia)
    assert signing.doubts(received(WORDS, writer=colleague, channel=inbox.Channel.COLLEAGUE)) == []


def test_words_wait_until_their_signature_is_judged_and_kept_it_is_shown():
    client, row = signed_in(COMMS), signed("Marie Ange", "Chez nous")
    team = inbox.triage(row, "compliment", by=factories.staff(), at=timezone.now())
    with pytest.raises(masking.Unmasked):
        inbox.pass_on(team, [], by=factories.staff(), at=timezone.now())
    assert "Marie Ange, Chez nous" in page(client, row).content.decode()
    do(client, row, "laisser", words="Marie Ange", signature="")
    do(client, row, "laisser", words="Chez nous", signature="")
    inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
    assert shown() == ["Marie Ange, Chez nous"]


def test_made_anonymous_the_frozen_words_bear_no_name():
    client, row = signed_in(COMMS), sorted_(signed("Nadia Tremblay dort au bureau"))
    assert do(client, row, "anonyme").status_code == 302
    inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
    assert shown() == [""]
    assert Version.objects.filter(compliment=row).latest("pk").content["signature"] == ""
    line = LedgerEntry.objects.get(kind="unsigned")
    assert (line.body["what"], "Nadia" in str(line.body)) == ("signature", False)


def test_a_district_alone_is_left_out():
    client, row = signed_in(COMMS), sorted_(signed(district="514 555-0142"))
    do(client, row, "anonyme", district="")
    inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
    assert shown() == ["Huguette"]


def test_a_signature_that_needs_no_judgement_can_be_taken_off_too_until_the_words_are_passed_on():
    client, row = signed_in(COMMS), sorted_(signed())
    held = page(client, row).context["seen"]
    do(client, row, "anonyme")
    assert do(client, row, "transmettre", held=held, people=[factories.person().pk]).status_code == 409
    late = passed_on(words=f"{WORDS} Vraiment.")
    assert do(client, late, "anonyme").status_code == 409


def test_a_quote_that_was_passed_on_stays_as_it_was_and_what_nobody_judged_is_not_frozen_anew():
    from portraits import quoting

    row = sorted_(signed())
    inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
    factories.person("Huguette")  # hired since
    assert shown() == ["Huguette, Émard"]
    again = quoting.ask(Compliment.objects.get(), WORDS, [], by=factories.staff(), at=timezone.now())
    assert again.content["signature"] == "Émard"


def test_a_family_name_in_the_place_of_a_district_is_judged_and_does_not_hide_it_in_the_words():
    writer = inbox.Writer("Marie", "Josiane Tremblay", signature=inbox.Signature.FIRST_NAME)
    row = sorted_(received("Josiane Tremblay a aidé ma mère. Merci !", writer=writer))
    assert [one.words for one in judging.left(row, row.original)] == ["Josiane Tremblay"] * 2


def test_what_stays_in_the_words_is_still_judged_under_them_and_the_other_way_round():
    client, writer = signed_in(COMMS), inbox.Writer("Anne Tremblay", signature=inbox.Signature.FIRST_NAME)
    row = sorted_(received("Merci ! Grâce à Anne Tremblay, on rit.", writer=writer))
    do(client, row, "laisser", words="Anne Tremblay")
    assert judging.unsigned(row, row.original) == []
    assert doubted(row) == ["first_name"]
    do(client, row, "laisser", words="Anne Tremblay", signature="")
    assert doubted(row) == []
