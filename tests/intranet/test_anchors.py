"""The daily anchor: one mail a day to each consent officer, and what the dashboard says when the door is closed."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intranet import anchors, roles
from intranet.models import Anchor, Letter
from intranet.tasks import anchor
from portraits import brand, ledger, proof, witness
from portraits.models import Incident
from tests import factories

pytestmark = pytest.mark.django_db
MORNING = datetime(2027, 3, 14, 12, 7, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture
def officers():
    for name in ("ines", "rosa"):
        factories.user(name, roles.CONSENT_OFFICER, email=f"{name}@erables.example")
    factories.user("parti", roles.CONSENT_OFFICER, email="parti@erables.example", is_active=False)
    factories.user("sans", roles.CONSENT_OFFICER)
    factories.user("rh", roles.HR, email="rh@erables.example")


@pytest.fixture
def line():
    return ledger.append("asked", at=timezone.now())


def test_one_mail_a_day_to_each_officer_however_often_it_rings(officers, line):
    for hours in (0, 1, 2):
        anchors.send(at=MORNING + timedelta(hours=hours))
    assert sorted(Letter.objects.values_list("to", flat=True)) == ["ines@erables.example", "rosa@erables.example"]
    body = Letter.objects.first().body
    assert ledger.anchor() in body
    assert proof.anchor(body.split()[-1]) == ledger.head()
    anchors.send(at=MORNING + timedelta(days=1))
    assert (Letter.objects.count(), Anchor.objects.count()) == (4, 2)


def test_open_incidents_are_counted_with_a_link_and_nothing_else(officers, line):
    def mailed(day):
        anchors.send(at=MORNING + timedelta(days=day))
        return Letter.objects.latest("pk").body

    link = reverse("portraits_incident:index")
    assert link not in mailed(0)
    for number in range(3):
        Incident.objects.create(
            opened_at=MORNING, cause=f"main:{number}", happened_on="hier", what="Solange à la cuisine", usage="site"
        )
    Incident.objects.filter(cause="main:2").update(closed_at=MORNING, serious_risk=False, assessment="x", measures="x")
    body = mailed(1)
    assert body.splitlines()[0].startswith("2 ")
    assert f"{brand.current().address}{link}" in body
    assert "Solange" not in body
    assert proof.anchor(body.split()[-1]) == ledger.head()


def test_the_day_is_the_borough_s(officers, line):
    late = MORNING.replace(hour=3)  # still the day before in Montréal
    assert anchors.send(at=late).day.day == 13
    assert anchors.send(at=MORNING).day.day == 14


def test_nothing_is_anchored_without_a_ledger_or_an_officer(line):
    assert anchors.send(at=MORNING) is None
    assert (Letter.objects.count(), Anchor.objects.count()) == (0, 0)


def test_an_empty_ledger_is_not_anchored(officers):
    assert anchors.send(at=MORNING) is None


def test_the_bell_rings(officers, line):
    anchor()
    assert Anchor.objects.get().seq == line.seq


@pytest.fixture
def closed(settings, tmp_path, line):
    settings.LEDGER_COPY = str(tmp_path / "ledger.jsonl")
    assert witness.doubt()


def test_a_database_that_is_not_believed_is_not_anchored(officers, closed):
    assert anchors.send(at=MORNING) is None


@pytest.mark.parametrize(("group", "told"), [(roles.CONSENT_OFFICER, True), (roles.HR, False), ("superuser", True)])
def test_who_is_told_that_the_door_is_closed(closed, group, told):
    someone = factories.user("quelquun", group, is_superuser=group == "superuser")
    client = Client()
    client.force_login(someone)
    assert ('href="/readyz"' in client.get("/admin/").content.decode()) == told


def test_nobody_is_alarmed_when_all_is_well(line):
    client = Client()
    client.force_login(factories.user("ines", roles.CONSENT_OFFICER))
    assert "/readyz" not in client.get("/admin/").content.decode()
