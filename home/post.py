"""What is posted on social networks: the image through the gate, and the record of where it went."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from home.models import Post
from portraits import brand, compose, gate, recall
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


@transaction.atomic
def record(post: Post, *, by, at: datetime) -> Post:
    """Write where a portrait was posted, and that it now exists there: one transaction. Raises NotAllowed."""
    capsule = next(iter(gate.capsules(Usage.SOCIAL, at=at, keys=[post.portrait])), None)
    if capsule is None:
        raise NotAllowed
    post.version, post.language, post.posted_by, post.posted_at = capsule.version, capsule.language, by, at
    post.save()
    recall.record(Usage.SOCIAL, capsule, locator=post.locator, at=at)
    return post


@transaction.atomic
def remove(post: Post, *, by, at: datetime, note: str = "", photo: bytes = b"") -> bool:
    """Somebody removed the post; what was owed for it is done. False when it was said before."""
    if Post.objects.filter(pk=post.pk, removed_at=None).update(removed_at=at, removed_by=by) != 1:
        return False
    recall.cleared(post.locator, at=at, by=by, note=note, photo=photo)
    return True
