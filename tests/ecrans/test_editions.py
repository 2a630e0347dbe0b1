"""A special edition on the screens: its title, then its portraits, and neither without a living consent."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from ecrans import loop
from ecrans.models import Ecran, Pulse
from portraits.models import Edition, Exposure
from portraits.usages import Usage
from tests import factories
from tests.ecrans.test_loop import screen

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ECRAN = Usage.ECRAN
TITLE = "Elles travaillent pour vous\u202f!"


def slides(ecran, at=None):
    return loop.manifest(ecran, at or timezone.now())["slides"]


def names(ecran, at=None):
    return [slide["text"]["name"] for slide in slides(ecran, at)]


@pytest.fixture
def two():
    made = [factories.shown(ECRAN, first_name=name) for name in ("Nadia", "Inès")]
    factories.shown(ECRAN, first_name="Diego")
    return made


def test_its_title_then_its_portraits_in_its_colour_then_the_others(two):
    factories.edition(*two, colour="lilas")
    found = slides(screen())
    assert [slide["text"]["name"] for slide in found] == [TITLE, "Nadia", "Inès", "Diego"]
    assert [slide.get("edition") for slide in found] == ["lilas", "lilas", "lilas", None]
    title = found[0]
    assert title["text"]["sentence"] == "Le 8 mars, elles racontent leur métier."
    assert title["photo"] is None
    assert title["layout"] == "words"  # what a player that knows no title yet accepts


def test_its_days_decide(two):
    factories.edition(*two)
    ecran = screen()
    assert names(ecran, timezone.now() + timedelta(days=8)) == ["Diego", "Inès", "Nadia"]
    Edition.objects.update(first_day=timezone.localdate() + timedelta(days=1))
    assert names(ecran) == ["Diego", "Inès", "Nadia"]


def test_a_withdrawal_leaves_it_at_once_and_its_title_with_the_last_one(two):
    nadia, ines = two
    factories.edition(*two)
    ecran = screen()
    factories.withdraw(nadia, ECRAN)
    assert names(ecran) == [TITLE, "Inès", "Diego"]
    factories.withdraw(ines, ECRAN)
    assert names(ecran) == ["Diego"]


def test_a_screen_that_is_cut_off_shows_no_title_after_its_days_nor_after_its_first_portrait(two):
    at = timezone.now()
    factories.edition(*two)
    title, nadia = slides(screen())[:2]
    assert title["until"] < nadia["until"]  # the midnight at which it ends
    assert datetime.fromisoformat(title["until"]) > at + timedelta(days=5)
    Edition.objects.update(last_day=timezone.localdate() + timedelta(days=900))
    title, nadia = slides(Ecran.objects.get())[:2]
    assert (title["until"], title["version"]) == (nadia["until"], nadia["version"])


def test_titles_are_no_exposure_and_screens_say_what_they_hold_as_before(two, client):
    factories.edition(*two)
    ecran = screen()
    answer = client.get(f"/ecran/{ecran.public_id}/manifest")
    assert len(answer.json()["slides"]) == 4
    assert len(Pulse.objects.get().versions) == 3
    assert Exposure.objects.filter(usage=ECRAN).count() == 3
    held = " ".join(str(version) for version in {slide["version"] for slide in answer.json()["slides"]})
    factories.withdraw(two[0], ECRAN)
    client.get(f"/ecran/{ecran.public_id}/manifest", headers={"Ecran-Holds": held})
    assert len(Pulse.objects.get().versions) == 3
    left = [slide["version"] for slide in slides(ecran)]
    client.get(f"/ecran/{ecran.public_id}/manifest", headers={"Ecran-Holds": " ".join(map(str, set(left)))})
    assert Pulse.objects.get().versions == sorted(set(left))


def test_a_long_edition_leaves_room_to_nobody_twice_and_twelve_are_enough():
    desks = factories.crowd(14, ECRAN, name="P")
    factories.edition(*desks[:9])
    found = names(screen())
    assert found[0] == TITLE
    assert found[1:7] == [f"P{number}" for number in range(6)]
    assert len(found) == 13
    assert len(set(found)) == 13


def test_a_title_of_48_letters_and_an_introduction_of_400_stay_in_their_place():
    factories.edition(factories.shown(ECRAN), title="W" * 23 + " " + "W" * 24, introduction="mot " * 100)
    (title, _nadia) = slides(screen())
    assert title["text"]["sentence"] == ""
    assert title["fit"]["name"] >= 40


@pytest.mark.parametrize("count", [3, 30])
def test_the_manifest_costs_the_same(client, count, django_assert_num_queries):
    factories.edition(*factories.crowd(count, ECRAN))
    ecran = screen()
    client.get(f"/ecran/{ecran.public_id}/manifest")
    with django_assert_num_queries(8):
        client.get(f"/ecran/{ecran.public_id}/manifest")


def test_one_that_ends_with_the_calendar_darkens_no_screen(two):
    factories.edition(*two)
    Edition.objects.update(last_day=date.max)
    assert names(screen())[0] == TITLE
