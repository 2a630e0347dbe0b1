"""« Le bilan d’une capsule »: one portrait from its first post to the places where it was seen, on one sheet of paper.

The figures stay when its people withdraw; the face is there only while the gate shows it among colleagues, and the name is
the desk’s, for whoever may read desks. Of the kind words that came from its page their number is told; the words
themselves only while the gate quotes them among colleagues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portraits import gate, tally, traces
from portraits.capsule import Capsule, Quote
from portraits.models import Compliment, Figure, Portrait, Publication
from portraits.tally import Total
from portraits.traces import Stood
from portraits.usages import Usage

COLUMNS = (Figure.Metric.REACH, Figure.Metric.INTERACTIONS, Figure.Metric.COMMENTS)


@dataclass(frozen=True, slots=True)
class Line:
    """One publication and the last that was read of it: the value of each of COLUMNS (None: not measured), and when."""

    publication: Publication
    values: tuple[int | None, ...]
    read_on: date | None


@dataclass(frozen=True, slots=True)
class Bilan:
    """What one capsule did. `capsule` is None when nobody may be shown. `written` counts the kind words that residents wrote
    from its page and that were passed on; `words` are those quoted beside its face now."""

    desk: Portrait
    capsule: Capsule | None
    total: Total
    lines: tuple[Line, ...]
    stood: tuple[Stood, ...]
    written: int
    words: tuple[Quote, ...]

    @property
    def first_on(self) -> datetime | date | None:
        """The day of its first publication, or of its first place."""
        days = [line.publication.published_on for line in self.lines]
        return min([*days, *(one.first_at.date() for one in self.stood)], default=None)


def bilan(desk: Portrait, *, at: datetime) -> Bilan:
    """Of one portrait, in all its languages. A fixed number of queries."""
    across = desk.translation_key
    family = list(Portrait.objects.filter(translation_key=across).values_list("pk", flat=True))
    capsule = next(iter(gate.capsules(Usage.INTRANET, at=at, keys=[desk.pk])), None)
    words = gate.quotes(Usage.INTRANET, at=at, beside=capsule.version) if capsule else []
    written = Compliment.objects.filter(portrait__in=family, passed_on_at__isnull=False).count()
    total = tally.overall(portrait__in=family)
    lines, stood = _lines(family), traces.stood(across)
    return Bilan(desk, capsule, total, tuple(lines), tuple(stood), written, tuple(words))


def _lines(family: list[int]) -> list[Line]:
    rows = Publication.objects.filter(portrait__in=family).order_by("published_on", "pk")
    read: dict[int, dict[str, Figure]] = {}
    for figure in tally.latest().filter(publication__portrait__in=family, metric__in=COLUMNS).order_by():
        read.setdefault(figure.publication_id, {})[figure.metric] = figure
    made = []
    for row in rows:
        found = read.get(row.pk, {})
        values = tuple(found[metric].value if metric in found else None for metric in COLUMNS)
        made.append(Line(row, values, max((one.read_on for one in found.values()), default=None)))
    return made
