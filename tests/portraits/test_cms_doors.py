"""Who may open each page of the CMS, what the dashboard says, and in which language."""

import itertools
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask
from wagtail.users.models import UserProfile

from home.models import HomePage
from home.publish import open_site
from intranet import dashboard, roles
from intranet.models import Letter
from intranet.roles import COMMS, CONSENT_OFFICER, EMPLOYEE, HR
from portraits import invitation, texting
from portraits.models import Hidden, Portrait, Submission, Text, Version
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db


def addresses():
    desk = factories.portrait()
    person = next(iter(desk.people()))
    editing = [
        url("add"), url("edit", desk.pk), url("preview_on_edit", desk.pk),
        *(url(name, desk.pk) for name in ("ask", "read", "take_back", "adapt", "hide")),
        url("add", model="person"), url("edit", person, model="person"), "/admin/photos/new/",
        f"/admin/photos/edit/{desk.photo_id}/", "/admin/photos/choisir/",
    ]  # fmt: skip
    reading = [
        url("list"), url("list", model="person"), "/admin/photos/", f"/admin/photos/{desk.photo_id}/p240.webp",
        f"/admin/photos/{desk.photo_id}/entiere.jpg", url("history", desk.pk), "/admin/snippets/choose/portraits/person/",
    ]  # fmt: skip
    return editing, reading


@pytest.mark.parametrize("who", ["anonymous", EMPLOYEE])
def test_outsiders_are_sent_away_from_every_page(who):
    client = Client() if who == "anonymous" else signed_in(EMPLOYEE, username="employe")
    editing, reading = addresses()
    for address in [*editing, *reading, "/admin/"]:
        for answer in (client.get(address), client.post(address, {"reason": "x", "usages": ["site"]})):
            assert answer.status_code in {302, 403}, address
            assert b"Nadia" not in answer.content
    assert not Version.objects.exists()
    assert not Hidden.objects.exists()


@pytest.mark.parametrize("role", [HR, COMMS])
def test_editors_open_them_all(role):
    client = signed_in(role)
    for address in itertools.chain(*addresses()):
        assert client.get(address).status_code == 200, address


def test_the_consent_officer_reads_and_changes_nothing():
    client = signed_in(CONSENT_OFFICER, username="accords")
    editing, reading = addresses()
    for address in reading:
        if "history" not in address:
            assert client.get(address).status_code == 200, address
    desk = Portrait.objects.get()
    for address in editing:
        assert client.get(address).status_code in {302, 403}, address
    client.post(url("ask", desk.pk), {"usages": ["site"], "fingerprint": desk.fingerprint()})
    client.post(url("hide", desk.pk), {"reason": "x"})
    assert not Version.objects.exists()
    assert not Hidden.objects.exists()


def test_an_unknown_code_is_said_by_a_check_and_does_not_stop_a_migration(monkeypatch):
    assert roles.each_role_names_real_permissions() == []
    monkeypatch.setitem(roles.ROLES, HR, (*roles.ROLES[HR], "portraits.fly_portrait"))
    (problem,) = roles.each_role_names_real_permissions()
    assert "portraits.fly_portrait" in problem.msg
    roles.sync()


@pytest.mark.parametrize("browser", ["en-US,en;q=0.9", "fr-CA", "de"])
def test_french_is_what_one_gets(browser):
    for client, page in ((Client(), "/admin/login/"), (signed_in(HR), "/admin/portraits/")):
        answer = client.get(page, headers={"accept-language": browser}).content.decode()
        assert '<html lang="fr' in answer


def test_no_third_party_and_no_news():
    page = signed_in(username="root", is_superuser=True).get("/admin/").content.decode()
    for word in ("whats-new", "releases.wagtail", "gravatar", "upgrade"):
        assert word not in page


# -- « Aujourd'hui »


def test_nothing_is_waiting():
    page = signed_in(HR).get("/admin/").content.decode()
    assert "jtpv-today" in page
    assert "<li>" not in page.partition("jtpv-today")[2].partition("</section>")[0]


def test_one_line_per_task_ends_first_then_drafts_then_what_is_asked():
    asked = factories.portrait("Morris")
    factories.ask(asked)
    Portrait.objects.create(locale=factories.locale(), first_name="Thanh")
    factories.portrait("Diego")
    ending = factories.portrait("Amira")
    factories.say(factories.ask(ending, Usage.SITE), Usage.SITE, days=12)
    factories.shown(Usage.SITE, first_name="Nadia")
    found = dashboard.tasks(user=factories.reader(), at=timezone.now())
    names = [
        next(name for name in ("Morris", "Thanh", "Diego", "Amira", "Nadia") if name in task.title) for task in found
    ]
    assert names == ["Amira", "Thanh", "Diego", "Morris"]
    assert found[0].url == url("ask", ending.pk)
    assert found[2].url.endswith("/accord/")
    assert found[1].photo is None
    page = signed_in(HR).get("/admin/").content.decode()
    assert all(task.url in page for task in found)
    later = dashboard.tasks(user=factories.reader(), at=timezone.now() + timedelta(days=13))
    assert "Amira" not in [task.title for task in later]


