"""What staff may know of consent: per usage, one of three words. A refusal, a silence and an end look the same.

Nothing here reads an answer. A question stays « asked » until it closes, whatever was said meanwhile, unless the gate
already shows the very Version that was asked about: so the moment at which a word changes tells no refusal either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Value
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portraits import gate
from portraits.fingerprint import fingerprint
from portraits.models import Consent, ConsentRequest, Hidden, Version
from portraits.usages import ASKED, Usage


class Word(models.TextChoices):
    """The three words, and the only three."""

    ASKED = "asked", pgettext_lazy("state of a consent", "asked")
    CONSENT = "consent", gettext_lazy("consent")
    NONE = "none", gettext_lazy("no consent")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one usage of one portrait stands. `until`: end of what is shown, or of the time to answer; None without consent."""

    usage: Usage
    word: Word
    until: datetime | None = None

    def __str__(self):
        if self.word == Word.CONSENT:
            return _("consent until %(date)s") % {"date": date_format(localtime(self.until), "DATE_FORMAT")}
        return str(self.word.label)


@dataclass(frozen=True, slots=True)
class Stop:
    """Staff's own stop on what a portrait was last asked about."""

    since: datetime
    by: str
    reason: str


def standings(keys: Iterable[int] | None = None, *, at: datetime) -> dict[int, tuple[Standing, ...]]:
    """Portrait id → one Standing per usage that can be asked, in their order. Two queries, however many portraits.

    Without `keys`, the portraits that have something to say: those missing from the answer have no consent at all.
    """
    keys = None if keys is None else list(keys)
    shown, questions = _shown(keys, at), _questions(keys, at)
    told = keys if keys is not None else {key for key, _usage in shown} | questions.keys()
    return {
        key: tuple(_standing(usage, shown.get((key, usage)), questions.get(key)) for usage in ASKED) for key in told
    }


def _standing(usage: Usage, shown: tuple | None, question: tuple | None) -> Standing:
    """`shown` is (version, until), `question` is (version, usages, closes_at), or None."""
    if question and usage in question[1] and not (shown and shown[0] == question[0]):
        return Standing(usage, Word.ASKED, question[2])
    if shown:
        return Standing(usage, Word.CONSENT, shown[1])
    return Standing(usage, Word.NONE)


def _shown(keys: list[int] | None, at: datetime) -> dict:
    """(portrait, usage) → (version, until), by the gate's own rule, fingerprint included. One query for all usages."""
    parts = [_rows(usage, keys, at) for usage in ASKED]
    shown = {}
    for usage, portrait, version, until, content, kept, *photos in parts[0].union(*parts[1:], all=True):
        if fingerprint(content, [photo for photo in photos if photo]) == kept:
            shown[portrait, Usage(usage)] = (version, until)
    return shown


def _rows(usage: Usage, keys: list[int] | None, at: datetime) -> QuerySet:
    rows = gate.standing(usage, at=at)
    if keys is not None:
        rows = rows.filter(portrait__in=keys)
    return rows.annotate(used=Value(usage.value, models.CharField())).values_list(
        "used", "portrait_id", "pk", "until", "content", "fingerprint", "photo__sha256", "partner_photo__sha256"
    )


def _questions(keys: list[int] | None, at: datetime) -> dict:
    """Portrait → the open question about its newest Version; asking again closes the former one. One query."""
    stopped = _stops(at).filter(
        portrait=OuterRef("subject__version__portrait"), from_at__gte=OuterRef("subject__version__frozen_at")
    )
    rows = ConsentRequest.objects.filter(
        ~Exists(stopped), subject__version__portrait__isnull=False, asked_at__lte=at, closes_at__gt=at
    )
    if keys is not None:
        rows = rows.filter(subject__version__portrait__in=keys)
    found = rows.order_by("subject__version").values_list(
        "subject__version__portrait", "subject__version", "asked", "closes_at"
    )
    return {portrait: (version, asked, closes_at) for portrait, version, asked, closes_at in found}


def on_the_walls(key: int, *, at: datetime) -> Version | None:
    """The newest Version of this portrait that is shown anywhere. Two queries."""
    newest = max((version for version, _until in _shown([key], at).values()), default=None)
    return newest and Version.objects.select_related("photo", "partner_photo").get(pk=newest)


def former(key: int, *, at: datetime) -> datetime | None:
    """Until when, at the latest, what a portrait showed when its open question was asked goes on; None when nothing was shown,
    or when the question is about the very same Version. What ended since then is not looked at: a sentence that goes away
    before its day would tell of a refusal. Four queries at most."""
    question = _questions([key], at).get(key)
    if question is None:
        return None
    version, asked, _closes_at = question
    asked_at = ConsentRequest.objects.filter(subject__version=version, closes_at__gt=at).aggregate(Min("asked_at"))
    asked_at = asked_at["asked_at__min"]
    shown = {usage: found for (_key, usage), (found, _until) in _shown([key], asked_at).items()}
    shown = {usage: found for usage, found in shown.items() if usage in asked and found != version}
    rows = Consent.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=asked_at), subject__version__in=set(shown.values()), starts_at__lte=asked_at
    )
    ends: dict[str, datetime] = {}  # the first end among the people in the picture
    for usage, found, end in rows.values_list("usage", "subject__version", "ends_at"):
        if shown.get(Usage(usage)) == found:
            ends[usage] = min(end, ends.get(usage, end))
    return max((end for end in ends.values() if end > at), default=None)


def _stops(at: datetime) -> QuerySet[Hidden]:
    return Hidden.objects.filter(Q(to_at__isnull=True) | Q(to_at__gt=at), from_at__lte=at)


def grouped(standings: Iterable[Standing]) -> list[tuple[Word, str, list[str]]]:
    """(word, sentence, usages) in the order of the words that matter: what is shown, what is asked, the rest."""
    groups: dict[tuple[Word, str], list[str]] = {}
    for one in standings:
        groups.setdefault((one.word, str(one)), []).append(str(one.usage.label))
    order = [Word.CONSENT, Word.ASKED, Word.NONE]
    every = [_("every usage")]
    return [
        (word, sentence, labels if len(groups) > 1 else every)
        for (word, sentence), labels in sorted(groups.items(), key=lambda group: order.index(group[0][0]))
    ]


def stop(key: int, *, at: datetime, of: str = gate.PORTRAIT) -> Stop | None:
    """Whether staff hides what this portrait, or these kind words (gate.COMPLIMENT), were last asked about. Two queries."""
    newest = Version.objects.filter(**{of: key}, frozen_at__lte=at).order_by("-pk").first()
    if newest is None:
        return None
    row = _stops(at).filter(**{of: key}, from_at__gte=newest.frozen_at).select_related("by").order_by("pk").first()
    return row and Stop(row.from_at, _who(row), row.reason)


def stopped(*, at: datetime) -> Exists:
    """The same, of each row of a list of kind words: no query of its own."""
    later = Version.objects.filter(
        compliment=OuterRef("compliment"), frozen_at__gt=OuterRef("from_at"), frozen_at__lte=at
    )
    return Exists(_stops(at).filter(~Exists(later), compliment=OuterRef("pk")))


def _who(row: Hidden) -> str:
    if row.by is None:  # the ledger says when, not who
        return _("the ledger, after a restore")
    return row.by.get_full_name() or row.by.get_username()
