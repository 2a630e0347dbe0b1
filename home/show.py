"""What a capsule's page is made of: its head, its neighbours. The site, the intranet and the renderings share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator

from home import addresses, keep
from portraits import gate
from portraits.brand import Brand
from portraits.capsule import Capsule
from portraits.typography import typeset
from portraits.usages import Usage

DESCRIPTION = 155  # characters, about what a search engine prints
CARD = "p1200"  # the crop that social networks fetch


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself to engines and networks. `image` is empty when there is no photograph."""

    title: str
    description: str
    address: str
    image: str
    image_alt: str


def head(capsule: Capsule, brand: Brand) -> Head:
    """From the capsule alone, so that nothing in the head outlives the consent. Addresses are absolute."""
    picture = capsule.picture
    words = " ".join([capsule.sentence, *capsule.story])
    return Head(
        title=typeset(f"{capsule.first_name}, {capsule.job}", capsule.language),
        description=typeset(Truncator(words).chars(DESCRIPTION), capsule.language),
        address=brand.address + addresses.portrait(capsule.language, capsule.slug),
        image=brand.address + picture.url(CARD) if picture.base else "",
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


def twin(capsule: Capsule, language: str, *, at: datetime) -> Capsule | None:
    """The same portrait in another language, if the public site may show it there. One query."""
    found = gate.capsules(Usage.SITE, at=at, slug=capsule.slug, language=language)
    return next((other for other in found if other.first_name == capsule.first_name), None)


def gone(request: HttpRequest, *, back: str) -> HttpResponse:
    """410: the same bytes for every portrait that was shown and no longer is; no name, no date, no cause."""
    response = render(request, "home/gone.html", {"back": back}, status=410)
    response["Cache-Control"] = "no-store"
    return keep.away(response)
