"""Files of figures are read, then taken whole; a figure that was read never changes."""

from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from home import post
from home.models import Post
from portraits import erasing, measure, retention
from portraits.models import ColumnName, Figure, FigureImport, Publication
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
EXPORTS = Path(__file__).parent / "exports"
DAY = date(2026, 7, 1)
HEAD = "Post ID,Permalink,Publish time,Reach,Comments"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def received(data, *, read_on=DAY, medium="facebook", at=None):
    if isinstance(data, str):
        data = data.encode()
    by = factories.staff()
    return measure.receive(data, "export.csv", medium=medium, read_on=read_on, by=by, at=at or timezone.now())


def taken(data, **values):
    return measure.take(received(data, **values), by=factories.staff(), at=timezone.now())


def rows(*lines):
    return "\n".join([HEAD, *lines])


def figures():
    found = Figure.objects.order_by("read_on", "publication__reference", "metric", "correction")
    return [(one.publication.reference, one.metric, one.value, one.read_on) for one in found]


def test_reading_a_file_writes_nothing_and_says_what_taking_it_would():
    row = received((EXPORTS / "meta_content_en.csv").read_bytes())
    plan = measure.plan(row)
    assert (plan.publications, len(plan.refused), plan.figures) == (3, 1, 21)
    assert plan.refused[0].line == 5
    assert plan.passed == [(6, "summary row")]
    assert not Publication.objects.exists()
    assert not Figure.objects.exists()
    row = measure.take(row, by=factories.staff(), at=timezone.now())
    assert (row.publications, row.kept) == (Publication.objects.count(), Figure.objects.count()) == (3, 21)
    assert bytes(row.content) == b""
    line, column, reason, cells = row.refused[0]
    assert (line, column, dict(cells)["Post ID"]) == (5, "Post ID", "9003")
    assert "4" in reason
    assert "Title" not in dict(cells)


def test_the_same_file_is_not_taken_twice():
    data = rows("1,https://a.example/1,06/03/2026,5,1")
    twin, third = received(data), received(data)
    measure.take(twin, by=None, at=timezone.now())
    with pytest.raises(measure.AlreadyImported):
        received(data)
    with pytest.raises(measure.AlreadyImported):
        measure.take(third, by=None, at=timezone.now())
    assert len(figures()) == 2


def test_the_same_figures_in_another_file_add_nothing():
    taken(rows("1,https://a.example/1,06/03/2026,5,1"))
    row = taken(rows("1,https://a.example/1/,06/03/2026,5,1", ""))
    assert (row.publications, row.kept, row.known) == (0, 0, 2)
    assert len(figures()) == 2


def test_a_later_reading_is_another_row():
    taken(rows("1,https://a.example/1,06/03/2026,5,1"))
    taken(rows("1,https://a.example/1,06/03/2026,9,1", ""), read_on=DAY + timedelta(days=7))
    assert [one for one in figures() if one[1] == "reach"] == [
        ("1", "reach", 5, DAY),
        ("1", "reach", 9, DAY + timedelta(days=7)),
    ]
    assert Publication.objects.count() == 1


def test_another_value_on_the_same_day_is_refused_with_its_column():
    taken(rows("1,https://a.example/1,06/03/2026,1500,1"))
    row = taken(rows("1,https://a.example/1,06/03/2026,1501,1", "2,https://a.example/2,06/03/2026,7,"))
    assert [(one[0], one[1]) for one in row.refused] == [(2, "Reach")]
    assert "1,500" in row.refused[0][2]
    assert (row.publications, row.kept) == (1, 1)


def test_a_row_is_taken_whole_or_not_at_all():
    row = taken(rows("1,https://a.example/1,06/03/2026,5,oui", "2,https://a.example/2,06/03/2026,7,"))
    assert [(one[0], one[1]) for one in row.refused] == [(2, "Comments")]
    assert figures() == [("2", "reach", 7, DAY)]


def test_nothing_is_half_taken(monkeypatch):
    row = received(rows("1,https://a.example/1,06/03/2026,5,1"))
    Figure.objects.create(
        publication=Publication.objects.create(medium="facebook", reference="1", published_on=DAY),
        metric="reach",
        value=5,
        read_on=DAY,
        at=timezone.now(),
    )
    monkeypatch.setattr(measure._Judge, "_otherwise", lambda *args: ("", ""))
    monkeypatch.setattr(measure, "plan", lambda one, plan=measure.plan: _as_if_unknown(plan(one)))
    with pytest.raises(IntegrityError), transaction.atomic():
        measure.take(row, by=None, at=timezone.now())
    row.refresh_from_db()
    assert row.done_at is None
    assert Figure.objects.count() == 1
    assert Publication.objects.get().address == ""


def _as_if_unknown(plan):
    plan.rows = [(row, publication, dict(row.figures)) for row, publication, _new in plan.rows]
    return plan


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("1,https://a.example/2,06/03/2026,5,", "Permalink"),  # the number of one, the address of another
        ("9,https://a.example/1,06/03/2026,5,", "Post ID"),  # the address of one that has another number
        ("8,https://www.instagram.com/p/8,06/03/2026,5,", "Permalink"),  # not Facebook
        ("7,https://a.example/7,07/02/2026,5,", "Publish time"),  # read before it was published
    ],
)
def test_what_contradicts_what_is_there_is_refused(line, column):
    taken(rows("1,https://a.example/1,06/03/2026,5,", "2,https://a.example/2,06/03/2026,5,"))
    row = taken(rows(line))
    assert [(one[0], one[1]) for one in row.refused] == [(2, column)]
    assert row.kept == 0


