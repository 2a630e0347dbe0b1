"""The bells of the heart. Tasks carry nothing: the rows are the queue."""

from celery import shared_task
from django.utils import timezone

from portraits import (
    closing,
    duty,
    push,
    recall,
    receipts,
    reminding,
    renewing,
    retention,
    texting,
    unlock,
    vigil,
    ways_in,
    witness,
)
from portraits.models import Closing, Enquiry, Recall, Receipt, Text


@shared_task(name="portraits.sweep")
def sweep():
    """Copy the ledger, find what ended by itself, exposures and requests, drop what is allowed again, do every recall that
    is due, then write to whoever is to be reminded or asked again, decided something, is to be told what became of it or
    what the week brought, or asked for their links. A database that is behind the ledger's copy knows neither what ended
    nor what is allowed: then nothing is owed nor done."""
    witness.sync()
    if witness.doubt():
        return
    at = timezone.now()
    recall.owe(at=at)
    recall.forgive(at=at)
    unlock.sweep(at=at)
    reminding.remind(at=at)
    renewing.renew(at=at)
    push.weekly(at=at)
    duty.drain(Recall, recall.work)
    vigil.watch(at=timezone.now())
    closing.notice(at=at)
    duty.drain(Receipt, receipts.work)
    duty.drain(Closing, closing.work)
    duty.drain(Enquiry, ways_in.work)


@shared_task(name="portraits.texts")
def texts():
    """Send every text message that is due."""
    duty.drain(Text, texting.send)


@shared_task(name="portraits.retention")
def nightly():
    """Erase what is kept no longer, unless the database is behind the ledger's copy: it does not know what lives."""
    if not witness.doubt():
        retention.run(at=timezone.now())
