"""The guards of tests/conftest.py are seen to bite, and to let the door open."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.template import Context, Engine, Origin, Template
from django.utils import timezone
from wagtail.models import Page, Site

from portraits import gate, triggers
from portraits.models import LedgerEntry, Portrait, Version
from portraits.usages import Usage
from tests import factories
from tests.conftest import CHANNELS

ROOT = Path(settings.BASE_DIR)


def template(source, name):
    return Template(source, origin=Origin(name=name, template_name=name))


def python_of(channel, source):
    """Names defined by a source that pretends to be a file of this channel."""
    room = {}
    exec(compile(source, str(ROOT / channel / "leak.py"), "exec"), room)  # noqa: S102
    return room


@pytest.mark.django_db
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "source",
    [
        "{{ portrait }}",
        "{{ portrait.first_name }}",
        "{% for each in portraits.all %}{{ each.first_name }}{% endfor %}",
        "{{ portraits.first.first_name }}",
        "{% for subject in portrait.subjects.all %}.{% endfor %}",
        "{% if portrait.photo %}.{% endif %}",
    ],
)
def test_template_of_a_channel_cannot_touch_a_model(channel, source):
    desk = factories.portrait()
    with pytest.raises(AssertionError, match=f"template of {channel} touches a bare model|{channel} loads a bare"):
        template(source, f"{channel}/leak.html").render(Context({"portrait": desk, "portraits": Portrait.objects}))


@pytest.mark.django_db
def test_a_block_of_a_channel_inside_a_foreign_base_is_still_of_the_channel(tmp_path):
    (tmp_path / "ecrans").mkdir()
    (tmp_path / "base.html").write_text("{% block body %}{% endblock %}")
    (tmp_path / "ecrans" / "leak.html").write_text(
        "{% extends 'base.html' %}{% block body %}{{ portrait.first_name }}{% endblock %}"
    )
    engine = Engine(dirs=[tmp_path])
    with pytest.raises(AssertionError, match="template of ecrans"):
        engine.get_template("ecrans/leak.html").render(Context({"portrait": factories.portrait()}))


@pytest.mark.django_db
def test_template_of_the_heart_may():
    context = Context({"portrait": factories.portrait()})
    assert template("{{ portrait.first_name }}", "portraits/desk.html").render(context) == "Nadia"


@pytest.mark.django_db
@pytest.mark.parametrize("channel", CHANNELS)
def test_python_of_a_channel_cannot_load_a_row(channel):
    factories.portrait()
    leak = python_of(channel, "def leak(rows):\n    return [row.pk for row in rows]\n")["leak"]
    with pytest.raises(AssertionError, match=f"{channel} loads a bare Portrait"):
        leak(Portrait.objects.all())


@pytest.mark.django_db
def test_the_door_stays_open_to_channels():
    factories.shown(Usage.ECRAN)
    source = "def names(door, usage, at):\n    return [capsule.first_name for capsule in door(usage, at=at)]\n"
    names = python_of("ecrans", source)["names"]
    assert names(gate.capsules, Usage.ECRAN, timezone.now()) == ["Nadia"]


def test_no_test_reaches_the_network():
    with pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transactional_test_starts_from_the_migrated_rows(turn):
    """Each turn sees what the migrations left, and nothing of the other turn."""
    assert Site.objects.count() == 1
    assert Page.objects.count() >= 2
    assert LedgerEntry.objects.count() == 0
    factories.shown()
    assert Version.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", ["portraits_version", "portraits_subject", "portraits_consent", "portraits_ledgerentry"]
)
def test_the_triggers_are_back_after_it(table):
    factories.shown()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.django_db
def test_every_refusal_stands_after_the_last_migration():
    """SQLite makes a table anew when a column is added, and its triggers go: a migration that does so puts them back."""
    where = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger",
    }
    with connection.cursor() as cursor:
        cursor.execute(where[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}
    assert {one.name for one in triggers.triggers()} <= standing


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("false", 0)])
def test_under_ci_a_skipped_test_is_a_failure(tmp_path, ci, code):
    (tmp_path / "test_skips.py").write_text("import pytest\n\n\ndef test_it():\n    pytest.skip('no chromium')\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-c", ROOT / "pyproject.toml"]
    command += ["--rootdir", ROOT, "-p", "tests.conftest", tmp_path]
    result = subprocess.run(command, cwd=ROOT, env=os.environ | {"CI": ci}, capture_output=True, text=True, check=False)
    assert result.returncode == code, result.stdout + result.stderr
    assert ("skipped tests are failures" in result.stdout) == (code == 1)
