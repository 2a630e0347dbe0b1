"""Answers given on paper and by telephone: recorded by one, confirmed by another, opened by the officer alone."""

import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from PIL import Image

from intranet.models import Letter
from intranet.roles import COMMS, CONSENT_OFFICER, HR
from portraits import attest, chain, consent, letter, recording, renderings, sheets, tasks
from portraits.models import Consent, ConsentRequest, Evidence, LedgerEntry, Person, Receipt
from portraits.usages import Usage
from portraits.views.intake import seen_now
from tests import factories
from tests.portraits.desk import signed_in, url
from tests.portraits.test_letter import last_page

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
PDF = b"%PDF-1.7\n%scan of a sheet\n%%EOF\n"


@pytest.fixture
def desk():
    return factories.portrait(people=[factories.person("Nadia", email="", reach=Person.Reach.LETTER)])


@pytest.fixture
def request_(desk):
    version = factories.unread(desk, SITE, ECRAN, at=timezone.now() - timedelta(days=2))
    return ConsentRequest.objects.get(subject__version=version)


@pytest.fixture
def first():
    return signed_in(HR, username="premiere")


@pytest.fixture
def second():
    return signed_in(COMMS, username="deuxieme")


def pdf(data=PDF, name="feuille.pdf"):
    return SimpleUploadedFile(name, data)


def sheet(**said):
    when = timezone.localtime(timezone.now() - timedelta(hours=1))
    form = {"kind": "paper", "said_at": f"{when:%Y-%m-%dT%H:%M}", "term": "annee", "note": "", "sheet": pdf()}
    return form | {name if name in form else f"reponse-{name}": value for name, value in said.items()}


def call(**said):
    form = sheet(kind="phone", note="Josée a appelé le 514 555-0142 ; texte lu.", **said)
    form.pop("sheet")
    return form


def record(client, desk, request, form):
    return client.post(url("record", desk.pk, request.pk), form)


def confirm_url(desk):
    return url("confirm", desk.pk, Evidence.objects.latest("pk").pk)


def agree(client, desk):
    opened = client.post(confirm_url(desk), {"geste": "ouvrir"})
    return opened, client.post(confirm_url(desk), {"geste": "confirmer"})


def kinds():
    return list(LedgerEntry.objects.order_by("seq").values_list("kind", flat=True))


# -- the whole way


def test_a_sheet_is_recorded_by_one_confirmed_by_another_and_then_only_counts(desk, request_, first, second):
    assert record(first, desk, request_, sheet(site="yes", ecran="no"))["Location"] == url("ways", desk.pk)
    assert not Consent.objects.exists()
    assert kinds()[-2:] == ["refused", "recorded"]
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.answers) == ("paper", {"site": "yes", "ecran": "no"})
    assert evidence.sha256 == recording.hash_of(PDF)

    opened, done = agree(second, desk)
    assert opened.status_code == 200
    assert done["Location"] == url("edit", desk.pk)
    row = Consent.objects.get()
    assert (row.usage, row.method, row.evidence_id) == (SITE, Consent.Method.PAPER, evidence.pk)
    assert row.rendering_sha256 == seen_now(request_)[SITE]
    assert kinds()[-3:] == ["evidence_read", "evidence_confirmed", "granted"]
    granted = LedgerEntry.objects.latest("seq").body
    assert (granted["method"], granted["evidence"]) == ("paper", evidence.sha256)
    assert not {"Nadia", "premiere", "deuxieme"} & set(str(list(LedgerEntry.objects.values_list("body"))).split("'"))


