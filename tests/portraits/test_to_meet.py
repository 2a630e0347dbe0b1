"""« À rencontrer »: ideas and groups left out, kept for a month by somebody, told once it has come."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from intranet import dashboard, roles
from portraits import meeting
from portraits.models import Brief, Headcount, Portrait
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_inbox_desk import do, sorted_
from tests.portraits.test_quotes import passed_on, received

pytestmark = pytest.mark.django_db
PAGE = "/admin/a-rencontrer/"
THIS = localdate().replace(day=1)
NEXT = (THIS + timedelta(days=32)).replace(day=1)


@pytest.fixture
def comms():
    return factories.user("mel", roles.COMMS, first_name="Mélanie")


@pytest.fixture
def client(comms):
    return signed_in(roles.HR)


def group(name="Parcs"):
    return Headcount.objects.create(dimension="department", name=name, number=60, counted_on=date(2026, 1, 1))


def idea(trade="Conductrice de souffleuse", **fields):
    return Brief.objects.create(theme="Le bruit", trade=trade, by=None, at=timezone.now(), **fields)


def lines(client):
    return [(one["row"].trade, one["due"]) for one in client.get(PAGE).context["lines"]]


def told(user):
    return [task.title for task in dashboard.to_meet(user, at=timezone.now())]


def test_a_group_left_out_is_kept_once_from_the_board_and_stands_beside_the_ideas(client, comms):
    parks, seen = group(), factories.person()
    seen.groups.set([group("Greffe")])
    factories.crowd(3, Usage.SITE, people=[seen])
    idea()
    board = client.get(reverse("portraits_equity"))
    (line,) = board.context["soon"]
    assert (line["one"].group, line["kept"]) == (parks.pk, None)
    assert str(NEXT) in str(line["form"])
    for month in (NEXT, THIS):
        answer = client.post(PAGE, {"group": parks.pk, "month": month, "who": comms.pk})
        assert answer.status_code == 302
    kept = Brief.objects.get(group=parks)
    assert (kept.month, kept.taken_by, kept.by.username) == (THIS, comms, "rh")
    assert lines(client) == [("Parcs", True), ("Conductrice de souffleuse", False)]
    (line,) = client.get(reverse("portraits_equity")).context["soon"]
    assert line["kept"] == kept
    assert "Mélanie" in client.get(reverse("portraits_equity")).content.decode()
    client.post(PAGE, {"met": kept.pk})
    assert lines(client) == [("Conductrice de souffleuse", False)]
    client.post(PAGE, {"group": parks.pk, "month": NEXT, "who": ""})  # met once, kept again
    assert Brief.objects.filter(group=parks).count() == 2


def test_an_idea_is_kept_for_a_month_by_somebody_and_changed(client, comms):
    row = idea()
    for month, who, taken_by in ((NEXT, comms.pk, comms), (THIS, "", None)):
        assert client.post(PAGE, {"brief": row.pk, "month": month, "who": who}).status_code == 302
        row.refresh_from_db()
        assert (row.month, row.taken_by) == (month, taken_by)
    page = client.get(PAGE).content.decode()
    assert reverse("wagtailsnippets_portraits_portrait:add") in page


@pytest.mark.parametrize(
    "wrong", [{"month": "2031-02-01"}, {"month": ""}, {"month": "x"}, {"who": "999999"}, {"who": "²"}]
)
def test_what_is_not_proposed_is_said_and_changes_nothing(client, comms, wrong):
    row, parks = idea(), group()
    data = {"month": NEXT, "who": comms.pk, **wrong}
    answer = client.post(PAGE, {"brief": row.pk, **data})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert client.post(PAGE, {"group": parks.pk, **data}).status_code == 302
    row.refresh_from_db()
    assert (row.month, Brief.objects.count()) == (None, 1)


@pytest.mark.parametrize("data", [{}, {"brief": "²"}, {"brief": "9"}, {"group": "x"}])
def test_nothing_of_that_number(client, data):
    assert client.post(PAGE, data).status_code == 404


def test_it_is_told_to_who_took_it_or_to_all_once_its_month_has_come(comms):
    other = factories.user("luc", roles.HR)
    idea("Passé", month=THIS - timedelta(days=1), taken_by=comms)
    idea("Personne", month=THIS)
    idea("Plus tard", month=NEXT, taken_by=comms)
    idea("Sans mois")
    idea("Vu", month=THIS, met_at=timezone.now())
    assert [title.rpartition(" ")[2] for title in told(comms)] == ["Passé", "Personne"]
    assert [title.rpartition(" ")[2] for title in told(other)] == ["Personne"]
    titles = [task.title for task in signed_in(roles.COMMS).get("/admin/").context["tasks"]]
    assert any("Personne" in title for title in titles)


def test_a_whole_year_is_proposed_across_the_new_one():
    found = meeting.months(at=datetime(2026, 11, 30, 23, tzinfo=timezone.get_default_timezone()))
    assert (found[0], found[1], found[2], found[-1], len(set(found))) == (
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 10, 1),
        12,
    )


def test_whoever_left_takes_nothing_more(client, comms):
    assert comms in meeting.takers()
    comms.is_active = False
    comms.save()
    assert comms not in meeting.takers()
    row = idea(month=NEXT, taken_by=comms)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, {"brief": row.pk, "month": NEXT, "who": comms.pk}).status_code == 422


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same(client, comms, count, django_assert_num_queries):
    for number in range(count):
        idea(f"T{number}", month=THIS, taken_by=comms if number % 2 else None)
        Brief.objects.create(group=group(f"G{number}"), trade=f"G{number}", at=timezone.now())
    client.get(PAGE)
    with django_assert_num_queries(12):
        assert len(client.get(PAGE).context["lines"]) == 2 * count


@pytest.mark.parametrize("count", [3, 30])
def test_the_line_of_today_costs_one_query(comms, count, django_assert_num_queries):
    for number in range(count):
        idea(f"T{number}", month=THIS, taken_by=comms)
    with django_assert_num_queries(1):
        assert len(told(comms)) == min(count, dashboard.LINES)


@pytest.mark.parametrize("role", [roles.CONSENT_OFFICER, roles.TECHNICIAN])
def test_it_is_for_those_who_make_portraits(role):
    found = signed_in(role)
    assert found.get(PAGE).status_code in {302, 403}
    idea("Personne", month=THIS)
    assert not any("Personne" in task.title for task in found.get("/admin/").context["tasks"])


# -- from the inbox


def test_the_theme_becomes_a_brief_and_the_words_never(client):
    row = sorted_(received("La souffleuse fait un bruit terrible à trois heures du matin"), "complaint")
    theft = {"theme": "Un bruit terrible à trois heures", "trade": "Conductrice"}
    assert do(client, row, "piste", **theft).status_code == 422
    do(client, row, "piste", theme="Le déneigement la nuit", trade="Conductrice de souffleuse")
    brief = Brief.objects.get()
    assert brief.theme in client.get(reverse("portraits_to_meet")).content.decode()
    client.post(reverse("portraits_to_meet"), {"met": brief.pk})
    assert Brief.objects.get().met_at


def test_kind_words_can_start_a_portrait_once(client):
    nadia = factories.person()
    row = passed_on(nadia)
    first = do(client, row, "rencontrer", person=nadia.pk)
    assert first.status_code == 302
    desk = Portrait.objects.get()
    assert list(desk.people()) == [nadia.pk]
    assert client.get(first.headers["Location"]).status_code == 200
    do(client, row, "rencontrer", person=nadia.pk)
    assert Portrait.objects.count() == 1
    stranger = factories.person("Autre")
    assert do(client, row, "rencontrer", person=stranger.pk).status_code == 404
