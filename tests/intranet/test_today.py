"""« Aujourd'hui » of whoever walks: what must come down before when, and what waits for a wall."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ecrans import print as paper
from ecrans.models import Affiche, Place
from intranet import dashboard, roles
from portraits import witness
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in

pytestmark = pytest.mark.django_db
ROUNDS = (dashboard.to_take_down, dashboard.to_hang)


def printed(count, gone, monkeypatch):
    """So many batches, of which the first ones lost their consent since. Nothing is drawn."""
    monkeypatch.setattr(paper.compose, "poster", lambda *args, **options: b"%PDF-")
    place, made = Place.objects.create(building="Mairie", floor="3", room="Cuisine"), []
    for number in range(count):
        desk = factories.portrait(f"P{number}")
        version = factories.unread(desk, Usage.AFFICHE)
        factories.say(version, Usage.AFFICHE)
        row = Affiche(portrait=desk.pk, place=place, version=version.pk, language="fr-ca")
        row.save()
        paper.sheet(row)
        made.append(row)
        if number < gone:
            factories.withdraw(desk)
    return made


def told(client):
    return {task.url: (task.title, task.detail) for task in client.get("/admin/").context["tasks"]}


def test_the_rounds_are_told_to_whoever_may_open_them(monkeypatch):
    printed(3, 2, monkeypatch)
    down, hang = reverse("portraits_takedown"), reverse("affiches:to_hang")
    for group in (roles.TECHNICIAN, roles.COMMS, roles.CONSENT_OFFICER, roles.HR):
        found = told(signed_in(group, username=group))
        assert (down in found) == (group != roles.HR), group
        assert (hang in found) == (group in {roles.TECHNICIAN, roles.COMMS}), group
        if down in found:
            assert found[down][0].startswith("2 ")
            assert str(timezone.localtime().year) in found[down][1]
            assert "Mairie" in found[down][1]
        if hang in found:
            assert found[hang][0].startswith("1 ")
            assert "Mairie" in found[hang][1]


def test_nothing_is_told_when_nothing_waits_nor_when_the_database_is_behind(monkeypatch):
    made = printed(2, 1, monkeypatch)
    monkeypatch.setattr(witness, "doubt", lambda: witness.Doubt.BEHIND)
    assert dashboard.to_take_down(at=timezone.now()) == []
    monkeypatch.setattr(witness, "doubt", lambda: None)
    assert [len(one(at=timezone.now())) for one in ROUNDS] == [1, 1]
    for row in made:
        paper.take_down(row, by=factories.staff(), at=timezone.now())
    assert [one(at=timezone.now()) for one in ROUNDS] == [[], []]


@pytest.mark.parametrize("count", [2, 8])
def test_the_rounds_cost_the_same_however_many(count, monkeypatch, django_assert_num_queries):
    printed(2 * count, count, monkeypatch)
    with django_assert_num_queries(4):
        titles = [one(at=timezone.now())[0].title for one in ROUNDS]
    assert all(title.startswith(f"{count} ") for title in titles)


def test_two_places_are_named_and_the_others_counted():
    assert dashboard._where(["Garage", "Mairie"]) == "Garage · Mairie"
    assert dashboard._where(["Garage", "Mairie", "Parc", ""]).startswith("Garage · Mairie · 2 ")


def test_every_usage_is_said_in_two_words():
    """Not as a list of eight: what differs is then seen."""
    factories.ask(factories.portrait("Nadia"))
    factories.ask(factories.portrait("Diego"), Usage.SITE, Usage.ECRAN)
    tasks = dashboard.tasks(user=factories.reader(), at=timezone.now())
    details = {name: one.detail for one in tasks for name in ("Nadia", "Diego") if name in one.title}
    assert details["Nadia"].startswith("Tous les usages. ")
    assert str(Usage.SITE.label) in details["Diego"]
