"""What a person gets back after a decision: a mail with a page and its data, which can be verified without us."""

import base64
import email
import email.policy
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from intranet import mail, roles
from intranet.demo import sink
from intranet.models import Letter
from portraits import attest, chain, consent, ledger, links, proof, receipts, tasks
from portraits.models import Consent, ConsentRequest, LedgerEntry, Link, Receipt, Representation, Text
from portraits.usages import ASKED, Usage
from tests import factories
from tests.portraits import consenting
from tests.portraits.desk import signed_in

pytestmark = pytest.mark.django_db
SCRIPT = Path(settings.BASE_DIR) / "deploy" / "verify_receipt.py"


@pytest.fixture
def answered():
    """Nadia said yes to the site and the screens, no to the newsletter. Returns her desk."""
    desk = factories.portrait()
    version = factories.unread(desk, Usage.SITE, Usage.ECRAN, Usage.INFOLETTRE)
    request = ConsentRequest.objects.get(subject__version=version)
    said = {Usage.SITE: "yes", Usage.ECRAN: "yes", Usage.INFOLETTRE: "no"}
    seen = dict.fromkeys(said, "5e" * 32)
    consent.answer(request, said, seen=seen, at=timezone.now(), proof=factories.PROOF)
    return desk


def person_of(desk):
    return desk.subjects.get().person


def posted():
    """The last letter that carries files: (letter, PDF, data)."""
    letter = Letter.objects.exclude(attachments=[]).latest("pk")
    pdf, data = (base64.b64decode(one["content"]) for one in letter.attachments)
    return letter, PdfReader(io.BytesIO(pdf)), json.loads(data)


def words(pdf):
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


# -- the row


def test_each_decision_owes_one_receipt(answered):
    person, at = person_of(answered), timezone.now()
    assert Receipt.objects.count() == 1
    consent.withdraw(answered, person, [Usage.SITE], at=at)
    consent.withdraw(answered, person, [Usage.SITE], at=at + timedelta(seconds=1))  # nothing is left to end
    consent.withdraw(answered, person, [Usage.ECRAN], at=at + timedelta(seconds=2), reason=Consent.Reason.PAUSED)
    consent.undo(answered, person, at=at + timedelta(seconds=3))
    kinds = [attest.read(row, language="fr-ca").kind for row in Receipt.objects.order_by("decided_at")]
    assert kinds == ["answered", "withdrawn", "paused", "undone"]


def test_a_no_that_ends_a_yes_is_one_decision(answered):
    request, at = ConsentRequest.objects.get(), timezone.now()
    consent.answer(request, {Usage.SITE: "no"}, seen={}, at=at)
    read = attest.read(Receipt.objects.get(decided_at=at), language="fr-ca")
    assert [(one.usage, one.kind) for one in read.decisions] == [(Usage.SITE, "refused")]
    assert [line.kind for line in read.lines] == ["refused", "withdrawn"]
    assert [usage for usage, _until in read.besides] == [Usage.ECRAN]


def test_a_blank_sheet_owes_nothing():
    version = factories.unread(factories.portrait(), Usage.SITE)
    consent.answer(ConsentRequest.objects.get(subject__version=version), {}, seen={}, at=timezone.now())
    assert not Receipt.objects.exists()


def test_a_decision_that_fails_owes_nothing():
    version = factories.unread(factories.portrait(), Usage.SITE, Usage.ECRAN)
    request = ConsentRequest.objects.get(subject__version=version)
    with pytest.raises(consent.Unproven):
        consent.answer(request, {Usage.SITE: "no", Usage.ECRAN: "yes"}, seen={}, at=timezone.now())
    assert not Receipt.objects.exists()


# -- the mail


def test_the_mail_brings_a_page_its_data_and_a_way_back(answered):
    tasks.sweep()
    letter, pdf, data = posted()
    assert letter.to == person_of(answered).email
    assert [one["type"] for one in letter.attachments] == ["application/pdf", "application/json"]
    token = factories.tokens()[-1]
    link = links.find(token, at=timezone.now())
    assert link.kind == Link.Kind.MANAGE
    assert token not in json.dumps(data)  # what may be shown to a union opens nothing
    text = words(pdf)
    assert len(pdf.pages) == 1
    assert token in text.replace(" ", "")
    assert data["ledger"]["head"]["hash"] in text.replace(" ", "")
    assert Client().post(f"/consentement/{token}/").status_code == 303


