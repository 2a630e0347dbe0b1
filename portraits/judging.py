"""What a moderator has to judge before words leave: personal details in them and in the place, and how they are signed."""

from __future__ import annotations

from portraits import masking, signing
from portraits.models import Compliment


def left(compliment: Compliment, words: str) -> list[masking.Mark | signing.Doubt]:
    """What nobody has judged yet of these words, and of what goes with them."""
    return [*masking.left(compliment, f"{words}\n\n{compliment.elsewhere}"), *signing.doubts(compliment)]
