"""An old backup is put back: nothing is shown on any channel until the ledger's copy is replayed; then what was taken away
stays dark, and what nobody touched is back."""

import io

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from ecrans.models import Ecran, Place
from home.publish import open_site
from infolettre import send
from infolettre.models import Delivery, Infolettre, Subscriber
from infolettre.tasks import deliveries
from intranet import roles
from portraits import chain, consent, gate, hiding, ledger, proof, replay, witness
from portraits.models import Consent, ConsentRequest, Hidden, LedgerEntry, Person, Recall
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories
from tests.portraits import backups
from tests.portraits.consenting import answers, visit

pytestmark = pytest.mark.django_db(transaction=True)
USAGES = (Usage.SITE, Usage.INTRANET, Usage.INFOLETTRE, Usage.ECRAN)
NAMES = ("Zoqrester", "Zoqretirer", "Zoqrefuser", "Zoqcacher", "Zoqdire", "Zoqdeja")


class City:
    """Six portraits, and every channel that shows them."""

    def __init__(self):
        open_site("testserver", 80)
        self.desks = {name: factories.portrait(name) for name in NAMES}
        self.versions = {name: factories.ask(desk, *USAGES) for name, desk in self.desks.items()}
        for name in NAMES:
            if name not in {"Zoqdire"}:
                factories.say(self.versions[name], *USAGES)
        self.withdraw("Zoqdeja")
        Subscriber.objects.create(email="lectrice@erables.example", first_name="Lectrice")
        kitchen = Place.objects.create(building="Mairie", floor="3e", room="Cuisine")
        self.screen = Ecran.objects.create(place=kitchen, name="Cuisine")
        body = [("feature", desk.pk) for desk in self.desks.values()]
        self.issue = Infolettre.objects.create(title="Des prénoms", preheader="Et des métiers", body=body)
        send.start(self.issue, by=factories.staff(), at=timezone.now())
        self.issue.refresh_from_db()
        self.employee = factories.user("employee", roles.EMPLOYEE)

    def withdraw(self, name):
        desk = self.desks[name]
        consent.withdraw(desk, Person.objects.get(first_name=name), USAGES, at=timezone.now())

    def go_on(self):
        """What people and staff did after the backup."""
        self.withdraw("Zoqretirer")
        request = ConsentRequest.objects.get(subject__version=self.versions["Zoqrefuser"])
        consent.answer(request, dict.fromkeys(USAGES, "no"), seen={}, at=timezone.now())
        hiding.hide(self.desks["Zoqcacher"], by=factories.staff(), at=timezone.now())
        factories.say(self.versions["Zoqdire"], *USAGES)

    def shown(self):
        """Channel → the names it shows."""
        cache.clear()
        passer_by, employee = Client(), Client()
        employee.force_login(self.employee)
        manifest = f"/ecran/{self.screen.public_id}/manifest"
        pages = {
            "site": (passer_by, ["/"]),
            "feeds": (passer_by, ["/flux/rss.xml", "/flux/feed.json"]),
            "sitemap": (passer_by, ["/sitemap.xml"]),
            "intranet": (employee, ["/intranet/"]),
            "archive": (employee, [f"/infolettre/{self.issue.number}/"]),
            "screen": (passer_by, [manifest]),
            "portraits": (passer_by, [f"/portraits/{version.slug}/" for version in self.versions.values()]),
        }
        found = {
            channel: self.named("".join(client.get(path).content.decode() for path in paths))
            for channel, (client, paths) in pages.items()
        }
        at = timezone.now()
        found |= {f"door {usage}": {one.first_name for one in gate.capsules(usage, at=at)} for usage in USAGES}
        found |= {f"pictures {usage}": self.pictured(usage, employee) for usage in (Usage.SITE, Usage.ECRAN)}
        return found

    def named(self, text):
        return {name for name in NAMES if name in text}

    def pictured(self, usage, client):
        return {
            name
            for name, version in self.versions.items()
            if client.get(f"/m/{usage.value}/{version.key}/p240.jpg").status_code == 200
        }


EVERYWHERE = {
    *("site", "feeds", "intranet", "archive", "screen", "portraits"),
    *(f"door {usage}" for usage in USAGES),
    *(f"pictures {usage}" for usage in (Usage.SITE, Usage.ECRAN)),
}


def everywhere(*names):
    return {channel: set(names) for channel in EVERYWHERE} | {"sitemap": set()}


@pytest.fixture
def copy(settings, tmp_path):
    settings.LEDGER_COPY = str(tmp_path / "elsewhere" / "ledger.jsonl")
    return witness.path()


@pytest.fixture
def restored(copy, tmp_path):
    """The city, after yesterday's backup was put back over today."""
    city = City()
    assert city.shown() == everywhere("Zoqrester", "Zoqretirer", "Zoqrefuser", "Zoqcacher")
    kept = backups.take(tmp_path)
    city.go_on()
    city.shown_today = city.shown()
    city.lines_today = list(LedgerEntry.objects.lines())
    backups.restore(kept)
    return city


def command(name, *args):
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *args, stdout=out, stderr=err)
    return out.getvalue()


