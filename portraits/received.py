"""The kind words somebody received: theirs to read, to have quoted or not, and to keep. Told to that person alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from portraits import gate, quoting, renderings
from portraits.capsule import Quote
from portraits.models import Consent, ConsentRequest, Named, Person, Subject
from portraits.usages import PROMISES, Audience, Usage

BESIDE = {Usage.SITE, Usage.INTRANET}  # where words stand beside a face


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answers about one audience: `asked` once the writer agrees to it, `until` when their own yes ends
    (None without one), `shown` where the words are quoted now, since everybody agrees."""

    audience: Audience
    asked: bool
    until: datetime | None
    shown: tuple[Usage, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """Kind words as they were passed on to one person. `request` is the last question put to them; `put_away` says that they took
    them off their page."""

    quote: Quote
    request: ConsentRequest
    received_at: datetime
    answers: tuple[Answer, ...]
    put_away: bool = False

    @property
    def key(self) -> int:
        return self.quote.key

    @property
    def beside(self) -> bool:
        """Whether they are read beside this person's face now."""
        return any(BESIDE & set(one.shown) for one in self.answers)

    @property
    def shown(self) -> tuple[Usage, ...]:
        return tuple(usage for one in self.answers for usage in one.shown)


def words(person: Person, *, at: datetime) -> list[Word]:
    """Every word that this person received, newest first, erased ones left out. Four queries, and one for each usage where
    words can be quoted."""
    subjects = _subjects(person)
    mine = list(subjects.values())
    rows = ConsentRequest.objects.filter(subject__in=mine).select_related(
        "subject__person", "subject__version__compliment"
    )
    rows = rows.order_by("asked_at", "pk")
    requests = {row.subject_id: row for row in rows}
    living = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), subject__in=mine, starts_at__lte=at, ends_at__gt=at
    )
    until = {(row.subject_id, row.usage): min(row.ends_at, row.ended_at or row.ends_at) for row in living}
    versions = [one.version_id for one in mine]
    shown = {
        usage: set(gate.visible(usage, at=at).filter(pk__in=versions).values_list("pk", flat=True))
        for usage in renderings.quoted()
    }
    away = Named.objects.filter(person=person, put_away_at__isnull=False).values_list("compliment", flat=True)
    away = set(away)
    return [_word(one, requests[one.pk], until, shown, away) for one in mine if one.pk in requests]


def _subjects(person: Person) -> dict[int, Subject]:
    """Compliment → this person's presence in its newest Version, the newest compliment first."""
    rows = Subject.objects.filter(
        person=person,
        role=Subject.Role.NAMED,
        version__compliment__named__person=F("person"),  # still: whom they are for may have been corrected
        version__compliment__erased_at=None,
        version__compliment__removed_at=None,
        version__purged_at=None,
    )
    found: dict[int, Subject] = {}
    for row in rows.select_related("version__compliment").order_by("-version__compliment__received_at", "-version"):
        found.setdefault(row.version.compliment_id, row)
    return found


def _word(subject: Subject, request: ConsentRequest, until: dict, shown: dict, away: set[int]) -> Word:
    answers = []
    for audience in Audience:
        here = [usage for usage in Usage if PROMISES[usage].audience == audience]
        ends = [until[subject.pk, usage.value] for usage in here if (subject.pk, usage.value) in until]
        answers.append(
            Answer(
                audience,
                any(usage.value in request.asked for usage in here),
                min(ends, default=None),
                tuple(usage for usage in here if subject.version_id in shown.get(usage, ())),
            )
        )
    version = subject.version
    key = version.compliment_id
    return Word(quoting.quote(version), request, version.compliment.received_at, tuple(answers), key in away)


def stop(word: Word, person: Person, audiences: Iterable[Audience], *, at: datetime) -> list[Usage]:
    """This person shows these words no more to these audiences: at once, everywhere. Returns the usages that ended."""
    compliment = word.request.subject.version.compliment
    return [usage for one in audiences for usage in quoting.take_back(compliment, person, one, at=at)]
