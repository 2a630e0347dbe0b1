"""What a moderator has to judge before words leave: personal details in them and in the place, what may be a name, and how they
are signed."""

from __future__ import annotations

from portraits import masking, naming, signing
from portraits.models import Compliment


def left(compliment: Compliment, words: str) -> list[masking.Mark | signing.Doubt]:
    """What nobody has judged yet of these words, and of what goes with them."""
    return [*unsigned(compliment, words), *signing.doubts(compliment)]


def unsigned(compliment: Compliment, words: str) -> list[masking.Mark]:
    """What nobody has judged yet of these words and of the place, where no signature goes with them."""
    return [*in_words(compliment, words), *masking.left(compliment, compliment.elsewhere)]


def in_words(compliment: Compliment, words: str) -> list[masking.Mark]:
    """What nobody has judged yet in these words alone, in order. A name within an address is the address's."""
    details, rest = masking.marks(words), words
    for one in details:
        rest = f"{rest[: one.start]}{',' * len(one.words)}{rest[one.end :]}"
    found = [*masking.unjudged(compliment, details), *naming.left(compliment, rest)]
    return sorted(found, key=lambda mark: mark.start)
