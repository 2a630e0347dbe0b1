"""The person's page without a browser: who may open it, what it keeps, what it never writes."""

import logging
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from itertools import combinations

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from intranet.logs import WithoutTokens
from portraits import consent, renderings
from portraits.models import Consent, ConsentRequest, LedgerEntry, Throttle
from portraits.renderings import Rendering
from portraits.usages import ASKED, Usage
from portraits.views.visit import LASTS
from tests import factories
from tests.portraits import consenting
from tests.portraits.consenting import answers, link, path_of, post, tables, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mails_become_rows(settings):
    """As in the product; pytest-django puts its own list in the way."""
    settings.EMAIL_BACKEND = "intranet.mail.Rows"


def living(usage=None):
    rows = Consent.objects.filter(ended_at__isnull=True, ends_at__gt=timezone.now())
    return rows.filter(usage=usage) if usage else rows


def every_address(path):
    yield path
    for end in (
        "choix/",
        "etat/",
        "voir/site/",
        "rendu/site/",
        "rendu/ecran/",
        "photo/p400.jpg",
        "photo/duo-p400.webp",
    ):
        yield path + end


# -- the envelope


def test_the_first_page_shows_no_name_and_no_photo():
    path, _ = link(first_name="Zénaïde")
    page = Client().get(path).content.decode()
    assert "Zénaïde" not in page
    assert "photo/" not in page
    assert "<img" not in page
    assert "csrfmiddlewaretoken" in page


def test_nothing_of_the_visit_answers_without_it():
    path, _ = link()
    client, absent = Client(), Client().get("/consentement/inconnu/").content
    for end in ("choix/", "etat/", "voir/site/"):
        assert client.get(path + end).headers["Location"] == path
    for end in ("rendu/site/", "photo/p400.jpg"):
        response = client.get(path + end)
        assert (response.status_code, response.content) == (404, absent)


def test_the_visit_of_one_link_does_not_open_another():
    first, _ = link()
    second, _ = link(first_name="Morris")
    client = visit(first)
    assert client.get(first + "photo/p400.jpg").status_code == 200
    assert client.get(second + "photo/p400.jpg").status_code == 404


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_never_writes(method):
    path, _ = link()
    fresh, visitor = Client(), visit(path)
    before = tables()
    for client in (fresh, visitor):
        for address in every_address(path):
            for extra in ({}, {"HTTP_SEC_PURPOSE": "prefetch"}):
                assert getattr(client, method)(address, **extra).status_code < 500
    assert tables() == before


def test_every_answer_keeps_the_address_secret():
    path, _ = link()
    visitor = visit(path)
    seen = set()
    for client in (Client(), visitor):
        for address in [*every_address(path), "/consentement/inconnu/", path + "rendu/inconnu/"]:
            for response in (client.get(address), client.options(address)):
                seen.add(response.status_code)
                assert "no-store" in response.headers["Cache-Control"], address
                assert "noindex" in response.headers["X-Robots-Tag"], address
                # strict-origin: never more than the host; browsers send « Origin: null » with forms under no-referrer
                assert response.headers["Referrer-Policy"] in {"no-referrer", "strict-origin"}, address
                assert "default-src 'none'" in response.headers["Content-Security-Policy"], address
                assert "script-src 'unsafe" not in response.headers["Content-Security-Policy"], address
    assert seen == {200, 302, 303, 404, 405} - {302}


# -- links that lead nowhere


def closed(path, row):
    ConsentRequest.objects.filter(pk=row.pk).update(closes_at=timezone.now())
    return path


def withdrawn(path, row):
    long_ago = timezone.now() - consent.UNDO
    factories.say(row.subject.version, Usage.SITE, at=long_ago - timedelta(seconds=1))
    consent.withdraw(row.subject.version.portrait, row.subject.person, [Usage.SITE], at=long_ago)
    return closed(path, row)


