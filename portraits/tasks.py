"""The bells of the heart. Tasks carry nothing: the rows are the queue."""

from celery import shared_task
from django.utils import timezone

from portraits import duty, recall
from portraits.models import Recall


@shared_task(name="portraits.sweep")
def sweep():
    """Find the exposures that ended by themselves, then do every recall that is due."""
    recall.owe(at=timezone.now())
    duty.drain(Recall, recall.work)
