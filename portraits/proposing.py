"""What an edition may be made of: portraits whose people say yes today, those that were least shown first.

Nobody without a living consent for the usage asked is ever listed: who refused and who was never asked look alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portraits import framing, gate
from portraits.capsule import Capsule
from portraits.models import Edition, Exposure, Framed, Portrait, Subject, Version
from portraits.usages import Usage

STEP = 5  # years of service between two that are celebrated
Criterion = Edition.Criterion


@dataclass(frozen=True, slots=True)
class Proposal:
    """One portrait that may be in an edition. `places`: where it stood so far, screens, issues, walls, posts and other
    editions; `last_on`: when it last came up somewhere. `years` of service are for whoever chooses by them, and are never published.
    `photo` is the key of its picture in the CMS."""

    capsule: Capsule
    languages: tuple[str, ...]
    photo: int
    places: int
    last_on: date | None
    years: int | None
    position: int | None

    @property
    def across(self) -> str:
        return self.capsule.across

    @property
    def chosen(self) -> bool:
        return self.position is not None


def proposals(edition: Edition, usage: Usage, *, at: datetime) -> list[Proposal]:
    """The portraits chosen so far, in their order, then those that the edition's criterion proposes, the least shown first.
    Only who may be shown for this usage now. A fixed number of queries."""
    shown = _one_each(gate.capsules(usage, at=at))
    chosen = dict(Framed.objects.filter(edition=edition).values_list("across", "position"))
    chosen = {str(across): position for across, position in chosen.items()}
    versions = [rows[0].version for rows in shown.values()]
    of_service = edition.criterion == Criterion.SERVICE
    year = framing.next_days(edition, timezone.localdate(at))[0].year
    years = _years(versions, year) if of_service else {}
    meets = _criterion(edition, shown, years)
    kept = [across for across in shown if across in chosen or across in meets]
    places, last = _shown_so_far(kept, edition)
    photos = dict(Version.objects.filter(pk__in=versions).values_list("pk", "photo"))
    found = [
        Proposal(
            capsule=shown[across][0],
            languages=tuple(one.language for one in shown[across]),
            photo=photos[shown[across][0].version],
            places=places[across],
            last_on=timezone.localdate(last[across]) if across in last else None,
            years=years.get(shown[across][0].version),
            position=chosen.get(across),
        )
        for across in kept
    ]
    return sorted(found, key=_order)


@transaction.atomic
def choose(edition: Edition, wanted: Sequence[str], *, among: Iterable[str]) -> int:
    """These portraits, in this order, are the edition's; `among`: those that were offered. Whoever was chosen and was not
    offered stays, after them: they may say yes to another usage. Returns how many there are."""
    Edition.objects.select_for_update().get(pk=edition.pk)
    offered, wanted = set(among), list(dict.fromkeys(wanted))
    others = [str(one.across) for one in edition.chosen.all() if str(one.across) not in offered]
    kept = [across for across in wanted if across in offered] + others
    edition.chosen.all().delete()
    rows = [Framed(edition=edition, across=UUID(across), position=rank) for rank, across in enumerate(kept, start=1)]
    Framed.objects.bulk_create(rows)
    return len(rows)


def _order(one: Proposal) -> tuple:
    if one.chosen:
        return (0, one.position, date.min, one.across)
    return (1, one.places, one.last_on or date.min, one.across)


def _one_each(capsules: Iterable[Capsule]) -> dict[str, list[Capsule]]:
    """Across → its capsules, the French one first."""
    found: dict[str, list[Capsule]] = defaultdict(list)
    for capsule in sorted(capsules, key=lambda one: one.language != framing.FRENCH):
        found[capsule.across].append(capsule)
    return dict(found)


def _criterion(edition: Edition, shown: dict[str, list[Capsule]], years: dict[int, int]) -> set[str]:
    if edition.criterion == Criterion.PAIRS:
        return {across for across, rows in shown.items() if rows[0].is_pair}
    if edition.criterion == Criterion.SERVICE:
        return {across for across, rows in shown.items() if rows[0].version in years}
    if edition.criterion == Criterion.TAG:
        return _tagged(edition.tag_id, list(shown)) if edition.tag_id else set()
    return set(shown)


def _tagged(tag: int, across: list[str]) -> set[str]:
    """Those on whose newest draft this theme is written: a portrait is never published, its themes live in its draft."""
    rows = Portrait.objects.filter(translation_key__in=across)
    found = rows.values_list("translation_key", "latest_revision__content__tagged_items")
    return {str(key) for key, items in found if any(item["tag"] == tag for item in items or ())}


def _years(versions: list[int], year: int) -> dict[int, int]:
    """Version → 5, 10, 15… years of service, of whoever reaches them in that year."""
    rows = Subject.objects.filter(version__in=versions, role__in=(Subject.Role.MAIN, Subject.Role.PAIRED))
    known = rows.exclude(person__in_service_since=None).values_list("version", "person__in_service_since")
    found = {}
    for version, since in known:
        if year > since and (year - since) % STEP == 0:
            found[version] = max(year - since, found.get(version, 0))
    return found


def _shown_so_far(across: list[str], edition: Edition) -> tuple[dict[str, int], dict[str, datetime]]:
    """How many places each stood at, and when it last came up at one. Two queries."""
    places, last = defaultdict(int), {}
    rows = Exposure.objects.filter(version__across__in=across).values("version__across", "usage", "locator")
    for row in rows.annotate(last=Max("first_at")):
        key = str(row["version__across"])
        places[key] += 1
        last[key] = max(row["last"], last.get(key, row["last"]))
    others = Framed.objects.filter(across__in=across).exclude(edition=edition)
    for key in others.values_list("across", flat=True):
        places[str(key)] += 1
    return places, last