# -- without e-mail


def without_mail(**fields):
    """Somebody without e-mail said yes to the site. Returns their receipt."""
    one = factories.person("Solange", email="", **fields)
    factories.say(factories.unread(factories.portrait(people=[one]), Usage.SITE), Usage.SITE)
    return Receipt.objects.get()


def test_by_text_message_it_is_a_link_to_their_page():
    receipt = without_mail(reach="sms", phone="514 555-0142")
    Text.objects.all().delete()
    receipts.work(receipt)
    receipts.work(receipt)
    (text,) = Text.objects.all()
    token = text.body.split("/consentement/")[1].split("/")[0]
    assert links.find(token, at=timezone.now()).kind == Link.Kind.MANAGE
    client = consenting.visit(f"/consentement/{token}/")
    assert client.get(f"/consentement/{token}/recu.pdf").status_code == 200
    assert not receipts.to_print(at=timezone.now()).exists()


@pytest.mark.parametrize("reach", ["letter", "counter"])
def test_the_officer_prints_it_for_whoever_has_neither(reach):
    receipt = without_mail(reach=reach)
    tasks.sweep()
    assert not Letter.objects.exclude(attachments=[]).exists()
    officer = signed_in(roles.CONSENT_OFFICER, username="accords")
    address = reverse("portraits_officer_receipt", args=[receipt.pk])
    board = officer.get(reverse("portraits_officer")).content.decode()
    assert address in board
    assert officer.get(address).status_code == 405
    lines = LedgerEntry.objects.count()
    sheet = officer.post(address)
    assert sheet["Content-Disposition"].startswith("attachment")
    assert {"private", "no-store"} <= set(sheet["Cache-Control"].split(", "))
    text = words(PdfReader(io.BytesIO(sheet.content))).replace(" ", "")
    token = re.search(r"/consentement/([\w-]{43})/", text)[1]
    assert links.find(token, at=timezone.now()).kind == Link.Kind.MANAGE
    (line,) = LedgerEntry.objects.filter(seq__gt=lines)
    assert (line.kind, "Solange" in str(line.body), "accords" in str(line.body)) == ("receipt_printed", False, False)

    officer.post(reverse("portraits_officer_given", args=[receipt.pk]))
    assert address not in officer.get(reverse("portraits_officer")).content.decode()
    assert officer.post(address).status_code == 404


@pytest.mark.parametrize("group", [roles.HR, roles.COMMS, roles.TECHNICIAN, roles.EMPLOYEE, "superuser"])
def test_nobody_else_prints_it(group):
    receipt = without_mail(reach="letter")
    tasks.sweep()
    other = signed_in(group, username="autre", is_superuser=group == "superuser", is_staff=group == "superuser")
    for name in ("receipt", "given"):
        assert other.post(reverse(f"portraits_officer_{name}", args=[receipt.pk])).status_code in {302, 403}
    assert not LedgerEntry.objects.filter(kind="receipt_printed").exists()
    assert receipts.to_print(at=timezone.now()).count() == 1


def test_a_receipt_that_was_mailed_is_not_printed(answered):
    tasks.sweep()
    assert not receipts.to_print(at=timezone.now()).exists()


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_to_print_costs_one_query(count, django_assert_num_queries):
    factories.crowd(count, Usage.SITE, people=[factories.person("Solange", email="", reach="letter")])
    tasks.sweep()
    with django_assert_num_queries(1):
        rows = [str(row.request.addressee) for row in receipts.to_print(at=timezone.now())]
    assert len(rows) == count


def test_the_invitation_keeps_managing(answered):
    before = factories.tokens()[0]
    tasks.sweep()
    client = consenting.visit(f"/consentement/{before}/")
    client.post(f"/consentement/{before}/etat/", {"usage": "site"})
    assert not Consent.objects.filter(usage=Usage.SITE, ended_at__isnull=True).exists()


