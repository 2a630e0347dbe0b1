"""In the margin: what a reader says beside one field, and that it was taken care of. Nothing here enters a Version, a
fingerprint or the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from portraits import reading
from portraits.models import Annotation, Portrait


class NotReading(Exception):
    """One annotates what is being read, nothing else."""


@transaction.atomic
def annotate(portrait: Portrait, words: Mapping[str, str], *, by, at: datetime) -> None:
    """Keep these words, each beside its field. They stay open, whatever becomes of the reading, until somebody settles them.
    Raises NotReading, and then nothing is kept."""
    submission = reading.current(portrait)
    if submission is None or submission.version_id:
        raise NotReading
    Annotation.objects.bulk_create(
        Annotation(portrait=portrait, field=field, words=said, by=by, at=at) for field, said in words.items()
    )


def settle(annotation: Annotation, *, by, at: datetime) -> bool:
    """Somebody took care of it. Once only: False when it was settled before."""
    rows = Annotation.objects.filter(pk=annotation.pk, settled_at=None)
    return bool(rows.update(settled_at=at, settled_by=by))


def margin(portrait: Portrait) -> dict[str, list[Annotation]]:
    """Field → what is said beside it, oldest first; fields in the order of the form. One query."""
    rows = list(Annotation.told(portrait))
    return {field: found for field in Annotation.Field if (found := [row for row in rows if row.field == field])}
