"""The manifest: what a screen may show, for how long, and until when even if nobody can reach it."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from ecrans import loop
from ecrans.models import Ecran, Place
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ECRAN, VITRINE = Usage.ECRAN, Usage.VITRINE


def screen(languages="fr-ca", seconds=8, **place):
    where = Place.objects.create(building="Mairie", floor="3e étage", room="Cuisine", **place)
    return Ecran.objects.create(name="Cuisine du 3e", place=where, languages=languages, seconds=seconds)


def names(ecran, at=None):
    return [slide["text"]["name"] for slide in loop.manifest(ecran, at or timezone.now())["slides"]]


def test_a_slide_carries_what_the_player_shows():
    factories.shown(ECRAN)
    now = timezone.now()
    content = loop.manifest(screen(), now)
    (slide,) = content["slides"]
    assert content["state"] == "loop"
    assert slide["text"]["name"] == "Nadia"
    assert slide["text"]["sentence"].startswith("Je plante")
    assert slide["bandeau"] == ["Je travaille pour vous\u202f!"]
    assert slide["lang"] == "fr-CA"
    assert slide["photo"]["alt"].startswith("Nadia, en salopette")
    assert slide["photo"]["url"].startswith("/m/ecran/")
    assert slide["photo"]["url"].endswith("/p864.webp")
    assert datetime.fromisoformat(slide["until"]) > now + timedelta(days=300)


def test_an_empty_loop_is_said():
    content = loop.manifest(screen(), timezone.now())
    assert content["state"] == "standby"
    assert content["slides"] == []
    assert content["shield"]["lines"] == ["Je travaille", "pour vous\u202f!"]


def test_the_audience_of_the_place_decides_which_consent_is_asked():
    factories.shown(ECRAN, first_name="Nadia")
    factories.shown(VITRINE, first_name="Diego")
    ecran = screen()
    assert names(ecran) == ["Nadia"]
    ecran.place.audience = "public"
    assert names(ecran) == ["Diego"]
    assert loop.manifest(ecran, timezone.now())["slides"][0]["photo"]["url"].startswith("/m/vitrine/")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, []), (0, ["Nadia"]), (86399, ["Nadia"]), (86400, []), (86401, [])]
)
def test_start_is_included_and_end_is_excluded(seconds, expected):
    at = timezone.now()
    version = factories.ask(factories.portrait(), ECRAN, at=at - timedelta(hours=1))
    factories.say(version, ECRAN, at=at, days=1)
    ecran = screen()
    assert names(ecran, at + timedelta(seconds=seconds)) == expected


def test_the_end_carried_by_a_slide_is_never_later_than_the_door():
    at = timezone.now().replace(microsecond=999_999)
    version = factories.ask(factories.portrait(), ECRAN, at=at - timedelta(hours=1))
    factories.say(version, ECRAN, at=at, days=1)
    (slide,) = loop.manifest(screen(), at)["slides"]
    end = at + timedelta(days=1)
    assert end - timedelta(milliseconds=1) < datetime.fromisoformat(slide["until"]) <= end


def test_a_withdrawal_leaves_the_next_manifest():
    desk, ecran = factories.shown(ECRAN), screen()
    factories.shown(ECRAN, first_name="Diego")
    assert sorted(names(ecran)) == ["Diego", "Nadia"]
    factories.withdraw(desk, ECRAN)
    assert names(ecran) == ["Diego"]


@pytest.mark.parametrize("number", [3, 30])
def test_the_manifest_costs_six_queries(client, number, django_assert_num_queries):
    factories.crowd(number, ECRAN)
    ecran = screen()
    client.get(f"/ecran/{ecran.public_id}/manifest")  # the first writes what the screen was handed
    with django_assert_num_queries(
        6
    ):  # the screen, its place and its pulse, the door twice, the editions, the brand, the record
        answer = client.get(f"/ecran/{ecran.public_id}/manifest")
    assert len(answer.json()["slides"]) == min(number, 12)


def test_the_newest_come_first_and_twelve_are_enough():
    factories.crowd(14, ECRAN, name="P")
    assert names(screen()) == [f"P{index}" for index in range(13, 1, -1)]


def test_two_languages_alternate_and_no_third_one_enters():
    for index in range(4):
        factories.shown(ECRAN, first_name=f"F{index}")
        factories.shown(ECRAN, first_name=f"E{index}", language="en")
    assert names(screen("fr-ca")) == ["F3", "F2", "F1", "F0"]
    Place.objects.update(room="Hall")
    assert names(screen("fr-ca en")) == ["F3", "E1", "F2", "E0", "F1", "E3", "F0", "E2"]


@pytest.mark.parametrize(
    ("sentence", "shortest", "expected"),
    [("Je soude.", 8, 8), ("Je soude.", 10, 10), ("Je " + "va " * 26 + "là.", 8, 16), ("Je " * 11 + "vais.", 8, 10.8)],
)
def test_a_longer_sentence_stays_longer(sentence, shortest, expected):
    factories.shown(ECRAN, sentence=sentence, job="Soudeuse municipale, atelier")
    assert loop.manifest(screen(seconds=shortest), timezone.now())["slides"][0]["seconds"] == expected


# --- The lease --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [1, 24, 168])
def test_an_outage_starts_with_nearly_a_whole_lease(hours):
    at, ecran = timezone.now(), screen(lease_hours=hours)
    content = loop.manifest(ecran, at)
    left = datetime.fromisoformat(content["lease_until"]) - at
    assert timedelta(hours=hours) * 23 / 24 <= left <= timedelta(hours=hours)


def test_the_bytes_stay_the_same_within_a_slot_and_change_with_it():
    factories.shown(ECRAN)
    ecran = screen()
    start = datetime(2027, 3, 1, 15, tzinfo=UTC)
    made = [loop.encoded(loop.manifest(ecran, start + timedelta(seconds=offset))) for offset in (0, 3599, 3600)]
    assert made[0] == made[1] != made[2]


# --- Opening hours ----------------------------------------------------------------------------------------------------


def stretches(ecran, at):
    return [[datetime.fromisoformat(one) for one in pair] for pair in loop.manifest(ecran, at)["open"]]


def local(*parts):
    return datetime(*parts, tzinfo=timezone.get_default_timezone())


def test_a_place_without_hours_is_open_for_the_whole_lease():
    content = loop.manifest(screen(), timezone.now())
    assert content["open"] == [[content["issued_at"], content["lease_until"]]]


def test_hours_become_instants_on_both_sides_of_a_change_of_time():
    ecran = screen(lease_hours=48, open_from=time(6, 30), open_to=time(18))
    found = stretches(ecran, local(2026, 10, 31, 12))  # clocks go back on 1 November 2026, at 2 h
    assert found == [
        [local(2026, 10, 31, 12), local(2026, 10, 31, 18)],
        [local(2026, 11, 1, 6, 30), local(2026, 11, 1, 18)],
        [local(2026, 11, 2, 6, 30), local(2026, 11, 2, 11)],
    ]
    assert (found[1][0].astimezone(UTC) - found[0][1].astimezone(UTC)) == timedelta(hours=13, minutes=30)


def test_a_night_shift_crosses_midnight():
    ecran = screen(lease_hours=24, open_from=time(22), open_to=time(6))
    assert stretches(ecran, local(2027, 1, 10, 3)) == [
        [local(2027, 1, 10, 3), local(2027, 1, 10, 6)],
        [local(2027, 1, 10, 22), local(2027, 1, 11, 3)],
    ]
