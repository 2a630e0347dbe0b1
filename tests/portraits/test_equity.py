"""The equity board: intervals, small groups, whom to meet; and the file of headcounts."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from intranet import roles
from portraits import equity, headcounts
from portraits.models import Headcount, Person
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
FILE = "dimension;groupe;effectif\nDirection;Travaux publics;320\ndirection;Culture;140\nHoraire;Soir;3\n"


def group(name, number, dimension=Headcount.Dimension.DEPARTMENT):
    return Headcount.objects.create(dimension=dimension, name=name, number=number, counted_on=date(2026, 1, 1))


def employee(*groups):
    one = factories.person()
    one.groups.set(groups)
    return one


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(0, 0, 0, 1), (29, 30, 0.833, 0.994), (97, 100, 0.915, 0.990), (485, 500, 0.951, 0.982)]
)
def test_the_interval_is_wilsons(k, n, low, high):
    assert equity.wilson(k, n) == pytest.approx((low, high), abs=0.001)


def test_the_example_of_the_borough():
    """44 portraits for 807 people: one group is under, one over, and the smallest raises no false alarm."""
    heads = {"Travaux publics": 320, "Culture": 140, "Greffe": 12}
    got = {"Travaux publics": 9, "Culture": 14, "Greffe": 0}
    found = {}
    for name, number in heads.items():
        low, high = equity.wilson(got[name], 44)
        found[name] = "under" if high < number / 807 else "over" if low > number / 807 else "within"
    assert found == {"Travaux publics": "under", "Culture": "over", "Greffe": "within"}


def test_it_counts_portraits_shown_in_the_window_once_each():
    at = timezone.now()
    one, other = group("Parcs", 60), group("Greffe", 40)
    for ago in (10, 1200):
        factories.shown(Usage.INTRANET, Usage.SITE, people=[employee(one)], at=at - timedelta(days=ago))
    factories.ask(factories.portrait(people=[employee(other)]), Usage.SITE, at=at)
    (board,) = equity.boards(at=at)
    assert [(share.name, share.portraits, share.months) for share in board.shares] == [
        ("Greffe", 0, None),
        ("Parcs", 1, 0),
    ]
    assert board.portraits == 1


def test_a_renewal_is_no_new_portrait_and_what_still_lives_is_shown():
    at, parks = timezone.now(), group("Parcs", 60)
    desk = factories.shown(Usage.SITE, people=[employee(parks)], at=at - timedelta(days=700))
    for ago in (400, 100):
        factories.say(
            factories.unread(desk, Usage.SITE, at=at - timedelta(days=ago)), Usage.SITE, at=at - timedelta(days=ago)
        )

    def told(after):
        (board,) = equity.boards(at=at + timedelta(days=after))
        return board.shares[0].portraits, board.shares[0].months

    assert told(0) == (1, 22)
    assert [share.name for _dimension, share in equity.to_meet(equity.boards(at=at))] == ["Parcs"]
    assert told(60) == (1, 24)  # its first yes is older than the window, its present one lives
    assert told(264 + 730) == (1, 55)  # the last day of its last yes is still in the window
    assert told(266 + 730) == (0, None)


def test_a_group_under_five_people_is_not_shown():
    group("Parcs", 60), group("Nuit", 4, Headcount.Dimension.SHIFT), group("Jour", 5, Headcount.Dimension.SHIFT)
    boards = {board.dimension: board for board in equity.boards(at=timezone.now())}
    assert [share.name for share in boards["shift"].shares] == ["Jour"]
    assert boards["shift"].small == 1


def test_whom_to_meet_first():
    at = timezone.now()
    seen, never = group("Vue", 50), group("Jamais", 50)
    factories.shown(Usage.SITE, people=[employee(seen)], at=at - timedelta(days=100))
    factories.shown(Usage.SITE, people=[employee(seen)], at=at - timedelta(days=200))
    lately = group("Récente", 50)
    factories.shown(Usage.SITE, people=[employee(lately)], at=at - timedelta(days=20))
    assert [share.name for _dimension, share in equity.to_meet(equity.boards(at=at))] == ["Jamais", "Vue"]
    assert never.people.count() == 0


@pytest.mark.parametrize("count", [3, 30])
def test_two_queries_however_many(count, django_assert_num_queries):
    groups = [group(f"G{number}", 10) for number in range(count)]
    factories.shown(Usage.SITE, people=[employee(*groups)])
    with django_assert_num_queries(2):
        assert len(equity.boards(at=timezone.now())[0].shares) == count


# -- the file


@pytest.mark.parametrize(
    "data", [FILE.encode(), FILE.encode("utf-8-sig"), FILE.encode("utf-16"), FILE.replace(";", ",").encode("cp1252")]
)
def test_a_file_is_read_whatever_wrote_it(data):
    assert headcounts.read(data) == {
        ("department", "Travaux publics"): 320,
        ("department", "Culture"): 140,
        ("shift", "Soir"): 3,
    }


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, 0)]),
        ("nom;prénom\nA;B\n", [(1, 0)]),
        ("dimension;groupe;effectif\n", [(2, 0)]),
        (FILE + "gestionnaire;Nadia;12\n", [(5, 1)]),
        (FILE + "direction;Culture;12\n", [(5, 2)]),
        (FILE + "direction;;12\n", [(5, 2)]),
        (FILE + "direction;Sports;douze\n\ndirection;Arts;-3\n", [(5, 3), (7, 3)]),
        (FILE + "direction;Sports\n", [(5, 0)]),
        (FILE + "direction;" + "x" * 140_000 + ";3\n", [(5, 0)]),
    ],
)
def test_a_fault_is_told_by_line_and_column_and_nothing_is_taken(text, faults):
    with pytest.raises(headcounts.Unreadable) as problem:
        headcounts.read(text.encode())
    assert [(fault.line, fault.column) for fault in problem.value.faults] == faults


def test_a_workbook_is_no_text():
    with pytest.raises(headcounts.Unreadable) as problem:
        headcounts.read(b"PK\x03\x04" + bytes(60))
    assert [(fault.line, fault.column) for fault in problem.value.faults] == [(1, 0)]


def test_taking_it_again_changes_what_changed(client):
    client.force_login(factories.user("rh", roles.HR))
    for text, trial, expected in (
        (FILE, "on", {}),
        (FILE, "", {"Travaux publics": 320, "Culture": 140, "Soir": 3}),
        (FILE.replace("140", "150"), "", {"Travaux publics": 320, "Culture": 150, "Soir": 3}),
    ):
        data = {"file": SimpleUploadedFile("effectifs.csv", text.encode()), "trial": trial}
        assert client.post(reverse("portraits_headcounts"), data).status_code in {200, 302}
        assert dict(Headcount.objects.values_list("name", "number")) == expected
    assert client.get(reverse("portraits_equity")).status_code == 200


def test_a_bad_file_is_told_on_the_page_and_nothing_is_written(client):
    client.force_login(factories.user("rh", roles.HR))
    file = SimpleUploadedFile("effectifs.csv", (FILE + "direction;Sports;douze\n").encode())
    page = client.post(reverse("portraits_headcounts"), {"file": file})
    assert "5" in page.content.decode()
    assert not Headcount.objects.exists()
    assert not Person.objects.filter(groups__isnull=False).exists()
