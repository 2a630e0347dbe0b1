"""Three pairs of eyes, and each way round them: only what was read is asked, and nobody but the people ends the asking."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import GroupApprovalTask, TaskState, Workflow, WorkflowContentType, WorkflowState, WorkflowTask

from home.models import HomePage
from home.publish import open_site
from intranet import checks
from intranet.models import Letter
from intranet.roles import COMMS, HR
from portraits import asking, consent, gate, reading, state, unlock, workflow
from portraits.models import (
    ConsentRequest,
    ConsentTask,
    DistinctReadingTask,
    Person,
    Portrait,
    ReadingRule,
    Submission,
    Version,
)
from portraits.tasks import sweep
from portraits.usages import ASKED, Usage
from tests import factories
from tests.portraits.desk import JSON, full, signed_in, url

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN


@pytest.fixture
def josee():
    return factories.user("josee", HR)


@pytest.fixture
def root():
    return signed_in(username="root", is_superuser=True, is_staff=True)


def submitted(by, *usages):
    desk = factories.portrait()
    desk.save_revision(user=by)
    factories.submit(desk, *(usages or [SITE]), by=by)
    return fresh(desk)


def asked(by, *usages):
    desk = submitted(by, *usages)
    factories.read(desk)
    return fresh(desk)


def fresh(desk):
    return Portrait.objects.get(pk=desk.pk)


def stage(desk):
    return reading.stages().get(desk.pk)


def edited(desk, **values):
    kept = list(desk.subjects.model.objects.filter(portrait=desk).values_list("pk", flat=True))
    return full(desk.photo_id, [next(iter(desk.people()))], kept=kept, **values)


def overwrite(client, desk, **values):
    """What autosave posts: the same revision is written anew."""
    revision = fresh(desk).get_latest_revision()
    stamp = {"overwrite_revision_id": revision.pk, "loaded_revision_created_at": revision.created_at.isoformat()}
    answer = client.post(url("edit", desk.pk), edited(desk, **stamp, **values), **JSON)
    assert fresh(desk).get_latest_revision().pk == revision.pk
    return answer


# -- the ordinary way


def test_submitted_read_asked_answered_open_again(josee):
    desk = submitted(josee, SITE, ECRAN)
    assert (stage(desk), Version.objects.count()) == ("reading", 0)
    factories.read(desk)
    version = Version.objects.get()
    assert (stage(desk), version.frozen_by) == ("asked", josee)
    assert ConsentRequest.objects.get().asked == ["ecran", "site"]
    assert Submission.objects.get().version == version
    factories.say(version, SITE, ECRAN)
    assert stage(desk) is None
    assert fresh(desk).workflow_states.get().status == WorkflowState.STATUS_APPROVED
    assert not fresh(desk).live
    assert len(gate.capsules(SITE, at=timezone.now())) == 1


def test_what_could_not_be_asked_is_not_submitted(josee):
    desk = factories.portrait(people=[factories.person("Morris", email="")])
    with pytest.raises(asking.NotReady, match="Morris"):
        factories.submit(desk, SITE, by=josee)
    assert stage(desk) is None
    assert not Submission.objects.exists()


def test_asking_without_a_reading_is_refused(josee):
    """No side way: from nothing, while it is read, for other usages, and twice for one reading."""
    desk = factories.portrait()
    steps = [lambda: None, lambda: factories.submit(desk, SITE, by=josee), lambda: factories.read(desk)]
    for step in steps:
        step()
        before = Version.objects.count()
        for usages in ([SITE], [SITE, ECRAN]):
            with pytest.raises(asking.NotReady):
                asking.ask(fresh(desk), asked=usages, by=josee, at=timezone.now())
        assert Version.objects.count() == before
    assert Version.objects.count() == 1


def test_nobody_writes_while_people_are_asked(josee, root):
    desk = asked(josee)
    before = desk.get_latest_revision().content
    for client in (root, signed_in(HR, username="autre")):
        client.post(url("edit", desk.pk), edited(desk, job="Derrière le verrou"))
        client.post(url("edit", desk.pk), edited(desk, job="Derrière le verrou"), **JSON)
    assert fresh(desk).get_latest_revision().content == before
    assert Version.objects.count() == 1
    with pytest.raises(asking.NotReady):
        factories.submit(desk, SITE, by=josee)


def test_nobody_ends_the_asking_by_hand(josee, root):
    desk = asked(josee)
    task, running = desk.current_workflow_task, desk.current_workflow_task_state
    boss = root.get("/admin/").wsgi_request.user
    assert task.get_actions(desk, boss) == []
    for action in ("approve", "reject"):
        with pytest.raises(PermissionDenied):
            task.on_action(running, boss, action, comment="")
        for name in ("workflow_action", "collect_workflow_action_data"):
            root.post(url(name, desk.pk, action, running.pk), {"comment": "", "fingerprint": "x", "recipients": "x"})
        extra = {"action-workflow-action": "1", "workflow-action-name": action}
        root.post(url("edit", desk.pk), edited(desk, **extra))
    assert stage(desk) == "asked"
    assert not gate.capsules(SITE, at=timezone.now())


# -- ways round the reading


@pytest.mark.parametrize(
    "name", ["action-submit", "action-publish", "action-restart-workflow", "action-workflow-action"]
)
def test_the_form_only_saves_drafts(name, root):
    desk = factories.portrait()
    root.post(url("edit", desk.pk), edited(desk, job="Direct", **{name: "1", "workflow-action-name": "approve"}))
    after = fresh(desk)
    assert (after.live, after.get_latest_revision().content["job"]) == (False, "Direct")
    assert not WorkflowState.objects.exists()
    root.post(url("add"), full(desk.photo_id, [], first_name="Morris", **{name: "1"}))
    assert Portrait.objects.count() == 2
    assert not WorkflowState.objects.exists()


def test_a_workflow_started_by_other_means_asks_nothing(josee):
    """`workflow.start` from a shell: without a submission nobody said for which usages."""
    desk = factories.portrait()
    desk.get_workflow().start(desk, josee)
    factories.read(desk)
    assert stage(desk) == "changes"
    assert not Version.objects.exists()


def test_edit_and_approve_in_one_post_approves_nothing(josee):
    desk = submitted(josee)
    reader = signed_in(COMMS, username="lectrice")
    extra = {"action-workflow-action": "1", "workflow-action-name": "approve", "workflow-action-extra-data": "{}"}
    reader.post(url("edit", desk.pk), edited(desk, job="Par la lectrice", **extra))
    assert fresh(desk).get_latest_revision().user.username == "lectrice"
    assert stage(desk) == "reading"
    with pytest.raises(PermissionDenied):
        factories.read(desk, by=reader.get("/admin/").wsgi_request.user)
    with pytest.raises(PermissionDenied):
        factories.read(desk, by=josee)  # the rest is still hers
    factories.read(desk, by=factories.user("paul", HR))
    assert Version.objects.get().content["job"] == "Par la lectrice"


def test_wagtails_own_buttons_need_what_the_reading_page_gives(josee):
    desk = submitted(josee)
    reader = signed_in(COMMS, username="lectrice")
    running = desk.current_workflow_task_state
    reader.post(
        url("workflow_action", desk.pk, "approve", running.pk), {"comment": "", "fingerprint": "", "recipients": ""}
    )
    assert stage(desk) == "reading"
    seen = {"comment": "", "fingerprint": "0" * 64, "recipients": "0" * 64}
    reader.post(url("workflow_action", desk.pk, "approve", running.pk), seen)
    assert stage(desk) == "changes"  # « read » something else than what there is: nothing is asked
    assert not Version.objects.exists()
    page = reader.get(url("edit", desk.pk)).content.decode()
    assert "data-w-workflow-action" not in page


def test_autosave_after_a_reading_is_not_asked(josee):
    """The same revision is rewritten between two readings: Wagtail does not notice, the fingerprints do."""
    ReadingRule.objects.create(readers=2)
    client = signed_in(HR, username="moi")
    desk = factories.portrait()
    client.post(url("edit", desk.pk), edited(desk))
    factories.submit(desk, SITE, by=josee)
    factories.read(desk, by=factories.reader("un"))
    assert overwrite(client, desk, job="Glissé après coup").status_code == 200
    factories.read(desk, by=factories.reader("deux"))
    assert not Version.objects.exists()
    assert stage(desk) == "changes"
    assert reading.comments(fresh(desk))[-1].words == asking.not_read()


def test_an_edit_after_a_reading_is_read_again_by_all(josee):
    ReadingRule.objects.create(readers=2)
    desk = submitted(josee)
    factories.read(desk, by=factories.reader("un"))
    draft = fresh(desk).get_latest_revision_as_object()
    draft.job = "Autre métier"
    draft.save_revision(user=josee)
    factories.read(desk, by=factories.reader("deux"))
    assert not Version.objects.exists()
    factories.read(desk, by=factories.reader("un"))
    assert Version.objects.get().content["job"] == "Autre métier"


@pytest.mark.parametrize("change", ["address", "name", "behind the form"])
def test_a_request_goes_only_where_it_was_read_to_go(change, josee):
    ReadingRule.objects.create(readers=2)
    desk = submitted(josee)
    factories.read(desk, by=factories.reader("un"))
    person = Person.objects.get()
    if change == "behind the form":
        Person.objects.update(email="ailleurs@erables.example")
    else:
        setattr(person, {"address": "email", "name": "first_name"}[change], "ailleurs@erables.example")
        person.save()
    factories.read(desk, by=factories.reader("deux"))
    assert not Version.objects.exists()
    assert not Letter.objects.filter(body__contains="/consentement/").exists()
    assert stage(desk) == "changes"
    assert asking.not_read() in signed_in(HR).get(url("edit", desk.pk)).content.decode()
    factories.submit(desk, SITE, by=josee)
    for name in ("un", "deux"):
        factories.read(desk, by=factories.reader(name))
    assert Version.objects.count() == 1


def test_one_reading_forged_for_its_author_does_not_count(josee):
    """Rows written behind the product: the author’s own reading is not one."""
    desk = submitted(josee)
    running = desk.current_workflow_task_state
    running.fingerprint = desk.get_latest_revision_as_object().fingerprint()
    running.recipients = reading.recipients(Person.objects.all(), at=timezone.now())
    running.read_at = timezone.now()
    running.approve(user=josee)
    assert not Version.objects.exists()


def test_a_deactivated_reading_asks_nothing(josee):
    desk = submitted(josee)
    DistinctReadingTask.objects.first().deactivate()
    assert not Version.objects.exists()
    assert [problem.id for problem in checks.portraits_have_their_workflow(databases=["default"])] == ["intranet.E009"]
    with pytest.raises(asking.NotReady):
        factories.submit(factories.portrait(), SITE, by=josee)
    assert stage(desk) == "changes"


def test_a_deactivated_second_reading_asks_nothing(josee):
    ReadingRule.objects.create(readers=2)
    desk = submitted(josee)
    factories.read(desk)
    DistinctReadingTask.objects.last().deactivate()
    assert not Version.objects.exists()
    assert stage(desk) == "changes"


def test_a_deactivated_consent_publishes_and_shows_nothing(josee):
    desk = asked(josee)
    ConsentTask.objects.get().deactivate()
    assert not fresh(desk).live
    assert not gate.capsules(SITE, at=timezone.now())
    assert [problem.id for problem in checks.portraits_have_their_workflow(databases=["default"])] == ["intranet.E009"]
    other = factories.portrait()
    with pytest.raises(asking.NotReady):
        factories.submit(other, SITE, by=josee)


def test_a_cancelled_workflow_closes_its_links(josee):
    """By Wagtail’s own cancellation, whoever calls it; and by ours."""
    for stop in (
        lambda desk: desk.current_workflow_state.cancel(user=josee),
        lambda desk: workflow.take_back(desk, by=josee, at=timezone.now()),
    ):
        desk = asked(josee)
        stop(desk)
        version = Version.objects.latest("pk")
        with pytest.raises(consent.Closed):
            factories.say(version, SITE)
        assert stage(desk) is None
        assert not gate.capsules(SITE, at=timezone.now())


def test_taking_back_keeps_what_was_said_yes_to(josee):
    desk = asked(josee, SITE, ECRAN)
    factories.say(Version.objects.get(), SITE)
    assert signed_in(HR, username="autre").post(url("take_back", desk.pk)).status_code == 302
    assert stage(desk) is None
    assert len(gate.capsules(SITE, at=timezone.now())) == 1


def test_taking_back_a_reading_leaves_a_former_request_open(josee):
    desk = asked(josee)
    former = Version.objects.get()
    factories.say(former, SITE)
    factories.submit(desk, SITE, by=josee)
    workflow.take_back(desk, by=josee, at=timezone.now())
    factories.say(former, SITE, answer="no")  # the link still takes an answer
    assert not gate.capsules(SITE, at=timezone.now())


def test_a_submission_replaces_one_that_is_read(josee):
    desk = submitted(josee, SITE)
    factories.submit(desk, ECRAN, by=josee)
    factories.read(desk)
    assert ConsentRequest.objects.get().asked == ["ecran"]


def test_finish_publishes_no_portrait_and_other_models_as_wagtail_does(josee):
    open_site("testserver", 80)
    page = HomePage.objects.first()
    page.title = "Relu"
    page.save_revision(user=josee)
    flow, step = Workflow.objects.create(name="Pages"), GroupApprovalTask.objects.create(name="Relecture de page")
    WorkflowTask.objects.create(workflow=flow, task=step)
    boss = factories.user("chef", is_superuser=True)
    flow.start(page, josee).current_task_state.approve(user=boss)
    assert HomePage.objects.get(pk=page.pk).title == "Relu"
    desk = asked(josee)
    factories.say(Version.objects.get(), SITE)
    assert not fresh(desk).live


# -- how long the desk is locked tells no refusal


@pytest.mark.parametrize("said", [None, "no", "half"])
def test_the_desk_opens_at_the_end_of_the_time_whatever_was_said(said, josee, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    desk = asked(josee, SITE, ECRAN)
    version = Version.objects.get()
    if said == "half":
        factories.say(version, SITE)
    elif said:
        factories.say(version, SITE, ECRAN, answer=said)
    closes_at = ConsentRequest.objects.get().closes_at
    for instant, locked in ((closes_at - timedelta(seconds=1), True), (closes_at, False)):
        time_machine.move_to(instant, tick=False)
        sweep()
        assert (stage(desk) == "asked") == locked


def test_the_desk_opens_at_once_when_the_wall_shows_everything(josee):
    nadia, morris = factories.person("Nadia"), factories.person("Morris")
    desk = factories.portrait(people=[nadia, morris])
    version = factories.ask(desk, SITE, ECRAN)
    factories.say(version, SITE, ECRAN, who=nadia)
    factories.say(version, SITE, who=morris)
    assert stage(desk) == "asked"
    factories.say(version, ECRAN, who=morris)
    assert stage(desk) is None


def test_the_end_is_swept_once(josee):
    asked(josee)
    later = ConsentRequest.objects.get().closes_at
    assert [unlock.sweep(at=later), unlock.sweep(at=later)] == [1, 0]


# -- « change something »


def test_the_person_sends_the_portrait_back_with_their_words(josee):
    josee.email = "josee@erables.example"
    josee.save()
    desk = asked(josee)
    request = ConsentRequest.objects.get()
    assert workflow.send_back(request, "Plutôt « horticultrice » tout court.", at=timezone.now())
    assert stage(desk) == "changes"
    (comment,) = reading.comments(fresh(desk))
    assert (comment.by, comment.words, comment.is_change) == (
        "Nadia",
        "Plutôt « horticultrice » tout court.",
        True,
    )
    assert "horticultrice" in Letter.objects.get(to="josee@erables.example").body
    client = signed_in(HR, username="autre")
    assert "tout court" in client.get(url("edit", desk.pk)).content.decode()
    client.post(url("edit", desk.pk), edited(desk, job="Horticultrice"))
    assert fresh(desk).get_latest_revision().content["job"] == "Horticultrice"
    with pytest.raises(consent.Closed):
        factories.say(Version.objects.get(), SITE)
    assert workflow.send_back(request, "Encore", at=timezone.now()) is False


def test_words_that_look_like_tags_are_words(josee):
    desk = asked(josee)
    workflow.send_back(ConsentRequest.objects.get(), "<script>alert(1)</script>", at=timezone.now())
    page = signed_in(HR, username="autre").get(url("edit", desk.pk)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# -- the workflow is made in code


def shape():
    flow = Portrait.get_default_workflow()
    return [type(task).__name__ for task in flow.tasks.filter(active=True).specific()]


def test_the_workflow_is_made_once_and_made_whole_again():
    services = set(Group.objects.filter(name__in=[HR, COMMS]))
    assert shape() == ["DistinctReadingTask", "ConsentTask"]
    assert set(DistinctReadingTask.objects.first().groups.all()) == services
    counts = [model.objects.count() for model in (Workflow, DistinctReadingTask, ConsentTask, WorkflowTask)]
    ConsentTask.objects.get().deactivate()
    DistinctReadingTask.objects.first().deactivate()
    Portrait.get_default_workflow().deactivate()
    assert WorkflowContentType.objects.count() == 0
    assert checks.portraits_have_their_workflow(databases=["default"])
    call_command("migrate", skip_checks=True, verbosity=0)
    assert checks.portraits_have_their_workflow(databases=["default"]) == []
    assert shape() == ["DistinctReadingTask", "ConsentTask"]
    assert [model.objects.count() for model in (Workflow, DistinctReadingTask, ConsentTask, WorkflowTask)] == counts


def test_the_rule_makes_the_steps():
    rule = ReadingRule.objects.create(readers=2)
    assert shape() == ["DistinctReadingTask", "DistinctReadingTask", "ConsentTask"]
    assert len({frozenset(task.groups.all()) for task in DistinctReadingTask.objects.all()}) == 1
    rule.readers = 1
    rule.save()
    assert shape() == ["DistinctReadingTask", "ConsentTask"]


def test_one_reader_less_while_the_second_is_awaited(josee):
    rule = ReadingRule.objects.create(readers=2)
    desk = submitted(josee)
    factories.read(desk, by=factories.reader("un"))
    rule.readers = 1
    rule.save()
    factories.read(desk, by=factories.reader("deux"))
    assert stage(desk) == "asked"


def test_a_group_that_may_publish_is_a_warning():
    assert checks.nobody_holds_the_right_to_publish(databases=["default"]) == []
    Group.objects.get(name=HR).permissions.add(Permission.objects.get(codename="publish_portrait"))
    (problem,) = checks.nobody_holds_the_right_to_publish(databases=["default"])
    assert (problem.id, HR in problem.msg) == ("intranet.W001", True)


def test_the_checks_wait_for_a_database():
    assert checks.portraits_have_their_workflow() == checks.nobody_holds_the_right_to_publish() == []


def test_the_three_words_are_untouched_by_a_reading(josee):
    desk = submitted(josee, *ASKED)
    assert {one.word for one in state.standings([desk.pk], at=timezone.now())[desk.pk]} == {state.Word.NONE}
    assert TaskState.objects.get().status == TaskState.STATUS_IN_PROGRESS
