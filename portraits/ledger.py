"""The record of consent: append-only (database triggers), hash-chained (portraits/chain.py), without a personal datum.

People appear as pseudonyms (HMAC of their uuid).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from portraits import chain, witness
from portraits.models import LedgerEntry, Person

_LOCK = 0x6A747076  # PostgreSQL advisory lock: « jtpv »


def pseudonym(person: Person) -> str:
    """The same 16 hex digits for the same person in this installation; meaningless outside it."""
    return salted_hmac("portraits.ledger", str(person.uuid), algorithm="sha256").hexdigest()[:16]


def account(user) -> str:
    """The same for somebody on staff, by their account: who opened, lifted, recorded."""
    return salted_hmac("portraits.ledger.account", str(user.pk), algorithm="sha256").hexdigest()[:16]


def seal(words: str) -> str:
    """What the ledger keeps of somebody's free words: their keyed hash, since they may name people."""
    return salted_hmac("portraits.ledger.words", words, algorithm="sha256").hexdigest()


def append(kind: str, *, at: datetime, **body) -> LedgerEntry:
    """Add one line, in the transaction of its cause; it is copied outside the database once committed.

    Raises TransactionManagementError outside a transaction, and witness.Behind when the database is behind the copy: a
    line written then would make a second ledger.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A ledger line belongs to the transaction of its cause.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = head()
    witness.confirm(*last)
    seq, prev = last[0] + 1, last[1]
    found = chain.digest(seq, chain.instant(at), kind, body, prev)
    row = LedgerEntry.objects.create(seq=seq, at=at, kind=kind, body=body, prev=prev, hash=found)
    transaction.on_commit(partial(witness.sync, upto=seq))
    return row


def head() -> tuple[int, str]:
    """Number and hash of the last line; (0, chain.FIRST) when there is none."""
    return LedgerEntry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, chain.FIRST)


def anchor() -> str:
    """The head in one word, as mails and commands write it: « 1284:9f3a… ». It proves what the ledger held when it was given."""
    return "{}:{}".format(*head())


def broken() -> int | None:
    """The number of the first line that does not hold, or None when the chain is whole."""
    return next((one.seq for one in chain.breaks(LedgerEntry.objects.lines())), None)
