"""The charter says what the settings and the promises say, in both languages, on a page and on one sheet."""

import io
import json

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape
from pypdf import PdfReader

from intranet import charter
from portraits.usages import ASKED, PROMISES
from tests import factories
from tests.portraits import consenting

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PAGES = [("/charte/", "fr-ca"), ("/en/charte/", "en")]
SHEETS = [("/charte.pdf", "fr-ca"), ("/en/charte.pdf", "en")]


def words(pdf):
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


@pytest.mark.parametrize(("path", "language"), PAGES)
def test_every_usage_and_its_promise_are_on_the_page(path, language):
    response = Client().get(path)
    page = response.content.decode()
    assert response["Content-Language"] == language
    assert response["Cache-Control"] == "public, max-age=60"
    assert "csrf" not in page
    with translation.override(language):
        for usage in ASKED:
            assert page.count(f'<th scope="row">{escape(usage.label)}</th>') == 1
        assert page.count("<tr>") == len(ASKED) + 2


@pytest.mark.parametrize(("path", "language"), SHEETS)
def test_it_holds_on_one_sheet(path, language):
    response = Client().get(path)
    assert response["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(response.content))
    assert len(pdf.pages) == 1
    said = words(pdf)
    with translation.override(language):
        for usage in ASKED:
            assert str(usage.label).split()[-1] in said
            assert str(PROMISES[usage].withdrawal).split(".")[0].split()[0] in said


def test_it_follows_the_settings(settings):
    with translation.override("en"):
        before = charter.made(at=timezone.now())
        settings.CONSENT_DAYS, settings.CONSENT_ANSWER_DAYS, settings.RETENTION_DAYS = 91, 17, 43
        after = charter.made(at=timezone.now())
    text = " ".join(how for _what, how in after.promises)
    for figure in ("91 days", "17 days", "43 days", "2 reminders", "10 minutes"):
        assert figure in text
    assert "a year" in " ".join(how for _what, how in before.promises)


def test_what_was_never_measured_is_said_to_be_promised(monkeypatch, tmp_path):
    monkeypatch.setattr(charter, "MEASURES", tmp_path / "none.json")
    with translation.override("en"):
        found = charter.made(at=timezone.now())
    assert {row.measured for _label, rows in found.groups for row in rows} == {""}
    assert "promised" in found.note


def test_what_was_measured_stands_beside_the_promise(monkeypatch, tmp_path):
    path = tmp_path / "withdraw_clock.json"
    figures = [("site", 0.31), ("ecran", 4.2), ("nothing of ours", 3)]
    path.write_text(json.dumps([{"figure": name, "unit": "s", "value": value} for name, value in figures]))
    monkeypatch.setattr(charter, "MEASURES", path)
    with translation.override("en"):
        found = charter.made(at=timezone.now())
    rows = {row.usage.value: row.measured for _label, rows in found.groups for row in rows}
    assert (rows["site"], rows["ecran"], rows["affiche"]) == ("Measured: 1 second.", "Measured: 5 seconds.", "")
    assert "trial" in found.note


@pytest.mark.parametrize("text", ["", "{", "{}", "[3]", '[{"figure": "site"}]'])
def test_a_broken_measure_is_no_measure(monkeypatch, tmp_path, text):
    path = tmp_path / "withdraw_clock.json"
    path.write_text(text)
    monkeypatch.setattr(charter, "MEASURES", path)
    assert charter.measured() == {}


def test_the_same_day_gives_the_same_bytes():
    first = Client().get("/charte.pdf").content
    factories.draw_anew()
    assert Client().get("/charte.pdf").content == first


def test_the_consent_page_leads_to_it():
    path, _row = consenting.link("site")
    client = consenting.visit(path)
    assert 'href="/charte/"' in client.get(path + "choix/").content.decode()
