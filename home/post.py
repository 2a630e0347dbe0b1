"""What is posted on social networks: the image through the gate, and the record of where it went."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from home.models import Post
from portraits import brand, compose, gate, measure, recall, vigil, witness
from portraits.capsule import Capsule
from portraits.usages import Usage


class NotAllowed(Exception):
    """The gate says no: nothing is handed out, nothing is recorded."""


def shareable(*, at: datetime) -> list[Capsule]:
    """Those who may be posted at this instant, newest first. One query."""
    return gate.capsules(Usage.SOCIAL, at=at)


def image(portrait: int, *, at: datetime) -> tuple[Capsule, bytes]:
    """The image of one portrait, asked of the gate at this instant. Raises NotAllowed, or CannotRender."""
    capsule = next(iter(gate.capsules(Usage.SOCIAL, at=at, keys=[portrait])), None)
    if capsule is None:
        raise NotAllowed
    return capsule, compose.social(capsule, brand.current())


def found(portrait: int, *, posted_at: datetime, at: datetime) -> tuple[Capsule | recall.Former, bool]:
    """What a post of this portrait shows, and whether it might be posted at that instant. Posted earlier, or by mistake: what
    is online is followed whatever the gate says now. Raises NotAllowed when nobody ever said yes, witness.Behind while the
    gate is closed to everybody."""
    for instant in (posted_at, at):
        if capsules := gate.capsules(Usage.SOCIAL, at=instant, keys=[portrait]):
            return capsules[0], instant == posted_at
    if doubt := witness.doubt():
        raise witness.Behind(doubt)
    row = recall.former(Usage.SOCIAL, portrait, at=at)
    if row is None:
        raise NotAllowed
    return row, False


@transaction.atomic
def record(post: Post, *, by, at: datetime, posted_at: datetime | None = None) -> Post:
    """Write where a portrait was posted, and that it now exists there: one transaction. Raises as `found` does.

    A post that may no longer be there is owed at once; one that was put there without a living yes is an incident too.
    """
    posted_at = posted_at or at
    shown, allowed = found(post.portrait, posted_at=posted_at, at=at)
    post.version, post.language, post.posted_by, post.posted_at = shown.version, shown.language, by, posted_at
    post.save()
    recall.record(Usage.SOCIAL, shown, locator=post.locator, at=at)
    where = {"usage": Usage.SOCIAL, "locator": post.locator, "address": post.address}
    measure.publish(post.network, shown, post.portrait, on=localdate(posted_at), **where)
    recall.owe(at=at)
    if not allowed:
        where = {"locator": post.locator, "cause": post.locator}
        vigil.shown_late(Usage.SOCIAL, shown.version, **where, shown_at=posted_at, at=at)
    return post


@transaction.atomic
def remove(post: Post, *, by, at: datetime, note: str = "", photo: bytes = b"") -> bool:
    """Somebody removed the post; what was owed for it is done. False when it was said before."""
    if Post.objects.filter(pk=post.pk, removed_at=None).update(removed_at=at, removed_by=by) != 1:
        return False
    recall.cleared(post.locator, at=at, by=by, note=note, photo=photo)
    return True
