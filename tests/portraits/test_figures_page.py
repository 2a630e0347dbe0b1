"""« Bilan » in the CMS: the numbers and their names, the table beside each chart, one capsule on paper, the file that leaves."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from home import post
from home.models import Post
from intranet import roles
from intranet.demo.figures import campaign
from portraits import charts, equity, measure, quoting, tally
from portraits.models import Figure, FigureImport, Publication, Subject, Survey
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.test_quotes import passed_on, received, say

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)


@pytest.fixture
def comms(client):
    someone = factories.user("comms", roles.COMMS)
    client.force_login(someone)
    return someone


def published(on=DAY, medium="facebook", read_on=None, portrait=None, theme="", title="", **figures):
    one = Publication.objects.create(medium=medium, published_on=on, portrait=portrait, theme=theme, title=title)
    measure.write(one, figures, read_on=read_on or on, by=factories.staff(), at=timezone.now())
    return one


def words(response):
    """The text of a page, tags and spaces folded."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


# -- the sums


def test_of_each_metric_the_last_day_counts_and_of_that_day_the_last_correction():
    one = published(reach=10, comments=4)
    say = {"by": None, "at": timezone.now()}
    measure.write(one, {"reach": 30}, read_on=DAY + timedelta(days=7), **say)
    measure.write(one, {"reach": 31}, read_on=DAY + timedelta(days=7), note="Erreur de frappe", **say)
    measure.write(one, {"reach": 20}, read_on=DAY + timedelta(days=1), **say)
    total = tally.overall()
    assert (total.reach.value, total.comments.value) == (31, 4)
    assert (total.since, total.read_on) == (DAY, DAY + timedelta(days=7))
    assert total.interactions is None  # never read: not a zero


def test_groups_add_up_to_the_whole():
    desk = factories.portrait()
    published(date(2024, 12, 31), reach=5, theme="Neige")
    published(date(2025, 1, 1), reach=7, medium="instagram", portrait=desk)
    published(date(2025, 6, 1), comments=2, theme="Neige", portrait=desk)
    with translation.override("en"):
        years, themes = tally.by_year(), tally.by_theme()
        media, capsules = tally.by_medium(), tally.by_capsule()
    assert [(one.name, one.publications) for one in years] == [("2024", 1), ("2025", 2)]
    assert [(one.name, one.publications) for one in themes] == [("Neige", 2), ("No theme", 1)]
    assert [one.name for one in media] == ["Facebook", "Instagram"]
    assert [(one.name, one.publications, one.reach.value) for one in capsules] == [(str(desk), 2, 7)]
    for groups in (years, themes, media):
        assert sum(one.reach.value for one in groups if one.reach) == tally.overall().reach.value == 12


@pytest.mark.parametrize(
    ("favourable", "answered", "low", "high"), [(29, 30, 83, 99), (97, 100, 92, 99), (485, 500, 95, 98), (0, 5, 0, 43)]
)
def test_the_interval_of_wilson(favourable, answered, low, high):
    found = equity.wilson(favourable, answered)
    assert [round(100 * bound) for bound in found] == [low, high]


def test_bars_start_from_zero_and_leave_out_what_was_not_measured():
    chart = charts.bars("x", "Portée", [("a", 50), ("b", None), ("c", 100), ("d", 0)])
    widths = [float(bar.width.rstrip("%")) for bar in chart.bars]
    assert [bar.label for bar in chart.bars] == ["a", "c", "d"]
    assert widths[0] == pytest.approx(widths[1] / 2)
    assert charts.bars("x", "Portée", [("a", None)]) is None


# -- the page


def test_the_campaign_shows_its_shape(client, comms):
    """44 publications, 562,460 reached, 36,408 interactions, 460 comments: what the demo loads, exactly."""
    for one in campaign():
        published(
            DAY - timedelta(days=one.days),
            medium=one.medium,
            theme=one.theme,
            reach=one.reach,
            interactions=one.interactions,
            comments=one.comments,
        )
    page = client.get(reverse("portraits_figures"))
    said = words(page)
    for number in ("44", "562 460", "36 408", "460"):
        assert re.search(rf"(?<!\d){number}(?!\d)", said), number
    body = page.content.decode()
    assert body.count('<svg class="jtpv-bars"') == 3  # no capsule, no chart of capsules
    assert body.count("<caption>") == 3
    assert "style=" not in body[body.index("jtpv-figures") : body.index("jtpv-method")]


