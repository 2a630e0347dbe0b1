"""Messages alike: the measure's properties, its three bands on a generated set, and links that never join two people."""

import random
from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from intranet.roles import COMMS
from portraits import alike, inbox
from portraits.match import folded
from portraits.models import Compliment, ConsentRequest, Happening, Spot
from portraits.usages import Audience
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_quotes import KIND, passed_on, received

pytestmark = pytest.mark.django_db
NOW = timezone.now()
OPENINGS = ("Bonjour,", "À qui de droit,", "Allô !", "Bonjour l’arrondissement,")
LEADS = ("Un gros merci à l’équipe {team} !", "Je tenais à féliciter l’équipe {team} :", "Chapeau à l’équipe {team} !")
FACTS = (
    ("des parcs", "la jardinière a pris dix minutes pour expliquer à mon fils comment on plante un arbre"),
    ("du déneigement", "le trottoir était parfaitement dégagé avant sept heures malgré la tempête"),
    ("de la collecte", "les éboueurs ont replacé mon bac et refermé le couvercle avec soin"),
    ("de l’accueil", "l’agente a réglé mon permis de stationnement en cinq minutes"),
)
CLOSINGS = ("C’est ça, un vrai service public.", "Ça fait chaud au cœur.", "Continuez votre bon travail !")
TEXTS = [
    " ".join((opening, lead.format(team=team), f"Ce matin, {fact}.", closing))
    for opening, lead, (team, fact), closing in product(OPENINGS, LEADS, FACTS, CLOSINGS)
]


