"""The feeds: title, first name, job, sentence and link of the newest capsules. What leaves less behind is easier to withdraw."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from home import addresses, keep, show
from portraits import brand, gate
from portraits.bandeau import bandeau
from portraits.brand import Brand
from portraits.capsule import Capsule
from portraits.typography import typeset
from portraits.usages import EPOCH, Usage

LANGUAGE = "fr-ca"  # these addresses have no prefix: they are French
LONGEST = 30  # items


def _newest(at: datetime) -> list[Capsule]:
    return gate.capsules(Usage.SITE, at=at, language=LANGUAGE)[:LONGEST]


def _title(speaker: Brand) -> str:
    return f"{' '.join(bandeau(LANGUAGE))} – {speaker.name}"


def _sentence(capsule: Capsule) -> str:
    return typeset(capsule.sentence, capsule.language)


def _link(capsule: Capsule, speaker: Brand) -> str:
    return speaker.address + addresses.portrait(capsule.language, capsule.slug)


def _id(capsule: Capsule, speaker: Brand) -> str:
    """A tag URI: stable for ever, since a slug is given once."""
    return f"tag:{speaker.host.split(':')[0]},{EPOCH.year}:portraits/{capsule.language}/{capsule.slug}"


def _kept(response: HttpResponse, at: datetime) -> HttpResponse:
    """Feeds name people whom search engines may not list: read, not indexed."""
    return keep.public(keep.away(response), gate.next_boundary(Usage.SITE, at=at), at=at)


class _Feed(Feed):
    """What RSS and Atom share. One instant and one reading of the gate per request: both travel in the feed's `obj`."""

    item_guid_is_permalink = False
    language = LANGUAGE

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        del response["Last-Modified"]  # it would go back in time after a withdrawal; the ETag is made of the bytes
        return _kept(response, request.read_at)

    def get_object(self, request):
        request.read_at = timezone.now()
        return brand.current(), _newest(request.read_at), request.path

    def title(self, obj):
        return _title(obj[0])

    def description(self, obj):
        return gettext("The people who work for you, in their own words.")

    subtitle = description

    def link(self, obj):
        return obj[0].address + addresses.home(LANGUAGE)

    def feed_url(self, obj):
        return obj[0].address + obj[2]

    def items(self, obj):
        return [(capsule, obj[0]) for capsule in obj[1]]

    def item_title(self, item):
        return show.heading(item[0])

    def item_description(self, item):
        return escape(_sentence(item[0]))  # readers take it for HTML

    def item_link(self, item):
        return _link(*item)

    def item_guid(self, item):
        return _id(*item)

    def item_author_name(self, item):
        return item[0].first_name

    def item_pubdate(self, item):
        return item[0].frozen_at

    item_updateddate = item_pubdate


class _Steady:
    """An empty feed dates from the beginning, not from now: its bytes, hence its ETag, stay the same."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else EPOCH


class _SteadyRss(_Steady, Rss201rev2Feed):
    pass


class _SteadyAtom(_Steady, Atom1Feed):
    pass


class Rss(_Feed):
    feed_type = _SteadyRss


class Atom(_Feed):
    feed_type = _SteadyAtom


@require_safe
def json_feed(request: HttpRequest) -> HttpResponse:
    """JSON Feed 1.1 (jsonfeed.org)."""
    at = timezone.now()
    speaker = brand.current()
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(speaker),
        "home_page_url": speaker.address + addresses.home(LANGUAGE),
        "feed_url": speaker.address + reverse("flux-json"),
        "language": "fr-CA",
        "items": [
            {
                "id": _id(capsule, speaker),
                "url": _link(capsule, speaker),
                "title": show.heading(capsule),
                "content_text": _sentence(capsule),
                "authors": [{"name": capsule.first_name}],
                "date_published": capsule.frozen_at.isoformat(),
            }
            for capsule in _newest(at)
        ],
    }
    response = JsonResponse(feed, json_dumps_params={"ensure_ascii": False}, content_type="application/feed+json")
    return _kept(response, at)
