"""Erasing: what is left of a portrait some days after its last yes ended.

The rule. A portrait, in all its languages, is over when nobody says yes to any Version of it, now or later, and no question
about it takes answers. It was over when the last yes ended; or when the last question closed, if one was put since, or if
nobody ever said yes. RETENTION_DAYS later, its Versions lose their words (the fingerprint stays), its photos their bytes,
its crops and its title, its history every word: revisions, names in the log, comments of readers, in the margin too, and of
the people asked.

The desk is emptied too, unless somebody wrote there after the end: then it is a new piece of work, as a portrait never asked
is, and it keeps its last draft and that draft's photos. A photo goes once no Version that is kept, and no desk, uses it; one
that nobody was ever asked about, once no desk has held it for RETENTION_DAYS (consent.md, R8).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision, TaskState

from portraits import ledger
from portraits.crops import folder
from portraits.models import (
    Annotation,
    Consent,
    ConsentRequest,
    DraftSubject,
    Photo,
    Portrait,
    PortraitTag,
    Publication,
    Remark,
    Version,
)

WORDS = ("first_name", "job", "sentence", "story", "alt", "partner_name", "partner_alt")
EMPTY = {
    **dict.fromkeys(WORDS, ""),
    "photo": None,
    "partner_photo": None,
    "subjects": [],
    "tagged_items": [],
}
PATIENCE = timedelta(days=365)  # a photo on a desk, before somebody is told that nobody was asked about it
USED = Q(photo=OuterRef("pk")) | Q(partner_photo=OuterRef("pk"))
ACROSS = "subject__version__across"


def over(keys: QuerySet | list[UUID]) -> dict[UUID, datetime]:
    """Portrait (the same key in every language) → the instant at which it was, or will be, over. Two queries."""
    yes = Consent.objects.filter(**{f"{ACROSS}__in": keys}).order_by().values_list(ACROSS)
    ended = dict(yes.annotate(last=Max(Least("ends_at", Coalesce("ended_at", "ends_at")))))
    closed: dict[UUID, list[datetime]] = defaultdict(list)
    asked = ConsentRequest.objects.filter(**{f"{ACROSS}__in": keys})
    for key, asked_at, closes_at in asked.values_list(ACROSS, "asked_at", "closes_at"):
        if key not in ended or asked_at > ended[key]:
            closed[key].append(closes_at)
    return {key: max(filter(None, [ended.get(key), *closed[key]])) for key in ended.keys() | closed.keys()}


def due(*, at: datetime, **only) -> dict[UUID, datetime]:
    """The portraits whose time has come, and since when each was over. Two queries."""
    last = at - timedelta(days=settings.RETENTION_DAYS)
    waits = ConsentRequest.objects.filter(**{ACROSS: OuterRef("across")}, closes_at__gt=at)
    rows = Version.objects.filter(~Exists(waits), portrait__isnull=False, purged_at=None, **only).values("across")
    return {key: end for key, end in over(rows).items() if end <= last}


@transaction.atomic
def erase(key: UUID, *, at: datetime) -> Counter:
    """Erase what one portrait leaves behind, if its time has come. Returns what was erased, counted; its line says as much."""
    portraits = list(Portrait.objects.select_for_update().filter(translation_key=key))
    end = due(at=at, across=key).get(key)
    if end is None:
        return Counter()
    versions = Version.objects.filter(portrait__in=portraits, purged_at=None)
    done = Counter(versions=versions.update(content={}, purged_at=at))
    words = Remark.objects.filter(**{f"request__{ACROSS}": key}).exclude(words="")
    done["remarks"] = words.update(words="")
    Publication.objects.filter(portrait__in=portraits).exclude(title="").update(title="")
    for portrait in portraits:
        done += _desk(portrait, end)
    done += photos(at=at)
    ledger.append("purged", at=at, portrait=str(key), **done)
    return done


# -- the desk


def _desk(portrait: Portrait, end: datetime) -> Counter:
    """Empty the desk and its history; what was written there after the end is a new piece of work, and stays."""
    latest = portrait.latest_revision
    at_work = latest is not None and latest.created_at > end
    _row(portrait, latest.content if at_work else EMPTY)
    if not at_work:
        DraftSubject.objects.filter(portrait=portrait).delete()
        PortraitTag.objects.filter(content_object=portrait).delete()
    ReferenceIndex.create_or_update_for_object(Portrait.objects.get(pk=portrait.pk))
    before = {"created_at__lte": end} if at_work else {}
    kind = ContentType.objects.get_for_model(Portrait)
    found = Revision.objects.filter(base_content_type=kind, object_id=str(portrait.pk), **before)
    revisions = [one for one in found if one.content | EMPTY != one.content or one.object_str]
    for revision in revisions:
        Revision.objects.filter(pk=revision.pk).update(content=revision.content | EMPTY, object_str="")
    _history(kind, portrait.pk, end if at_work else None)
    margin = Annotation.objects.filter(portrait=portrait, **({"at__lte": end} if at_work else {}))
    margin.exclude(words="").update(words="")
    return Counter(desks=int(not at_work), revisions=len(revisions))


def _row(portrait: Portrait, content: dict) -> None:
    """The row holds what was there when it was last saved or published, not the last draft: it takes these words."""
    fields = {name: content[name] for name in WORDS}
    fields |= {"photo_id": content["photo"], "partner_photo_id": content["partner_photo"]}
    Portrait.objects.filter(pk=portrait.pk).update(**fields)


def _history(kind: ContentType, key: int, until: datetime | None) -> None:
    """The name of what was changed, and what readers wrote about it; who did what, and when, stays."""
    lines = ModelLogEntry.objects.filter(content_type=kind, object_id=str(key))
    comments = TaskState.objects.filter(workflow_state__base_content_type=kind, workflow_state__object_id=str(key))
    if until is not None:
        lines, comments = lines.filter(timestamp__lte=until), comments.filter(started_at__lte=until)
    for line in lines:
        ModelLogEntry.objects.filter(pk=line.pk).update(label=f"{key}", data=_without_comments(line.data))
    comments.exclude(comment="").update(comment="")


def _without_comments(data):
    if isinstance(data, dict):
        return {name: "" if name == "comment" else _without_comments(value) for name, value in data.items()}
    return [_without_comments(one) for one in data] if isinstance(data, list) else data


# -- photos


@transaction.atomic
def photos(*, at: datetime) -> Counter:
    """Erase the photos that only purged Versions use: bytes, crops, title. The files go once this is committed."""
    return _erase_photos(_unused().filter(Exists(Version.objects.filter(USED, purged_at__isnull=False))), at=at)


@transaction.atomic
def never_asked(*, at: datetime) -> Counter:
    """The same for photos that no Version ever used, added RETENTION_DAYS ago, and that no desk has held since."""
    last = at - timedelta(days=settings.RETENTION_DAYS)
    rows = _unused().filter(~Exists(Version.objects.filter(USED)), uploaded_at__lte=last)
    return _erase_photos(rows.exclude(pk__in=_held_since(last)) if rows.exists() else rows.none(), at=at)


def _unused() -> QuerySet[Photo]:
    kept = Version.objects.filter(USED, purged_at=None)
    return Photo.objects.filter(~Exists(kept), ~Exists(Portrait.objects.filter(USED)), purged_at=None)


def _erase_photos(rows: QuerySet[Photo], *, at: datetime) -> Counter:
    found = list(rows.select_for_update(of=("self",)))
    on_desks = _on_desks() if found else {}
    found = [photo for photo in found if photo.pk not in on_desks]
    kind = ContentType.objects.get_for_model(Photo)
    for photo in found:
        name, digest = photo.file.name, photo.sha256
        Photo.objects.filter(pk=photo.pk).update(file="", title="", purged_at=at)
        _history(kind, photo.pk, None)
        shared = Photo.objects.filter(sha256=digest, purged_at=None).exists()
        transaction.on_commit(partial(_delete, name, None if shared else folder(digest)))
    return Counter(photos=len(found))


def _held_since(instant: datetime) -> set[int]:
    """The photos that some desk still held at this instant, or later: a draft holds its photos until the next one."""
    names = ("object_id", "created_at", "content__photo", "content__partner_photo")
    kind = ContentType.objects.get_for_model(Portrait)
    rows = Revision.objects.filter(base_content_type=kind).order_by("object_id", "created_at", "pk").values_list(*names)
    held, before = set(), (None, None, None, None)
    for row in [*rows, (None, None, None, None)]:
        over = row[1] if row[0] == before[0] else None
        if over is None or over > instant:
            held |= {key for key in before[2:] if key}
        before = row
    return held


def _on_desks() -> dict[int, int]:
    """The photos of the last drafts, and a portrait of each: a draft that was not published is in its revision alone."""
    names = ("pk", "latest_revision__content__photo", "latest_revision__content__partner_photo")
    rows = Portrait.objects.filter(latest_revision__isnull=False).values_list(*names)
    return {key: portrait for portrait, *keys in rows for key in keys if key}


def waiting(*, at: datetime) -> dict[int, int]:
    """Portrait → photo, for each photo that a desk has kept for PATIENCE and that nobody was ever asked about: never erased by
    itself, for somebody works with it; told to whoever writes portraits. At most two queries."""
    rows = Photo.objects.filter(~Exists(Version.objects.filter(USED)), uploaded_at__lte=at - PATIENCE, purged_at=None)
    known = frozenset(rows.values_list("pk", flat=True))
    return {portrait: key for key, portrait in _on_desks().items() if key in known} if known else {}


def _delete(name: str, crops: str | None) -> None:
    if name:
        default_storage.delete(name)
    if crops and default_storage.exists(crops):
        for one in default_storage.listdir(crops)[1]:
            default_storage.delete(f"{crops}/{one}")
        default_storage.delete(crops)
