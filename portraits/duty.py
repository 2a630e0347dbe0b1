"""Work that must not be lost: a row written with its cause, claimed under a lease, retried, never done twice (docs/decisions/0002).

Celery only rings; these rows are the queue. A recall, a letter and a delivery are duties.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from celery import current_app
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
TRIES = 8
LONGEST_WAIT = 600  # seconds between two tries


class Retry(Exception):
    """Raised by the work when it failed for now; its text is kept on the row and shown to staff."""


class Refused(Exception):
    """Raised by the work when trying again is useless; its text is kept on the row and shown to staff."""


class Later(Exception):
    """Raised by the work when there is nothing to do before an instant. It is no failure: no try is counted against it.

    `values` are further columns to write on the row."""

    def __init__(self, until, **values):
        super().__init__(until)
        self.until, self.values = until, values


class Duty(models.Model):
    """What a durable row needs. `owner` fences: whoever lost the lease can no longer end the duty.

    A row that waits is for somebody's hands: no worker takes it.
    """

    class State(models.TextChoices):
        DUE = "due"
        WAITING = "waiting"
        CLAIMED = "claimed"
        DONE = "done"
        REFUSED = "refused"
        UNCERTAIN = "uncertain"
        CANCELLED = "cancelled"

    state = models.CharField(max_length=10, choices=State, default=State.DUE, editable=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    owner = models.CharField(max_length=32, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["state", "not_before"])]


def due(model: type[Duty], at):
    """Rows to be done at this instant: due ones, and claimed ones whose lease ran out."""
    late = Q(state=Duty.State.CLAIMED, lease_until__lte=at)
    return model.objects.filter(Q(state=Duty.State.DUE, not_before__lte=at) | late).order_by("not_before", "pk")


def over(model: type[Duty], *, before) -> models.QuerySet:
    """Rows that ended before this instant, well or not: nothing takes them up again."""
    lost = Q(state__in=(Duty.State.REFUSED, Duty.State.CANCELLED, Duty.State.UNCERTAIN), not_before__lte=before)
    return model.objects.filter(Q(state=Duty.State.DONE, done_at__lte=before) | lost)


def claim(model: type[Duty], owner: str) -> Duty | None:
    """Take one due row for LEASE, or None. Committed before any work begins."""
    with transaction.atomic():
        rows = due(model, timezone.now())
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        row = rows.first()
        if row is not None:
            row.state, row.owner, row.attempts = Duty.State.CLAIMED, owner, row.attempts + 1
            row.lease_until = timezone.now() + LEASE
            row.save(update_fields=["state", "owner", "attempts", "lease_until"])
    return row


def end(row: Duty, **values) -> bool:
    """Write the outcome if the row is still ours. False when somebody else took it over."""
    mine = type(row).objects.filter(pk=row.pk, owner=row.owner, state=Duty.State.CLAIMED)
    return mine.update(lease_until=None, **values) == 1


def drain(model: type[Duty], work: Callable[[Duty], dict | None], *, seconds: float = 30) -> int:
    """Do what is due until nothing is, or the time is over. Returns the number of rows ended.

    `work` may return further columns to write with the success. It raises Retry or Refused; any other exception is a
    Retry whose type is kept. Others are never held up by one that fails.
    """
    owner, stop, ended = secrets.token_hex(16), time.monotonic() + seconds, 0
    while time.monotonic() < stop and (row := claim(model, owner)) is not None:
        ended += _attempt(row, work)
    return ended


def _attempt(row: Duty, work) -> bool:
    try:
        values = work(row) or {}
    except Later as wait:
        values = {"state": Duty.State.DUE, "not_before": wait.until, "attempts": 0, "error": "", **wait.values}
        return end(row, **values)
    except Refused as refusal:
        return end(row, state=Duty.State.REFUSED, error=str(refusal)[:300])
    except Exception as error:
        if not isinstance(error, Retry):
            log.exception("%s %s failed", type(row).__name__, row.pk)
        words = str(error) if isinstance(error, Retry) else f"{type(error).__name__}: {error}"
        return _later(row, words[:300])
    return end(row, **{"state": Duty.State.DONE, "done_at": timezone.now(), "error": "", **values})


def _later(row: Duty, words: str) -> bool:
    if row.attempts >= TRIES:
        return end(row, state=Duty.State.REFUSED, error=words)
    wait = min(LONGEST_WAIT, 2**row.attempts) * random.uniform(0.5, 1.5)  # noqa: S311  spreads retries, guards nothing
    return end(row, state=Duty.State.DUE, error=words, not_before=timezone.now() + timedelta(seconds=wait))


def ring(task: str) -> None:
    """Wake a worker by the task's name, once the transaction is committed. A lost bell is harmless: the sweep finds the rows."""

    def bell():
        try:
            current_app.send_task(task, retry=False, ignore_result=True)
        except Exception:
            log.warning("The bell for %s did not ring; the sweep will do.", task, exc_info=True)

    transaction.on_commit(bell)