def test_a_call_keeps_its_note_and_the_number_of_the_script_that_was_read(desk, request_, first, second):
    page = first.get(url("record", desk.pk, request_.pk)).content.decode()
    assert "une deuxième personne" in page.lower()
    record(first, desk, request_, call(site="yes"))
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.notice, bool(evidence.file)) == ("phone", 1, False)
    assert LedgerEntry.objects.get(kind="recorded").body["notice"] == 1
    body = str(LedgerEntry.objects.get(kind="recorded").body)
    assert not [
        words for words in ("Josée", "514 555", "texte lu") if words in body
    ]  # four digits alone may be a hash's
    opened, _done = agree(second, desk)
    assert "texte lu" in opened.content.decode()
    assert Consent.objects.get().method == Consent.Method.PHONE


def test_a_month_is_a_month_and_a_blank_is_no_consent(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes", term="mois"))
    agree(second, desk)
    row = Consent.objects.get()
    assert row.ends_at - Evidence.objects.get().said_at == timedelta(days=30)
    assert "refused" not in kinds()


DAY = timedelta(days=1)


@pytest.mark.parametrize(("term", "days"), [("annee", 365), ("mois", 30)])
def test_a_sheet_ends_on_the_day_that_it_bears_however_late_it_is_confirmed(desk, request_, first, term, days):
    """Printed twice: both sheets bear the dates of the first one."""
    printed_at = request_.asked_at + timedelta(hours=1)
    bearing = date_format(timezone.localtime(printed_at + days * DAY), "DATE_FORMAT").replace("\u00a0", " ")
    for later in (timedelta(0), 30 * timedelta(hours=1)):
        pdf_text = last_page(letter.print_one(request_, by=factories.staff(), at=printed_at + later)).replace(
            "\u00a0", " "
        )
        assert bearing in pdf_text
    record(first, desk, request_, sheet(site="yes", term=term))
    with time_machine.travel(timezone.now() + 15 * DAY):
        opened, _done = agree(signed_in(COMMS, username="troisieme"), desk)
    assert bearing in opened.content.decode().replace("\u00a0", " ")
    row = Consent.objects.get()
    assert row.ends_at == printed_at + days * DAY
    assert row.starts_at > printed_at + 15 * DAY
    assert LedgerEntry.objects.get(kind="granted").body["ends_at"] == chain.instant(row.ends_at)


def test_a_call_ends_counted_from_the_call_or_from_the_sheet_they_had(desk, request_, first):
    record(first, desk, request_, call(site="yes"))
    letter.print_one(request_, by=factories.staff(), at=timezone.now())  # printed after the call: they had not read it
    with time_machine.travel(timezone.now() + 15 * DAY):
        agree(signed_in(COMMS, username="troisieme"), desk)
    assert Consent.objects.get().ends_at == Evidence.objects.get().said_at + 365 * DAY


def test_a_sheet_whose_day_is_past_grants_nothing(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes", term="mois"))
    Person.objects.filter(pk=request_.subject.person_id).update(left_on=timezone.localdate() + 2 * DAY)
    with time_machine.travel(timezone.now() + 3 * DAY):
        _opened, done = agree(second, desk)
    assert done.status_code == 200
    assert not Consent.objects.exists()


# -- one receipt


def told():
    """usage → decision, of each receipt."""
    rows = Receipt.objects.order_by("decided_at")
    return [{one.usage.value: one.kind for one in attest.read(row, language="fr-ca").decisions} for row in rows]


@pytest.fixture
def with_mail(request_):
    Person.objects.update(email="nadia@erables.example")
    return request_


def receipts_mailed():
    tasks.sweep()
    return Letter.objects.exclude(attachments=[]).count()


def test_a_sheet_with_both_makes_one_receipt_once_it_is_confirmed(desk, with_mail, first, second):
    record(first, desk, with_mail, sheet(site="yes", ecran="no"))
    assert receipts_mailed() == 0
    assert told() == [{"ecran": "refused"}]  # what stands already is on their page
    agree(second, desk)
    assert receipts_mailed() == 1
    assert told() == [{"site": "granted", "ecran": "refused"}]
    read = attest.read(Receipt.objects.get(), language="fr-ca")
    assert (read.method, [line.kind for line in read.lines]) == ("paper", ["refused", "granted"])
    data = Path(settings.VAR) / "recu.json"
    data.write_bytes(attest.data(read))
    script = Path(settings.BASE_DIR) / "deploy" / "verify_receipt.py"
    assert subprocess.run([sys.executable, script, data], capture_output=True).returncode == 0


@pytest.mark.parametrize("how", ["set aside", "taken back", "closed"])
def test_what_was_refused_has_its_receipt_even_when_the_rest_is_not_confirmed(desk, with_mail, first, second, how):
    record(first, desk, with_mail, sheet(site="yes", ecran="no"))
    assert receipts_mailed() == 0
    if how == "set aside":
        second.post(confirm_url(desk), {"geste": "ouvrir"})
        second.post(confirm_url(desk), {"geste": "ecarter"})
    if how == "taken back":
        consent.answer(with_mail, {SITE: "no"}, seen={}, at=timezone.now())
        agree(second, desk)
        assert told() == [{"ecran": "refused"}, {"site": "refused"}]
    with time_machine.travel(with_mail.closes_at if how == "closed" else timezone.now() + timedelta(seconds=1)):
        assert receipts_mailed() == (2 if how == "taken back" else 1)
    assert told()[0] == {"ecran": "refused"}


def test_what_was_accepted_otherwise_meanwhile_is_not_told_as_refused(desk, with_mail, first, second):
    record(first, desk, with_mail, sheet(site="yes", ecran="no"))
    factories.say(with_mail.subject.version, ECRAN)
    agree(second, desk)
    assert told()[-1] == {"site": "granted"}
    read = attest.read(Receipt.objects.latest("decided_at"), language="fr-ca")
    assert [usage for usage, _until in read.besides] == [ECRAN]


def test_a_no_on_paper_is_told_as_said_on_paper(desk, with_mail, first):
    record(first, desk, with_mail, sheet(site="no"))
    assert receipts_mailed() == 1
    assert attest.read(Receipt.objects.get(), language="fr-ca").method == "paper"


def test_noes_alone_wait_for_nobody(desk, request_, first, second):
    record(first, desk, request_, sheet(site="no", ecran="no"))
    assert kinds()[-3:] == ["refused", "refused", "recorded"]
    assert not recording.waiting(factories.staff(), at=timezone.now()).exists()
    assert confirm_url(desk) not in second.get("/admin/").content.decode()


# -- who


def test_the_same_person_cannot_confirm_and_a_get_shows_no_answer(desk, request_, first, second):
    record(first, desk, request_, call(site="yes"))
    for gesture in ("ouvrir", "confirmer", "ecarter", "feuille"):
        assert "texte lu" not in first.post(confirm_url(desk), {"geste": gesture}).content.decode()
    assert confirm_url(desk) not in first.get("/admin/").content.decode()
    assert confirm_url(desk) in second.get("/admin/").content.decode()
    assert "texte lu" not in second.get(confirm_url(desk)).content.decode()
    assert "evidence_read" not in kinds()
    assert not Consent.objects.exists()


def test_one_agrees_to_what_one_has_opened(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes"))
    assert second.post(confirm_url(desk), {"geste": "confirmer"}).status_code == 200
    third = signed_in(HR, username="troisieme")
    second.post(confirm_url(desk), {"geste": "ouvrir"})
    third.post(confirm_url(desk), {"geste": "ouvrir"})
    assert second.post(confirm_url(desk), {"geste": "confirmer"}).status_code == 200
    assert not Consent.objects.exists()
    third.post(confirm_url(desk), {"geste": "confirmer"})
    assert Evidence.objects.get().second_person.username == "troisieme"
    assert Consent.objects.count() == 1
    assert third.post(confirm_url(desk), {"geste": "confirmer"}).status_code == 302
    assert Consent.objects.count() == 1


def test_nobody_records_nor_confirms_about_themselves(desk, request_, first, second):
    Person.objects.update(user=first.session["_auth_user_id"])
    assert record(first, desk, request_, sheet(site="yes"))["Location"] == url("ways", desk.pk)
    assert not Evidence.objects.exists()
    Person.objects.update(user=second.session["_auth_user_id"])
    record(first, desk, request_, sheet(site="yes"))
    agree(second, desk)
    assert not Consent.objects.exists()
    assert confirm_url(desk) not in second.get("/admin/").content.decode()


def test_an_officer_without_the_right_to_write_neither_records_nor_confirms(desk, request_, first):
    officer = signed_in(CONSENT_OFFICER, username="accords")
    assert record(officer, desk, request_, sheet(site="yes")).status_code in {302, 403}
    assert not Evidence.objects.exists()


def test_the_dashboard_costs_one_query_more_for_30_records(
    desk, request_, first, second, django_assert_num_queries, django_user_model
):
    for _number in range(30):
        record(first, desk, request_, call(site="yes"))
    by = django_user_model.objects.get(username="deuxieme")
    with django_assert_num_queries(1):
        rows = list(recording.waiting(by, at=timezone.now()))
        assert {str(row.recorded_by) + row.request.subject.version.portrait.first_name for row in rows} == {
            "premiereNadia"
        }
    assert len(rows) == 30


# -- in between


def test_set_aside_grants_nothing_and_a_no_stays(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes", ecran="no"))
    second.post(confirm_url(desk), {"geste": "ouvrir"})
    second.post(confirm_url(desk), {"geste": "ecarter"})
    second.post(confirm_url(desk), {"geste": "confirmer"})
    assert not Consent.objects.exists()
    assert kinds()[-1] == "evidence_dismissed"
    assert "refused" in kinds()


def test_once_the_request_is_closed_nothing_is_recorded_nor_confirmed(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes"))
    ConsentRequest.objects.update(closes_at=timezone.now())
    _opened, done = agree(second, desk)
    assert done.status_code == 200
    assert not Consent.objects.exists()
    assert record(first, desk, request_, sheet(site="yes"))["Location"] == url("ways", desk.pk)
    assert Evidence.objects.count() == 1


def test_a_rendering_that_changed_meanwhile_cannot_be_confirmed(desk, request_, first, second, monkeypatch):
    record(first, desk, request_, sheet(site="yes"))
    made = renderings._renderers[SITE]

    def repainted(capsule):
        rendering = made(capsule)
        return renderings.Rendering(rendering.body + b"<!-- -->", rendering.content_type, rendering.shape)

    monkeypatch.setitem(renderings._renderers, SITE, repainted)
    _opened, done = agree(second, desk)
    assert done.status_code == 200
    assert not Consent.objects.exists()
    monkeypatch.undo()
    agree(second, desk)
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("undone", [False, True])
def test_what_the_person_took_back_since_is_left_out_without_a_word(desk, request_, first, second, undone):
    """Else a paper signed on Monday would undo Tuesday's refusal, and the second person would learn of it."""
    record(first, desk, request_, sheet(site="yes", ecran="yes"))
    consent.answer(request_, {SITE: "no"}, seen={}, at=timezone.now())
    if undone:
        consent.undo(desk, request_.subject.person, at=timezone.now())
    _opened, done = agree(second, desk)
    assert done["Location"] == url("edit", desk.pk)
    expected = {SITE.value, ECRAN.value} if undone else {ECRAN.value}
    assert set(Consent.objects.values_list("usage", flat=True)) == expected


# -- bad input


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"site": "yes", "sheet": ""}, "sheet"),
        ({}, "__all__"),
        ({"site": "yes", "said_at": "2200-01-01T10:00"}, "said_at"),
        ({"site": "yes", "said_at": "2001-01-01T10:00"}, "said_at"),
        ({"site": "yes", "said_at": "hier"}, "said_at"),
        ({"site": "yes", "kind": ""}, "kind"),
        ({"site": "oui"}, "reponse-site"),
        ({"site": "yes", "kind": "phone", "note": " "}, "note"),
    ],
)
def test_bad_input_is_said_on_its_field_and_loses_nothing(desk, request_, first, form, field):
    response = record(first, desk, request_, sheet(**{"ecran": "no" if form else "", **form}))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Evidence.objects.exists()
    assert kinds()[-1] == "asked"
    if form:
        assert response.context["form"]["reponse-ecran"].value() == "no"


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"PK\x03\x04", b"GIF89a", b"\x89PNG\r\n\x1a\nnothing", b"%PDF-" + b"0" * sheets.MAX_BYTES]
)
def test_what_is_no_sheet_is_refused_whatever_its_name(data):
    with pytest.raises(ValidationError):
        sheets.read(pdf(data))


