from django.db import models

from portraits.duty import Duty
from portraits.usages import Usage


class Exposure(models.Model):
    """One place where a capsule was materialised: an issue sent, a batch of posters. Pages and screens are computed, not exposed."""

    version = models.ForeignKey("portraits.Version", models.PROTECT, related_name="exposures")
    usage = models.CharField(max_length=20, choices=Usage)
    locator = models.CharField(max_length=100)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["usage", "locator", "version"], name="one_exposure_per_place")]

    def __str__(self):
        return f"{self.usage} {self.locator}"


class Recall(Duty):
    """The work owed for one exposure after a withdrawal or an end; `proof` says what was done."""

    exposure = models.OneToOneField(Exposure, models.PROTECT, related_name="recall")
    owed_at = models.DateTimeField()
    proof = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return f"recall {self.pk} {self.state}"