def test_reach_is_named_cumulated_and_each_number_has_its_day(client, comms):
    published(reach=10, comments=1)
    with translation.override("fr-ca"):
        name = translation.gettext("cumulated reach (one person may count several times)")
    page = client.get(reverse("portraits_figures")).content.decode()
    assert escape(name) in page
    assert page.count("2026-07-01") + page.count("1er juillet") + page.count("1\u00a0juillet\u00a02026") >= 2


def test_a_survey_is_never_told_without_its_number(client, comms):
    Survey.objects.create(question="Fier?", answer="Oui", asked_on=DAY, invited=412, answered=200, favourable=194)
    said = words(client.get(reverse("portraits_figures")))
    for part in ("97", "n = 200", "412", "49", "94", "99"):
        assert part in said, part


def test_nothing_yet_is_said_in_words(client, comms):
    page = client.get(reverse("portraits_figures"))
    assert page.status_code == 200
    assert "jtpv-four" not in page.content.decode()


def test_the_page_asks_as_many_questions_for_3_publications_and_for_30(client, comms):
    counts = []
    for many in (3, 27):
        for number, desk in enumerate(desks(many)):
            published(reach=5, theme=f"t{number}", portrait=desk)
        client.get(reverse("portraits_figures"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("portraits_figures"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 40


def desks(many):
    """So many portraits of one photograph: nobody looks at it here."""
    common = {"photo": factories.photo(), "people": [factories.person()]}
    return [factories.portrait(f"N{many}-{number}", **common) for number in range(many)]


@pytest.mark.parametrize("name", ["portraits_publication:index", "portraits_figures_import"])
def test_the_lists_ask_as_many_questions_for_3_and_for_30(client, comms, name):
    counts = []
    for many in (3, 27):
        for number, desk in enumerate(desks(many)):
            published(reach=5, portrait=desk)
            data = f"Post ID,Publish time,Reach\n{many}{number},06/03/2026,5".encode()
            say = {"by": comms, "at": timezone.now()}
            measure.take(measure.receive(data, "a.csv", medium="facebook", read_on=DAY, **say), **say)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# -- importing


def upload(client, data, **values):
    values = {"medium": "facebook", "read_on": "2026-07-01", "file": SimpleUploadedFile("a.csv", data), **values}
    return client.post(reverse("portraits_figures_import"), values, follow=True)


GOOD = b'Post ID,Title,Publish time,Reach\n1,Nadia,06/03/2026,"1,500"\n2,Luc,06/03/2026,beaucoup'


def test_a_file_is_looked_at_then_written_and_its_refused_rows_leave_as_a_file(client, comms):
    page = upload(client, GOOD)
    assert not Figure.objects.exists()
    said = words(page)
    assert "« beaucoup »" in said
    assert "Reach" in said
    row = FigureImport.objects.get()
    for _time in range(2):
        answer = client.get(reverse("portraits_figures_refused", args=[row.pk]))
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert lines[0][3:] == ["Post ID", "Publish time", "Reach"]
        assert lines[1][0] == "3"
        assert lines[1][3:] == ["2", "06/03/2026", "beaucoup"]
        client.post(reverse("portraits_figures_check", args=[row.pk]))  # twice is once
        assert Figure.objects.get().value == 1500
    mended = answer.content.decode().replace("beaucoup", "12").encode()
    upload(client, mended)
    client.post(reverse("portraits_figures_check", args=[FigureImport.objects.latest("pk").pk]))
    assert sorted(Figure.objects.values_list("value", flat=True)) == [12, 1500]


def test_what_cannot_be_read_says_why_and_writes_nothing(client, comms):
    for data in (b"PK\x03\x04\x00", b"bonjour", b""):
        page = upload(client, data)
        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()
    assert upload(client, GOOD, read_on="2126-01-01").status_code == 422
    assert not FigureImport.objects.exists()
    upload(client, GOOD)
    client.post(reverse("portraits_figures_check", args=[FigureImport.objects.get().pk]))
    assert upload(client, GOOD).status_code == 422
    assert Figure.objects.count() == 1


def test_a_hand_writes_and_corrects(client, comms):
    one = published(reach=10)
    address = reverse("portraits_publication:readings", args=[one.pk])
    assert client.post(address, {"read_on": "2026-07-02", "reach": "0"}).status_code == 302
    assert one.figures.get(read_on="2026-07-02").value == 0
    assert client.post(address, {"read_on": "2026-07-02", "reach": "5"}).status_code == 422
    assert client.post(address, {"read_on": "2026-06-30", "reach": "5"}).status_code == 422
    assert client.post(address, {"read_on": "2026-07-02"}).status_code == 422
    assert client.post(address, {"read_on": "2026-07-02", "reach": "5", "note": "Mal lu"}).status_code == 302
    assert tally.overall().reach.value == 5
    assert "Mal lu" in client.get(address).content.decode()


def test_a_publication_is_typed_in(client, comms):
    values = {"medium": "affiche", "published_on": "2026-06-01", "title": "Abribus", "address": "https://A.example/x/"}
    assert client.post(reverse("portraits_publication:add"), values).status_code == 302
    assert Publication.objects.get().address == "https://a.example/x"
    assert client.post(reverse("portraits_publication:add"), values).status_code == 200  # the same address
    assert Publication.objects.count() == 1
    values = {"question": "Q", "answer": "Oui", "asked_on": "2026-06-01", "invited": 9, "answered": 10, "favourable": 1}
    assert client.post(reverse("portraits_survey:add"), values).status_code == 200
    assert not Survey.objects.exists()


# -- one capsule


def bilan(client, desk):
    return client.get(reverse("portraits_figures_capsule", args=[desk.pk]))


def test_one_capsule_from_its_first_post_to_its_places(client, comms):
    desk = factories.shown(Usage.INTRANET, Usage.SOCIAL)
    row = Post(portrait=desk.pk, network="facebook", address="https://a.example/1")
    post.record(row, by=comms, at=timezone.now())
    measure.write(Publication.objects.get(), {"reach": 1234}, read_on=timezone.localdate(), by=comms, at=timezone.now())
    page = bilan(client, desk)
    said = words(page)
    assert "1 234" in said
    assert said.count("Facebook") >= 2  # the publication, and the place
    assert "/m/intranet/" in page.content.decode()


def test_after_a_withdrawal_the_face_leaves_and_the_figures_stay(client, comms):
    desk = factories.shown(Usage.INTRANET)
    published(reach=4321, portrait=desk)
    assert "/m/intranet/" in bilan(client, desk).content.decode()
    factories.withdraw(desk)
    page = bilan(client, desk)
    body = page.content.decode()
    assert "4 321" in words(page)
    assert "/m/" not in body
    assert desk.sentence not in body
    assert desk.story.split("\n")[0] not in body


def test_words_received_are_counted_and_read_only_while_they_may_be_quoted(client, comms):
    desk = factories.shown(Usage.INTRANET)
    nadia = Subject.objects.get(version__portrait=desk).person
    row = passed_on(nadia, words="Nadia a rouvert le jardin pour nous, quel bonheur.", portrait=desk)
    received("Celui-ci n’est pas encore transmis.", portrait=desk)
    page = bilan(client, desk)
    assert page.context["bilan"].written == 1
    assert row.original not in page.content.decode()
    say(row, nadia)
    assert row.original in bilan(client, desk).content.decode()
    took = quoting.take_back(row, nadia, Audience.COLLEAGUES, at=timezone.now())
    page = bilan(client, desk)
    assert took
    assert row.original not in page.content.decode()
    assert page.context["bilan"].written == 1


# -- the file that leaves


def lines(client):
    answer = client.get(reverse("portraits_figures_export"))
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))[1:]


def test_the_file_names_only_whoever_is_shown(client, comms):
    shown = factories.shown(Usage.INTRANET, first_name="Carole")
    gone = factories.shown(Usage.INTRANET, first_name="Zébulon")
    factories.withdraw(gone)
    published(reach=1, portrait=shown, title="Carole au 311")
    published(reach=2, portrait=gone, title="Zébulon au parc")
    published(reach=3, title="=2+2")
    found = lines(client)
    assert [(row[3], row[6], row[8]) for row in found] == [
        ("Carole au 311", "Carole", "1"),
        ("", f"#{gone.pk}", "2"),
        ("'=2+2", "", "3"),
    ]


def test_the_file_keeps_every_reading(client, comms):
    one = published(reach=10)
    say = {"by": None, "at": timezone.now()}
    measure.write(one, {"reach": 12}, read_on=DAY, note="Mal lu", **say)
    measure.write(one, {"reach": 30}, read_on=DAY + timedelta(days=7), **say)
    assert [(row[8], row[9], row[10], row[12]) for row in lines(client)] == [
        ("10", "2026-07-01", "", ""),
        ("12", "2026-07-01", "1", "Mal lu"),
        ("30", "2026-07-08", "", ""),
    ]
