"""Some days after the last yes ended, nothing is left of a portrait but what proves it; running twice changes nothing."""

import io
import json
import os
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision

from home.publish import open_site
from intranet.models import Letter
from portraits import (
    annotating,
    asking,
    codes,
    consent,
    crops,
    erasing,
    gate,
    inbox,
    links,
    proof,
    remarks,
    retention,
    state,
    throttle,
    triggers,
)
from portraits.models import (
    Code,
    Consent,
    ConsentRequest,
    Evidence,
    LedgerEntry,
    Link,
    Photo,
    Portrait,
    Remark,
    Throttle,
    Version,
)
from portraits.state import Word
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import tables

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WORDS = ("zoqmetier", "zoqphrase", "zoqrecit", "zoqdecrit", "zoqtitre", "zoqremarque", "zoqcommentaire", "zoqmarge")
NAME = "Zoqnom"


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    """A storage of its own: what is in it is this test's."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def shown(**fields):
    """A portrait with a word in each place, asked and said yes to now. Returns (desk, the instant of the yes)."""
    at = timezone.now()
    values = {
        "job": f"Métier {WORDS[0]}",
        "sentence": f"Je dis {WORDS[1]}.",
        "story": f"Mon récit {WORDS[2]}.",
        "alt": f"Photo {WORDS[3]}.",
        "photo": factories.photo(),
    }
    desk = factories.portrait(NAME, **values | fields)
    Photo.objects.filter(pk=desk.photo_id).update(title=WORDS[4])
    log(instance=desk, action="wagtail.edit", user=factories.staff(), data={"comment": WORDS[6]})
    log(instance=Photo.objects.get(pk=desk.photo_id), action="wagtail.edit", user=factories.staff())
    factories.submit(desk, SITE, at=at)
    annotating.annotate(desk, {"job": WORDS[7]}, by=factories.staff(), at=at)
    version = factories.ask(desk, SITE, at=at)
    factories.say(version, SITE, at=at)
    remarks.write(ConsentRequest.objects.filter(subject__version=version).first(), "change", WORDS[5], at=at)
    Letter.objects.all().delete()
    return desk, at


def ended(**fields):
    """The same, withdrawn a day later. Returns (desk, the instant at which its time has come)."""
    desk, at = shown(**fields)
    factories.withdraw(desk, at=at + DAY)
    return desk, at + 31 * DAY


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def serve(desk):
    """Make one crop, as a visitor's browser would."""
    photo = desk.photo
    crops.rendition(photo.file.name, photo.sha256, tuple(photo.crop), crops.SPECS["p240"])


def test_thirty_days_after_the_last_yes_to_the_second_and_once(private):
    desk, at = ended()
    serve(desk)
    assert len(files(private)) == 2
    assert not +retention.run(at=at - SECOND)
    assert len(files(private)) == 2
    done = retention.run(at=at)
    assert (done["versions"], done["photos"], done["desks"], done["revisions"], done["remarks"]) == (1, 1, 1, 1, 1)
    assert not done["failures"]
    assert files(private) == []
    assert not +retention.run(at=at)
    assert not +retention.run(at=at + 400 * DAY)


def test_not_one_word_is_left_anywhere():
    desk, at = ended()
    desk.tags.add("serre")
    desk.save_revision()
    Revision.objects.update(created_at=at - 31 * DAY)
    before = str(tables())
    assert all(word in before for word in (*WORDS, NAME))
    retention.run(at=at)
    after = tables()
    assert [word for word in WORDS if word in str(after)] == []
    # Their own card is not the portrait's; the closed address must go on answering « gone ».
    named = {name for name, rows in after.items() if NAME.lower() in str(rows).lower()}
    assert named == {"portraits_person", "portraits_version"}
    left = ReferenceIndex.get_references_for_object(Portrait.objects.get(pk=desk.pk))
    assert {one.to_content_type.model for one in left} <= {"locale"}


def test_the_proof_stays():
    desk, at = ended()
    version = desk.versions.get()
    kept = (version.fingerprint, version.key, version.slug, version.photo_id)
    line, head = LedgerEntry.objects.get(kind="granted"), LedgerEntry.objects.count()
    retention.run(at=at)
    version.refresh_from_db()
    assert (version.fingerprint, version.key, version.slug, version.photo_id) == kept
    assert (version.content, version.purged_at) == ({}, at)
    assert Consent.objects.get().ledger_entry == line
    assert list(proof.gaps()) == []
    (purged,) = LedgerEntry.objects.filter(kind="purged")
    assert (purged.seq, purged.at) == (head + 1, at)
    assert purged.body == {
        "portrait": str(desk.translation_key),
        "versions": 1,
        "photos": 1,
        "desks": 1,
        "revisions": 1,
        "remarks": 1,
    }


