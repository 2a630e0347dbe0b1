from django.db import models


class LedgerEntry(models.Model):
    """One line of the append-only, hash-chained record of consent. No personal datum in it (see portraits.ledger)."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20)
    body = models.JSONField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]

    def __str__(self):
        return f"{self.seq} {self.kind}"