def test_a_photo_of_a_sheet_loses_its_metadata_and_its_name(desk, request_, first):
    exif = Image.Exif()
    exif[0x010E] = "Nadia Bélanger, chez elle"
    photo = factories.picture(kind="JPEG", exif=exif)
    photo.name = "nadia-belanger.pdf"
    record(first, desk, request_, sheet(site="yes", sheet=photo))
    evidence = Evidence.objects.get()
    assert evidence.file.name.endswith(".jpg")
    assert "nadia" not in evidence.file.name
    with evidence.file.open("rb") as file, Image.open(io.BytesIO(file.read())) as kept:
        assert not kept.getexif()


# -- opened later


def test_only_the_officer_opens_evidence_and_each_opening_is_a_line(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes", ecran="no"))
    agree(second, desk)
    pk, before = Evidence.objects.get().pk, kinds().count("evidence_read")
    pages = [reverse("portraits_evidence_open", args=[pk]), reverse("portraits_evidence_file", args=[pk])]
    admin = signed_in(username="admin", is_staff=True, is_superuser=True)
    for client in (first, second, admin, Client()):
        assert client.get(reverse("portraits_evidence")).status_code in {302, 403}
        for page in pages:
            assert client.post(page).status_code in {302, 403}
    assert kinds().count("evidence_read") == before

    officer = signed_in(CONSENT_OFFICER, username="accords")
    listing = officer.get(reverse("portraits_evidence"))
    assert listing.status_code == 200
    assert pages[0] in listing.content.decode()
    assert kinds().count("evidence_read") == before
    assert officer.get(pages[1]).status_code == 405
    assert officer.post(pages[0]).status_code == 200
    file = officer.post(pages[1])
    assert file.content == PDF
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(file["Cache-Control"].split(", "))
    assert kinds().count("evidence_read") == before + 2
    assert second.post(confirm_url(desk), {"geste": "feuille"}).status_code == 302  # it is confirmed: no more


def test_the_second_person_compares_with_the_sheet_before_agreeing(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes"))
    file = second.post(confirm_url(desk), {"geste": "feuille"})
    assert file.content == PDF
    assert file["Content-Disposition"].startswith("attachment")
    assert kinds()[-1] == "evidence_read"


def test_a_sheet_that_was_exchanged_is_not_shown(desk, request_, first, second):
    record(first, desk, request_, sheet(site="yes"))
    evidence = Evidence.objects.get()
    with open(evidence.file.path, "wb") as file:
        file.write(b"%PDF-1.7 another")
    assert second.post(confirm_url(desk), {"geste": "feuille"}).status_code == 404


def test_the_list_of_evidence_costs_the_same_for_3_and_30(desk, request_, first):
    officer = signed_in(CONSENT_OFFICER, username="accords")
    address, costs = reverse("portraits_evidence"), []
    officer.get(address)
    for more in (3, 27):
        for _number in range(more):
            record(first, desk, request_, call(site="yes"))
        with CaptureQueriesContext(connection) as queries:
            page = officer.get(address).content.decode()
        costs.append(len(queries))
    assert page.count("/ouvrir/") == 30
    assert costs[0] == costs[1] <= 18
