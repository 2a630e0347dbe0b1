"""The door: what it shows, at which instant, at what price. The state machine (test_gate_machine.py) goes further."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portraits import gate
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN


def names(usage=SITE, at=None, **kwargs):
    return [capsule.first_name for capsule in gate.capsules(usage, at=at or timezone.now(), **kwargs)]


def test_a_yes_opens_its_own_usage_only():
    factories.shown(SITE)
    assert names(SITE) == ["Nadia"]
    assert names(ECRAN) == []


def test_nothing_is_shown_before_the_answer():
    factories.ask(factories.portrait(), SITE)
    assert names() == []


def test_a_withdrawal_is_seen_by_the_next_call():
    desk = factories.shown(SITE, ECRAN)
    factories.withdraw(desk, SITE)
    assert names(SITE) == []
    assert names(ECRAN) == ["Nadia"]


def test_one_missing_yes_hides_everybody():
    nadia, morris = factories.person("Nadia"), factories.person("Morris", kind="resident")
    version = factories.ask(factories.portrait(people=[nadia, morris]), SITE)
    factories.say(version, SITE, who=nadia)
    assert names() == []
    factories.say(version, SITE, who=morris)
    assert names() == ["Nadia"]


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, []), (0, ["Nadia"]), (86399, ["Nadia"]), (86400, []), (86401, [])]
)
def test_start_is_included_and_end_is_excluded(seconds, expected):
    desk = factories.portrait()
    at = timezone.now()
    version = factories.ask(desk, SITE, at=at - timedelta(hours=1))
    factories.say(version, SITE, at=at, days=1)
    assert names(at=at + timedelta(seconds=seconds)) == expected


def test_an_edited_desk_changes_nothing_until_a_new_yes():
    desk = factories.shown(SITE)
    desk.first_name = "Modifiée"
    desk.save()
    desk.save_revision()
    assert names() == ["Nadia"]
    version = factories.ask(desk, SITE)
    assert names() == ["Nadia"]
    factories.say(version, SITE)
    assert names() == ["Modifiée"]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_door_costs_one_query(number, django_assert_num_queries):
    for _ in range(number):
        factories.shown(SITE)
    with django_assert_num_queries(1):
        assert len(gate.capsules(SITE, at=timezone.now())) == number