def test_when_nobody_ever_said_yes_it_counts_from_the_day_the_question_closed():
    now = timezone.now()
    version = factories.ask(factories.portrait(), SITE, at=now)
    factories.say(version, SITE, answer="no", at=now + DAY)
    assert not +retention.run(at=now + 51 * DAY - SECOND)
    assert retention.run(at=now + 51 * DAY)["versions"] == 1


def test_nothing_goes_while_anything_lives():
    desk, at = shown(people=[factories.person(), factories.person("Ali", kind="resident")])
    one, other = (row.person for row in desk.versions.get().subjects.order_by("pk"))
    consent.withdraw(desk, one, [SITE], at=at + DAY)
    assert not +retention.run(at=at + 365 * DAY - SECOND)  # the other one's yes lives
    end = at + 365 * DAY
    assert not +retention.run(at=end + 30 * DAY - SECOND)
    assert other.pk != one.pk
    assert retention.run(at=end + 30 * DAY)["versions"] == 1


def test_a_newer_version_keeps_the_former_ones():
    desk, at = shown()
    factories.say(factories.ask(desk, SITE, at=at + 5 * DAY), SITE, at=at + 5 * DAY)
    assert not +retention.run(at=at + 300 * DAY)
    assert retention.run(at=at + (5 + 365 + 30) * DAY)["versions"] == 2


def test_a_question_put_since_counts():
    desk, at = shown()
    factories.withdraw(desk, at=at + DAY)
    factories.ask(desk, SITE, at=at + 25 * DAY)
    assert not +retention.run(at=at + 31 * DAY)
    assert not +retention.run(at=at + (25 + 21 + 30) * DAY - SECOND)
    assert retention.run(at=at + (25 + 21 + 30) * DAY)["versions"] == 2


def test_the_other_language_keeps_it():
    desk, at = ended()
    english = factories.portrait(
        NAME, language="en", photo=desk.photo, people=[desk.versions.get().subjects.get().person]
    )
    Portrait.objects.filter(pk=english.pk).update(translation_key=desk.translation_key)
    english.refresh_from_db()
    version = factories.ask(english, SITE, at=at - 30 * DAY + SECOND)
    factories.say(version, SITE, at=at - 30 * DAY + SECOND)
    assert not +retention.run(at=at)
    factories.withdraw(english, at=at)
    assert retention.run(at=at + 30 * DAY)["versions"] == 2


def test_a_desk_at_work_keeps_its_last_draft_and_its_photo(private):
    desk, at = ended()
    former = desk.photo
    desk.photo, desk.job = factories.photo((9, 9, 9)), "Un nouveau métier"
    desk.save_revision()
    latest = desk.latest_revision
    Revision.objects.filter(pk=latest.pk).update(created_at=at - DAY)
    done = retention.run(at=at)
    assert (done["versions"], done["photos"], done["desks"], done["revisions"]) == (1, 1, 0, 1)
    desk = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    assert desk.job == "Un nouveau métier" == Portrait.objects.get(pk=desk.pk).job
    assert default_storage.exists(desk.photo.file.name)
    assert not default_storage.exists(former.file.name)
    older = Revision.objects.exclude(pk=latest.pk).get()
    assert not any(word in json.dumps(older.content) for word in WORDS)


def test_what_the_desk_drops_later_goes_then(private):
    desk, at = ended()
    desk.save_revision()
    Revision.objects.filter(pk=desk.latest_revision.pk).update(created_at=at - DAY)
    assert retention.run(at=at)["photos"] == 0
    Portrait.objects.filter(pk=desk.pk).update(photo=None)
    Revision.objects.filter(pk=desk.latest_revision.pk).update(content=desk.latest_revision.content | {"photo": None})
    assert retention.run(at=at + DAY)["photos"] == 1
    assert LedgerEntry.objects.filter(kind="purged").last().body == {"photos": 1}