@pytest.mark.parametrize(
    "cause",
    [
        lambda path, row: "/consentement/" + "x" * 43 + "/",
        lambda path, row: path[:-3] + "/",
        lambda path, row: path[:-1] + "%00%F0%9F%98%80/",
        closed,
        withdrawn,
    ],
)
def test_a_link_that_leads_nowhere_never_says_why(cause):
    path, row = link()
    dead, client = cause(path, row), Client()
    expected = client.get("/consentement/inconnu/")
    assert expected.status_code == 404
    assert path_of(-1) not in expected.content.decode()
    for address in every_address(dead):
        for response in (client.get(address), client.post(address, answers(site="yes"))):
            assert response.status_code == 404, address
            assert response.content == expected.content
            assert response.headers.items() == expected.headers.items()
    assert not living().exists()


@pytest.mark.parametrize("malformed", ["a/b/c/", "..%2f..%2fetc/", "%00/", "x/rendu/", "x/photo/"])
def test_a_malformed_link_gives_the_same_page(malformed):
    response = Client().get("/consentement/" + malformed)
    assert (response.status_code, response.content) == (404, Client().get("/consentement/inconnu/").content)


def test_the_end_of_a_request_is_at_its_instant():
    path, row = link()
    with time_machine.travel(row.closes_at - timedelta(seconds=1), tick=False):
        assert Client().get(path).status_code == 200
    with time_machine.travel(row.closes_at, tick=False):
        assert Client().get(path).status_code == 404


# -- the questions


def choices(client, path):
    response = client.get(path + "choix/")
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_is_ticked_and_nothing_is_required():
    path, row = link(*ASKED)
    page = choices(visit(path), path)
    radios = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page)
    assert len(radios) == 2 * len(row.asked) + 2  # and for how long
    radios = [radio for radio in radios if "reponse-" in radio]
    assert not [radio for radio in radios if "checked" in radio or "required" in radio]
    assert "checkbox" not in page
    assert "<script" not in page


def test_only_what_is_asked_is_asked():
    path, _ = link(Usage.ECRAN)
    page = choices(visit(path), path)
    assert set(re.findall(r'name="reponse-(\w+)"', page)) == {"ecran"}
    assert 'id="public"' not in page


def test_search_engines_are_asked_inside_the_question_of_the_site():
    path, _ = link(Usage.SITE, Usage.INDEXATION)
    page = choices(visit(path), path)
    inside = page[page.index('<fieldset id="site"') :]
    assert inside.index('<fieldset id="indexation"') < inside.index("</fieldset>")


def test_the_end_date_is_said():
    path, _ = link(at=datetime(2026, 11, 20, 15, tzinfo=UTC))
    client = Client()
    with time_machine.travel("2026-11-21T15:00:00Z"):
        ConsentRequest.objects.update(closes_at=timezone.now() + timedelta(days=1))
        visit(path, client)
        page = choices(client, path)
    year = 2026 + settings.CONSENT_DAYS // 365
    assert re.search(rf"21\xa0novembre {year}", page)


def test_an_employee_and_a_resident_each_in_their_words_and_language():
    nadia, morris = factories.person("Nadia"), factories.person("Morris", kind="resident", language="en")
    link(people=[nadia, morris])
    french, english = path_of(-2), path_of(-1)
    page = choices(visit(french), french)
    assert 'lang="fr-CA"' in page
    assert "Morris" in page  # the other one in the picture
    page = choices(visit(english), english)
    assert 'lang="en-CA"' in page
    assert "Save my choices" in page
    assert "the services you receive" in page
    assert "Morris, where may we show this portrait?" in page


def test_a_bilingual_borough_lets_the_person_choose():
    path, _ = link()
    assert "Continue" in Client().get(path + "?langue=en").content.decode()
    client = Client()
    client.post(path, {"langue": "en"})
    assert "Save my choices" in choices(client, path)
    assert "Traceback" not in Client().get(path + "?langue=xx").content.decode()


# -- answering


