"""Each night too: photos that nobody was ever asked about, reasons of stops, and to whom messages went."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Revision

from infolettre.models import Delivery, Infolettre, Subscriber
from intranet import dashboard
from intranet.models import Letter
from portraits import asking, gate, hiding, recall, retention, texting
from portraits.models import Exemption, Hidden, Incident, LedgerEntry, Photo, Portrait, Recall, Text
from portraits.tasks import nightly
from portraits.usages import Usage
from tests import factories
from tests.portraits.test_retention import files, private  # noqa: F401  a storage of its own

pytestmark = pytest.mark.django_db
SITE = Usage.SITE
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as travel:
        yield travel


def command(*arguments):
    out = io.StringIO()
    call_command("retention", *arguments, stdout=out)
    return out.getvalue()


# -- photos


def test_a_photo_that_nobody_was_asked_about_goes_after_thirty_days(clock, private):  # noqa: F811
    photo = factories.photo()
    name = photo.file.name
    clock.shift(30 * DAY - SECOND)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert " 1 photos." in command("--dry-run")
    assert default_storage.exists(name)
    assert " 1 photos." in command()
    photo.refresh_from_db()
    assert (photo.file.name, photo.title, photo.purged_at) == ("", "", timezone.now())
    assert files(private) == []
    assert LedgerEntry.objects.get(kind="purged").body == {"photos": 1}
    assert "nothing to erase" in command()


@pytest.mark.parametrize("where", ["row", "draft", "version"])
def test_a_photo_in_use_stays(clock, where):
    photo = factories.photo()
    if where == "version":
        factories.shown(SITE, photo=photo)
    else:
        desk = factories.portrait(photo=photo)
        if where == "draft":  # on no row: in the last draft alone
            Portrait.objects.update(photo=None)
        else:
            Revision.objects.all().delete()
            assert desk.photo == photo
    clock.shift(200 * DAY)
    assert "nothing to erase" in command()
    assert default_storage.exists(photo.file.name)


def test_a_photo_that_a_draft_dropped_counts_from_then(clock):
    desk = factories.portrait()
    former = desk.photo
    clock.shift(100 * DAY)
    desk.photo = factories.photo()
    desk.save()
    desk.save_revision()
    clock.shift(DAY)
    desk.save_revision()
    clock.shift(29 * DAY - SECOND)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert " 1 photos." in command()
    assert [
        photo.purged_at is None for photo in (Photo.objects.get(pk=former.pk), Photo.objects.get(pk=desk.photo_id))
    ] == [
        False,
        True,
    ]


def test_the_photo_of_somebody_else_s_draft_is_not_taken_for_dropped(clock):
    """Two desks, one after the other in the list: the first one's last draft is not followed by the second's."""
    one, other = factories.portrait(), factories.portrait("Diego")
    for desk in (other, one):
        desk.save_revision()
    clock.shift(200 * DAY)
    assert "nothing to erase" in command()
    assert Photo.objects.filter(purged_at=None).count() == 2


def test_a_photo_kept_for_a_year_by_a_draft_is_listed_and_never_erased(clock):
    desk, asked = factories.portrait("Nadia"), factories.shown(SITE, first_name="Diego")
    reader = factories.reader()
    clock.shift(365 * DAY - SECOND)
    before = dashboard.tasks(user=reader, at=timezone.now())
    assert "kept for a year" not in command()
    clock.shift(SECOND)
    assert "nobody was asked about: 1." in command()
    after = dashboard.tasks(user=reader, at=timezone.now())
    (line,) = {one.title: one for one in after if one.title not in {task.title for task in before}}.values()
    assert (line.photo, line.url) == (desk.photo_id, f"/admin/portraits/edit/{desk.pk}/")
    assert "Nadia" in line.title
    assert asked.photo_id != line.photo
    assert Photo.objects.get(pk=desk.photo_id).purged_at is None


# -- words and addresses


def test_the_reason_of_a_stop_goes_thirty_days_after_its_end(clock):
    desk = factories.shown(SITE)
    hiding.hide(desk, by=factories.staff(), at=timezone.now(), reason="Camille est en deuil")
    clock.shift(40 * DAY)
    assert "nothing to erase" in command()  # it still stops something: whoever may lift it must know why
    hiding.lift(desk, by=factories.staff(), at=timezone.now(), reason="Camille revient")
    clock.shift(30 * DAY - SECOND)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert "Erased: 1 reasons." in command()
    row = Hidden.objects.get()
    assert (row.reason, row.lifted_reason) == ("", "")
    assert row.by == row.lifted_by == factories.staff()
    assert "nothing to erase" in command()


def test_an_open_stop_keeps_its_reason_until_what_it_hid_is_erased(clock):
    desk = factories.shown(SITE)
    hiding.hide(desk, by=factories.staff(), at=timezone.now(), reason="Camille est en deuil")
    factories.withdraw(desk, at=timezone.now() + SECOND)
    clock.shift(30 * DAY)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert "1 reasons" in command()
    assert Hidden.objects.get().reason == ""


def test_the_reason_of_an_exemption_goes_with_the_picture(clock):
    desk = factories.shown(SITE)
    officer = factories.staff()
    asking.exempt(factories.person("Camille"), desk.photo, reason="C’est sa sœur", by=officer, at=timezone.now())
    factories.withdraw(desk, at=timezone.now())
    clock.shift(30 * DAY - SECOND)
    command()
    assert Exemption.objects.get().reason
    clock.shift(2 * SECOND)
    assert "1 exemptions" in command()
    row = Exemption.objects.get()
    assert (row.reason, row.by) == ("", officer)
    assert "nothing to erase" in command()


def test_what_was_left_at_an_empty_place_goes_thirty_days_after(clock):
    """Its photo too, its file included, unless an incident about it is still open."""
    recalls = []
    for name in ("Nadia", "Diego"):
        desk = factories.shown(SITE, Usage.AFFICHE, first_name=name)
        (capsule,) = gate.capsules(Usage.AFFICHE, at=timezone.now(), keys=[desk.pk])
        recall.record(Usage.AFFICHE, capsule, locator=f"affiche:{name}", at=timezone.now())
        factories.withdraw(desk, Usage.AFFICHE, at=timezone.now())
        recall.cleared(f"affiche:{name}", at=timezone.now(), by=factories.staff(), note="Chez Camille", photo=b"x")
        recalls.append(Recall.objects.get(exposure__locator=f"affiche:{name}"))
    kept, gone = recalls
    draft = Incident.objects.create(
        cause="essai", opened_at=timezone.now(), exposure=kept.exposure, usage="affiche", people=1, happened_on="hier"
    )
    clock.shift(30 * DAY - SECOND)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert "1 notes" in command()
    names = [row.photo.name for row in (kept, gone)]
    for row in recalls:
        row.refresh_from_db()
    assert [(row.note, bool(row.photo)) for row in recalls] == [("Chez Camille", True), ("", False)]
    assert gone.done_by == factories.staff()
    assert [default_storage.exists(name) for name in names] == [True, False]
    Incident.objects.filter(pk=draft.pk).update(
        closed_at=timezone.now(), serious_risk=False, measures="Décrochée.", assessment="Aucun."
    )
    assert "1 notes" in command()


def test_whoever_left_the_list_is_forgotten_thirty_days_after_their_issue(clock):
    """Whoever still receives the infolettre can leave it from an old mail."""
    issue = Infolettre.objects.create(title="Bonjour")
    there = Subscriber.objects.create(email="reste@erables.example")
    Subscriber.objects.create(email="partie@erables.example", active=False)
    for name in ("reste", "partie", "inconnue"):
        done = {"state": Delivery.State.DONE, "done_at": timezone.now(), "first_name": name, "error": name}
        Delivery.objects.create(issue=issue, address=f"{name}@erables.example", **done)
    Delivery.objects.create(issue=issue, address="due@erables.example")
    clock.shift(30 * DAY - SECOND)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert "Erased: 2 deliveries." in command()
    rows = Delivery.objects.order_by("pk")
    assert [row.to for row in rows] == [there.email, "", "", "due@erables.example"]
    assert [row.first_name for row in rows] == ["reste", "", "", ""]
    assert Delivery.objects.filter(state="done", address__contains="partie").count() == 0
    assert "nothing to erase" in command()


def test_numbers_and_addresses_go_thirty_days_after_the_message_left_or_was_refused(clock):
    texting._write("514 555-0142", "Un mot")
    sent = Text.objects.get()
    Text.objects.update(state=Text.State.DONE, done_at=timezone.now(), body="")
    texting._write("514 555-0143", "https://x.example/consentement/jeton/")
    Text.objects.exclude(pk=sent.pk).update(state=Text.State.REFUSED, error="no such number +15145550143")
    texting._write("514 555-0144", "attend")
    for state in ("done", "refused", "due"):
        letter = {"to": f"{state}@erables.example", "subject": "Le portrait de Nadia", "from_email": "a@b.example"}
        done_at = timezone.now() if state == "done" else None
        Letter.objects.create(**letter, state=state, done_at=done_at, error=state, body="" if done_at else "Nadia")
    clock.shift(30 * DAY - SECOND)
    assert "nothing to erase" in command()
    clock.shift(SECOND)
    assert "Erased: 2 letters, 2 numbers." in command()
    assert list(Text.objects.order_by("pk").values_list("to", "body", "error")) == [
        ("", "", ""),
        ("", "", ""),
        ("+15145550144", "attend", ""),
    ]
    kept = list(Letter.objects.order_by("pk").values_list("to", "subject", "body", "error"))
    assert kept == [("", "", "", ""), ("", "", "", ""), ("due@erables.example", "Le portrait de Nadia", "Nadia", "due")]
    assert "nothing to erase" in command()


def test_the_night_itself_does_all_of_it(clock):
    factories.photo()
    Letter.objects.create(to="x@erables.example", from_email="a@b.example", state="done", done_at=timezone.now())
    clock.shift(31 * DAY)
    nightly()
    assert Photo.objects.get().purged_at
    assert Letter.objects.get().to == ""


def test_what_upper_storeys_forget_is_one_failure_like_others(monkeypatch, caplog):
    def breaks(*, at):
        raise OSError("no room on the disk")

    monkeypatch.setattr(retention, "_also", [breaks, *retention._also])
    at = timezone.now()
    Letter.objects.create(to="x@erables.example", from_email="a@b.example", state="done", done_at=at)
    done = retention.run(at=at + 30 * DAY)
    assert (done["failures"], done["letters"]) == (1, 1)
    assert "no room" in caplog.text