def test_an_old_backup_shows_nothing_until_the_copy_is_replayed(restored, caplog, client):
    city = restored
    assert Consent.objects.filter(ended_at=None).count() == 4 * len(USAGES)  # the backup believes in them
    assert city.shown() == everywhere()
    assert witness.doubt() == witness.doubt() == witness.Doubt.BEHIND
    assert caplog.text.count("NOTHING IS SHOWN") == 1
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ledger"].split(":")[0]) == (503, witness.Doubt.BEHIND.value)

    # No work is done from what it does not show: no recall, no mail without anybody in it.
    sweep()
    deliveries()
    assert Recall.objects.count() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DUE}

    command("replay_ledger", "--dry-run")
    assert city.shown() == everywhere()
    said = command("replay_ledger")
    assert city.shown_today == everywhere("Zoqrester", "Zoqdire") | {
        "archive": {"Zoqrester"}
    }  # sent before she said yes
    assert city.shown() == everywhere("Zoqrester")  # a yes given since is asked again
    assert "  Zoqdire\n" in said
    assert "Zoqrefuser" not in said
    assert list(LedgerEntry.objects.lines())[:-1] == city.lines_today
    assert LedgerEntry.objects.last().kind == "replayed"
    assert list(proof.gaps(copy=True)) == []
    assert Recall.objects.exclude(exposure__locator__startswith="ecran:").count() == 3
    assert client.get("/readyz").json()["ledger"] == "ok"

    lines = LedgerEntry.objects.count()
    assert "nothing to do" in command("replay_ledger")
    assert (LedgerEntry.objects.count(), Hidden.objects.count()) == (lines, 1)


def test_each_end_comes_back_at_its_own_instant(restored):
    before = timezone.now()
    replay.replay(at=timezone.now())
    rows = Consent.objects.filter(subject__person__first_name="Zoqretirer")
    told = [line.at for line in restored.lines_today if line.kind == "withdrawn"]
    assert {chain.instant(row.ended_at) for row in rows} <= set(told)
    assert Hidden.objects.get().from_at < before
    assert Hidden.objects.get().by is None
    refused = ConsentRequest.objects.get(subject__person__first_name="Zoqrefuser")
    assert refused.answered_at < before


def test_nothing_is_written_meanwhile_and_the_person_may_try_again(restored):
    token = factories.tokens()[NAMES.index("Zoqrester")]
    browser = visit(f"/consentement/{token}/")
    lines = LedgerEntry.objects.count()
    answer = browser.post(f"/consentement/{token}/choix/", answers(site="no"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    assert "503_ledger.html" in [one.name for one in answer.templates]
    assert (LedgerEntry.objects.count(), Consent.objects.filter(ended_at=None).count()) == (lines, 4 * len(USAGES))
    replay.replay(at=timezone.now())
    assert browser.post(f"/consentement/{token}/choix/", answers(site="no")).status_code == 303
    assert "Zoqrester" not in restored.shown()["site"]


def test_a_lost_copy_closes_too_and_is_begun_again_from_an_anchor_only(copy):
    factories.shown(Usage.SITE, first_name="Zoqrester")
    anchor = ledger.anchor()
    copy.unlink()
    assert gate.capsules(Usage.SITE, at=timezone.now()) == []
    assert witness.doubt() == witness.Doubt.MISSING
    sweep()
    assert not copy.exists()
    with pytest.raises(witness.Behind), transaction.atomic():
        ledger.append("asked", at=timezone.now())
    with pytest.raises(CommandError, match="--new-copy"):
        command("replay_ledger")
    with pytest.raises(CommandError, match="older, or another one"):
        command("replay_ledger", "--new-copy", f"99:{anchor.split(':')[1]}")
    command("replay_ledger", "--new-copy", anchor)
    assert len(gate.capsules(Usage.SITE, at=timezone.now())) == 1
    assert list(witness.lines()) == list(LedgerEntry.objects.lines())


@pytest.mark.parametrize("left", [0, 40])
def test_a_copy_that_something_emptied_is_no_new_one(copy, left):
    """A full disk, a tool that truncates: nothing is shown, and the proof is not written over."""
    factories.shown(Usage.SITE, first_name="Zoqrester")
    anchor = ledger.anchor()
    copy.write_bytes(copy.read_bytes()[:left])
    assert gate.capsules(Usage.SITE, at=timezone.now()) == []
    assert witness.doubt() == witness.Doubt.MISSING
    sweep()
    assert copy.stat().st_size == left
    with pytest.raises(CommandError, match="--new-copy"):
        command("replay_ledger")
    copy.unlink()
    command("replay_ledger", "--new-copy", anchor)
    assert len(gate.capsules(Usage.SITE, at=timezone.now())) == 1


def test_a_copy_that_was_touched_or_is_another_ones_replays_nothing(restored, copy):
    whole = copy.read_text()
    copy.write_text(whole.replace('"kind":"hidden"', '"kind":"shown"'))
    with pytest.raises(CommandError, match="not whole"):
        command("replay_ledger")
    copy.write_text("")
    prev, other = chain.FIRST, []
    for seq in range(1, LedgerEntry.objects.count() + 3):
        line = chain.Line(seq, chain.instant(timezone.now()), "asked", {}, prev, "")
        prev = chain.digest(*line[:5])
        other.append(chain.written(line._replace(hash=prev)))
    copy.write_text("\n".join(other) + "\n")
    with pytest.raises(CommandError, match="from line 1 on"):
        command("replay_ledger")
    assert restored.shown() == everywhere()
    assert Consent.objects.filter(ended_at=None).count() == 4 * len(USAGES)
