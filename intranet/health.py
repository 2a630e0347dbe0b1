"""Whether this installation can do its work now: what a load balancer and a person on call ask (docs/deploy.md)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portraits import duty, witness

PATIENCE = timedelta(seconds=60)  # a duty that has waited longer means that no worker is at work


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything answers, 503 otherwise; each probe says « ok » or what is wrong, in words without any name."""
    answers = {}
    for name, probe in PROBES.items():
        try:
            answers[name] = probe() or "ok"
        except Exception as error:  # whatever broke, this page must be able to say it
            answers[name] = type(error).__name__
    ready = set(answers.values()) == {"ok"}
    return JsonResponse({"ready": ready, **answers}, status=200 if ready else 503)


def database() -> str | None:
    """It answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> str | None:
    """The schema is the one that this code expects."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} to apply" if waiting else None


def storage() -> str | None:
    """A file can be written, and is taken away again."""
    default_storage.delete(default_storage.save("readyz", ContentFile(b"ok")))


def duties() -> str | None:
    """No mail, delivery or recall has been waiting for more than PATIENCE."""
    at = timezone.now()
    late = [
        f"{model.__name__} {model_late} s"
        for model in apps.get_models()
        if issubclass(model, duty.Duty) and (model_late := lateness(model, at)) > PATIENCE.total_seconds()
    ]
    return ", ".join(late) or None


def lateness(model: type[duty.Duty], at) -> int:
    """How long the oldest row that could be done has been waiting, in seconds."""
    row = duty.due(model, at).first()
    since = row and (row.lease_until or row.not_before)
    return int((at - since).total_seconds()) if row else 0


def ledger() -> str | None:
    """The database has every line of the ledger's copy, and the copy every line that is older than PATIENCE."""
    if found := witness.doubt():
        return f"{found.value}: nothing is shown until « manage.py replay_ledger »"
    behind = witness.lag(before=timezone.now() - PATIENCE)
    return f"the copy lacks {behind} lines" if behind else None


PROBES = {"database": database, "migrations": migrations, "storage": storage, "duties": duties, "ledger": ledger}
