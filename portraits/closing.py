"""What became of a withdrawal, told to whoever asked for it: channel by channel, removed when, or there until when.

One report when everything is done; or one after two working days with what remains, then a second and last one. It waits
until a slip can no longer be undone, so that several taps make one mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from portraits import chain, duty, invitation, receipts, whereabouts, workdays
from portraits.models import Closing, Compliment, Consent, Person, Portrait
from portraits.usages import Usage
from portraits.whereabouts import Outcome

AFTER = timedelta(minutes=10)  # as long as a slip is undone (consent.UNDO)
LOOK = timedelta(minutes=5)  # between two looks at what is not done yet
WORKDAYS = 2  # DESIGN 10: what hands are promised in
RECENT = timedelta(days=2)  # an end that came by itself is told within that time, or not at all
SHOWN = timedelta(days=30)  # how long the person's page tells it


# -- what is owed


def owe(work: Portrait | Compliment, person: Person, ended: Iterable[Usage], *, at: datetime) -> Closing | None:
    """Write the report that is owed for what this person just ended, in its transaction. A report that has not left yet
    takes it in. None when they never were asked."""
    values = {usage.value: chain.instant(at) for usage in ended}
    request = receipts.newest(work, person)
    if request is None:
        return None
    rows = Closing.objects.select_for_update().filter(person=person, across=work.across)
    row = rows.filter(state=Closing.State.DUE, told_at=None, since__gt=at - AFTER).order_by("-since").first()
    if row is not None:
        row.ended, row.not_before = row.ended | values, at + AFTER
        row.save(update_fields=["ended", "not_before"])
        return row
    row, _new = Closing.objects.get_or_create(
        person=person,
        across=work.across,
        since=at,
        defaults={"request": request, "ended": values, "not_before": at + AFTER},
    )
    return row


def notice(*, at: datetime) -> int:
    """Owe a report for each yes that ended by itself: its term, a departure, a birthday. Called by the sweep. Returns how
    many are new."""
    over = Q(ended_at=None, ends_at__gt=at - RECENT, ends_at__lte=at) | Q(
        end_reason=Consent.Reason.CLOSED, ended_at__gt=at - RECENT, ended_at__lte=at
    )
    rows = list(
        Consent.objects.filter(over).select_related(
            "subject__person", "subject__version__portrait", "subject__version__compliment"
        )
    )
    if not rows:
        return 0
    ends, found = defaultdict(set), {}
    for row in rows:
        place = row.subject.person_id, row.subject.version.across
        ends[*place, row.ended_at or row.ends_at].add(row.usage)
        found[place] = row.subject
    told = Closing.objects.filter(since__gt=at - RECENT - AFTER).values_list("person", "across", "ended")
    known = {(person, across, *end) for person, across, ended in told for end in ended.items()}
    new = 0
    for (person, across, end), usages in ends.items():
        fresh = {usage: end for usage in usages if (person, across, usage, chain.instant(end)) not in known}
        subject = found[person, across]
        if fresh and (still := _ended(subject.person, across, fresh, at)):
            new += owe(subject.version.work, subject.person, still, at=end) is not None
    return new


def _ended(person: Person, across, ended: dict[str, datetime], at: datetime) -> list[Usage]:
    """Those of these usages to which this person has no yes any more, in their order. One query."""
    living = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        subject__person=person,
        subject__version__across=across,
        starts_at__lte=at,
        ends_at__gt=at,
    )
    kept = set(living.values_list("usage", flat=True))
    return [usage for usage in Usage if usage.value in ended and usage.value not in kept]


# -- what became of it


def outcomes(row: Closing, *, at: datetime) -> list[tuple[Usage, list[Outcome]]]:
    """Usage → what became of each thing, as seen at an instant, in the present language: nothing at all for a usage where
    nothing had been shown. What was undone since is left out."""
    ended = {usage: parse_datetime(end) for usage, end in row.ended.items()}
    words = row.request.subject.version.compliment_id is not None
    return [
        (usage, whereabouts.report(str(row.across), [usage], since=ended[usage.value], at=at, words=words))
        for usage in _ended(row.person, row.across, ended, at)
    ]


def last(work: Portrait | Compliment, person: Person, *, at: datetime) -> Closing | None:
    """The last report about this person and this portrait, while their page tells it. One query."""
    rows = Closing.objects.filter(person=person, across=work.across, since__gt=at - SHOWN)
    return rows.select_related("person", "request__subject__version").order_by("-since").first()


def work(row: Closing) -> dict:
    """Tell what is to be told now. Raises duty.Later while something remains to be done."""
    at, to = timezone.now(), row.request.addressee
    with translation.override(to.language):
        found = outcomes(row, at=at)
    if not found:
        return {"state": Closing.State.CANCELLED}
    if all(one.removed_at for _usage, rows in found for one in rows):
        _tell(row, to, found, "closed_at", at)
        return {}
    late = workdays.after(row.since, WORKDAYS)
    if at >= late:
        _tell(row, to, found, "told_at", at)
    raise duty.Later(at + LOOK if at >= late else min(at + LOOK, late))


def _tell(row: Closing, to: Person, found: list[tuple[Usage, list[Outcome]]], what: str, at: datetime) -> None:
    """Mail the report once. Somebody without an e-mail reads the same on their page."""
    with transaction.atomic():
        if Closing.objects.filter(pk=row.pk, **{what: None}).update(**{what: at}) and to.email:
            quoted = row.request.subject.version.compliment_id is not None
            invitation.send_closing(to, found, since=row.since, over=what == "closed_at", quoted=quoted)
