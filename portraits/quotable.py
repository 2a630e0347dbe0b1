"""May anybody be asked whether these words can be quoted? Answered before everybody's yes, and beside it: words that it refuses
are passed on all the same, and quoted nowhere."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings

from portraits import alike, guardians, own_words, refusing
from portraits.models import Compliment, Person


def quotable(compliment: Compliment, text: str, people: Collection[Person], *, by, at: datetime) -> bool:
    """Whether these words, as they stand, may be quoted once everybody whom they are for says yes. A comment of a social network
    may not when its words were also sent to us, for their writer was then asked; nor words whose writer's promise is over, which
    nobody's yes would ever show; nor words that somebody refused before they were un-named."""
    social = compliment.channel in Compliment.SOCIAL
    if compliment.kind != Compliment.Kind.COMPLIMENT or own_words.meant_for_another(compliment, text, people):
        return False
    # Who wrote somebody's words down does not quote them alone: another passes them on.
    if compliment.entered_by_id and not (by and by.pk != compliment.entered_by_id):
        return False
    if social and alike.came_to_us(compliment.original):
        return False
    if not (social or _fresh(compliment, at=at)) and own_words.faithful(text, compliment.original):
        return False
    return not refusing.dropped(compliment, {*people, *guardians.beside(people, at=at)})


def _fresh(compliment: Compliment, *, at: datetime) -> bool:
    """Whether what the writer answered on the day that they wrote still holds."""
    return at < compliment.received_at + timedelta(days=settings.CONSENT_DAYS)
