"""The ledger's copy, outside the database: what a restored backup is held against.

Each committed line is appended to a file (`LEDGER_COPY`), in order, under a lock, down to the disk. The database must hold
the file's last line. Else it is older than what people said since, and until `manage.py replay_ledger` nothing is shown
(portraits/gate.py) and no line is written (portraits/ledger.py). An empty `LEDGER_COPY` means no copy and no guard.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, Q

from portraits import chain
from portraits.chain import Line
from portraits.models import LedgerEntry

log = logging.getLogger(__name__)

BLOCK = 4096  # bytes read from the end, at first
BEGUN = b"\n"  # a copy without a line yet starts with this: a file that something emptied must not look like a new one
_read: tuple = (None, None)  # (what the file looked like, its head): one stat a call, one read a change
_told = None  # what this process said last in its log


class Doubt(Enum):
    """Why the database is not believed."""

    MISSING = "the copy of the ledger is missing or unreadable"
    BEHIND = "the database is behind the copy of the ledger"


class Behind(Exception):
    """No line may be written now. Nothing is lost: what was asked can be asked again once the copy is replayed."""

    def __init__(self, doubt: Doubt):
        super().__init__(f"{doubt.value}: see « manage.py replay_ledger »")
        self.doubt = doubt


def path() -> Path | None:
    """Where the copy is; None when this installation keeps none."""
    return Path(settings.LEDGER_COPY) if settings.LEDGER_COPY else None


def head() -> tuple[int, str] | None:
    """Number and hash of the copy's last line, (0, chain.FIRST) for one just begun, None when there is none to be read or
    it was emptied."""
    global _read
    try:
        state = os.stat(settings.LEDGER_COPY)
        look = (settings.LEDGER_COPY, state.st_ino, state.st_mtime_ns, state.st_size)
        if _read[0] != look:
            with open(settings.LEDGER_COPY, "rb") as file:
                _read = (look, _end(file)[0])
        return _read[1]
    except (OSError, ValueError):
        return None


def _end(file) -> tuple[tuple[int, str], int]:
    """The head of an open copy, and where its last whole line ends. A line that a crash cut short does not count."""
    size, window = file.seek(0, os.SEEK_END), BLOCK
    while True:
        start = max(0, size - window)
        file.seek(start)
        data = file.read(size - start)
        end = data.rfind(b"\n")
        begin = data.rfind(b"\n", 0, max(end, 0)) + 1
        if begin or not start:
            break
        window *= 8
    if size == len(BEGUN) and data == BEGUN:
        return (0, chain.FIRST), size
    if end <= 0:
        raise ValueError("a copy that was emptied, or cut inside its first line")
    line = chain.read(data[begin:end])
    return (line.seq, line.hash), start + end + 1


def lines() -> Iterator[Line]:
    """Every whole line of the copy. Raises OSError, or ValueError at what is no line."""
    with path().open("rb") as file:
        for text in file:
            if text.endswith(b"\n") and text != BEGUN:
                yield chain.read(text)


# -- the guard


def agreement() -> Q | Exists:
    """In SQL, what must hold for the database to be believed: it has the copy's last line. Costs no query of its own."""
    if not settings.LEDGER_COPY:
        return Q()
    return _agreement(head())


@lru_cache(maxsize=1)
def _agreement(known: tuple[int, str] | None) -> Q | Exists:
    """Kept from one call to the next: building it costs more than asking it."""
    if known is None:
        return ~Exists(LedgerEntry.objects.all())
    return Exists(LedgerEntry.objects.filter(seq=known[0], hash=known[1])) if known[0] else Q()


def doubt() -> Doubt | None:
    """Why the database is not believed now; None when all is well. At most one query; a change is said in the log, once."""
    found = _doubt() if settings.LEDGER_COPY else None
    _tell(found)
    return found


def _doubt() -> Doubt | None:
    known = head()
    if known is None:
        return Doubt.MISSING if LedgerEntry.objects.exists() else None
    if known[0] and not LedgerEntry.objects.filter(seq=known[0], hash=known[1]).exists():
        return Doubt.BEHIND
    return None


def _tell(found: Doubt | None) -> None:
    global _told
    if found is _told:
        return
    if found:
        log.critical("NOTHING IS SHOWN ANY MORE: %s. Run « manage.py replay_ledger ».", found.value)
    else:
        log.warning("The ledger and its copy agree again: the gate is open.")
    _told = found


def lag(*, before: datetime) -> int:
    """How many lines written before this instant the copy still lacks. One query."""
    known = head() if settings.LEDGER_COPY else None
    return LedgerEntry.objects.filter(seq__gt=known[0], at__lt=before).count() if known else 0


def confirm(seq: int, hash: str) -> None:
    """Before a line is added after this one: raises Behind unless the database has the copy's last line. The copy is
    begun with the very first line, and never again by itself: a lost one must be noticed."""
    if not settings.LEDGER_COPY or head() == (seq, hash):
        return
    if seq == 0 and head() is None:
        begin()
    elif found := doubt():
        raise Behind(found)


def begin() -> None:
    """Make a copy without a line where there is none."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path().touch(mode=0o600)
    with path().open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not file.seek(0, os.SEEK_END):
            file.write(BEGUN)


# -- the copy


def sync(*, upto: int | None = None) -> bool:
    """Append the committed lines that the copy lacks; `upto`: only if it lacks this one. False when it could not be done,
    which the log says: the next line or the sweep will try again. Any number of processes may call it at once."""
    if not settings.LEDGER_COPY:
        return True
    if upto is not None and (known := head()) and known[0] >= upto:
        return True
    if doubt():
        return False
    try:
        return _append_missing()
    except FileNotFoundError:
        return not LedgerEntry.objects.exists()  # nothing was ever said here
    except (OSError, ValueError):
        log.exception("The copy of the ledger could not be written.")
        return False


def _append_missing() -> bool:
    with path().open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        (seq, hash), end = _end(file)
        rows = LedgerEntry.objects.filter(seq__gte=seq).lines()
        if seq and getattr(next(rows, None), "hash", None) != hash:
            return False  # the database went back between two glances: the guard will say so
        if file.seek(0, os.SEEK_END) > end:
            file.truncate(end)  # what a crash cut short
            file.seek(end)
        file.writelines(f"{chain.written(line)}\n".encode() for line in rows)
        file.flush()
        os.fsync(file.fileno())
    return True
