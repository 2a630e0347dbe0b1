"""Who may read: nobody who wrote any of it, somebody of the other service, and holidays block nobody."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import LogContext
from wagtail.users.models import UserProfile

from intranet.models import Letter
from intranet.roles import COMMS, CONSENT_OFFICER, HR
from portraits import entrusting, reading, workflow
from portraits.models import Absence, Person, Portrait, ReadingRule, Version, Why
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db
SITE = Usage.SITE


@pytest.fixture
def staff():
    """Two people in each service, one in both, one who only keeps consents, one administrator."""
    groups = {
        "josee": [HR],
        "paul": [HR],
        "karim": [COMMS],
        "lise": [COMMS],
        "deux": [HR, COMMS],
        "roy": [CONSENT_OFFICER],
    }
    made = {name: factories.user(name, *of) for name, of in groups.items()}
    return made | {"root": factories.user("root", is_superuser=True)}


def submitted(by, **fields):
    desk = factories.portrait(**fields)
    desk.save_revision(user=by)
    factories.submit(desk, SITE, by=by)
    return Portrait.objects.get(pk=desk.pk)


def why(desk, staff):
    """Name → what lets them read, for those who may."""
    desk = Portrait.objects.get(pk=desk.pk)
    task, at = desk.current_workflow_task, timezone.now()
    found = {name: task.why(desk, user, at=at) for name, user in staff.items()}
    return {name: reason for name, reason in found.items() if reason}


def away(user, substitute=None, *, days=(0, 0)):
    first, last = (timezone.localdate() + timedelta(days=day) for day in days)
    return Absence.objects.create(user=user, from_day=first, to_day=last, substitute=substitute)


def test_the_other_service_reads(staff):
    expected = {"karim": Why.OTHER, "lise": Why.OTHER, "deux": Why.OTHER, "root": Why.ADMINISTRATOR}
    assert why(submitted(staff["josee"]), staff) == expected
    assert set(why(submitted(staff["karim"]), staff)) == {"josee", "paul", "deux", "root"}


def test_somebody_in_both_services_counts_as_the_one_where_the_author_is_not(staff):
    assert set(why(submitted(staff["deux"]), staff)) == {"josee", "paul", "karim", "lise", "root"}


def rewritten(desk, by, sentence):
    desk = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    desk.sentence = sentence
    desk.save_revision(user=by)
    return Portrait.objects.get(pk=desk.pk)


def test_nobody_reads_what_they_wrote_superuser_included(staff):
    """Not even once somebody else changed a comma: whoever wrote any of it since it was last asked is its author."""
    assert "root" not in why(submitted(staff["root"]), staff)
    desk = rewritten(submitted(staff["josee"]), staff["karim"], "Je plante, 1400 vivaces par printemps.")
    assert set(why(desk, staff)) == {"paul", "deux", "root"}  # of the other service than who wrote last
    listed = {name: {one.portrait for one in reading.waiting(user, at=timezone.now())} for name, user in staff.items()}
    assert {name for name, found in listed.items() if desk in found} == {"paul", "deux", "root"}
    for name in ("josee", "karim"):
        with pytest.raises(PermissionDenied):
            factories.read(desk, by=staff[name])
    desk = rewritten(desk, staff["root"], "Je plante.")
    assert set(why(desk, staff)) == {"paul", "deux", "lise"}


def test_an_approval_by_somebody_who_wrote_any_of_it_asks_nobody(staff):
    """Held again when it is asked, whatever the workflow let through."""
    desk = rewritten(submitted(staff["josee"]), staff["karim"], "Je plante, 1400 vivaces par printemps.")
    read_state = desk.current_workflow_task_state.specific
    now, at = desk.get_latest_revision_as_object(), timezone.now()
    read_state.fingerprint = now.fingerprint()
    read_state.recipients = reading.recipients(Person.objects.filter(pk__in=now.people()), at=at)
    read_state.read_at, read_state.revision = at, desk.get_latest_revision()
    read_state.approve(user=staff["josee"])
    assert not Version.objects.exists()


def test_what_was_asked_before_bars_nobody_from_what_is_written_now(staff):
    desk = submitted(staff["josee"])
    factories.read(desk, by=staff["karim"])
    workflow.take_back(desk, by=staff["josee"], at=timezone.now())
    desk = rewritten(desk, staff["karim"], "Je plante.")
    factories.submit(desk, SITE, by=staff["karim"])
    assert set(why(desk, staff)) == {"josee", "paul", "deux", "root"}


def test_when_everybody_wrote_some_of_it_an_administrator_reads_and_a_closed_account_bars_nobody(staff):
    desk = submitted(staff["josee"])
    for name in ("paul", "karim", "lise", "deux"):
        desk = rewritten(desk, staff[name], f"Je plante ({name}).")
    assert why(desk, staff) == {"root": Why.ADMINISTRATOR}
    away(staff["lise"])
    factories.reader("neuf", HR).delete()
    gone = factories.user("partie", COMMS)
    desk = rewritten(desk, gone, "Je plante.")
    gone.delete()
    assert why(desk, staff) == {"root": Why.ADMINISTRATOR}


@pytest.mark.parametrize("count", [3, 30])
def test_what_waits_to_be_read_costs_the_same_however_many_wrote(count, staff, django_assert_num_queries):
    for _number in range(count // 3):
        desk = submitted(staff["josee"])
        rewritten(desk, staff["karim"], "Je plante.")
        rewritten(desk, staff["josee"], "Je plante tôt.")
    with django_assert_num_queries(9):
        assert len(reading.waiting(staff["lise"], at=timezone.now())) == count // 3


def test_a_far_colleague_keeps_the_reading_and_one_who_is_there_is_enough(staff):
    desk = submitted(staff["josee"])
    away(staff["karim"], staff["paul"])
    assert set(why(desk, staff)) == {"karim", "lise", "deux", "root"}


def test_when_all_are_away_the_substitute_reads(staff):
    desk = submitted(staff["josee"])
    for name in ("karim", "lise", "deux"):
        away(staff[name], staff["paul"] if name == "lise" else None)
    found = why(desk, staff)
    assert found["paul"] == Why.SUBSTITUTE
    assert "josee" not in found
    Absence.objects.update(
        to_day=timezone.localdate() - timedelta(days=1), from_day=timezone.localdate() - timedelta(days=9)
    )
    assert "paul" not in why(desk, staff)


@pytest.mark.parametrize("substitute", [None, "josee", "roy"])
def test_without_a_substitute_who_may_read_a_colleague_does(staff, substitute):
    """Named nobody, the author, or somebody who does not read portraits: the author's own service reads."""
    desk = submitted(staff["josee"])
    for name in ("karim", "lise", "deux"):
        away(staff[name], staff.get(substitute))
    assert why(desk, staff)["paul"] == Why.OWN
    assert "roy" not in why(desk, staff)


