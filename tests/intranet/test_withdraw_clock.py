"""`manage.py withdraw_clock`, against a live site: every channel is timed, a missed promise is an error, real people are safe."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from ecrans.models import Affiche
from home.publish import open_site
from infolettre.models import Subscriber
from intranet import roles
from intranet.demo import clock
from intranet.models import User
from portraits import gate
from portraits.usages import Usage
from tests import factories
from tests.portraits.gate_faults import planted

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def site(live_server, settings):
    """The address of a running demo that has its accounts and a reader."""
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    open_site("localhost", int(live_server.url.rsplit(":", 1)[1]))
    factories.user("rh", roles.HR)
    factories.user("comms", roles.COMMS)
    Subscriber.objects.create(email="lectrice@erables.example", first_name="Lectrice")
    return live_server.url


def nobody_is_left():
    at = timezone.now()
    assert [gate.capsules(usage, at=at) for usage in Usage] == [[] for _usage in Usage]
    assert not Session.objects.exists()
    assert not User.objects.get(username=clock.LOGIN).is_active
    assert not Affiche.objects.filter(taken_down_at=None).exists()


def test_each_channel_is_timed_then_all_is_tidy(site, capsys):
    call_command("withdraw_clock", "--json", "--url", site)
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 14
    assert {row["kept"] for row in rows} == {True}
    assert all(row["seconds"] > 0 for row in rows)
    nobody_is_left()
    call_command("withdraw_clock", "--url", site)  # again, with the same person
    said = capsys.readouterr().out
    assert said.count("kept") == 14
    assert "recall list" in said
    nobody_is_left()


def test_a_missed_promise_is_an_error(site, monkeypatch, capsys):
    monkeypatch.setattr(clock, "PATIENCE", 1)
    with planted("withdrawal ignored"), pytest.raises(CommandError) as missed:
        call_command("withdraw_clock", "--url", site)
    assert "page, photograph, page among colleagues, article" in str(missed.value)
    assert capsys.readouterr().out.count("MISSED") == 14


def test_only_the_chosen_portrait_is_withdrawn(site):
    chosen, other = factories.shown(first_name="Solène"), factories.shown(first_name="Zélie")
    call_command("withdraw_clock", "--url", site, "--portrait", "solene")
    assert {one.key for one in gate.capsules(Usage.SITE, at=timezone.now())} == {other.pk}
    assert chosen.pk != other.pk


@pytest.mark.parametrize("options", [[], ["--portrait", "solene"]])
def test_it_refuses_outside_the_demo(settings, options):
    settings.DEMO = False
    with pytest.raises(CommandError, match="demo only"):
        call_command("withdraw_clock", *options)
    assert not User.objects.filter(username=clock.LOGIN).exists()


def test_a_site_that_is_not_there_and_an_unknown_portrait_are_said(site):
    with pytest.raises(CommandError, match="does not answer"):
        call_command("withdraw_clock", "--url", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match="No portrait has"):
        call_command("withdraw_clock", "--url", site, "--portrait", "personne")
