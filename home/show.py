"""What a capsule's page is made of: its head, its neighbours. The site, the intranet and the renderings share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from home import addresses, keep
from portraits.brand import Brand
from portraits.capsule import Capsule, Quote
from portraits.typography import typeset

DESCRIPTION = 155  # characters, about what a search engine prints
QUOTES = 12  # kind words beside a face: the newest
CARD = "p1200"  # the crop that social networks fetch


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to engines and networks."""

    title: str
    description: str
    address: str
    image: str
    image_alt: str


def heading(capsule: Capsule) -> str:
    """« Nadia, horticultrice »: the job loses its capital inside a sentence, unless it starts with an acronym."""
    job = capsule.job
    if job[1:2].islower():
        job = job[0].lower() + job[1:]
    return typeset(f"{capsule.first_name}, {job}", capsule.language)


def _shortened(words: str) -> str:
    """Whole sentences when one ends in the second half of the room, else whole words and an ellipsis."""
    if len(words) <= DESCRIPTION:
        return words
    room = words[:DESCRIPTION]
    end = max(room.rfind(mark) for mark in ".!?")
    return room[: end + 1] if end > DESCRIPTION // 2 else room.rsplit(" ", 1)[0] + "…"


def head(capsule: Capsule, brand: Brand) -> Head:
    """From the capsule alone, so that nothing in the head outlives the consent. Addresses are absolute."""
    picture = capsule.picture
    words = " ".join([capsule.sentence, *capsule.story])
    return Head(
        title=heading(capsule),
        description=typeset(_shortened(words), capsule.language),
        address=brand.address + addresses.portrait(capsule.language, capsule.slug),
        image=brand.address + picture.url(CARD),
        image_alt=picture.alt,
    )


def neighbours(capsules: Sequence[Capsule], slug: str) -> tuple[Capsule | None, Capsule | None, Capsule | None]:
    """The capsule at this address with the ones before and after it, all three None when it is not shown."""
    for rank, capsule in enumerate(capsules):
        if capsule.slug == slug:
            before = capsules[rank - 1] if rank else None
            after = capsules[rank + 1] if rank + 1 < len(capsules) else None
            return before, capsule, after
    return None, None, None


def twin(capsule: Capsule, capsules: Sequence[Capsule], language: str) -> Capsule | None:
    """The same portrait in another language, among those that may be shown now."""
    return next((one for one in capsules if (one.language, one.across) == (language, capsule.across)), None)


def all_found(shown: Sequence[Capsule | Quote], found: Sequence[Capsule | Quote]) -> bool:
    """Whether search engines may list every one of these, in the very version that is shown."""
    return {one.version for one in shown} <= {one.version for one in found}


def gone(request: HttpRequest, *, back: str, template: str = "home/gone.html") -> HttpResponse:
    """410: the same bytes for every portrait that was shown and no longer is, and for every edition that is over; no name, no
    date, no cause."""
    response = render(request, template, {"back": back}, status=410)
    response["Cache-Control"] = "no-store"
    return keep.away(response)
