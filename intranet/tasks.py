"""The bells of the assembly: the system's own mails, and the daily anchor of the ledger."""

from celery import shared_task
from django.utils import timezone

from intranet import anchors, mail
from intranet.models import Letter
from portraits import duty


@shared_task(name="intranet.letters")
def letters():
    """Send every letter that is due."""
    duty.drain(Letter, mail.send)


@shared_task(name="intranet.anchor")
def anchor():
    """Mail the head of the ledger, if today's was not."""
    anchors.send(at=timezone.now())