def test_each_yes_keeps_the_hash_of_the_bytes_served_in_that_visit():
    path, _ = link(*ASKED)
    client = visit(path)
    served = {usage: client.get(f"{path}rendu/{usage}/") for usage in ASKED}
    assert {response.status_code for response in served.values()} == {200}
    response = post(client, path, **dict.fromkeys(ASKED, "yes"))
    assert (response.status_code, response.headers["Location"]) == (303, path + "etat/?note=note")
    assert {row.usage: row.rendering_sha256 for row in living()} == {
        usage.value: sha256(response.content.replace(path.split("/")[2].encode(), b"lien")).hexdigest()
        for usage, response in served.items()
    }


def test_a_blank_is_no_consent_and_a_no_is_a_line_only():
    path, _ = link()
    post(visit(path), path, ecran="yes", site="no")
    assert [row.usage for row in living()] == ["ecran"]
    assert [line.body["usage"] for line in LedgerEntry.objects.filter(kind="refused")] == ["site"]


def test_an_empty_form_changes_nothing():
    path, row = link()
    client = visit(path)
    before = tables()
    response = client.post(path + "choix/", {"enregistrer": "1"})
    assert response.headers["Location"] == path + "choix/?note=rien"
    after = tables()
    assert {name for name in after if after[name] != before[name]} <= {"django_session", "portraits_throttle"}
    row.refresh_from_db()
    assert row.answered_at is None


def test_refusing_everything_is_one_button_and_needs_no_visit():
    path, _ = link()
    response = Client().post(path + "choix/", {"tout": "non", **answers(site="yes")})
    assert response.status_code == 303
    assert not Consent.objects.exists()
    assert LedgerEntry.objects.filter(kind="refused").count() == len(consenting.USUAL)


def test_a_yes_without_a_visit_waits_and_its_ticks_are_kept():
    path, _ = link()
    client = Client()
    response = post(client, path, ecran="yes", site="no")
    assert response.headers["Location"] == path + "?note=fin"
    assert not LedgerEntry.objects.filter(kind__in=["granted", "refused"]).exists()
    page = choices(visit(path, client), path)
    ticked = re.findall(r'name="reponse-(\w+)" value="(\w+)" checked', page)
    assert sorted(ticked) == [("ecran", "yes"), ("site", "no")]


def test_a_visit_ends_by_itself():
    path, _ = link()
    client = visit(path)
    with time_machine.travel(timezone.now() + timedelta(seconds=LASTS + 1)):
        assert client.get(path + "photo/p400.jpg").status_code == 404
        assert client.get(path + "choix/").headers["Location"] == path
        assert post(client, path, site="yes").headers["Location"] == path + "?note=fin"
        assert not Consent.objects.exists()


def test_enlarging_a_preview_loses_no_tick():
    path, _ = link()
    client = visit(path)
    response = client.post(path + "voir/site/", answers(ecran="yes", infolettre="no"))
    assert response.headers["Location"] == path + "voir/site/"
    page = client.get(path + "voir/site/")
    assert f'href="{path}choix/#site"' in page.content.decode()
    assert f"frame-src testserver{path}rendu/site/" in page.headers["Content-Security-Policy"]
    ticked = re.findall(r'name="reponse-(\w+)" value="(\w+)" checked', choices(client, path))
    assert sorted(ticked) == [("ecran", "yes"), ("infolettre", "no")]
    assert not Consent.objects.exists()


@pytest.fixture
def repainted():
    """Make one channel render something else, as a deployment in the middle of a visit would."""
    before = dict(renderings._renderers)

    def repaint(usage, function=lambda capsule: Rendering(b"<p>autre</p>", "text/html", "page")):
        renderings._renderers[usage] = function

    yield repaint
    renderings._renderers.clear()
    renderings._renderers.update(before)


