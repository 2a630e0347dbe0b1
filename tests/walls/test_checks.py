"""The system checks say what is missing: each is seen to say it."""

import pytest
from django.conf import settings
from django.core.checks import run_checks
from taggit.managers import TaggableManager

from intranet import checks
from portraits import recall, renderings
from portraits.models import Portrait
from portraits.usages import Usage


def ids(problems):
    return [problem.id for problem in problems]


def test_the_house_is_whole():
    assert run_checks() == []


def test_each_usage_has_its_owner():
    assert {usage.value: [way.module for way in recall.ways(usage)] for usage in Usage} == {
        "intranet": ["home.recall"],
        "infolettre": ["infolettre.recall"],
        "ecran": ["ecrans.recall"],
        "affiche": ["ecrans.recall"],
        "site": ["home.recall"],
        "indexation": ["home.recall"],
        "infolettre_publique": ["infolettre.recall"],
        "social": ["home.recall"],
        "vitrine": ["ecrans.recall"],
        "objet": ["ecrans.recall"],
    }


def test_a_usage_without_handler_is_an_error(monkeypatch):
    monkeypatch.setitem(recall._ways, Usage.OBJET, [])
    assert ids(checks.each_usage_has_one_recall_handler()) == ["intranet.E001"]


def test_a_usage_claimed_twice_is_an_error(monkeypatch):
    monkeypatch.setitem(recall._ways, Usage.SITE, [*recall.ways(Usage.SITE), recall.Way("tests", recall.at_once)])
    assert ids(checks.each_usage_has_one_recall_handler()) == ["intranet.E001"]


def test_a_plain_tag_manager_on_a_draft_is_an_error(monkeypatch):
    fields = Portrait._meta.get_fields()
    plain = TaggableManager()
    plain.name = "plain"
    monkeypatch.setattr(Portrait._meta, "get_fields", lambda *args, **options: [*fields, plain])
    assert ids(checks.draftable_models_keep_their_tags()) == ["intranet.E002"]


@pytest.mark.parametrize("door", checks.SIDE_DOORS)
def test_a_side_door_is_an_error(door, monkeypatch):
    monkeypatch.setattr(settings, "INSTALLED_APPS", [*settings.INSTALLED_APPS, f"{door}.v2"])
    assert ids(checks.no_side_door_is_installed()) == ["intranet.E003"]


def test_a_lazy_database_is_an_error(monkeypatch):
    lazy = {"ENGINE": "django.db.backends.sqlite3", "ATOMIC_REQUESTS": True}
    monkeypatch.setitem(settings.DATABASES, "lazy", lazy)
    assert ids(checks.database_keeps_its_promises()) == ["intranet.E004", "intranet.E005"]


def test_an_asked_usage_that_nothing_renders_is_an_error(monkeypatch):
    monkeypatch.delitem(renderings._renderers, Usage.ECRAN)
    assert ids(checks.each_asked_usage_is_rendered()) == ["intranet.E006"]


def test_photographs_with_an_address_are_an_error(settings):
    settings.MEDIA_URL = "/media/"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    assert ids(checks.private_files_have_no_address()) == ["intranet.E007"]
