"""Kind words on a wall: between portraits, recorded, gone with anybody's no, and only what can be read from afar."""

import pytest
from django.utils import timezone

from ecrans import loop
from ecrans.slides import words
from portraits import quoting, recall, renderings, whereabouts
from portraits.models import Exposure, Recall, Version
from portraits.usages import Audience, Usage
from tests import factories
from tests.ecrans.test_loop import screen
from tests.ecrans.test_reach import holding, poll, versions
from tests.portraits.test_quotes import KIND, passed_on, say

pytestmark = pytest.mark.django_db
ECRAN, VITRINE = Usage.ECRAN, Usage.VITRINE
TEAM = "Merci à toute l’équipe, chaque jour."


def quoted(*people, **fields):
    if not people:
        fields.setdefault("words", TEAM)
    row = passed_on(*people, **fields)
    for one in people:
        say(row, one)
    return row


def layouts(ecran):
    return [slide["layout"] for slide in loop.manifest(ecran, timezone.now())["slides"]]


def test_a_slide_of_kind_words():
    quoted(factories.person("Nadia"))
    (slide,) = loop.manifest(screen(), timezone.now())["slides"]
    assert slide["text"]["sentence"].startswith("Nadia a aidé ma mère")
    assert slide["text"]["caption"].endswith("Nadia")
    assert slide["photo"] is slide["partner"] is None
    assert slide["layout"] == "words"
    assert slide["until"]


@pytest.mark.parametrize(
    ("portraits", "expected"),
    [
        (0, ["words"] * 4),
        (2, ["framed", "framed", "words"]),
        (3, ["framed"] * 3 + ["words"]),
        (7, [*["framed"] * 3, "words", *["framed"] * 3, "words", "framed"]),
    ],
)
def test_they_come_between_portraits(portraits, expected):
    for _number in range(portraits):
        factories.shown(ECRAN)
    for _number in range(5):
        quoted()
    assert layouts(screen()) == expected


@pytest.mark.parametrize("who", ["writer", "named"])
@pytest.mark.parametrize("audience", Audience)
def test_a_screen_forgets_them_and_says_so(client, who, audience):
    nadia = factories.person()
    row = quoted(nadia)
    ecran = screen(audience="staff" if audience == Audience.COLLEAGUES else "public")
    held, tag = holding(client, ecran)
    exposure = Exposure.objects.get()
    assert (exposure.version.compliment, exposure.locator) == (row, f"ecran:{ecran.public_id}")
    at = timezone.now()
    quoting.take_back(row, row.writer if who == "writer" else nadia, audience, at=at)
    assert list(Recall.objects.values_list("exposure", "state")) == [(exposure.pk, "due")]
    answer = poll(client, ecran, held, tag)
    assert versions(answer) == []
    poll(client, ecran, [], answer["ETag"])
    assert Recall.objects.get().state == "done"
    (told,) = whereabouts.report(str(row.across), [Usage(exposure.usage)], since=at, at=timezone.now(), words=True)
    assert told.removed_at
    (called,) = recall.called(across=str(row.across))
    assert called.words


def test_a_public_place_asks_the_public_yes():
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia, usages=[ECRAN])
    ecran = screen()
    assert layouts(ecran) == ["words"]
    ecran.place.audience = "public"
    assert layouts(ecran) == []


def test_words_too_long_for_a_wall_are_asked_for_elsewhere_only():
    row = quoted(words="Merci à toute votre équipe pour ce que vous faites chaque jour. " * 8)
    version = Version.objects.filter(compliment=row).latest("pk")
    assert words(quoting.quote(version)) is None
    with pytest.raises(renderings.CannotRender):
        renderings.render(ECRAN, quoting.quote(version))
    assert not version.subjects.filter(consents__usage=ECRAN).exists()
    assert version.subjects.filter(consents__usage=Usage.INTRANET).exists()
    assert layouts(screen()) == []


def test_another_language_stays_out():
    quoted(language="en", words="Thank you!")
    assert layouts(screen("fr-ca")) == []


def test_what_people_read_before_saying_yes_is_what_the_wall_shows():
    quoted(factories.person("Nadia"))
    version = Version.objects.filter(compliment__isnull=False).latest("pk")
    html = renderings.render(ECRAN, quoting.quote(version)).body.decode()
    (slide,) = loop.manifest(screen(), timezone.now())["slides"]
    for text in slide["text"].values():
        assert text in html
    assert KIND[:20] in html
    in_public = renderings.render(VITRINE, quoting.quote(version)).body.decode()
    for text in slide["text"].values():
        assert text in in_public


@pytest.mark.parametrize("count", [3, 30])
def test_the_manifest_costs_the_same(client, count, django_assert_num_queries):
    for _number in range(count):
        quoted()
    ecran = screen()
    poll(client, ecran, [])
    with django_assert_num_queries(6):
        assert client.get(f"/ecran/{ecran.public_id}/manifest").status_code == 200
