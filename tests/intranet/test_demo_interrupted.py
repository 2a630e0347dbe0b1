"""A first load that dies half-way leaves an installation in which the next one succeeds."""

import pytest
from django.core.files.storage import default_storage

from intranet.demo import load, pictures
from intranet.models import User
from portraits.models import Photo, Portrait

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


class PowerCut(Exception):
    pass


class Cut:
    def happen(self, scene):
        raise PowerCut


def test_an_interrupted_load_leaves_nothing_and_the_next_one_succeeds(monkeypatch, settings):
    settings.EMAIL_BACKEND = "intranet.mail.Rows"
    before = set(default_storage.listdir("photos")[1]) if default_storage.exists("photos") else set()
    with monkeypatch.context() as patch:
        patch.setattr(load, "HISTORY", (*load.HISTORY[:2], Cut()))
        with pictures.developing(width=800) as photographs, pytest.raises(PowerCut):
            load.load(photographs)
    assert not load.is_loaded()
    assert not load.kept().exists()
    assert not User.objects.exists()
    orphans = set(default_storage.listdir("photos")[1]) - before
    assert len(orphans) == 15
    monkeypatch.setattr(load, "HISTORY", load.HISTORY[-4:])
    with pictures.developing(width=800) as photographs:
        load.load(photographs)
    assert load.is_loaded()
    assert Portrait.objects.count() == 18
    assert not orphans & set(default_storage.listdir("photos")[1])
    assert all(default_storage.exists(photo.file.name) for photo in Photo.objects.all())
    load.kept().unlink()
