"""What is kept no longer than it serves: portraits that are over, evidence, files without a row, codes, windows, sessions.

Rung each night, and by `manage.py retention`; harmless when run twice. Evidence is kept EVIDENCE_YEARS after what it proves
has ended, then its file and note go: the row and the hash stay. Upper storeys say what they forget themselves (`also`).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from portraits import collecting, crops, duty, erasing, forgetting, ledger, measure, push, reacting, throttle
from portraits.models import Code, Compliment, Evidence, Exemption, Hidden, Incident, Photo, Recall, Text, Version

log = logging.getLogger(__name__)
DAY = timedelta(days=1)
YEAR = timedelta(days=365.25)
# Folder of the private storage → the model and the field that name its files.
FILES = {
    "photos": (Photo, "file"),
    "evidence": (Evidence, "file"),
    "retraits": (Recall, "photo"),
    "merci": (Compliment, "attachment"),
}


Step = Callable[..., Counter]  # (*, at) → what was erased, counted by name
_also: list[Step] = []


def also(step: Step) -> Step:
    """Declare one more step of each night."""
    _also.append(step)
    return step


def run(*, at: datetime, dry_run: bool = False) -> Counter:
    """Do all of it. Returns what was erased, counted by name; `dry_run` keeps everything. One failure is said in the log
    and holds up nothing else."""
    done = Counter()
    with transaction.atomic() if dry_run else nullcontext():
        for key in erasing.due(at=at):
            done += _attempt(partial(erasing.erase, key, at=at))
        for step in (
            _stray_photos,
            _evidence,
            _forgotten,
            _reasons,
            _exemptions,
            _notes,
            _texts,
            *forgetting.STEPS,
            measure.forget,
            push.forget,
            collecting.forget,
            reacting.forget,
            *_also,
        ):
            done += _attempt(partial(step, at=at))
        if dry_run:
            transaction.set_rollback(True)
    done += _attempt(partial(_orphans, at=at, dry_run=dry_run))
    if not dry_run:
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    log.info("Retention%s: %s.", " (nothing was erased)" if dry_run else "", said(done))
    return done


def said(done: Counter) -> str:
    """The counts in one line, in English: commands and logs."""
    return ", ".join(f"{count} {name}" for name, count in sorted(done.items()) if count) or "nothing to erase"


def _attempt(step: Callable[[], Counter]) -> Counter:
    try:
        return step()
    except Exception:
        log.exception("A step of the retention failed: the others go on.")
        return Counter(failures=1)


@transaction.atomic
def _stray_photos(*, at: datetime) -> Counter:
    """Photos that a desk at work held back, and that it has dropped since; photos that nobody was ever asked about."""
    done = erasing.photos(at=at) + erasing.never_asked(at=at)
    if +done:
        ledger.append("purged", at=at, **done)
    return done


# -- evidence


def expired(*, at: datetime) -> QuerySet[Evidence]:
    """The evidence of what ended more than EVIDENCE_YEARS ago. A recorded no, or what nobody confirmed, counts from the
    day when its question closed."""
    last = Max(Least("consents__ends_at", Coalesce("consents__ended_at", "consents__ends_at")))
    rows = Evidence.objects.exclude(file="", note="").annotate(over=Coalesce(last, "request__closes_at"))
    return rows.filter(over__lte=at - settings.EVIDENCE_YEARS * YEAR)


@transaction.atomic
def _evidence(*, at: datetime) -> Counter:
    rows = list(expired(at=at).values_list("pk", "file"))
    for key, name in rows:
        Evidence.objects.filter(pk=key).update(file="", note="")
        if name:
            transaction.on_commit(partial(default_storage.delete, name))
    if rows:
        ledger.append("purged", at=at, evidence=len(rows))
    return Counter(evidence=len(rows))


# -- files without a row


def _orphans(*, at: datetime, dry_run: bool) -> Counter:
    """Files that no row names, older than a day: a row that is being written has its file first."""
    names = [name for name in _unnamed() if default_storage.get_modified_time(name) < at - DAY]
    if not dry_run:
        for name in names:
            default_storage.delete(name)
    return Counter(files=len(names))


def _unnamed() -> Iterator[str]:
    for folder, (model, field) in FILES.items():
        known = set(model.objects.exclude(**{field: ""}).values_list(field, flat=True))
        yield from (f"{folder}/{name}" for name in _list(folder)[1] if f"{folder}/{name}" not in known)
    known = {crops.folder(digest) for digest in Photo.objects.filter(purged_at=None).values_list("sha256", flat=True)}
    for name in _list("crops")[0]:
        if f"crops/{name}" not in known:
            yield from (f"crops/{name}/{one}" for one in _list(f"crops/{name}")[1])


def _list(folder: str) -> tuple[list[str], list[str]]:
    return default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])


# -- what served once


@transaction.atomic
def _forgotten(*, at: datetime) -> Counter:
    """Codes that were sent more than a day ago (five a day: that day is counted), and windows that are over."""
    codes = Code.objects.filter(made_at__lt=at - DAY).delete()[0]
    return Counter(codes=codes, windows=throttle.forget(at=at))


@transaction.atomic
def _reasons(*, at: datetime) -> Counter:
    """The free words of a stop, or of its end: RETENTION_DAYS after it was lifted or ran out; or once nothing is left of what
    it hid. Who did it, and when, stays."""
    left = Version.objects.filter(
        portrait__translation_key=OuterRef("portrait__translation_key"), purged_at__isnull=True
    )
    last = since(at)
    gone = Q(~Exists(left), portrait__isnull=False) | Q(compliment__erased_at__isnull=False)
    over = Hidden.objects.filter(Q(to_at__lte=last) | gone & Q(from_at__lte=last))
    return Counter(reasons=over.exclude(reason="", lifted_reason="").update(reason="", lifted_reason=""))


@transaction.atomic
def _exemptions(*, at: datetime) -> Counter:
    """Why somebody is not in a picture after all, once that picture is erased. Who said so, and when, stays."""
    rows = Exemption.objects.filter(photo__purged_at__lte=at).exclude(reason="")
    return Counter(exemptions=rows.update(reason=""))


@transaction.atomic
def _notes(*, at: datetime) -> Counter:
    """The word, or the photo of the empty place, of whoever took something down, RETENTION_DAYS after; while an incident about it
    is open it is looked at. What was done, by whom and when, stays; a photo's file goes with those that no row names."""
    looked_at = Incident.objects.filter(exposure=OuterRef("exposure"), closed_at__isnull=True)
    rows = Recall.objects.filter(~Exists(looked_at), done_at__lte=since(at)).exclude(note="", photo="")
    return Counter(notes=rows.update(note="", photo=""))


@transaction.atomic
def _texts(*, at: datetime) -> Counter:
    """The numbers of text messages, RETENTION_DAYS after they left or were refused; and what a refused one said."""
    rows = duty.over(Text, before=since(at)).exclude(to="")
    return Counter(numbers=rows.update(to="", body="", error=""))


def since(at: datetime) -> datetime:
    """What was over by then is kept no longer."""
    return at - settings.RETENTION_DAYS * DAY
