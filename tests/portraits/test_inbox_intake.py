"""Kind words that staff write down: one screen, the script's number kept, nothing lost, nothing twice."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from intranet.models import Letter
from intranet.roles import COMMS
from portraits import forgetting, notices, quoting, renderings
from portraits.models import Compliment, Consent, LedgerEntry, NoticeText, Person, Publication, Team
from portraits.usages import Audience, Usage
from tests import factories
from tests.home.test_thanks import picture
from tests.portraits.desk import signed_in
from tests.portraits.test_quotes import received

pytestmark = pytest.mark.django_db
SAID = {
    "words": "Nadia a été patiente, merci !",
    "channel": "phone",
    "external_ref": "311-42",
    "language": "fr-ca",
    "signature": "anonymous",
}
PASTED = {
    "words": "Bravo à l’équipe !",
    "channel": "facebook",
    "external_ref": "https://social.example/post/1?comment=2",
    "language": "fr-ca",
}
SPOKEN = {  # a use that can be quoted on and is not here fails: say it in the script (a new number once one was released)
    "fr-ca": {
        Usage.INTRANET: "le mur de l’intranet",
        Usage.INFOLETTRE: "l’infolettre interne",
        Usage.ECRAN: "les écrans",
        Usage.AFFICHE: "les affiches de nos locaux",
        Usage.SITE: "sur le site",
        Usage.INDEXATION: "moteurs de recherche",
        Usage.VITRINE: "les écrans et les affiches des lieux publics",
    },
    "en": {
        Usage.INTRANET: "the intranet wall",
        Usage.INFOLETTRE: "the staff newsletter",
        Usage.ECRAN: "our own screens",
        Usage.AFFICHE: "and posters",
        Usage.SITE: "on the site",
        Usage.INDEXATION: "search engines",
        Usage.VITRINE: "screens and posters in public places",
    },
}


@pytest.fixture
def client():
    return signed_in(COMMS)


def post(client, data, name="intake", **more):
    return client.post(reverse(f"portraits_inbox_{name}"), {**data, **more})


def test_the_script_is_beside_the_form_in_both_languages(client):
    found = client.get(reverse("portraits_inbox_intake"))
    assert [code for code, _name, _body in found.context["scripts"]] == ["fr-ca", "en"]
    assert found.context["number"] == 1


@pytest.mark.parametrize(("language", "spoken"), SPOKEN.items())
def test_the_script_speaks_of_every_use_that_a_yes_on_the_telephone_is_a_yes_to(language, spoken):
    rows = notices.rows(NoticeText.Code.WRITER_ORAL, quoting.notice(Compliment.Channel.PHONE, at=timezone.now()))
    colleagues, public = re.split("public", rows[language].body, maxsplit=1)
    assert set(spoken) == set(renderings.quoted())
    for usage, words in spoken.items():
        assert words in (colleagues if usage in quoting.usages(Audience.COLLEAGUES) else public)


def test_what_was_said_on_the_telephone_is_kept_with_how_and_by_whom(client):
    team = Team.objects.create(name="Parcs")
    assert post(client, SAID, colleagues="yes", public="", team=team.pk).status_code == 302
    row = Compliment.objects.get()
    assert (row.channel, row.said_by, row.notice, row.colleagues, row.public) == ("phone", "intake", 1, "yes", "")
    assert row.said_by == Consent.Method.INTAKE
    assert row.entered_by.username == "rh"
    assert row.team == team
    assert LedgerEntry.objects.get(kind="promised").body["notice"] == "writer_oral 1"


def test_the_same_number_is_written_down_once_and_nothing_typed_is_lost(client):
    post(client, SAID)
    again = post(client, SAID, words="Un deuxième appel, plus long")
    assert again.status_code == 422
    assert "Un deuxième appel, plus long" in again.content.decode()
    assert Compliment.objects.count() == 1
    post(client, SAID, external_ref="")
    post(client, SAID, external_ref="")
    assert Compliment.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": "é" * 2001},
        {"words": ""},
        {"signature": "first_name"},
        {"channel": "web"},
        {"happened_on": "2999-01-01"},
    ],
)
def test_a_form_that_is_not_filled_in_is_shown_again(client, wrong):
    assert post(client, SAID, **wrong).status_code == 422
    assert not Compliment.objects.exists()
    assert not Person.objects.exists()


def test_a_pasted_comment_has_no_author_and_no_answer(client):
    assert (
        post(client, PASTED, "paste", first_name="Huguette", public="yes", email="h@voisine.example").status_code == 302
    )
    row = Compliment.objects.get()
    assert (row.writer.first_name, row.writer.email, row.public, row.colleagues) == ("", "", "", "")
    assert post(client, PASTED, "paste").status_code == 422


@pytest.mark.parametrize(("data", "name", "other"), [(PASTED, "paste", "instagram"), (SAID, "intake", "counter")])
def test_what_was_erased_does_not_come_back_by_hand(client, data, name, other):
    post(client, data, name)
    forgetting.texts(at=timezone.now() + forgetting.TEXT)
    again = post(client, data, name)
    assert again.status_code == 422
    assert set(again.context["form"].errors) == {"external_ref"}
    assert post(client, data, name, channel=other).status_code == 302


def test_a_pasted_comment_needs_its_address(client):
    assert post(client, PASTED, "paste", external_ref="").status_code == 422


def test_a_pasted_comment_is_under_the_portrait_of_its_publication(client):
    desk = factories.portrait()
    where = {"medium": "facebook", "published_on": "2026-11-01", "address": "https://social.example/post/1"}
    Publication.objects.create(portrait=desk, **where)
    post(client, PASTED, "paste")
    post(client, PASTED, "paste", external_ref="https://social.example/post/2?comment=2")
    assert [row.portrait for row in Compliment.objects.order_by("pk")] == [desk, None]


def test_what_was_also_sent_to_us_is_not_pasted_as_nobodys(client):
    words = f"{PASTED['words']} Vraiment, un grand merci."
    theirs = received(words, wishes={Audience.COLLEAGUES: "no"})
    answer = post(client, PASTED, "paste", words=f"  {words}\r\n")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"words"}
    assert theirs.reference not in str(answer.context["form"].errors)  # it may be one that nobody here may read
    assert post(client, PASTED, "paste", words="Merci, Nadia !").status_code == 302  # anybody may say that


def test_a_photo_that_came_with_a_letter_is_kept_clean_and_private(client):
    post(client, SAID, channel="paper", photo=picture(4032, 3024))
    row = Compliment.objects.get()
    with Image.open(row.attachment.path) as image:
        assert (image.size, dict(image.getexif())) == ((4032, 3024), {})
    answer = post(client, SAID, channel="paper", external_ref="autre", photo=picture(4160, 3120))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"photo"}
    assert "choisissez de nouveau le fichier" in answer.content.decode().lower()
    assert Compliment.objects.count() == 1


@pytest.mark.parametrize(("email", "letters"), [("huguette@voisine.example", 1), ("", 0)])
def test_whoever_leaves_an_address_gets_their_number_and_their_way_back(client, email, letters):
    post(client, SAID, email=email)
    found = Letter.objects.filter(to="huguette@voisine.example")
    assert found.count() == letters
    for letter in found:
        assert Compliment.objects.get().reference in letter.body
        assert "/consentement/" in letter.body