def test_a_substitute_who_is_away_too_blocks_nobody(staff):
    eve = factories.user("eve", HR)
    desk = submitted(staff["josee"])
    for name in ("karim", "lise", "deux"):
        away(staff[name], staff["paul"])
    away(staff["paul"])
    assert why(desk, {**staff, "eve": eve})["eve"] == Why.OWN


def test_a_service_of_one_that_is_empty_blocks_nobody():
    josee, paul = factories.user("josee", HR), factories.user("paul", HR)
    assert why(submitted(josee), {"josee": josee, "paul": paul}) == {"paul": Why.OWN}


def test_an_account_that_was_closed_reads_nothing(staff):
    desk = submitted(staff["josee"])
    staff["karim"].is_active = False
    staff["karim"].save()
    assert "karim" not in why(desk, staff)


def test_two_readers_are_two_people(staff):
    ReadingRule.objects.create(readers=2)
    desk = submitted(staff["josee"])
    assert "paul" not in why(desk, staff)
    factories.read(desk, by=staff["karim"])
    assert not Version.objects.exists()
    assert why(desk, staff) == {
        "paul": Why.SECOND, "lise": Why.SECOND, "deux": Why.SECOND, "root": Why.ADMINISTRATOR,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        factories.read(desk, by=staff["karim"])
    factories.read(desk, by=staff["paul"])
    assert Version.objects.count() == 1


def test_each_refusal_holds_again_in_the_action(staff):
    """`get_actions` only hides the buttons: an action posted all the same is refused."""
    desk = submitted(staff["josee"])
    for name in ("josee", "paul", "roy"):
        assert desk.current_workflow_task.get_actions(desk, staff[name]) == []
        for action in ("approve", "reject"):
            with pytest.raises(PermissionDenied):
                desk.current_workflow_task.on_action(
                    desk.current_workflow_task_state, staff[name], action, fingerprint="x", recipients="x"
                )
    assert not Version.objects.exists()


# -- addresses


def readdressed(person, by, email):
    with LogContext(user=by):
        person.email = email
        person.save()


def test_whoever_redirects_a_request_cannot_be_its_only_reader(staff):
    person = factories.person("Inès")
    desk = submitted(staff["karim"], people=[person])
    readdressed(person, staff["josee"], "josee@ailleurs.example")
    assert set(why(desk, staff)) == {"paul", "deux", "root"}
    page = signed_in(HR, username="page").get(url("read", desk.pk)).content.decode()
    assert "jtpv-change--anew" in page
    assert "josee" in page.partition("jtpv-change--anew")[2].partition("</li>")[0]
    factories.read(desk, by=staff["paul"])
    assert "jtpv-change" not in signed_in(HR, username="apres").get(url("read", desk.pk)).content.decode()


def test_whoever_submits_with_an_address_of_their_own_making_does_not_read_it(staff):
    person = factories.person("Inès")
    desk = factories.portrait(people=[person])
    desk.save_revision(user=staff["karim"])
    readdressed(person, staff["josee"], "josee@ailleurs.example")
    factories.submit(desk, SITE, by=staff["josee"])
    assert "josee" not in why(desk, staff)
    workflow.take_back(desk, by=staff["josee"], at=timezone.now())
    factories.submit(desk, SITE, by=staff["karim"])  # he saw it when he submitted
    assert "josee" in why(desk, staff)


def test_every_way_of_writing_an_address_leaves_a_name():
    client = signed_in(HR)
    client.post(
        "/admin/snippets/choose/portraits/person/create/",
        {
            "first_name": "Nadia",
            "email": "nadia@erables.example",
            "kind": "employee",
            "language": "fr-ca",
            "reach": "email",
        },
    )
    person = Person.objects.get()
    change = person.address_changes.get()
    assert (change.by.username, change.first) == ("rh", True)
    values = {
        "first_name": "Nadia",
        "last_name": "",
        "kind": "employee",
        "language": "fr-ca",
        "user": "",
        "reach": "email",
    }
    client.post(url("edit", person.pk, model="person"), {**values, "email": "autre@erables.example"})
    assert person.address_changes.last().first is False
    person.refresh_from_db()
    person.first_name = "Nadège"
    person.save()
    assert person.address_changes.count() == 2


REWRITTEN = {
    "number": ({"phone": "514 555-0142"}, {"phone": "514 555-0199"}),
    "how they are reached": ({}, {"reach": "letter"}),
    "from a letter to a counter": ({"email": "", "reach": "letter"}, {"reach": "counter"}),
    "no address any more": ({"reach": "letter"}, {"email": ""}),
}


@pytest.mark.parametrize(("before", "after"), REWRITTEN.values(), ids=REWRITTEN)
def test_each_way_of_reaching_somebody_names_and_bars_its_writer(before, after, staff):
    person = factories.person("Inès", **before)
    desk = submitted(staff["karim"], people=[person])
    assert "josee" in why(desk, staff)
    with LogContext(user=staff["josee"]):
        Person.objects.get(pk=person.pk).save()  # the same as before: nothing was written
        assert "josee" in why(desk, staff)
        changed = Person.objects.get(pk=person.pk)
        for name, value in after.items():
            setattr(changed, name, value)
        changed.save()
    assert_barred("josee", desk, staff)


def assert_barred(name, desk, staff):
    """Named on the reading page, and not a reader any more; once it was asked, nothing is left to tell."""
    assert set(why(desk, staff)) == {"paul", "deux", "root"}
    page = signed_in(HR, username="page").get(url("read", desk.pk)).content.decode()
    assert name in page.partition("jtpv-change--anew")[2].partition("</p>")[0]
    with pytest.raises(PermissionDenied):
        factories.read(desk, by=staff[name])
    factories.read(desk, by=staff["paul"])
    assert "jtpv-change--anew" not in signed_in(HR, username="apres").get(url("read", desk.pk)).content.decode()


def ward():
    """Somebody of 12, whom one parent answers for. Returns (the person, the parent, another adult)."""
    today = timezone.localdate()
    child = factories.person(
        "Zoé", kind="resident", turns_14_on=today.replace(day=1, year=today.year + 2),
        turns_18_on=today.replace(day=1, year=today.year + 6),
    )  # fmt: skip
    parent, other = factories.person("Inès", kind="resident"), factories.person("Morris", kind="resident")
    entrusting.entrust(child, parent, "parent", child.turns_18_on, at=timezone.now())
    return child, parent, other


@pytest.mark.parametrize("change", ["somebody else", "until when", "as what", "nobody any more"])
def test_whoever_writes_who_answers_is_named_and_barred(change, staff):
    child, parent, other = ward()
    desk = submitted(staff["karim"], people=[child])
    assert "josee" in why(desk, staff)
    given = {
        "somebody else": (other, "parent", child.turns_18_on),
        "until when": (parent, "parent", child.turns_18_on - timedelta(days=300)),
        "as what": (parent, "guardian", child.turns_18_on),
        "nobody any more": (None, "parent", None),
    }[change]
    with LogContext(user=staff["josee"]):
        entrusting.entrust(child, *given, at=timezone.now())
    if change == "nobody any more":  # a minor cannot be asked then: the page still says who did it
        assert set(why(desk, staff)) == {"paul", "deux", "root"}
        page = signed_in(HR, username="page").get(url("read", desk.pk)).content.decode()
        assert "josee" in page.partition("jtpv-change--anew")[2].partition("</p>")[0]
    else:
        assert_barred("josee", desk, staff)


def test_the_representatives_own_address_counts_too(staff):
    child, parent, _other = ward()
    desk = submitted(staff["karim"], people=[child])
    readdressed(parent, staff["josee"], "josee@ailleurs.example")
    assert_barred("josee", desk, staff)


def test_the_form_of_a_person_names_who_wrote_the_representative():
    child, parent, other = ward()
    child.address_changes.all().delete()
    values = {
        "first_name": child.first_name, "last_name": "", "kind": "resident", "language": "fr-ca", "user": "",
        "reach": "email", "email": child.email, "phone": "", "left_on": "", "quality": "parent",
        "turns_14_on": child.turns_14_on, "turns_18_on": child.turns_18_on, "represented_until": child.turns_18_on,
    }  # fmt: skip
    client = signed_in(HR)
    client.post(url("edit", child.pk, model="person"), values | {"representative": parent.pk})
    assert not child.address_changes.exists()
    assert client.post(url("edit", child.pk, model="person"), values | {"representative": other.pk}).status_code == 302
    rows = child.address_changes.all()
    assert {(row.what, row.by.username, row.first) for row in rows} == {("representative", "rh", False)}


# -- the reading page, the mail, the dashboard


def read_form(desk, decision="approve", **values):
    latest = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    people = Person.objects.filter(pk__in=latest.people())
    seen = {"fingerprint": latest.fingerprint(), "recipients": reading.recipients(people, at=timezone.now())}
    return {**seen, "decision": decision, "comment": "", **values}


def test_the_page_says_why_and_to_whom(staff):
    desk = submitted(staff["josee"])
    person = Person.objects.get()
    reader, author = signed_in(COMMS, username="lectrice"), signed_in(HR, username="autrice")
    page = reader.get(url("read", desk.pk)).content.decode()
    assert person.email in page
    decisions = re.compile(r'name="decision" value="(\w+)"')
    assert decisions.findall(page) == ["approve", "changes", "annotate"]
    assert decisions.findall(author.get(url("read", desk.pk)).content.decode()) == ["annotate"]
    assert author.post(url("read", desk.pk), read_form(desk)).status_code in {302, 403}
    assert not Version.objects.exists()


def test_a_change_is_asked_in_words_and_the_author_is_told(staff):
    staff["josee"].email = "josee@erables.example"
    staff["josee"].save()
    desk = submitted(staff["josee"])
    reader = signed_in(COMMS, username="lectrice")
    silent = reader.post(url("read", desk.pk), read_form(desk, "changes"))
    assert silent.context["form"].errors.keys() == {"comment"}
    words = "« Vivaces » : dis plutôt lesquelles."
    assert reader.post(url("read", desk.pk), read_form(desk, "changes", comment=words)).status_code == 302
    assert not Version.objects.exists()
    assert reading.stages() == {desk.pk: "changes"}
    page = reader.get(url("edit", desk.pk)).content.decode()
    said = page.partition("jtpv-comments")[2].partition("</ul>")[0]
    assert words in said
    assert "lectrice" in said
    (mail,) = Letter.objects.filter(to="josee@erables.example")
    assert words in mail.body
    assert reverse("wagtailsnippets_portraits_portrait:edit", args=[desk.pk]) in mail.body


def test_what_changed_meanwhile_is_read_again(staff):
    """The text, or only an address, after the page was opened: nothing is approved."""
    desk = submitted(staff["josee"])
    reader = signed_in(COMMS, username="lectrice")
    before = read_form(desk)
    person = Person.objects.get()
    person.email = "nouvelle@erables.example"
    person.save()
    answer = reader.post(url("read", desk.pk), before)
    assert answer.context["form"].non_field_errors()
    assert "nouvelle@erables.example" in answer.content.decode()
    now = desk.get_latest_revision_as_object()
    now.job = "Autre"
    now.save_revision(user=staff["josee"])
    later = read_form(desk, fingerprint=before["fingerprint"])
    assert reader.post(url("read", desk.pk), later).context["form"].non_field_errors()
    assert not Version.objects.exists()
    assert reader.post(url("read", desk.pk), read_form(desk)).status_code == 302
    assert Version.objects.get().content["job"] == "Autre"


def test_only_those_who_may_read_and_are_there_are_called(staff):
    for name, user in staff.items():
        user.email = f"{name}@erables.example"
        user.save()
    away(staff["lise"])
    desk = submitted(staff["josee"])
    letters = Letter.objects.order_by("pk")
    assert {letter.to for letter in letters} == {"karim@erables.example", "deux@erables.example"}
    assert all(url("read", desk.pk) in letter.body for letter in letters)
    assert all("Horticultrice" not in letter.body for letter in letters)


def test_the_call_is_in_the_language_of_its_reader(staff):
    for name, language in (("karim", "en"), ("lise", "fr-ca")):
        staff[name].email = f"{name}@erables.example"
        staff[name].save()
        profile = UserProfile.get_for_user(staff[name])
        profile.preferred_language = language
        profile.save()
    submitted(staff["josee"])
    bodies = {letter.to: letter.body for letter in Letter.objects.all()}
    assert "Hello karim," in bodies["karim@erables.example"]
    assert "Hello" not in bodies["lise@erables.example"]


def test_aujourdhui_lists_what_this_user_may_read_and_nothing_else(staff):
    desk = submitted(staff["josee"])
    address = url("read", desk.pk)
    for name, user in staff.items():
        found = [one.portrait.pk for one in reading.waiting(user, at=timezone.now())]
        assert found == ([desk.pk] if name in {"karim", "lise", "deux", "root"} else []), name
    assert address in signed_in(COMMS, username="lectrice").get("/admin/").content.decode()
    assert address not in signed_in(HR, username="collegue").get("/admin/").content.decode()


def test_the_list_says_in_reading(staff):
    submitted(staff["josee"])
    assert "jtpv-state--reading" in signed_in(HR).get(url("list")).content.decode()


# -- absences


def absence_form(**values):
    day = timezone.localdate().isoformat()
    return {"from_day": day, "to_day": day, "substitute": "", **values}


def test_one_declares_ones_own_absence_and_an_administrator_anybodys(staff):
    client = signed_in(HR, username="moi")
    assert client.post("/admin/absences/new/", absence_form(user=staff["karim"].pk)).status_code == 302
    own = Absence.objects.get()
    assert own.user.username == "moi"
    other = away(staff["karim"])
    page = client.get("/admin/absences/").content.decode()
    assert f"/admin/absences/edit/{own.pk}/" in page
    assert f"/admin/absences/edit/{other.pk}/" not in page
    for path in ("edit", "delete", "history", "usage"):
        assert client.get(f"/admin/absences/{path}/{own.pk}/").status_code == 200, path
        assert client.get(f"/admin/absences/{path}/{other.pk}/").status_code in {302, 403}, path
        assert client.post(f"/admin/absences/{path}/{other.pk}/", absence_form()).status_code in {302, 403, 405}, path
    assert Absence.objects.get(pk=other.pk).user == staff["karim"]
    boss = signed_in(username="chef", is_superuser=True)
    made = absence_form(user=staff["karim"].pk, substitute=staff["paul"].pk)
    assert boss.post("/admin/absences/new/", made).status_code == 302
    assert Absence.objects.get(substitute=staff["paul"]).user == staff["karim"]


@pytest.mark.parametrize("wrong", ["substitute", "to_day"])
def test_an_absence_that_makes_no_sense_is_said_on_its_field(wrong, staff):
    boss = signed_in(username="chef", is_superuser=True)
    values = {"substitute": staff["karim"].pk} if wrong == "substitute" else {"to_day": "2020-01-01"}
    answer = boss.post("/admin/absences/new/", absence_form(user=staff["karim"].pk, **values))
    assert answer.context["form"].errors.keys() == {wrong}
    assert not Absence.objects.exists()


def test_whoever_does_not_read_neither_is_away_nor_stands_in(staff):
    client = signed_in(CONSENT_OFFICER, username="accords")
    assert client.post("/admin/absences/new/", absence_form()).status_code in {302, 403}
    answer = signed_in(HR, username="moi").post("/admin/absences/new/", absence_form(substitute=staff["roy"].pk))
    assert answer.context["form"].errors.keys() == {"substitute"}
    assert not Absence.objects.exists()
