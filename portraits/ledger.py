"""The record of consent: append-only (database triggers), hash-chained, without a personal datum.

hash = sha256(canonical JSON of [seq, at, kind, body] followed by prev). People appear as pseudonyms (HMAC of their uuid).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from portraits.models import LedgerEntry, Person

FIRST = "0" * 64
_LOCK = 0x6A747076  # PostgreSQL advisory lock: « jtpv »


def digest(seq: int, at: str, kind: str, body: dict, prev: str) -> str:
    """The hash of one line, hex."""
    line = json.dumps([seq, at, kind, body], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((line + prev).encode()).hexdigest()


def pseudonym(person: Person) -> str:
    """The same 16 hex digits for the same person in this installation; meaningless outside it."""
    return salted_hmac("portraits.ledger", str(person.uuid), algorithm="sha256").hexdigest()[:16]


def append(kind: str, *, at, **body) -> LedgerEntry:
    """Add one line, in the transaction of its cause. Raises TransactionManagementError outside one."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A ledger line belongs to the transaction of its cause.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = LedgerEntry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, FIRST)
    seq, prev = last[0] + 1, last[1]
    found = digest(seq, at.isoformat(), kind, body, prev)
    return LedgerEntry.objects.create(seq=seq, at=at, kind=kind, body=body, prev=prev, hash=found)


def broken(lines: Iterable[LedgerEntry] | None = None) -> int | None:
    """The number of the first line that does not hold, or None when the chain is whole."""
    prev = FIRST
    for expected, line in enumerate(LedgerEntry.objects.iterator() if lines is None else lines, 1):
        if line.seq != expected or line.prev != prev:
            return expected
        if digest(line.seq, _instant(line.at), line.kind, line.body, prev) != line.hash:
            return expected
        prev = line.hash
    return None


def _instant(at) -> str:
    from datetime import UTC

    return at.astimezone(UTC).isoformat()
