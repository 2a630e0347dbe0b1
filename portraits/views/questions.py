"""What the consent page asks, usage by usage, and where the person stands on each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from portraits import recording, texting
from portraits.models import Consent, ConsentRequest, Person, Subject
from portraits.usages import PROMISES, Audience, Promise, Usage
from portraits.views.visit import Seen, Visit


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one usage stands: a yes until an instant, or withdrawn at an instant, or neither; `waits` when staff recorded a
    yes that a second person has not confirmed yet."""

    usage: Usage
    promise: Promise
    until: datetime | None = None
    withdrawn_at: datetime | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One usage as it is asked. `seen` is None when its rendering cannot be shown: then it is not asked now.

    `same` says that `under` (the search engines under the site) shows the very same bytes: no second frame.
    """

    usage: Usage
    promise: Promise
    seen: Seen | None
    tick: str
    until: datetime | None
    under: Question | None = None
    same: bool = False


def _own(row: ConsentRequest) -> QuerySet[Consent]:
    """The person's yeses on all Versions of this portrait, in both languages: what a withdrawal reaches."""
    subject = row.subject
    return Consent.objects.filter(
        subject__person=subject.person_id,
        subject__version__across=subject.version.across,
    )


def standings(row: ConsentRequest, *, at: datetime) -> list[Standing]:
    """Each usage asked by this link, or still said yes to on another Version of the portrait. The end of a yes is the one of
    this very portrait; of the other language's when nothing lives here. Two queries, and one for each yes that waits."""
    here, waiting = row.subject.version.portrait_id, recording.unconfirmed(row, at=at)
    living: dict[str, tuple[bool, datetime]] = {}
    withdrawn: dict[str, datetime] = {}
    for consent in _own(row).select_related("subject__version"):
        end = min(consent.ends_at, consent.ended_at or consent.ends_at)
        if end > at:
            found = (consent.subject.version.portrait_id == here, end)
            living[consent.usage] = max(found, living.get(consent.usage, found))
        elif consent.end_reason in {Consent.Reason.WITHDRAWN, Consent.Reason.PAUSED}:
            withdrawn[consent.usage] = max(end, withdrawn.get(consent.usage, end))
    until = {usage: end for usage, (_here, end) in living.items()}
    return [
        Standing(
            usage,
            PROMISES[usage],
            until.get(usage.value),
            None if usage.value in until else withdrawn.get(usage.value),
            usage in waiting and usage.value not in until,
        )
        for usage in Usage
        if usage.value in row.asked or usage.value in until
    ]


def groups(row: ConsentRequest, visit: Visit, known: list[Standing]) -> list[tuple[Audience, list[Question]]]:
    """The questions of this request in their two groups; an empty group is left out. `known` is what may be told of the
    present answers."""
    until = {standing.usage: standing.until for standing in known}

    def question(usage: Usage, *, under: Question | None = None, same: bool = False) -> Question:
        tick = visit.ticks.get(usage.value, "")
        return Question(usage, PROMISES[usage], visit.seen.get(usage.value), tick, until.get(usage), under, same)

    asked = {usage: question(usage) for usage in Usage if usage.value in row.asked}
    if Usage.SITE in asked and Usage.INDEXATION in asked:
        site, engines = asked[Usage.SITE].seen, asked.pop(Usage.INDEXATION).seen
        same = site is not None and engines is not None and site.sha256 == engines.sha256
        asked[Usage.SITE] = question(Usage.SITE, under=question(Usage.INDEXATION, same=same))
    found = [(audience, [one for one in asked.values() if one.promise.audience == audience]) for audience in Audience]
    return [(audience, questions) for audience, questions in found if questions]


def others(row: ConsentRequest) -> list[str]:
    """The first names of the other people in the picture. One query."""
    rows = (
        Subject.objects.filter(version=row.subject.version_id)
        .exclude(pk=row.subject_id)
        .exclude(role="guardian")
        .order_by("pk")
    )
    return list(rows.values_list("person__first_name", flat=True))


def masked(person: Person) -> str:
    """Where a code is sent, just enough to recognise it: n•••@erables.example, or the last digits of a number."""
    if person.email and not texting.reaches(person):
        name, _, host = person.email.partition("@")
        return f"{name[:1]}•••@{host}"
    return f"••• {person.phone[-4:]}" if person.phone else ""
