"""/intranet/mur/: portraits and kind words mixed, the newest first. Nothing is counted, nobody is ranked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from infolettre import sent
from portraits import colleagues, gate, reacting
from portraits.capsule import Capsule, Quote
from portraits.models import Reaction
from portraits.usages import Usage

DIGITS = 18  # of a row's key: the database counts no further than 19
PAGE = 20  # cards: eight rows of two, then of three
BRIEF, MIDDLING = 90, 200  # characters: the shorter the words, the larger the type
NEWEST = 3  # kind words on the front page


@dataclass(frozen=True, slots=True)
class Card:
    """A face, or words with the face of whom they are for when the intranet shows it. `open` to the reader's tap, and how they
    reacted already ("" when they did not)."""

    capsule: Capsule | None = None
    quote: Quote | None = None
    face: Capsule | None = None
    open: bool = False
    reaction: str = ""

    @property
    def at(self) -> datetime:
        return (self.capsule or self.quote).frozen_at

    @property
    def size(self) -> str:
        length = sum(map(len, self.quote.text)) if self.quote else 0
        return "brief" if length <= BRIEF else "middling" if length <= MIDDLING else "long"


@dataclass(frozen=True, slots=True)
class Row:
    """Two or three cards side by side; of two, `wide` is the one that takes more room (0, 1, or None: as much each)."""

    cards: tuple[Card, ...]
    wide: int | None = None


@require_safe
@never_cache
@login_required
def mur(request: HttpRequest) -> HttpResponse:
    """The wall, page by page."""
    at = timezone.now()
    page = page_of(cards(at=at), request.GET.get("p"))
    found = told(page.object_list, request.user)
    context = {"page": page, "rows": list(rows(found)), "issue": sent.latest(at), "kinds": Reaction.Kind}
    return render(request, "intranet/mur.html", context)


@require_POST
@login_required
def react(request: HttpRequest) -> HttpResponse:
    """One tap under words, or the same again to take it back; then the same card."""
    form, at = request.POST, timezone.now()
    key, kind = form.get("mot", ""), form.get("sorte")
    if not key.isdecimal() or len(key) > DIGITS or kind not in Reaction.Kind:
        raise Http404
    try:
        with transaction.atomic():  # a tap that is refused makes nobody a colleague
            person = colleagues.writer(request.user)
            if person is None:
                raise Http404
            reacting.tap(int(key), person, Reaction.Kind(kind), at=at)
    except reacting.NotShown:
        raise Http404 from None
    except reacting.TooMany:
        words = pgettext("tu", "That is many taps for one hour: this one was not kept. Come back later.")
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=429)
    place = (
        reverse("intranet") if form.get("d") == "accueil" else f"{reverse('mur')}?{urlencode({'p': form.get('p', '')})}"
    )
    response = HttpResponseRedirect(f"{place}#mot-{key}")
    response.status_code = 303
    return response


def told(found: Sequence[Card], user) -> list[Card]:
    """The cards with this account's own reactions, open to a tap but for words that are theirs. Three queries."""
    quotes = [one.quote for one in found if one.quote]
    person = colleagues.me(user) if quotes else None
    if person is None:
        return [replace(one, open=bool(one.quote)) for one in found]
    mine, ours = reacting.by(person, quotes), reacting.own(person, quotes)
    return [
        replace(one, reaction=mine.get(one.quote.key, ""), open=one.quote.key not in ours) if one.quote else one
        for one in found
    ]


def page_of(found: Sequence[Card], number: str | None) -> Page:
    return Paginator(found, PAGE).get_page(number)


def cards(*, at: datetime) -> list[Card]:
    """All that the intranet may show now, in the page's language for faces and in their own for words. Three queries."""
    capsules = gate.capsules(Usage.INTRANET, at=at, language=translation.get_language())
    found = [Card(capsule=one) for one in capsules] + words(capsules, at=at)
    return sorted(found, key=lambda one: one.at, reverse=True)


def words(capsules: Sequence[Capsule], *, at: datetime, most: int | None = None) -> list[Card]:
    """The kind words that may be quoted among colleagues, the newest first. Two queries."""
    quotes = gate.quotes(Usage.INTRANET, at=at, most=most)
    faces = colleagues.faces(quotes, capsules) if quotes else {}
    return [Card(quote=one, face=faces.get(one.version)) for one in quotes]


def rows(found: Sequence[Card]) -> Iterator[Row]:
    """Two, then three, and so on; words take more room than a face, and a last card alone takes all of it."""
    place, number = 0, 0
    while place < len(found):
        some = tuple(found[place : place + 2 + number % 2])
        yield Row(some, _wide(some, number) if len(some) == 2 else None)
        place, number = place + len(some), number + 1


def _wide(two: tuple[Card, ...], number: int) -> int | None:
    said = [place for place, one in enumerate(two) if one.quote]
    if len(said) == 1:
        return said[0]
    return number // 2 % 2 if said else None