def test_the_data_say_what_the_ledger_says(answered):
    tasks.sweep()
    _letter, _pdf, data = posted()
    purposes = {one["usage"]: one for one in data["services"][0]["purposes"]}
    assert {usage: one["decision"] for usage, one in purposes.items()} == {
        "site": "granted",
        "ecran": "granted",
        "infolettre": "refused",
    }
    assert purposes["site"]["rendering"] == "5e" * 32
    assert data["piiPrincipalId"] == ledger.pseudonym(person_of(answered))
    assert data["collectionMethod"] == "code"
    assert data["notice"] == {"code": "employee", "version": 1}
    kept = [line._asdict() for line in LedgerEntry.objects.filter(seq__gt=1).lines()]
    assert data["ledger"] == {"lines": kept, "head": {"seq": kept[-1]["seq"], "hash": kept[-1]["hash"]}}
    assert "Nadia" not in json.dumps(data)


def test_the_ledger_is_held_against_it(answered):
    tasks.sweep()
    _letter, _pdf, data = posted()
    assert list(proof.gaps(anchors=proof.anchors_in(data))) == []
    data["ledger"]["head"]["hash"] = "f" * 64
    assert len(list(proof.gaps(anchors=proof.anchors_in(data)))) == 1


def test_a_worker_that_died_after_the_mail_does_not_write_it_again(answered):
    row = Receipt.objects.get()
    receipts.work(row)
    assert Letter.objects.exclude(attachments=[]).count() == 1
    receipts.work(row)  # the same stale row, as a worker that took the duty over reads it
    receipts.work(Receipt.objects.get())
    assert Letter.objects.exclude(attachments=[]).count() == 1


def test_somebody_without_an_address_is_written_nothing():
    somebody = factories.person(email="", reach="counter")
    version = factories.unread(factories.portrait(people=[somebody]), Usage.SITE)
    factories.say(version, Usage.SITE)
    tasks.sweep()
    assert Receipt.objects.get().state == Receipt.State.DONE
    assert not Letter.objects.exclude(attachments=[]).exists()


def test_whoever_answers_for_a_child_receives_it():
    today = timezone.localdate()
    child = factories.person(
        "Zoé", turns_14_on=today + timedelta(days=900), turns_18_on=today + timedelta(days=2400), kind="resident"
    )
    parent = factories.person("Paul", kind="resident")
    Representation.objects.create(person=child, representative=parent, valid_until=today + timedelta(days=800))
    version = factories.unread(factories.portrait("Zoé", people=[child]), Usage.SITE)
    factories.say(version, Usage.SITE)
    tasks.sweep()
    letter, pdf, _data = posted()
    assert letter.to == parent.email
    assert "Paul" in words(pdf)


def test_files_go_by_mail_and_are_forgotten(answered, settings, tmp_path):
    inbox = sink.start(sink.Folder(tmp_path))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port(inbox)
    tasks.sweep()
    letter, _pdf, data = posted()
    values = mail.send(letter)
    inbox.stop()
    assert values["attachments"] == []
    (path,) = tmp_path.glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    pdf, received = message.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_content().startswith(b"%PDF-")
    assert json.loads(received.get_content()) == data


# -- the page


def test_everything_at_once_holds_on_one_page_whatever_the_name():
    desk = factories.portrait("Ngoc", people=[factories.person("Ngọc-Wilhelmine-Maximilienne")])
    version = factories.unread(desk)
    factories.say(version, *ASKED)
    read = attest.read(Receipt.objects.get(), language="fr-ca")
    pdf = PdfReader(io.BytesIO(attest.page(read, "https://erables.example/consentement/x/")))
    assert len(pdf.pages) == 1
    assert "Wilhelmine-Maximilienne" in words(pdf)
    for usage in ASKED:
        assert str(usage.label).split()[0] in words(pdf)


def test_the_same_decision_gives_the_same_bytes(answered):
    first, second = (attest.read(Receipt.objects.get(), language="en") for _ in range(2))
    drawn = attest.page(first, "https://x.example/")
    factories.draw_anew()
    assert drawn == attest.page(second, "https://x.example/")
    assert attest.data(first) == attest.data(second)


