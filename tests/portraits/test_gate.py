"""The door: what it shows, at which instant, at what price. The state machine (test_gate_machine.py) goes further."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portraits import consent, gate, hiding, usages
from portraits.models import ConsentRequest
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
    factories.unread(factories.portrait(), SITE)
    assert names() == []


def test_a_withdrawal_is_seen_by_the_next_call():
    desk = factories.shown(SITE, ECRAN)
    factories.withdraw(desk, SITE)
    assert names(SITE) == []
    assert names(ECRAN) == ["Nadia"]


def test_one_missing_yes_hides_everybody():
    nadia, morris = factories.person("Nadia"), factories.person("Morris", kind="resident")
    version = factories.unread(factories.portrait(people=[nadia, morris]), SITE)
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
    version = factories.unread(desk, SITE, at=at - timedelta(hours=1))
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
    factories.crowd(number, SITE)
    with django_assert_num_queries(1):
        assert len(gate.capsules(SITE, at=timezone.now())) == number


def test_of_two_passing_versions_the_newest_is_shown():
    """The verbs end the older yes; the door does not rest on it."""
    at = timezone.now()
    desk = factories.portrait("Première")
    first = factories.ask(desk, SITE, at=at)
    desk.first_name = "Seconde"
    desk.save()
    desk.save_revision()
    second = factories.ask(desk, SITE, at=at)
    for version in (second, first):
        request = ConsentRequest.objects.get(subject__version=version)
        consent._grant(request, SITE, "0" * 64, factories.PROOF, at=at, ends=at + timedelta(days=30))
    assert names(at=at) == ["Seconde"]


def test_a_photograph_answers_to_its_own_usage(django_assert_num_queries):
    factories.shown(SITE)
    key = gate.capsules(SITE, at=timezone.now())[0].picture.base.split("/")[3]
    with django_assert_num_queries(1):
        assert gate.photo(SITE, key, at=timezone.now()) is not None
    assert gate.photo(ECRAN, key, at=timezone.now()) is None
    assert gate.photo(SITE, "0" * 32, at=timezone.now()) is None


def test_a_withdrawal_ends_both_languages():
    french = factories.shown(SITE)
    nadia = factories.Person.objects.get()
    english = factories.portrait("Nadia", people=[nadia], language="en", translation_key=french.translation_key)
    factories.say(factories.unread(english, SITE), SITE)
    assert len(names()) == 2
    factories.withdraw(french, SITE)
    assert names() == []


def test_until_is_the_first_end():
    nadia, morris = factories.person("Nadia"), factories.person("Morris", kind="resident")
    at = timezone.now()
    version = factories.unread(factories.portrait(people=[nadia, morris]), SITE, at=at)
    factories.say(version, SITE, who=nadia, at=at, days=30)
    factories.say(version, SITE, who=morris, at=at, days=10)
    (capsule,) = gate.capsules(SITE, at=at)
    assert capsule.until == at + timedelta(days=10)
    assert gate.next_boundary(SITE, at=at) == at + timedelta(days=10)
    assert gate.next_boundary(ECRAN, at=at) is None


def test_an_address_that_was_public_is_known_as_such():
    desk = factories.shown(SITE)
    factories.unread(factories.portrait("Diego"), SITE)
    factories.withdraw(desk)
    now = timezone.now()
    assert gate.was_shown(SITE, "nadia", at=now, language="fr-ca")
    assert not gate.was_shown(SITE, "nadia", at=now, language="en")
    assert not gate.was_shown(SITE, "diego", at=now, language="fr-ca")
    assert not gate.was_shown(ECRAN, "personne", at=now, language="fr-ca")


def test_the_end_of_a_hide_is_a_boundary():
    at = timezone.now()
    desk = factories.shown(SITE, at=at)
    hiding.hide(desk, by=factories.staff(), at=at, until=at + timedelta(hours=1))
    assert gate.next_boundary(SITE, at=at) == at + timedelta(hours=1)


def test_a_raised_number_is_a_boundary(monkeypatch):
    at = timezone.now()
    monkeypatch.setitem(usages._numbers, SITE, [(usages.EPOCH, 1), (at + timedelta(minutes=5), 2)])
    factories.shown(SITE, at=at)
    assert gate.next_boundary(SITE, at=at) == at + timedelta(minutes=5)
    assert names(at=at) == ["Nadia"]
    assert names(at=at + timedelta(minutes=5)) == []