def typos(text, rng):
    chars = list(text)
    for _one in range(max(2, len(chars) * 2 // 100)):
        chars[rng.randrange(1, len(chars) - 1)] = rng.choice("aeiourstnl")
    return "".join(chars)


def row(text, *, spot=None, key="k", days=0, pk=2):
    return alike.Compared(pk=pk, original=text, spot_id=spot, contact_key=key, received_at=NOW + timedelta(days=days))


def band(one, other):
    words = folded(one.original)
    found = alike._compare(one, alike.trigrams(words), words, other)
    return found and found[0]


# -- the measure


def test_it_is_symmetric_one_for_equal_texts_and_blind_to_case_and_accents():
    rng = random.Random(7)  # noqa: S311  a seed, not a secret
    for _one in range(200):
        a, b = (alike.trigrams(folded(rng.choice(TEXTS))) for _two in range(2))
        assert alike.similarity(a, b) == alike.similarity(b, a)
        assert 0 <= alike.similarity(a, b) <= 1
        assert alike.similarity(a, a) == 1
    assert alike.trigrams(folded("ÉTÉ, l'œil")) == alike.trigrams(folded("ete L’OEIL"))
    assert alike.similarity(alike.trigrams(""), alike.trigrams("")) == 0


def test_neither_a_number_nor_a_whole_text_stays_in_memory():
    alike._known.cache_clear()
    grams = alike.trigrams(folded(f"Merci {'x' * 1900} 5145550142"))
    assert alike.trigrams("merci") < grams
    assert len(grams) == len(alike.trigrams("merci")) + 4 + 11
    assert alike._known.cache_info().currsize == 1


# -- the bands


def test_what_is_sent_twice_is_found():
    rng = random.Random(20250611)  # noqa: S311  a seed, not a secret
    found = [band(row(typos(text, rng), days=3), row(text)) for text in TEXTS]
    assert found.count(alike.Band.RESEND) >= 0.98 * len(TEXTS)


def test_the_same_words_about_another_place_are_never_a_resend():
    assert {band(row(text, spot=1, days=3), row(text, spot=2)) for text in TEXTS} == {None}


def test_another_contact_is_never_a_resend_however_equal():
    found = {band(row(text, spot=1, key="a"), row(text, spot=1, key="b")) for text in TEXTS}
    assert found == {alike.Band.SAME_EVENT}


def test_a_neighbour_on_the_same_event_is_grouped_and_another_subject_elsewhere_is_not():
    rng = random.Random(5)  # noqa: S311  a seed, not a secret
    same = [rng.sample([text for text in TEXTS if fact in text], 2) for _team, fact in FACTS for _one in range(20)]
    assert {band(row(a, spot=1, key="a"), row(b, spot=1, key="b")) for a, b in same} == {alike.Band.SAME_EVENT}
    assert {band(row(a, spot=1, key="a"), row(b, spot=2, key="b")) for a, b in same} == {None}


@pytest.mark.parametrize("spot", [None, 1])
def test_short_words_are_never_grouped(spot):
    assert band(row("Bravo à tous !", spot=spot, key="a"), row("Bravo à tous !", spot=spot, key="b")) is None
    assert band(row("Bravo à tous !", spot=spot, days=3), row("Bravo à tous !", spot=spot)) is None
    assert band(row("Bravo à tous !", spot=spot), row("bravo a tous", spot=spot)) == alike.Band.LINKED


# -- on rows


def test_the_same_words_within_a_day_are_linked_as_they_arrive_and_stay():
    first, again = received("Bravo à tous !"), received("BRAVO à tous")
    later = received("Bravo à tous !", at=timezone.now() + timedelta(hours=25))
    stranger = received("Bravo à tous !", writer=inbox.Writer(email="autre@voisin.example"))
    nobody = [received("Bravo à tous !", writer=inbox.Writer()) for _one in range(2)]
    links = dict(Compliment.objects.values_list("pk", "same_as"))
    assert links == {first.pk: None, again.pk: first.pk, later.pk: None, stranger.pk: None} | {
        one.pk: None for one in nobody
    }
    alike.apart(again)
    assert not Compliment.objects.filter(same_as__isnull=False).exists()
    assert Compliment.objects.count() == 6


def test_undoing_a_link_leaves_the_others_as_they_were_made():
    first, second, third = (received(f"{KIND} {number}") for number in range(3))
    alike.same(second, third)
    alike.same(second, first)
    assert dict(Compliment.objects.values_list("pk", "same_as")) == {
        first.pk: None,
        second.pk: first.pk,
        third.pk: second.pk,
    }
    alike.apart(second)
    assert dict(Compliment.objects.values_list("pk", "same_as")) == {
        first.pk: None,
        second.pk: None,
        third.pk: second.pk,
    }


def test_two_peoples_messages_are_never_linked():
    one, other = received(), received(writer=inbox.Writer(email="autre@voisin.example"))
    with pytest.raises(ValueError, match="two thanks"):
        alike.same(one, other)
    nobody = [received(writer=inbox.Writer()) for _one in range(2)]
    with pytest.raises(ValueError, match="two thanks"):
        alike.same(*nobody)


def test_five_are_proposed_at_most_the_best_first_within_thirty_days():
    spot = Spot.objects.create(name="Parc")
    mine = received(TEXTS[0], spot=spot, writer=inbox.Writer())
    for number in range(8):
        received(TEXTS[number], spot=spot, writer=inbox.Writer())
    received(TEXTS[0], spot=spot, writer=inbox.Writer(), at=timezone.now() - timedelta(days=31))
    found = alike.suggest(mine)
    assert len(found) == 5
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].score == 1


@pytest.mark.parametrize("others", [1, 30])
def test_what_is_proposed_costs_two_queries_however_many(others, django_assert_num_queries):
    spot = Spot.objects.create(name="Parc")
    mine = received(TEXTS[0], spot=spot, writer=inbox.Writer())
    for number in range(others):
        received(TEXTS[number], spot=spot, writer=inbox.Writer())
    with django_assert_num_queries(2):
        told = [
            (row.reference, row.original, row.language, row.received_at, row.happening_id, row.same_as_id)
            for row in (one.row for one in alike.suggest(mine))
        ]
    assert len(told) == min(others, alike.MOST)


def gesture(client, compliment, name, **data):
    page = client.get(reverse("portraits_inbox_message", args=[compliment.pk]))
    address = reverse("portraits_inbox_gesture", args=[compliment.pk, name])
    return client.post(address, {"seen": page.context["seen"], **data}), page


def test_a_link_and_a_group_are_one_click_and_one_click_undoes_them():
    client, spot = signed_in(COMMS), Spot.objects.create(name="Parc")
    first = received(spot=spot, at=timezone.now() - timedelta(days=3))
    again = received(f"{KIND} Encore.", spot=spot)
    other = received(f"{KIND} Moi aussi.", spot=spot, writer=inbox.Writer())
    answer, page = gesture(client, again, "lier", other=first.pk)
    assert [one["gesture"] for one in page.context["alike"]] == ["lier", "grouper"]
    again.refresh_from_db()
    assert (answer.status_code, again.same_as_id) == (302, first.pk)
    gesture(client, again, "grouper", other=other.pk)
    assert Happening.objects.get().compliments.count() == 2
    assert gesture(client, again, "lier", other=other.pk)[0].status_code == 404  # another person's
    gesture(client, again, "delier")
    gesture(client, again, "degrouper")
    again.refresh_from_db()
    assert (again.same_as_id, again.happening_id) == (None, None)
    assert Compliment.objects.count() == 3


@pytest.mark.parametrize(("wished", "asked"), [("no", []), ("", []), ("yes", []), (None, ["infolettre"])])
def test_words_that_were_sent_to_us_are_not_quoted_as_nobodys_comment(wished, asked):
    if wished is not None:
        received(wishes=dict.fromkeys(Audience, wished))
    nadia = factories.person()
    passed_on(nadia, channel=inbox.Channel.FACEBOOK, external_ref="https://social.example/1")
    assert ConsentRequest.objects.get(subject__person=nadia).asked == asked
