"""What makes a message look as if a machine had sent it: no third party, no puzzle, nothing kept of anybody. A doubt only
lowers how soon the message is read; it never refuses one."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from portraits import throttle
from portraits.alike import SHORT
from portraits.match import folded

SALT = "portraits.merci"
QUICKEST, SLOWEST = timedelta(seconds=3), timedelta(hours=24)  # between the page and what comes back from it
AN_HOUR = 5  # messages from one network
_LINK = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one copy of the form carries, signed: its one-use `key`, when it was made, the portrait it was opened from (0:
    none). `forged` when nobody here signed it: it is then a new one."""

    key: str
    made_at: float
    portrait: int = 0
    forged: bool = False


def ticket(*, at: datetime, portrait: int = 0) -> str:
    """A new one, to be put in the form."""
    return signing.dumps([secrets.token_urlsafe(16), at.timestamp(), portrait], salt=SALT)


def read(words: str, *, at: datetime) -> Ticket:
    """The ticket that came back."""
    try:
        key, made_at, portrait = signing.loads(words, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return Ticket(secrets.token_urlsafe(16), at.timestamp(), forged=True)
    return Ticket(key, made_at, portrait)


def doubts(words: str, found: Ticket, *, trapped: bool, idle: bool = False, network: str, at: datetime) -> int:
    """How many reasons there are to doubt that somebody wrote this: 0 for nearly everybody. Counts this message: once for each.

    `trapped`: a field that nobody sees was filled in. `idle`: a sum was asked of the browser and was not done
    (portraits/effort.py). `network`: throttle.network.
    """
    spent = timedelta(seconds=at.timestamp() - found.made_at)
    same = hashlib.sha256(" ".join(words.casefold().split()).encode()).hexdigest()
    with transaction.atomic():  # both counts, written to disk once
        many = not throttle.allow("merci", network, most=AN_HOUR, within=timedelta(hours=1), at=at)
        # « Merci ! » from two people is two thanks
        again = len(folded(words)) >= SHORT and not throttle.allow(
            "merci words", same, most=1, within=timedelta(days=1), at=at
        )
    return sum(
        (
            3 * trapped,
            3 * idle,
            3 * found.forged,
            2 * (not found.forged and spent < QUICKEST),
            spent > SLOWEST,
            2 * many,
            2 * again,
            2 * (len(_LINK.findall(words)) > 1),
            mixed(words),
        )
    )


def mixed(words: str) -> bool:
    """Whether one word mixes two alphabets, as « Вravo » does: a disguise, not a language."""
    return any(len({_script(letter) for letter in word}) > 1 for word in _WORD.findall(words))


def _script(letter: str) -> str:
    """The first word of a letter's name: LATIN, CYRILLIC… Marks and signs that belong to none are of the Latin one."""
    name = unicodedata.name(letter, "LATIN").split()[0]
    return name if name in {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL"} else "LATIN"
