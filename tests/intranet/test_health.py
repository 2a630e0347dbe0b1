"""/livez and /readyz: each probe is seen to say no."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from intranet.models import Letter
from portraits import ledger, witness
from portraits.duty import Duty

OK = {"ready": True, "database": "ok", "migrations": "ok", "storage": "ok", "duties": "ok", "ledger": "ok"}


def letter(**fields):
    return Letter.objects.create(to="a@erables.example", subject="s", from_email="b@erables.example", **fields)


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def test_livez_asks_the_database_nothing(client):
    assert client.get("/livez").content == b"ok"


@pytest.mark.django_db
def test_ready_when_everything_answers(client):
    letter(not_before=ago(50))
    letter(not_before=ago(500), state=Duty.State.DONE)
    letter(not_before=ago(-500))
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, OK)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"not_before": ago(70)},
        {"not_before": ago(500), "state": Duty.State.CLAIMED, "lease_until": ago(70)},
    ],
)
def test_not_ready_when_a_duty_waits(client, fields):
    letter(**fields)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["duties"].startswith("Letter ")


@pytest.mark.django_db
def test_a_duty_in_hand_is_not_late(client):
    letter(not_before=ago(500), state=Duty.State.CLAIMED, lease_until=ago(-60))
    assert client.get("/readyz").json() == OK


@pytest.mark.django_db
def test_not_ready_when_a_migration_is_missing(client):
    (last,) = MigrationExecutor(connection).loader.graph.leaf_nodes("portraits")
    MigrationRecorder(connection).record_unapplied(*last)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "1 to apply")


@pytest.mark.django_db
def test_not_ready_when_photographs_cannot_be_stored(client, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "portraits.storage.WithoutUrl", "OPTIONS": {"location": tmp_path / "file"}},
    }
    response = client.get("/readyz")
    assert (response.status_code, response.json()["storage"]) == (503, "FileExistsError")


@pytest.mark.django_db
def test_not_ready_when_the_copy_of_the_ledger_is_lost_or_late(client, settings, tmp_path):
    settings.LEDGER_COPY = str(tmp_path / "ledger.jsonl")
    assert client.get("/readyz").json() == OK  # nothing was ever said here
    with transaction.atomic():
        ledger.append("asked", at=ago(70))
        assert client.get("/readyz").json()["ledger"] == "the copy lacks 1 lines"
        ledger.append("asked", at=ago(1))
        assert client.get("/readyz").json()["ledger"] == "the copy lacks 1 lines"
    assert witness.sync()
    assert client.get("/readyz").json() == OK
    witness.path().unlink()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "replay_ledger" in response.json()["ledger"]


def test_not_ready_without_a_database(client):
    """pytest-django closes the database to tests that did not ask for it: every probe that needs it must say so."""
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "RuntimeError"
