"""Celery is the bell; rows are the queue (docs/decisions/0002). Beat sweeps every few seconds, so that a lost bell is harmless."""

import os
from pathlib import Path

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.dev")

app = Celery("intranet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def sweeps(sender, **kwargs):
    """Every duty's drain, rung by time too."""
    from django.conf import settings

    for task in ("intranet.letters", "portraits.sweep", "portraits.texts", "infolettre.deliveries"):
        sender.add_periodic_task(
            settings.SWEEP_SECONDS, sender.signature(task), name=task, expires=settings.SWEEP_SECONDS * 2
        )
    # Each hour, for a mail a day: an hour when beat was down costs nothing.
    sender.add_periodic_task(
        crontab(minute=7), sender.signature("intranet.anchor"), name="intranet.anchor", expires=3600
    )
    # At night in Montréal (UTC here). A night that was missed is made up for by the next one.
    sender.add_periodic_task(
        crontab(hour=7, minute=40), sender.signature("portraits.retention"), name="portraits.retention", expires=3600
    )


def folders() -> None:
    """The filesystem broker wants its folders to exist."""
    from django.conf import settings

    options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


@worker_init.connect
def worker_folders(**kwargs):
    folders()
