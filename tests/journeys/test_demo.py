"""`manage.py demo` as a newcomer runs it: it starts, it answers, it survives a dead worker, it stops and leaves nobody."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
PATIENCE = 240  # seconds; the goal of 60 is for a machine that does nothing else


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(var, port):
    """The command with nothing of the suite's own environment: embedded database, embedded broker."""
    ours = {"DATABASE", "BROKER", "BASE_URL", "EMAIL_PORT"}
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {"DJANGO_SETTINGS_MODULE": "intranet.settings.dev", "VAR": str(var)}
    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "in vain"
        time.sleep(0.3)
    return found


def answer(port, path="/"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.read().decode()
    except OSError:
        return ""


def alive(var, word=""):
    """Process ids of whatever runs with this VAR, from the system's own list."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_text()
        except OSError:
            continue
        if f"VAR={var}".encode() in environment.split(b"\0") and word in command:
            found.append(int(folder.name))
    return found


def stop(demo):
    demo.send_signal(signal.SIGTERM)
    said, _ = demo.communicate(timeout=60)
    return said


def first_start(var, port):
    """What a newcomer sees, with a worker killed and a second command on the same port on the way."""
    assert "Nadia" in (page := until(lambda: answer(port)))
    assert "Amira" not in page
    assert "wagtail" in answer(port, "/static/wagtailadmin/css/core.css").lower()
    mailbox = var / "courriel"
    until(lambda: any("To: ines@erables.example" in mail.read_text() for mail in mailbox.glob("*.eml")))
    old = until(lambda: alive(var, "celery"))
    for one in old:
        os.kill(one, signal.SIGKILL)
    until(lambda: set(alive(var, "celery")) - set(old))
    second = start(var, port)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"Port {port} is taken" in said


def test_the_demo_starts_answers_stops_and_starts_again_as_it_was(var, port):
    demo = start(var, port)
    try:
        first_start(var, port)
    finally:
        said = stop(demo)
    assert demo.returncode == 0
    assert f"http://127.0.0.1:{port}/consentement/" in said
    assert "employe" in said
    assert alive(var) == []
    kept = (var / "demo.json").read_text(), sorted((var / "private" / "photos").iterdir())
    demo = start(var, port)
    try:
        until(lambda: "Nadia" in answer(port))
    finally:
        stop(demo)
    assert ((var / "demo.json").read_text(), sorted((var / "private" / "photos").iterdir())) == kept
    assert alive(var) == []
