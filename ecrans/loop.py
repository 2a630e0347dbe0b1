"""What a screen may show, for how long, and until when even if nobody can reach it any more: its manifest.

Nothing is stored: every poll asks the gate. Each slide carries its own end, and the whole carries a lease, so that the
screen forgets by itself. The bytes depend only on what is shown and on a slot of the clock (1/24 of the lease): every
worker makes the same ones, a 304 renews nothing, and an outage always starts with at least 23/24 of the lease.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import chain, islice, zip_longest

from django.utils import timezone

from ecrans.models import Audience, Ecran, Place
from ecrans.slides import HTML_LANG, slide, title, words
from portraits import brand, framing, gate
from portraits.bandeau import bandeau
from portraits.capsule import Capsule, Quote
from portraits.framing import Frame
from portraits.usages import Usage

VERSION = 1
SLIDES = 12  # the newest; a loop of two minutes
FRAMED = 6  # portraits of one edition
BETWEEN = 3  # portraits between two kind words
QUOTES = 4  # kind words in a loop
LOOKED_AT = 24  # among which they are chosen: the newest that a wall can show
SLOTS = 24


@dataclass(frozen=True, slots=True)
class Opening:
    """The title of an edition. It rests on the first of its portraits: when that one goes, so does it, and another comes with
    the next manifest if somebody is left. A screen that is cut off never shows a title without anybody."""

    frame: Frame
    capsule: Capsule

    @property
    def until(self) -> datetime:
        return min(self.frame.until, self.capsule.until)


@dataclass(frozen=True, slots=True)
class Inside:
    """A portrait of an edition, in its colour."""

    frame: Frame
    capsule: Capsule

    @property
    def until(self) -> datetime:
        return self.capsule.until


Slide = Capsule | Quote | Opening | Inside


def playing(ecran: Ecran, at: datetime) -> list[Slide]:
    """What this screen's loop shows at this instant, in its order: the editions that are on, each with its title and its
    portraits, then other portraits, and kind words between them. Three queries, when the place comes with the screen; two
    more while an edition is on."""
    asked, languages = usage(ecran.place), ecran.languages.split()
    quotes = gate.quotes(asked, at=at, most=LOOKED_AT)
    quotes = [one for one in quotes if one.language in languages and words(one)]
    capsules = gate.capsules(asked, at=at)
    framed = editions(framing.frames(at=at, languages=languages), capsules)
    inside = {one.capsule.key for one in framed if isinstance(one, Inside)}
    others = chosen([one for one in capsules if one.key not in inside], languages)
    return [*framed, *mixed(others[: max(0, SLIDES - len(inside))], quotes)]


def editions(frames: list[Frame], capsules: list[Capsule]) -> list[Opening | Inside]:
    """The title of each edition, then its portraits; one without anybody has no title either. A portrait comes once."""
    rows, room, known = [], SLIDES, set()
    for frame in frames:
        here = [one for one in frame.among(capsules) if one.key not in known][: min(FRAMED, room)]
        if here:
            rows += [Opening(frame, here[0]), *(Inside(frame, one) for one in here)]
            known |= {one.key for one in here}
            room -= len(here)
    return rows


def faces(shown: Iterable[Slide]) -> list[Capsule | Quote]:
    """What rests on somebody's yes among what a loop shows: titles rest on nothing of their own."""
    bare = [one.capsule if isinstance(one, Inside) else one for one in shown]
    return [one for one in bare if not isinstance(one, Opening)]


def mixed(portraits: list[Capsule], quotes: list[Quote]) -> list[Capsule | Quote]:
    """Kind words after every third portrait; after the last one when there are fewer; alone when there is none."""
    room = min(max(1, len(portraits) // BETWEEN), QUOTES) if portraits else QUOTES
    waiting = iter(quotes[:room])
    rows = []
    for rank, one in enumerate(portraits, start=1):
        rows.append(one)
        if rank % BETWEEN == 0:
            rows += islice(waiting, 1)
    return [*rows, *waiting]


def manifest(ecran: Ecran, at: datetime) -> dict:
    """Everything the player needs, for this screen at this instant. Four queries, when the place comes with the screen; two
    more while an edition is on."""
    return composed(ecran, playing(ecran, at), at)


def composed(ecran: Ecran, shown: list[Slide], at: datetime) -> dict:
    """The manifest that plays these. One query."""
    place = ecran.place
    lease = timedelta(hours=place.lease_hours)
    slot = int(lease.total_seconds()) // SLOTS
    issued = datetime.fromtimestamp(int(at.timestamp()) // slot * slot, UTC)
    languages = ecran.languages.split()
    speaker = brand.current()
    return {
        "v": VERSION,
        "ecran": ecran.public_id,
        "issued_at": iso(issued),
        "lease_until": iso(issued + lease),
        "open": [[iso(start), iso(end)] for start, end in opening(place, issued, issued + lease)],
        "state": "loop" if shown else "standby",
        "brand": {"edition": speaker.edition, "lines": [speaker.first_line, speaker.second_line]},
        "shield": {"lang": HTML_LANG[languages[0]], "lines": list(bandeau(languages[0]))},
        "slides": [{**_slide(one, ecran.seconds), "until": iso(one.until)} for one in shown],
    }


def _slide(one: Slide, shortest: int) -> dict:
    if isinstance(one, Opening):
        return title(one.frame, one.capsule.version, shortest=shortest)
    if isinstance(one, Inside):
        return {**slide(one.capsule, shortest=shortest), "edition": one.frame.colour}
    return words(one, shortest=shortest) if isinstance(one, Quote) else slide(one, shortest=shortest)


def encoded(content: dict) -> bytes:
    """The manifest's bytes, the same for the same content."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def usage(place: Place) -> Usage:
    """Which consent the door is asked for."""
    return Usage.VITRINE if place.audience == Audience.PUBLIC else Usage.ECRAN


def chosen(capsules: list[Capsule], languages: list[str]) -> list[Capsule]:
    """The newest of each language in turn, SLIDES at most. The second language starts half a loop later, so that the two
    versions of one person do not follow each other."""
    by_language = [[one for one in capsules if one.language == language] for language in languages]
    kept = _in_turn(by_language)[:SLIDES]
    first, *others = [[one for one in kept if one.language == language] for language in languages]
    return _in_turn([first, *([*row[len(row) // 2 :], *row[: len(row) // 2]] for row in others)])


def _in_turn(rows: list[list[Capsule]]) -> list[Capsule]:
    return [one for one in chain.from_iterable(zip_longest(*rows)) if one is not None]


def opening(place: Place, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of [start, end[ during which the place is open, as instants: the player needs no calendar."""
    if place.open_from is None:
        yield start, end
        return
    day = timezone.localdate(start) - timedelta(days=1)
    while (opens := _instant(day, place.open_from)) < end:
        later = timedelta(days=int(place.open_to <= place.open_from))
        closes = _instant(day + later, place.open_to)
        if closes > start:
            yield max(opens, start), min(closes, end)
        day += timedelta(days=1)


def _instant(day, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=timezone.get_default_timezone())


def iso(at: datetime) -> str:
    """Milliseconds, rounded down: an end is never later on the screen than at the door."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
