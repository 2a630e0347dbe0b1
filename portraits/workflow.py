"""Three pairs of eyes: submit · read · ask for changes · take back · send back. And what happens when Wagtail's workflow moves
(`connect`). The workflow itself is made in code (`prepare`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.signals import post_save, pre_save
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context, log
from wagtail.models import Task, TaskState, Workflow, WorkflowContentType, WorkflowState, WorkflowTask
from wagtail.signals import task_submitted, workflow_cancelled

from portraits import asking, reading, summons, unlock
from portraits.models import (
    AddressChange,
    ConsentRequest,
    ConsentTask,
    DistinctReadingTask,
    Person,
    Portrait,
    ReadingRule,
    ReadingState,
    Representation,
    Submission,
    Version,
)
from portraits.usages import Usage

NAME = "Portraits"
READINGS = ("Relecture", "Seconde relecture")
CONSENT = "Accord des personnes"


# -- the workflow, made in code


@transaction.atomic
def prepare(groups: Iterable = ()) -> None:
    """Make the workflow of portraits as it must be: as many readings as the rule wants, then asking. Runs after each
    migration and when the rule changes; what was deactivated by hand is active again. `groups`: the services who read."""
    if Submission._meta.db_table not in connection.introspection.table_names():
        return  # a migration towards an older state
    groups = list(groups)
    asking = ConsentTask.objects.order_by("pk").first() or ConsentTask.objects.create(name=CONSENT)
    readings = list(DistinctReadingTask.objects.order_by("pk")[: len(READINGS)])
    readings += [DistinctReadingTask.objects.create(name=name) for name in READINGS[len(readings) :]]
    for task in readings if groups else ():
        task.groups.set(groups)
    workflow = Workflow.objects.filter(workflow_tasks__task=asking).order_by("pk").first()
    workflow = workflow or Workflow.objects.create(name=NAME)
    steps = [*readings[: ReadingRule.wanted()], asking]
    Task.objects.filter(pk__in=[task.pk for task in steps], active=False).update(active=True)
    Workflow.objects.filter(pk=workflow.pk, active=False).update(active=True)
    WorkflowTask.objects.filter(workflow=workflow).exclude(task__in=steps).delete()
    for number, task in enumerate(steps):
        WorkflowTask.objects.update_or_create(workflow=workflow, task=task, defaults={"sort_order": number})
    portraits = ContentType.objects.get_for_model(Portrait)
    WorkflowContentType.objects.update_or_create(content_type=portraits, defaults={"workflow": workflow})


def lacks() -> list[str]:
    """What the workflow of portraits lacks so that somebody can be asked: nothing when it is whole."""
    workflow = Portrait.get_default_workflow()
    steps = list(workflow.tasks.filter(active=True).specific()) if workflow else []
    readings = [task for task in steps if isinstance(task, DistinctReadingTask)]
    return [
        sentence
        for sentence, missing in (
            (_("Portraits have no workflow."), workflow is None),
            (_("The workflow of portraits has too few active readings."), len(readings) < ReadingRule.wanted()),
            (
                _("The workflow of portraits does not end with an active consent task."),
                not steps or not isinstance(steps[-1], ConsentTask),
            ),
        )
        if missing
    ]


# -- the verbs


@transaction.atomic
def submit(portrait: Portrait, *, asked: Iterable[Usage], by, at: datetime) -> Submission:
    """Give the desk to be read; the people are asked for these usages once it is. Another submission replaces one that is
    still being read. Raises asking.NotReady while people are asked, or when the desk could not be asked."""
    wanted = [usage.value for usage in Usage if usage in set(asked)]
    unlock.sweep(at=at)
    asking.check(portrait, [Usage(value) for value in wanted], at=at)
    current = portrait.current_workflow_state
    if current and reading.stages([portrait.pk])[portrait.pk] == "asked":
        raise asking.NotReady([_("People are asked already. Take the request back first.")])
    if sentences := lacks():
        raise asking.NotReady(sentences)
    if current:
        current.cancel(user=by)
    state = portrait.get_workflow().start(portrait, by)
    return Submission.objects.create(workflow_state=state, usages=wanted, by=by, at=at)


def read(portrait: Portrait, *, by, fingerprint: str, recipients: str, at: datetime, comment: str = "") -> None:
    """Approve what was read: these two hashes say what that was. The last reading asks the people in the picture.
    Raises PermissionDenied to whoever may not read."""
    state = portrait.current_workflow_task_state
    task = state.task.specific
    task.on_action(state, by, "approve", comment=comment, fingerprint=fingerprint, recipients=recipients, at=at)


def want_changes(portrait: Portrait, *, by, comment: str, at: datetime) -> None:
    """A reader gives the portrait back, with their words. Raises PermissionDenied to whoever may not read."""
    state = portrait.current_workflow_task_state
    state.task.specific.on_action(state, by, "reject", comment=comment, at=at)


@transaction.atomic
def take_back(portrait: Portrait, *, by, at: datetime) -> bool:
    """Stop the reading, or the request: its links take no answer any more. What was said yes to stays. False if nothing was
    under way."""
    current = portrait.current_workflow_state
    if current is None:
        return False
    _close(Submission.objects.filter(workflow_state=current).first(), at=at)
    current.cancel(user=by)
    return True


@transaction.atomic
def send_back(request: ConsentRequest, words: str, *, at: datetime) -> bool:
    """Somebody who is asked would like something changed: the portrait goes back to the desk with their words, and the
    request closes for everybody. False when it is not asked any more."""
    version = request.subject.version
    submission = Submission.objects.filter(
        version=version, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    ).first()
    if submission is None:
        return False
    _close(submission, at=at)
    state = submission.workflow_state.current_task_state.specific
    state.said_by = request.subject.person
    state.reject(user=None, comment=words)
    return True


def _close(submission: Submission | None, *, at: datetime) -> None:
    if submission is not None and submission.version_id:
        ConsentRequest.objects.filter(subject__version=submission.version_id, closes_at__gt=at).update(closes_at=at)


# -- what happens when Wagtail's workflow moves


def connect() -> None:
    """Listen to Wagtail. Called once, by AppConfig.ready()."""
    task_submitted.connect(task_starts, sender=ReadingState, dispatch_uid="portraits_task_starts")
    workflow_cancelled.connect(workflow_stops, dispatch_uid="portraits_workflow_stops")
    post_save.connect(rule_changes, sender=ReadingRule, dispatch_uid="portraits_rule_changes")
    pre_save.connect(address_before, sender=Person, dispatch_uid="portraits_address_before")
    post_save.connect(address_after, sender=Person, dispatch_uid="portraits_address_after")
    pre_save.connect(represented_before, sender=Representation, dispatch_uid="portraits_represented_before")
    post_save.connect(represented_after, sender=Representation, dispatch_uid="portraits_represented_after")


def task_starts(sender, instance: ReadingState, **kwargs) -> None:
    """A reading begins: who may do it is told. Consent begins: what was read is frozen and asked.

    Sent from inside Task.start(): what an override of start() writes after super() is not there yet, hence all is here.
    """
    task = instance.task.specific
    if isinstance(task, DistinctReadingTask):
        portrait = instance.workflow_state.content_object
        summons.send(task, instance, portrait, at=timezone.now())
    elif isinstance(task, ConsentTask):
        try:
            _ask(instance)
        except asking.NotReady as problem:
            instance.status, instance.finished_at = TaskState.STATUS_REJECTED, timezone.now()
            instance.comment = " ".join(problem.sentences)
            instance.save()


def _ask(state: ReadingState) -> Version:
    """Ask what was submitted, at the instant of the last reading. Raises NotReady; the portrait then goes back to the desk."""
    portrait = state.workflow_state.content_object
    submission = Submission.objects.filter(workflow_state=state.workflow_state_id).first()
    last = (
        ReadingState.objects.filter(workflow_state=state.workflow_state_id, read_at__isnull=False).order_by("pk").last()
    )
    if submission is None or last is None:
        raise asking.NotReady([asking.not_read()])
    usages = [Usage(value) for value in submission.usages]
    submission.version = asking.ask(portrait, asked=usages, by=submission.by, at=last.read_at)
    submission.save(update_fields=["version"])
    log(instance=portrait, action="portraits.ask", user=submission.by)
    return submission.version


def workflow_stops(sender, instance: WorkflowState, **kwargs) -> None:
    """Cancelled, by whatever button: the request's links take no answer any more."""
    _close(Submission.objects.filter(workflow_state=instance).first(), at=timezone.now())