def test_one_publication_told_twice_in_a_file():
    same = "1,https://a.example/1,06/03/2026,5,"
    row = received(rows(same, same, "1,https://a.example/1,06/03/2026,6,", ",https://a.example/1,06/03/2026,9,"))
    plan = measure.plan(row)
    assert [line for line, _words in plan.passed] == [3]
    assert [one.line for one in plan.refused] == [4, 5]
    measure.take(row, by=None, at=timezone.now())
    row = taken(
        rows("1,,06/03/2026,5,", ",https://a.example/1,06/03/2026,5,")
    )  # known by its number, then by its address
    assert [one[0] for one in row.refused] == [3]


def test_a_header_added_in_the_cms_is_read():
    ColumnName.objects.create(header="Portée ", column="reach", language="fr")
    assert taken("Post ID;Heure de publication;PORTÉE\n1;03/06/2026;12 310").kept == 1


def test_a_file_that_nobody_confirmed_is_forgotten():
    then = timezone.now() - timedelta(days=2)
    received(rows("1,https://a.example/1,06/03/2026,5,"), at=then)
    received(rows("2,https://a.example/2,06/03/2026,5,"))
    assert retention.run(at=timezone.now())["exports"] == 1
    assert bytes(FigureImport.objects.get().content).endswith(b"2026,5,")


def test_a_figure_never_changes():
    taken(rows("1,https://a.example/1,06/03/2026,5,"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Figure.objects.update(value=6)
    with pytest.raises(DatabaseError), transaction.atomic():
        Figure.objects.all().delete()
    assert Figure.objects.get().value == 5


def test_a_mistake_is_mended_by_another_row_that_says_why():
    one = Publication.objects.create(medium="site", published_on=DAY)
    say = {"read_on": DAY, "by": factories.staff(), "at": timezone.now()}
    assert measure.write(one, {"reach": 50, "comments": 0}, **say) == 2
    assert measure.write(one, {"reach": 50}, **say) == 0
    with pytest.raises(measure.NeedsANote):
        measure.write(one, {"reach": 500}, **say)
    assert measure.write(one, {"reach": 500}, note="Un zéro manquait.", **say) == 1
    assert measure.write(one, {"reach": 501}, note="Et un.", **say) == 1
    found = Figure.objects.filter(metric="reach").order_by("correction").values_list("correction", "value", "note")
    assert list(found) == [(0, 50, ""), (1, 500, "Un zéro manquait."), (2, 501, "Et un.")]
    assert Figure.objects.get(metric="comments").value == 0  # zero was read: it is a figure


def posted(desk, address):
    row = Post(portrait=desk.pk, network="facebook", address=address)
    return post.record(row, by=factories.staff(), at=timezone.now())


def test_a_post_is_a_publication_and_its_figures_find_it_by_its_address():
    desk = factories.shown(Usage.SOCIAL)
    posted(desk, "https://www.Facebook.com/erables/posts/77/#x")
    one = Publication.objects.get()
    assert (one.portrait, one.exposure.locator) == (desk, Post.objects.get().locator)
    today = timezone.localdate()
    row = taken(rows(f"77,https://www.facebook.com/erables/posts/77,{today:%m/%d/%Y},5,"), read_on=today)
    assert (row.publications, row.kept) == (0, 1)
    one.refresh_from_db()
    assert one.reference == "77"


def test_figures_that_came_before_the_post_was_recorded_are_its_own():
    taken(rows("77,https://www.facebook.com/erables/posts/77,06/03/2026,5,"))
    desk = factories.shown(Usage.SOCIAL)
    posted(desk, "https://www.facebook.com/erables/posts/77")
    one = Publication.objects.get()
    assert (one.portrait, one.reference, one.figures.count()) == (desk, "77", 1)
    assert one.exposure is not None


def test_erasing_a_portrait_takes_the_titles_and_leaves_the_figures(settings):
    now = timezone.now()
    desk = factories.shown(Usage.SOCIAL, at=now - timedelta(days=60))
    one = Publication.objects.create(medium="facebook", title="Nadia", portrait=desk, published_on=DAY)
    measure.write(one, {"reach": 5}, read_on=DAY, by=None, at=now)
    factories.withdraw(desk, at=now - timedelta(days=50))
    assert erasing.erase(desk.translation_key, at=now)
    one.refresh_from_db()
    assert one.title == ""
    assert one.figures.get().value == 5


def test_five_thousand_rows_are_read_and_taken_in_ten_seconds():
    lines = [f"{number},https://a.example/{number},06/03/2026,{number},{number}" for number in range(5000)]
    start = perf_counter()
    row = received(rows(*lines))
    assert measure.plan(row).publications == 5000
    row = measure.take(row, by=None, at=timezone.now())
    assert perf_counter() - start <= 10
    assert (row.publications, row.kept) == (5000, 10_000)


def test_reading_asks_as_many_questions_for_3_rows_and_for_30():
    counts = []
    for many in (3, 30):
        row = received(rows(*[f"{many}{n},https://a.example/{many}/{n},06/03/2026,5," for n in range(many)]))
        measure.take(row, by=None, at=timezone.now())
        row = received(rows(*[f"{many}{n},https://a.example/{many}/{n},06/03/2026,5,1" for n in range(many)]))
        with CaptureQueriesContext(connection) as asked:
            measure.plan(row)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 3
