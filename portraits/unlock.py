"""When the consent task ends and the desk opens again. Never at a moment that would tell a refusal: a portrait stays locked
until the time to answer is over, unless the wall itself shows that everybody said yes to everything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from wagtail.models import WorkflowState

from portraits import gate
from portraits.models import ConsentRequest, Submission, Version
from portraits.usages import Usage


def _asked():
    return Submission.objects.filter(
        version__isnull=False, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    ).select_related("workflow_state__current_task_state")


def _shown(submission: Submission, *, at: datetime) -> list[bool]:
    return [gate.standing(Usage(usage), at=at).filter(pk=submission.version_id).exists() for usage in submission.usages]


def after_answer(version: Version, *, at: datetime) -> None:
    """Somebody answered. The desk opens if the Version is now shown for every usage that was asked: staff sees that anyway."""
    submission = _asked().filter(version=version).first()
    if submission is not None and all(_shown(submission, at=at)):
        submission.workflow_state.current_task_state.specific.approve(user=None)


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """End the consent tasks whose time to answer is over, whatever was said. Returns how many."""
    open_requests = ConsentRequest.objects.filter(subject__version=OuterRef("version"), closes_at__gt=at)
    closed = list(_asked().filter(~Exists(open_requests)))
    for submission in closed:
        if any(_shown(submission, at=at)):
            submission.workflow_state.current_task_state.specific.approve(user=None)
        else:
            submission.workflow_state.cancel(user=None)
    return len(closed)
