import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from portraits.duty import Duty
from portraits.usages import Usage


class Exposure(models.Model):
    """One place where a capsule was materialised: an issue sent, a batch of posters, a post, a screen that was handed it.

    Pages are computed, not exposed. `gone_at` is set once what could be taken away was: nothing is owed any more.
    """

    version = models.ForeignKey("portraits.Version", models.PROTECT, related_name="exposures")
    usage = models.CharField(max_length=20, choices=Usage)
    locator = models.CharField(max_length=100)
    first_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["locator"])]
        constraints = [models.UniqueConstraint(fields=["usage", "locator", "version"], name="one_exposure_per_place")]

    def __str__(self):
        return f"{self.usage} {self.locator}"


def empty_wall(recall=None, name="") -> str:
    """No name, no order, no guess: 128 random bits."""
    return f"retraits/{secrets.token_hex(16)}.jpg"


class Recall(Duty):
    """The work owed for one exposure after a withdrawal or an end: by a worker, or by somebody’s hands (it then waits).

    `due_at` is the usage’s promise; `cause` the ledger line of the withdrawal or the hide, none when a consent ran out by
    itself. `proof` says what was done; `note` and `photo` are what whoever did it left. One is open at most per exposure.
    """

    CLOSED = (Duty.State.DONE, Duty.State.CANCELLED)

    exposure = models.ForeignKey(Exposure, models.PROTECT, related_name="recalls")
    cause = models.ForeignKey("portraits.LedgerEntry", models.PROTECT, null=True, related_name="+")
    owed_at = models.DateTimeField()
    due_at = models.DateTimeField(default=timezone.now)
    by_hand = models.BooleanField(default=False)
    proof = models.CharField(max_length=200, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    photo = models.FileField(upload_to=empty_wall, blank=True)

    class Meta(Duty.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["exposure"], condition=~Q(state__in=("done", "cancelled")), name="one_open_recall_per_exposure"
            )
        ]

    def __str__(self):
        return f"recall {self.pk} {self.state}"
