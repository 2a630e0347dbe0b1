"""Roles: their pages in docs/roles cannot lie, and what human resources read of the yeses tells nobody's no."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation

from intranet import dashboard, roles
from intranet.management.commands.roles import PAGES, rewritten
from portraits.usages import Usage
from tests import factories

FOLDER = settings.BASE_DIR / "docs" / "roles"


@pytest.mark.parametrize("name", roles.ROLES)
def test_the_page_of_a_role_has_the_rights_of_the_code(name):
    text = (FOLDER / PAGES[name]).read_text()
    assert rewritten(name, text) == text, "run « manage.py roles »"
    told = {f"{row[0]}" for row in re.findall(r"^\| `([\w.]+)` \| ([\w, ]+) \|$", text, re.M)}
    assert bool(told) == bool(roles.ROLES[name])


def test_a_right_taken_away_is_seen(monkeypatch):
    text = (FOLDER / PAGES[roles.HR]).read_text()
    monkeypatch.setitem(roles.ROLES, roles.HR, roles.ROLES[roles.HR][:-1])
    assert rewritten(roles.HR, text) != text


def test_every_role_has_its_page_and_the_readme_names_them():
    assert set(PAGES) == set(roles.ROLES)
    readme = (settings.BASE_DIR / "README.md").read_text()
    pages = {path.name for path in FOLDER.glob("*.md")}
    assert pages == {*PAGES.values(), "administration.md"}
    assert {name for name in pages if f"docs/roles/{name}" not in readme} == set()


def test_the_command_writes_what_the_test_holds(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs" / "roles").mkdir(parents=True)
    for page in PAGES.values():
        (tmp_path / "docs" / "roles" / page).write_text("# X\n\n<!-- droits -->\n<!-- fin des droits -->\n")
    call_command("roles")
    assert "portraits.guard_consents" in (tmp_path / "docs" / "roles" / PAGES[roles.CONSENT_OFFICER]).read_text()
    assert "guard_consents" not in (tmp_path / "docs" / "roles" / PAGES[roles.HR]).read_text()


@pytest.mark.django_db
def test_groups_have_exactly_the_rights_of_the_table():
    from django.contrib.auth.models import Group

    for name, codes in roles.ROLES.items():
        held = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{code}" for app, code in held} == set(codes)


@pytest.mark.django_db
def test_how_many_said_yes_is_told_from_five_up_and_tells_no_refusal():
    with translation.override("en"):
        for _number in range(4):
            factories.shown(Usage.SITE)
        assert dashboard.agreed(at=timezone.now()).startswith("Fewer than 5")
        factories.shown(Usage.SITE)
        assert dashboard.agreed(at=timezone.now()).startswith("5 people")
        amira = factories.person("Amira")
        pair = factories.portrait("Amira", people=[amira, factories.person("Morris")])
        factories.say(factories.ask(pair, Usage.SITE), Usage.SITE, who=amira)  # the other is silent
        assert dashboard.agreed(at=timezone.now()).startswith("5 people")
