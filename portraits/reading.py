"""What was read, by whom, and what waits to be read. A request goes out only for exactly what was read: words, pictures,
usages, people, and the addresses to which it goes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState

from portraits import guardians
from portraits.models import (
    AddressChange,
    Circle,
    ConsentRequest,
    ConsentTask,
    DistinctReadingTask,
    Person,
    Portrait,
    ReadingRule,
    ReadingState,
    Subject,
    Submission,
    Why,
)
from portraits.models.readers import hands, writers
from portraits.usages import Usage


def address(person: Person) -> list:
    """Where a request for this person goes, and the account whose session proves their answer."""
    return [person.reach, person.email, person.phone, person.user_id]


def addressees(people: Iterable[Person], *, at: datetime) -> list[tuple[Person, list[Person]]]:
    """Each person, and those who answer: themselves, or whoever represents them, or both."""
    return [
        (person, [guardians.recipient(person, at=at) or person, *guardians.beside([person], at=at)])
        for person in people
    ]


def recipients(people: Iterable[Person], *, at: datetime) -> str:
    """One keyed hash (hex) of whom a request goes to: names, languages, addresses, guardians’ included."""
    known = sorted(
        [person.pk, str(person), [[one.pk, str(one), one.kind, one.language, *address(one)] for one in those]]
        for person, those in addressees(people, at=at)
    )
    seen = json.dumps(known, ensure_ascii=False)
    return salted_hmac("portraits.recipients", seen, algorithm="sha256").hexdigest()


def was_read(portrait: Portrait, fingerprint: str, recipients: str, asked: Iterable[Usage]) -> bool:
    """Whether what is about to be frozen was read, for these usages, by as many distinct people as the rule wants, none of
    whom wrote any of it. A reading serves one request only."""
    submission = current(portrait)
    if submission is None or submission.version_id or set(submission.usages) != {usage.value for usage in asked}:
        return False
    revision = portrait.get_latest_revision()
    readings = ReadingState.objects.filter(
        workflow_state=submission.workflow_state_id,
        status=TaskState.STATUS_APPROVED,
        revision=revision,
        fingerprint=fingerprint,
        recipients=recipients,
        finished_by__isnull=False,
    ).exclude(finished_by__in=writers([revision])[revision.object_id])
    return readings.values("finished_by").distinct().count() >= ReadingRule.wanted()


def current(portrait: Portrait) -> Submission | None:
    """What is being read, or asked, about this portrait."""
    rows = Submission.objects.filter(workflow_state__in=_states([portrait.pk]).filter(status=_IN_PROGRESS))
    return rows.select_related("by", "workflow_state__current_task_state").first()


_IN_PROGRESS = WorkflowState.STATUS_IN_PROGRESS


def _states(keys: Iterable[int] | None = None) -> QuerySet[WorkflowState]:
    rows = WorkflowState.objects.filter(base_content_type=ContentType.objects.get_for_model(Portrait))
    return rows if keys is None else rows.filter(object_id__in=[str(key) for key in keys])


@dataclass(frozen=True, slots=True)
class Comment:
    """One thing said about a portrait while it was read, or by the person who was asked."""

    by: str
    words: str
    at: datetime
    is_change: bool


def comments(portrait: Portrait) -> list[Comment]:
    """What was said about a portrait during its last submission, oldest first."""
    last = _states([portrait.pk]).order_by("-pk").first()
    if last is None:
        return []
    rows = ReadingState.objects.filter(workflow_state=last).exclude(comment="").select_related("finished_by", "said_by")
    return [
        Comment(_who(row), row.comment, row.finished_at, row.status == TaskState.STATUS_REJECTED)
        for row in rows.order_by("finished_at")
    ]


def _who(row: ReadingState) -> str:
    if row.said_by:
        return str(row.said_by)
    return row.finished_by.get_full_name() or row.finished_by.get_username() if row.finished_by else _("The system")


def stages(keys: Iterable[int] | None = None) -> dict[int, str]:
    """Portrait id → "reading", "asked" or "changes". Portraits about which nothing is under way are left out. One query."""
    asking = ContentType.objects.get_for_model(ConsentTask)
    found = {}
    rows = _states(keys).active().values_list("object_id", "status", "current_task_state__task__content_type")
    for key, status, step in rows:
        under_way = "asked" if step == asking.pk else "reading"
        found[int(key)] = under_way if status == _IN_PROGRESS else "changes"
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """One portrait that somebody may read, and what lets them."""

    portrait: Portrait
    submission: Submission
    why: Why


def waiting(user, *, at: datetime) -> list[Waiting]:
    """What this user may read, oldest first. Nine queries, however many portraits."""
    states = list(
        ReadingState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS,
            task__content_type=ContentType.objects.get_for_model(DistinctReadingTask),
            workflow_state__in=_states().filter(status=_IN_PROGRESS),
        )
        .select_related("workflow_state__submission__by", "task__distinctreadingtask")
        .order_by("workflow_state")
    )
    if not states:
        return []
    desks = Portrait.objects.select_related("latest_revision").in_bulk(
        [int(state.workflow_state.object_id) for state in states]
    )
    pairs = [(state, desks[int(state.workflow_state.object_id)]) for state in states]
    barred = hands((state, desk.latest_revision) for state, desk in pairs)
    read = set(
        ReadingState.objects.filter(
            workflow_state__in=[state.workflow_state_id for state in states], status=TaskState.STATUS_APPROVED
        ).values_list("workflow_state", "revision")
    )
    circles = {state.task_id: state.task.distinctreadingtask for state in states}
    circles = {key: Circle.of(task, at=at) for key, task in circles.items()}
    found = []
    for state, desk in pairs:
        why = circles[state.task_id].why(
            user,
            author=desk.latest_revision.user_id,
            barred=barred[state.pk],
            second=(state.workflow_state_id, desk.latest_revision_id) in read,
        )
        if why and hasattr(state.workflow_state, "submission"):
            found.append(Waiting(desk, state.workflow_state.submission, why))
    return found


def submitted(by) -> dict[int, Submission]:
    """Portrait id → what this user submitted and is still being read. One query."""
    rows = Submission.objects.filter(by=by, version=None, workflow_state__in=_states().filter(status=_IN_PROGRESS))
    return {int(row.workflow_state.object_id): row for row in rows.select_related("workflow_state")}


def address_changes(people: Iterable[Person]) -> dict[tuple[int, str], AddressChange]:
    """(person id, what) → the last time it was written since they were last asked: their address, or who answers for them.
    One query."""
    rows = AddressChange.unasked([person.pk for person in people]).select_related("by")
    return {(row.person_id, row.what): row for row in rows}


def asked_people(subject: Subject, *, at: datetime) -> set[int]:
    """Ids of the person in the picture and of whoever would be asked in their place now."""
    answering = guardians.recipient(subject.person, at=at)
    return {subject.person_id} | ({answering.pk} if answering else set())


def moved(people: Iterable[int], *, at: datetime) -> set[int]:
    """Those of these people whose address, account, or who answers for them, was changed, and whom nobody read and asked
    since: no question leaves for them by itself. One query."""
    rows = AddressChange.unasked(people).filter(at__lte=at).exclude(what=AddressChange.What.ADDRESS, first=True)
    return set(rows.values_list("person", flat=True))


def held_up(keys: Iterable[int], *, at: datetime) -> set[int]:
    """Those of these portraits whose people will not be asked by themselves whether to go on (`moved`). Two queries."""
    rows = ConsentRequest.objects.filter(subject__version__portrait__in=keys)
    rows = list(rows.values_list("subject__version__portrait", "subject__person", "recipient").distinct())
    found = moved({one for _key, *those in rows for one in those} - {None}, at=at)
    return {key for key, *those in rows if found.intersection(those)}