def test_a_rendering_that_changed_is_not_consented_to(repainted):
    path, _ = link()
    client = visit(path)
    repainted(Usage.SITE)
    assert client.get(path + "rendu/site/").status_code == 409
    response = post(client, path, site="yes", ecran="yes")
    assert response.headers["Location"] == path + "choix/?note=apercu"
    assert not Consent.objects.exists()
    page = choices(client, path)
    assert re.findall(r'name="reponse-(\w+)" value="(\w+)" checked', page) == [("ecran", "yes")]
    assert client.get(path + "rendu/site/").content == b"<p>autre</p>"
    post(client, path, site="yes")
    assert living("site").get().rendering_sha256 == sha256(b"<p>autre</p>").hexdigest()


def test_a_broken_channel_keeps_nobody_from_the_others(repainted):
    def broken(capsule):
        raise RuntimeError("typst is gone")

    path, _ = link(Usage.AFFICHE, Usage.SITE)
    repainted(Usage.AFFICHE, broken)
    client = visit(path)
    assert 'name="reponse-affiche"' not in choices(client, path)
    post(client, path, affiche="yes")
    assert not Consent.objects.exists()
    post(client, path, site="yes")
    assert [row.usage for row in living()] == ["site"]


def test_a_request_closed_in_the_meantime_says_so_and_records_nothing():
    path, row = link()
    client = visit(path)
    closed(path, row)
    response = client.post(path + "choix/", answers(site="yes"), follow=True)
    assert response.redirect_chain == [(path + "etat/?note=ferme", 303)]
    assert response.status_code == 200
    assert not Consent.objects.exists()


def test_twice_and_in_two_tabs():
    path, _ = link()
    client = visit(path)
    visit(path, client)
    for _ in range(2):
        assert post(client, path, site="yes").status_code == 303
    assert living("site").count() == 1
    for _ in range(2):
        assert client.post(path + "etat/", {"usage": "site"}).status_code == 303
    assert not living().exists()
    assert client.get(path + "etat/").status_code == 200


def test_a_changed_mind_while_the_request_is_open():
    path, _ = link()
    client = visit(path)
    post(client, path, site="yes", ecran="yes")
    page = choices(client, path)
    assert not re.search(r'name="reponse-\w+" value="\w+" checked', page)
    post(client, path, site="no")
    assert [row.usage for row in living()] == ["ecran"]


# -- withdrawing


def test_two_taps_from_the_link_and_no_login():
    path, row = link()
    factories.say(row.subject.version, Usage.SITE, Usage.ECRAN)
    client = Client()
    first = client.post(path, follow=True)  # first tap: « Continuer »
    assert first.redirect_chain == [(path + "etat/", 303)]
    assert 'name="usage" value="site"' in first.content.decode()
    second = client.post(path + "etat/", {"usage": "site"}, follow=True)  # second tap: « Retirer »
    assert second.status_code == 200
    assert [row.usage for row in living()] == ["ecran"]


def test_withdrawing_outlives_the_request_and_reaches_older_versions():
    desk = factories.shown(Usage.SITE, Usage.ECRAN)
    older = path_of(-1)
    factories.ask(desk, Usage.ECRAN)
    newer, row = path_of(-1), ConsentRequest.objects.last()
    with time_machine.travel(row.closes_at + timedelta(days=30)):
        for path in (older, newer):
            assert Client().get(path).status_code == 200
        client = visit(newer)
        page = client.get(newer + "etat/").content.decode()
        assert set(re.findall(r'name="usage" value="(\w+)"', page)) == {"ecran", "site", "tout"}
        assert client.get(newer + "choix/").headers["Location"] == newer + "etat/"
        client.post(newer + "etat/", {"usage": "tout"})
        assert not living().exists()
        # the one who has just withdrawn still reads what it did; for anybody else the link is over
        assert client.get(newer + "etat/").status_code == 200
        with time_machine.travel(timezone.now() + consent.UNDO):
            assert {Client().get(path).status_code for path in (older, newer)} == {404}