def test_a_picture_that_somebody_else_still_says_yes_to_stays(private):
    desk, at = ended()
    person = desk.versions.get().subjects.get().person
    other = factories.portrait("Diego", photo=desk.photo, people=[person, factories.person("Diego")])
    factories.say(factories.ask(other, SITE, at=at - DAY), SITE, at=at - DAY)
    serve(desk)
    done = retention.run(at=at)
    assert (done["versions"], done["photos"]) == (1, 0)
    assert len(files(private)) == 2


# -- what the database refuses


PURGE = "content = '{}', purged_at = '2027-01-01 00:00:00+00:00'"
OTHERS = (
    "slug = 'autre'",
    "fingerprint = 'x'",
    "key = 'x'",
    "language = 'en'",
    "frozen_at = '2020-01-01 00:00:00+00:00'",
    "frozen_by_id = (SELECT MIN(id) FROM intranet_user)",
    "partner_photo_id = photo_id",
    "photo_id = (SELECT MIN(id) FROM portraits_photo)",
    "portrait_id = (SELECT MIN(id) FROM portraits_portrait)",
    "id = id + 1000",
)


def attempt(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


@pytest.fixture
def frozen():
    factories.staff()
    factories.shown(SITE)
    return factories.shown(SITE).versions.get()


def test_a_version_can_be_purged_once(frozen):
    where = f"WHERE id = {frozen.pk}"
    assert attempt(f"UPDATE portraits_version SET {PURGE} {where}") == 1
    frozen.refresh_from_db()
    assert frozen.content == {}
    with pytest.raises(DatabaseError):
        attempt(f"UPDATE portraits_version SET {PURGE} {where}")
    with pytest.raises(DatabaseError):
        attempt(f"UPDATE portraits_version SET purged_at = NULL {where}")


@pytest.mark.parametrize(
    "change",
    [
        "content = '{}'",
        "purged_at = '2027-01-01 00:00:00+00:00'",
        "content = '{\"job\": \"x\"}', purged_at = '2027-01-01 00:00:00+00:00'",
        "content = '[]', purged_at = '2027-01-01 00:00:00+00:00'",
        *(f"{PURGE}, {other}" for other in OTHERS),
        *OTHERS,
    ],
)
def test_nothing_else_of_a_version_changes(frozen, change):
    with pytest.raises(DatabaseError, match="frozen version"):
        attempt(f"UPDATE portraits_version SET {change} WHERE id = {frozen.pk}")
    with pytest.raises(DatabaseError):
        attempt(f"DELETE FROM portraits_version WHERE id = {frozen.pk}")


def test_every_column_of_a_version_is_held():
    held = {*triggers.VERSION_KEPT, *triggers.VERSION_KEPT_IF_ANY, "content", "purged_at"}
    assert held == {field.column for field in Version._meta.local_fields}


# -- a purged portrait in the product


@pytest.fixture
def purged():
    open_site("testserver", 80)
    desk, at = ended()
    link = consent_path(desk, at - 31 * DAY)
    retention.run(at=at)
    return Portrait.objects.get(pk=desk.pk), at, link


def consent_path(desk, at):
    request = ConsentRequest.objects.get(subject__version__portrait=desk)
    return f"/consentement/{links.make(request, Link.Kind.MANAGE, at=at)}/"


def test_the_gate_skips_it_in_silence_and_still_cries_at_an_altered_one(purged, caplog):
    desk, at, _link = purged
    assert gate.capsules(SITE, at=at - 31 * DAY + SECOND) == []  # it lived then: its words are erased
    assert gate.photo(SITE, desk.versions.get().key, at=at - 31 * DAY + SECOND) is None
    assert caplog.records == []
    assert {one.word for one in state.standings([desk.pk], at=at)[desk.pk]} == {Word.NONE}
    other = factories.shown(SITE)
    triggers.remove(connection)
    Version.objects.filter(portrait=other).update(content={"job": "x"})
    triggers.install(connection)
    assert gate.capsules(SITE, at=timezone.now()) == []
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_its_addresses_answer_gone_and_its_link_leads_nowhere(purged):
    desk, at, link = purged
    version = desk.versions.get()
    assert Client().get(f"/portraits/{version.slug}/").status_code == 410
    assert Client().get(f"/m/site/{version.key}/p400.jpg").status_code == 410
    mail = Client().get(f"/m/infolettre/{version.key}/p400.jpg")
    assert (mail.status_code, mail["Content-Type"]) == (200, "image/jpeg")
    with time_machine.travel(at, tick=False):
        assert Client().post(link).status_code == 404


def test_the_cms_goes_on(purged):
    desk, _at, _link = purged
    client = Client()
    client.force_login(factories.user("chef", is_superuser=True, is_staff=True))
    listing = client.get("/admin/portraits/")
    assert listing.status_code == 200
    assert str(desk) in listing.content.decode()
    revision = Revision.objects.filter(object_id=str(desk.pk)).first()
    for path in (
        f"/admin/portraits/edit/{desk.pk}/",
        f"/admin/portraits/history/{desk.pk}/",
        reverse("wagtailsnippets_portraits_portrait:revisions_revert", args=[desk.pk, revision.pk]),
        "/admin/photos/",
        "/admin/photos/choisir/",
        "/admin/reports/site-history/",
        "/admin/",
    ):
        response = client.get(path)
        assert response.status_code in {200, 302}, (path, response.status_code)
        assert not any(word in response.content.decode() for word in WORDS), path
    photo = desk.versions.get().photo
    assert client.get(f"/admin/photos/{photo.pk}/p240.webp").status_code == 200
    assert client.get(f"/admin/photos/{photo.pk}/entiere.jpg").status_code == 404


def test_written_anew_it_is_another_portrait_and_the_former_address_stays_closed(purged):
    desk, at, _link = purged
    former = desk.versions.get().slug
    fresh = factories.portrait(NAME)
    for name in ("job", "sentence", "story", "alt", "photo"):
        setattr(desk, name, getattr(fresh, name))
    desk.first_name = NAME
    desk.subjects = [factories.DraftSubject(person=factories.person(NAME), role="main")]
    desk.photo = factories.photo()
    desk.save()
    desk.save_revision()
    version = factories.ask(desk, SITE, at=at + DAY)
    assert version.slug != former
    assert version.slug.startswith(NAME.lower())


def test_what_was_paused_cannot_be_taken_up_again_once_erased():
    desk, at = shown()
    request = ConsentRequest.objects.get()
    consent.withdraw(desk, request.subject.person, [SITE], at=at + DAY, reason=consent.Reason.PAUSED)
    assert asking.resumable(request, at=at + 31 * DAY - SECOND) == [SITE]
    retention.run(at=at + 31 * DAY)
    request = ConsentRequest.objects.get()
    assert asking.resumable(request, at=at + 31 * DAY) == []


# -- the command


def command(*arguments):
    out = io.StringIO()
    call_command("retention", *arguments, stdout=out)
    return out.getvalue()


def test_a_dry_run_says_it_and_erases_nothing(private):
    desk, at = ended()
    serve(desk)
    default_storage.save("photos/perdue.jpg", ContentFile(b"x"))
    before, there = tables(), files(private)
    done = retention.run(at=at, dry_run=True)
    assert (done["versions"], done["photos"], done["files"]) == (1, 1, 1)
    assert (tables(), files(private)) == (before, there)
    assert retention.run(at=at)["versions"] == 1


def test_the_command_says_what_it_did(settings):
    settings.RETENTION_DAYS = 0
    desk = factories.shown(SITE, at=timezone.now() - 40 * DAY)
    Revision.objects.update(created_at=timezone.now() - 41 * DAY)
    factories.withdraw(desk, at=timezone.now() - DAY)
    assert "Would be erased: 1 desks, 1 photos, 1 revisions, 1 versions." in command("--dry-run")
    assert "Erased: 1 desks, 1 photos, 1 revisions, 1 versions." in command()
    assert "Erased: nothing to erase." in command()


def test_nothing_is_erased_while_the_database_is_behind(settings, tmp_path):
    desk, _at = ended()
    settings.LEDGER_COPY = str(tmp_path / "ledger.jsonl")  # there is a ledger, and its copy is missing
    with pytest.raises(CommandError, match="replay_ledger"):
        command()
    assert desk.versions.get().purged_at is None


def test_one_failure_is_said_and_holds_up_nothing_else(monkeypatch, caplog):
    first, at = ended()
    second, _at = ended()
    whole = erasing._desk

    def one_breaks(portrait, end):
        if portrait.pk == first.pk:
            raise OSError("no room on the disk")
        return whole(portrait, end)

    monkeypatch.setattr(erasing, "_desk", one_breaks)
    done = retention.run(at=at + DAY)
    assert (done["failures"], done["versions"]) == (1, 1)
    assert [desk.versions.get().purged_at is None for desk in (first, second)] == [True, False]
    assert "no room" in caplog.text


# -- evidence, files, codes, windows, sessions


def sheet(desk, at, **fields):
    request = ConsentRequest.objects.get(subject__version__portrait=desk)
    return Evidence.objects.create(
        **{
            "request": request,
            "kind": "paper",
            "answers": {"site": "yes"},
            "days": 365,
            "said_at": at,
            "note": "Signée au comptoir.",
            "file": ContentFile(b"%PDF-1.7", name="feuille.pdf"),
            "sha256": "a" * 64,
            "recorded_by": factories.staff(),
            "recorded_at": at,
            **fields,
        }
    )


def test_evidence_goes_five_years_after_what_it_proves_ended(private):
    at = timezone.now()
    desk = factories.portrait()
    factories.ask(desk, SITE, at=at)
    row = sheet(desk, at, second_person=factories.user("deuxieme"), confirmed_at=at)
    proved = consent.Proof(consent.Method.PAPER, evidence=row)
    consent.answer(row.request, {SITE: "yes"}, seen={SITE: "0" * 64}, at=at, proof=proved)
    end = at + (365 + 5 * 365.25) * DAY
    retention.run(at=end - SECOND)
    assert [name for name in files(private) if name.startswith("evidence")] == [row.file.name]
    assert retention.run(at=end)["evidence"] == 1
    row.refresh_from_db()
    assert (row.file.name, row.note, row.sha256) == ("", "", "a" * 64)
    assert files(private) == []
    assert LedgerEntry.objects.last().body == {"evidence": 1}
    assert not +retention.run(at=end)


def test_evidence_of_a_no_counts_from_the_day_the_question_closed(settings):
    settings.EVIDENCE_YEARS = 2
    at = timezone.now()
    desk = factories.portrait()
    factories.ask(desk, SITE, at=at)
    sheet(desk, at, answers={"site": "no"})
    end = at + (21 + 2 * 365.25) * DAY
    assert not retention.run(at=end - SECOND)["evidence"]
    assert retention.run(at=end)["evidence"] == 1


def test_files_without_a_row_go_once_they_are_a_day_old(private):
    desk = factories.shown(SITE)
    serve(desk)
    inbox.receive("Merci, avec une photo", at=timezone.now(), attachment=b"pixels")
    kept = files(private)
    assert any(name.startswith("merci/") for name in kept)
    for name in ("photos/a.jpg", "evidence/b.pdf", "crops/cccc/50-38-100-240.jpg", "merci/d.jpg", "retraits/e.jpg"):
        default_storage.save(name, ContentFile(b"x"))
    now = timezone.now()
    assert not retention.run(at=now)["files"]
    old = (now - 2 * DAY).timestamp()
    for path in private.rglob("*"):
        os.utime(path, (old, old))
    assert retention.run(at=now, dry_run=True)["files"] == 5
    done = retention.run(at=now)
    assert done["files"] == 5
    assert "5 files" in retention.said(done)
    assert files(private) == kept


def test_codes_windows_and_sessions_are_forgotten():
    now = timezone.now()
    factories.ask(factories.portrait(), SITE)
    request = ConsentRequest.objects.get()
    for age in (25, 23):
        codes.send(request, at=now - age * DAY / 24)
    throttle.allow("x", "y", most=1, within=timedelta(minutes=1), at=now - DAY)
    throttle.allow("x", "z", most=1, within=timedelta(minutes=1), at=now)
    Session.objects.create(session_key="vieille", session_data="x", expire_date=now - DAY)
    Session.objects.create(session_key="jeune", session_data="x", expire_date=now + DAY)
    done = retention.run(at=now)
    assert (done["codes"], done["windows"]) == (1, 1)
    assert (Code.objects.count(), Throttle.objects.count()) == (1, 1)
    assert [row.session_key for row in Session.objects.all()] == ["jeune"]


def test_what_others_wrote_about_stays():
    desk, at = ended()
    other, _at = shown()
    retention.run(at=at)
    assert Remark.objects.exclude(words="").count() == 1
    assert ModelLogEntry.objects.filter(object_id=str(other.pk), label__contains=NAME).exists()
    assert Portrait.objects.get(pk=other.pk).job
    assert not Portrait.objects.get(pk=desk.pk).job