def rule_changes(sender, raw=False, **kwargs) -> None:
    """One reader more, or one less, from the next submission on."""
    if not raw:
        prepare()


def address_before(sender, instance: Person, raw=False, **kwargs) -> None:
    """Keep at hand where the person was written to, and when others answer for them."""
    former = None if raw or not instance.pk else Person.objects.filter(pk=instance.pk).first()
    instance.address_before = reading.address(former) if former else None
    instance.birthdays_before = (former.turns_14_on, former.turns_18_on) if former else None


def address_after(sender, instance: Person, raw=False, **kwargs) -> None:
    """Whoever writes an address, how somebody is reached, their account or a birthday, leaves their name: readers are told."""
    by_hand = instance.reach in {Person.Reach.LETTER, Person.Reach.COUNTER}
    asked = instance.kind != Person.Kind.WRITER  # nobody but themselves writes their address
    somewhere = asked and (by_hand or instance.email or instance.phone)
    if not raw and somewhere and reading.address(instance) != instance.address_before:
        _written(instance.pk, AddressChange.What.ADDRESS, first=instance.address_before is None)
    birthdays = (instance.turns_14_on, instance.turns_18_on)
    if not raw and instance.birthdays_before not in {None, birthdays}:
        _written(instance.pk, AddressChange.What.REPRESENTATIVE, first=False)


def represented_before(sender, instance: Representation, raw=False, **kwargs) -> None:
    """Keep at hand whether somebody answered for the person, and as what."""
    former = Representation.objects.none() if raw else Representation.objects.filter(person=instance.person_id)
    instance.before = list(former.values_list("pk", "representative", "quality", "valid_until"))


def represented_after(sender, instance: Representation, raw=False, **kwargs) -> None:
    """Whoever writes who answers for somebody, or until when, leaves their name too."""
    now = (instance.pk, instance.representative_id, instance.quality, instance.valid_until)
    if not raw and now not in instance.before:
        _written(instance.person_id, AddressChange.What.REPRESENTATIVE, first=not instance.before)


def _written(person: int, what: AddressChange.What, *, first: bool) -> None:
    """Outside the CMS, nobody's name is known."""
    by = get_active_log_context().user
    AddressChange.objects.create(person_id=person, what=what, at=timezone.now(), by=by, first=first)
