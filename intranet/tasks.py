"""The bell of the system's own mails."""

from celery import shared_task

from intranet import mail
from intranet.models import Letter
from portraits import duty


@shared_task(name="intranet.letters")
def letters():
    """Send every letter that is due."""
    duty.drain(Letter, mail.send)