def test_the_page_of_the_person_offers_it_within_a_visit(answered):
    path = f"/consentement/{factories.tokens()[0]}/"
    for name in ("recu.pdf", "recu.json"):
        assert Client().get(path + name).status_code == 404
    client = consenting.visit(path)
    state = client.get(path + "etat/").content.decode()
    for name, kind in (("recu.pdf", "application/pdf"), ("recu.json", "application/json; charset=utf-8")):
        assert path + name in state
        response = client.get(path + name)
        assert (response.status_code, response["Content-Type"]) == (200, kind)
        assert response["Cache-Control"] == "private, no-store"
    read = attest.read(Receipt.objects.get(), language="fr-ca")
    assert response.content == attest.data(read)


def test_before_any_decision_there_is_no_receipt():
    path, _row = consenting.link(Usage.SITE)
    client = consenting.visit(path)
    assert "recu.pdf" not in client.get(path + "etat/").content.decode()
    assert client.get(path + "recu.pdf").status_code == 404


# -- verified without us


def verify(tmp_path, data, *exported):
    """Run the script as a union's technician would. Returns its code and its words."""
    path = tmp_path / "recu.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    command = [sys.executable, "-I", str(SCRIPT), str(path)]
    if exported:
        copy = tmp_path / "registre.jsonl"
        copy.write_text("\n".join(exported) + "\n")
        command += ["--ledger", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def receipt(answered):
    return json.loads(attest.data(attest.read(Receipt.objects.get(), language="fr-ca")))


def export():
    return [chain.written(line) for line in LedgerEntry.objects.lines()]


def test_a_true_receipt_holds(receipt, tmp_path):
    code, said = verify(tmp_path, receipt)
    assert code == 0, said
    assert receipt["ledger"]["head"]["hash"] in said
    code, said = verify(tmp_path, receipt, *export())
    assert code == 0, said


def altered(receipt, how):
    lines, purposes = receipt["ledger"]["lines"], receipt["services"][0]["purposes"]
    if how == "a line":
        lines[1]["body"]["ends_at"] = "2099-01-01T00:00:00+00:00"
    elif how == "a line and its hash":
        lines[0]["body"]["usage"] = "social"
        lines[0]["hash"] = ledger_hash(lines[0])
    elif how == "the words":
        purposes[0]["decision"] = "refused" if purposes[0]["decision"] == "granted" else "granted"
    elif how == "the person":
        receipt["piiPrincipalId"] = "0" * 16
    elif how == "the head":
        receipt["ledger"]["head"]["hash"] = "0" * 64
    elif how == "the order":
        lines.reverse()
    return receipt


def ledger_hash(line):
    return chain.digest(line["seq"], line["at"], line["kind"], line["body"], line["prev"])


@pytest.mark.parametrize("how", ["a line", "a line and its hash", "the words", "the person", "the head", "the order"])
def test_an_altered_receipt_does_not_hold(receipt, tmp_path, how):
    code, said = verify(tmp_path, altered(receipt, how))
    assert code == 1, said
    assert len(said.splitlines()) >= 2


@pytest.mark.parametrize("how", ["rewritten", "cut", "holed", "altered"])
def test_a_register_that_is_not_the_one_of_the_receipt_is_found(receipt, tmp_path, how):
    lines = [json.loads(text) for text in export()]
    if how == "rewritten":  # from line 2 on, a chain that holds by itself
        lines[1]["body"]["usage"] = "objet"
        for number in range(1, len(lines)):
            lines[number]["prev"] = lines[number - 1]["hash"]
            lines[number]["hash"] = ledger_hash(lines[number])
    elif how == "cut":
        lines.pop()
    elif how == "holed":
        del lines[0]
    else:
        lines[0]["body"]["request"] = 999
    code, said = verify(tmp_path, receipt, *map(json.dumps, lines))
    assert code == 1, said


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ledger": {"lines": [], "head": {}}}', '{"ledger": 3}', "null"])
def test_what_is_no_receipt_is_said(tmp_path, text):
    code, said = verify(tmp_path, text)
    assert code == 2
    assert "Traceback" not in said
