"""Names of people whom we do not know: proposed where a capital gives them away, judged by a moderator, few false alarms."""

import pytest
from django.utils import timezone

from intranet.demo import compliments as demo
from portraits import gate, inbox, masking, naming, own_words
from portraits.models import Spot, Team
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_alike import TEXTS
from tests.portraits.test_inbox_desk import COMMS, do, page, sorted_
from tests.portraits.test_quotes import received

WORDS = "La glace est un miroir grâce à Josiane Bouchard, de la patinoire. Josiane a tout fait !"


def names(text, **more):
    return [one.words for one in naming.marks(text, **more)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Josiane Bouchard, de la patinoire, est en or.", ["Josiane Bouchard"]),
        ("Merci Josiane", ["Josiane"]),
        ("Josiane m’a aidée.", ["Josiane"]),
        ("Madame Lavoie, merci !", ["Lavoie"]),
        ("Merci à M. Lavoie.", ["Lavoie"]),
        ("Merci à Mr Park.", ["Park"]),
        ("Grâce à d’Huguette et Jean-François Roy", ["Huguette", "Jean-François Roy"]),
        ("Je remercie : Paul, Luc et Anne-Marie", ["Paul", "Luc", "Anne-Marie"]),
        ("I was helped by Josie O’Brien", ["Josie O’Brien"]),
        ("Josiane St-Pierre, bravo", ["Josiane St-Pierre"]),
        ("Merci\nHuguette Lavoie", ["Huguette Lavoie"]),
    ],
)
def test_a_name_that_a_capital_gives_away_is_found_whole(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "MERCI À TOUTE L’ÉQUIPE DES PARCS",
        "Au parc Angrignon, rue du Verger, et sur Saint-Laurent",
        "Merci, Bravo et Bonne année à la Ville, de l’École Notre-Dame",
        "Thanks to Linden Park, on Monday, in French",
        "Personne n’a mieux fait. Tout est beau ! « Quelle patience », dit ma fille. J’ai ri.",
        "Elle m’a souri. Il a ri… Rien n’est trop beau",
    ],
)
def test_capitals_that_tell_nobody_are_left_alone(text):
    assert names(text) == []


def test_false_alarms_are_rare_on_messages_that_name_nobody_unknown():
    """The demo's forty and the generated hundred and forty-four: not one, once our own people are known."""
    ours = frozenset(["nadia", "rejean", "mei", "lin", "carole", "ousmane", "gisele"])
    told = [one.words for one in (*demo.WORDS, *demo.BRAVOS)]
    assert [names(text, known=ours) for text in told if names(text, known=ours)] == []
    assert [text for text in TEXTS if names(text)] == []


@pytest.mark.django_db
def test_our_people_our_teams_and_our_places_are_known():
    factories.person("Nadia", last_name="Tremblay")
    Team.objects.create(name="Brigade Éclair")
    Spot.objects.create(name="Pavillon Zénith", name_en="Zenith Hall")
    text = "Merci à Nadia Tremblay, de la Brigade Éclair du Zénith, et à Nadia Bouchard"
    row = sorted_(received(text))
    assert [one.words for one in naming.left(row, text)] == ["Bouchard"]


@pytest.mark.django_db
def test_words_wait_until_each_name_is_masked_or_kept_and_a_mask_keeps_what_the_writer_allowed():
    client, team = signed_in(COMMS), Team.objects.create(name="Patinoires")
    row = sorted_(received(WORDS), team=team)
    html = page(client, row).content.decode()
    assert "<mark>Josiane Bouchard</mark>" in html
    assert "un nom\u202f?" in html
    for words in ("Josiane Bouchard", "Josiane"):
        with pytest.raises(masking.Unmasked):
            inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
        do(client, row, "masquer", words=words)
    text = inbox.wording(row)
    assert text == "La glace est un miroir grâce à [un nom], de la patinoire. [un nom] a tout fait !"
    assert own_words.faithful(text, WORDS)
    inbox.pass_on(row, [], by=factories.staff(), at=timezone.now())
    (quote,) = gate.quotes(Usage.SITE, at=timezone.now())
    assert "Josiane" not in " ".join(quote.text)


@pytest.mark.django_db
def test_a_moderator_may_say_that_it_stays():
    client, row = (
        signed_in(COMMS),
        sorted_(received("Merci au Grand Prix des Tilleuls"), team=Team.objects.create(name="T")),
    )
    for words in ("Grand Prix", "Tilleuls"):
        do(client, row, "laisser", words=words)
    assert inbox.pass_on(row, [], by=factories.staff(), at=timezone.now()).stage == "passed_on"


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "wish"), [("compliment", "no"), ("compliment", ""), ("mixed", "yes")])
def test_nothing_is_asked_of_words_that_will_be_quoted_nowhere(kind, wish):
    row = sorted_(received(WORDS, wishes=dict.fromkeys(Audience, wish)), kind)
    assert naming.left(row, WORDS) == []


@pytest.mark.django_db
def test_a_name_within_an_address_is_judged_with_it_alone():
    client, row = signed_in(COMMS), sorted_(received("Écrivez à Josiane Bouchard@voisine.example, merci"))
    assert [text for text, mark in page(client, row).context["pieces"] if mark] == [
        "Josiane",
        "Bouchard@voisine.example",
    ]