def test_a_request_that_could_not_be_sent_is_said_to_the_editors():
    factories.ask(factories.portrait("Inès"), Usage.SITE)
    row = Letter.objects.get()
    row.state, row.error = Letter.State.REFUSED, "550 No such user"
    row.save()
    first = dashboard.tasks(user=factories.reader(), at=timezone.now())[0]
    assert row.to in first.title
    assert "550 No such user" in first.detail
    assert row.to not in [
        task.title for task in dashboard.tasks(user=factories.reader(), at=timezone.now() + timedelta(days=15))
    ]


@pytest.mark.parametrize("kind", ["mail", "text"])
def test_a_receipt_a_code_or_a_notice_that_came_back_tells_editors_nothing(kind):
    """It would say that this person answered. The consent officer alone is told; a reminder is a question too."""
    fields = {"email": "", "phone": "514 555-0142", "reach": "sms"} if kind == "text" else {}
    person = factories.person("Inès", **fields)
    version = factories.ask(factories.portrait("Inès", people=[person]), Usage.SITE)
    request = version.subjects.get().requests.get()
    rows = (Letter if kind == "mail" else Text).objects
    invitation.remind(request, "jeton")
    assert [row.question for row in rows.all()] == [True, True]
    invitation.send_code(person, "123456", tu=True)
    invitation.send_ways_in(person, ["jeton"], tu=True)
    invitation.tell_former_address(person, person.email or person.phone)
    if kind == "text":
        texting.tell_receipt(person, "jeton", tu=True)
    else:
        invitation.send_receipt(person, "Ton reçu", "/", b"", b"", tu=True)
    rows.update(state="refused", error="550 No such user")
    now = timezone.now()
    told = [task for task in dashboard.tasks(user=factories.reader(), at=now) if "550 No such user" in task.detail]
    assert len(told) == 2
    assert len(dashboard.undelivered(at=now)) == rows.count() - 2 == 4
    shown = {
        group: signed_in(group, username=group).get("/admin/").content.decode().count("550 No such user")
        for group in (HR, COMMS, CONSENT_OFFICER)
    }
    assert shown == {HR: 2, COMMS: 2, CONSENT_OFFICER: 4}
    boss = signed_in(username="chef", is_superuser=True, is_staff=True)
    assert boss.get("/admin/").content.decode().count("550 No such user") == 2


def test_beyond_eight_one_line_says_how_many_more():
    for number in range(11):
        Portrait.objects.create(locale=factories.locale(), first_name=f"N{number}")
    found = dashboard.tasks(user=factories.reader(), at=timezone.now())
    assert len(found) == 9
    assert "3" in found[-1].title


def test_what_one_submitted_and_another_reads_is_told_once():
    """By « Aujourd'hui »; Wagtail's own panel keeps the pages alone."""
    author = signed_in(HR, username="autrice")
    by = author.get("/admin/").wsgi_request.user
    desk = factories.portrait("Morris")
    desk.save_revision(user=by)
    factories.submit(desk, Usage.SITE, by=by)
    page = author.get("/admin/")
    assert [task.url for task in page.context["tasks"]] == [url("edit", desk.pk)]
    assert "objects-in-workflow" not in page.content.decode()
    for other in (signed_in(HR, username="collegue"), signed_in(COMMS, username="lectrice")):
        assert url("edit", desk.pk) not in [task.url for task in other.get("/admin/").context["tasks"]]
    open_site("testserver", 80)
    article = HomePage.objects.first()
    article.save_revision(user=by)
    flow = Workflow.objects.create(name="Pages")
    WorkflowTask.objects.create(workflow=flow, task=GroupApprovalTask.objects.create(name="Relecture de page"))
    flow.start(article, by)
    told = author.get("/admin/").content.decode().partition("objects-in-workflow")[2]
    assert str(article) in told
    assert "Morris" not in told


@pytest.mark.parametrize("count", [3, 30])
def test_the_dashboard_costs_the_same_for_3_and_30(count, django_assert_max_num_queries):
    photo, person, reader = factories.photo(), factories.person(), factories.reader()
    for number in range(count):
        Portrait.objects.create(locale=factories.locale(), first_name=f"N{number}", photo=photo)
        factories.portrait(f"L{number}", photo=photo, people=[person])
    for desk in Portrait.objects.filter(first_name__startswith="L"):
        state = desk.get_workflow().start(desk, None)
        Submission.objects.create(workflow_state=state, usages=["site"], at=timezone.now())
    dashboard.tasks(user=reader, at=timezone.now())
    with django_assert_max_num_queries(17):
        found = dashboard.tasks(user=reader, at=timezone.now())
    assert sum(task.url.endswith("/relire/") for task in found) == min(count, 8)


def test_the_languages_one_may_choose_are_those_we_translate(settings):
    """Choosing plain « fr » would leave our own words in English: the catalogue is fr-ca."""
    assert {code for code, _name in settings.WAGTAILADMIN_PERMITTED_LANGUAGES} == {
        code for code, _name in settings.LANGUAGES
    }
    client = signed_in(HR)
    profile = UserProfile.get_for_user(client.get("/admin/").wsgi_request.user)
    profile.preferred_language = "en"
    profile.save()
    assert "Consents" in client.get(url("add")).content.decode()
    profile.preferred_language = "fr-ca"
    profile.save()
    assert "Enregistrer le brouillon" in client.get(url("add")).content.decode()