def test_withdrawing_works_when_the_visit_is_over():
    path, row = link()
    factories.say(row.subject.version, Usage.SITE)
    client = Client()
    response = client.post(path + "etat/", {"usage": "site"}, follow=True)
    assert response.status_code == 200
    assert not living().exists()


def test_an_unknown_usage_withdraws_nothing():
    path, row = link()
    factories.say(row.subject.version, Usage.SITE)
    assert visit(path).post(path + "etat/", {"usage": "n'importe"}).status_code == 303
    assert living().count() == 1


# -- scanners


class Forms(HTMLParser):
    """Each form of a page as a robot reads it: where it goes, and each field with its default value, buttons included."""

    def __init__(self, page):
        super().__init__()
        self.found, self.action = [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.action = values["action"]
            self.found.append((self.action, []))
        elif tag == "input" and (values.get("type") != "radio" or "checked" in values):
            self.found[-1][1].append((values["name"], values.get("value", "")))
        elif tag == "button" and values.get("name"):
            self.found[-1][1].append((values["name"], values["value"]))
        elif tag == "button" and "formaction" in values:
            self.found.append((values["formaction"], list(self.found[-1][1])))


def test_a_scanner_that_submits_every_form_grants_nothing():
    path, _ = link(ask=factories.ask)
    robot = Client()
    pages = [path, path + "choix/", path + "etat/", path + "voir/site/"]
    for _ in range(2):  # the second round finds the visit that the first one opened
        for page in pages:
            robot.head(page)
            for action, fields in Forms(robot.get(page, follow=True).content.decode()).found:
                for size in range(len(fields) + 1):
                    for subset in combinations(fields, size):
                        Throttle.objects.all().delete()  # a patient one
                        assert robot.post(action, dict(subset)).status_code in {303, 404}
    assert not Consent.objects.exists()
    assert not LedgerEntry.objects.filter(kind="granted").exists()


def test_a_form_from_elsewhere_is_refused():
    path, _ = link()
    client = Client(enforce_csrf_checks=True)
    for end in ("", "choix/", "etat/", "voir/site/"):
        assert client.post(path + end, answers(site="yes")).status_code == 403
    assert not LedgerEntry.objects.filter(kind="granted").exists()


def test_a_link_reaches_no_log_line(caplog):
    path, _ = link()
    token = path.split("/")[2]
    with caplog.at_level(logging.DEBUG):
        Client(enforce_csrf_checks=True).post(path)
        Client().get(path[:-1] + "x/")
        Client().get(path + "rendu/inconnu/")
        Client().options(path)
    assert caplog.records
    for record in caplog.records:
        assert WithoutTokens().filter(record)
        assert token not in record.getMessage()
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["no_token"]


# -- the photographs


def test_photos_answer_within_the_visit_only_and_carry_nothing_else():
    path, _ = link()
    client = visit(path)
    response = client.get(path + "photo/p400.webp")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
    assert response.headers["Cache-Control"] == "private, no-store"
    for wrong in ("p401.jpg", "p400.gif", "duo-p400.jpg", "original.jpg"):
        assert client.get(path + "photo/" + wrong).status_code == 404


def test_the_second_photo_of_a_duo():
    morris = factories.person("Morris", kind="resident")
    link(
        people=[factories.person(), morris],
        partner_name="Morris",
        partner_alt="Morris rit.",
        partner_photo=factories.photo((0, 0, 200)),
    )
    path = path_of(-1)
    client = visit(path)
    first, second = (client.get(f"{path}photo/{name}.jpg").content for name in ("p240", "duo-p240"))
    assert first != second
    assert second.startswith(b"\xff\xd8")


def test_the_mail_is_for_its_reader_alone():
    path, _ = link(people=[factories.person("Nadia"), factories.person("Morris", kind="resident")])
    from intranet.models import Letter

    letter = Letter.objects.latest("pk")
    assert path in letter.body
    assert "Nadia" not in letter.body
    assert "Horticultrice" not in letter.body
