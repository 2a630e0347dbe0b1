"""One verb at a time about one portrait, in any language, or one compliment: two clicks, or two people, never decide from
what the other has not written yet."""

from __future__ import annotations

from django.db import connection

from portraits.models import Compliment, Portrait


def take(work: Portrait | Compliment) -> None:
    """Wait for the verb that is at work on this; ours lasts until the end of the present transaction.

    First in a verb, before any other row, so that no two verbs wait for each other. SQLite needs none of it: its
    transactions, IMMEDIATE, follow one another.
    """
    if connection.features.has_select_for_update:
        if isinstance(work, Portrait):
            rows = Portrait.objects.filter(translation_key=work.across).order_by("pk")
        else:
            rows = Compliment.objects.filter(pk=work.pk)
        list(rows.select_for_update(no_key=True).values_list("pk"))
