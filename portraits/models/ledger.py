from collections.abc import Iterator

from django.db import connections, models
from django.db.models.functions import Cast

from portraits.chain import Line, instant


class Entries(models.QuerySet):
    """Ledger entries, read by the hundred thousand."""

    def lines(self) -> Iterator[Line]:
        """In order, without a model per line."""
        at, told = "at", instant
        rows = self.order_by("seq")
        if connections[self.db].vendor == "sqlite":
            # Its own text: parsed, made aware and written again, an instant would be half of the price of a verification.
            at, told = "text", _of_sqlite
            rows = rows.annotate(text=Cast("at", models.TextField()))
        for seq, when, *rest in rows.values_list("seq", at, "kind", "body", "prev", "hash").iterator():
            yield Line(seq, told(when), *rest)


def _of_sqlite(text: str) -> str:
    return f"{text.replace(' ', 'T')}+00:00"


class LedgerEntry(models.Model):
    """One line of the append-only, hash-chained record of consent. No personal datum in it (see portraits.ledger)."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20)
    body = models.JSONField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = Entries.as_manager()

    class Meta:
        ordering = ["seq"]

    def __str__(self):
        return f"{self.seq} {self.kind}"
