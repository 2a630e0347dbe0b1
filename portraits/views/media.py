"""The only way out for a photograph: every request asks the gate, at that instant.

/m/<usage>/<key>/<spec>.<ext> — 410 once it may no longer be shown, 404 when it never was; a mail's picture becomes a
neutral one of the same size (200), since mail programs show an error badly and for long.
"""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.views.decorators.http import require_safe

from portraits import crops, gate
from portraits.usages import Usage

PRIVATE = frozenset({Usage.INTRANET})
IN_MAIL = frozenset({Usage.INFOLETTRE, Usage.INFOLETTRE_PUBLIQUE})
ON_SCREEN = frozenset({Usage.ECRAN, Usage.VITRINE})
BY_ADDRESS = frozenset({Usage.SITE}) | PRIVATE | IN_MAIL | ON_SCREEN  # the others travel inside files only
LONGEST = 60  # seconds in any cache


@require_safe
def media(request: HttpRequest, usage: str, key: str, spec: str, extension: str) -> HttpResponse:
    """One crop of one photograph, for one usage, now."""
    usage, partner, size = _parse(usage, spec, extension)
    if usage in PRIVATE and not request.user.is_authenticated:
        raise Http404
    at = timezone.now()
    shown = gate.photo(usage, key, at=at, partner=partner)
    if shown is None:
        return _absent(usage, key, size, extension)
    etag = f'"{shown.sha256[:24]}-{"-".join(map(str, shown.crop))}-{spec}-{extension}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        data = crops.rendition(shown.name, shown.sha256, shown.crop, size, extension)
        response = HttpResponse(data, content_type=crops.TYPES[extension][1])
    response["ETag"] = etag
    response["Cache-Control"] = _caching(usage, shown.until, at)
    if usage != Usage.SITE or not gate.photo(Usage.INDEXATION, key, at=at):
        response["X-Robots-Tag"] = "noindex, noimageindex"
    return response


def _parse(usage: str, spec: str, extension: str) -> tuple[Usage, bool, crops.Spec]:
    partner = spec.startswith("duo-")
    size = crops.SPECS.get(spec.removeprefix("duo-"))
    if usage not in BY_ADDRESS or size is None or extension not in crops.TYPES:
        raise Http404
    return Usage(usage), partner, size


def _caching(usage: Usage, until: datetime, at: datetime) -> str:
    if usage in ON_SCREEN:
        return "private, no-store"  # the player keeps the only copy, in the cache that it purges itself
    if usage in IN_MAIL:
        return "no-cache"
    seconds = max(0, min(LONGEST, int((until - at).total_seconds())))
    return f"{'private' if usage in PRIVATE else 'public'}, max-age={seconds}, must-revalidate"


def _absent(usage: Usage, key: str, size: crops.Spec, extension: str) -> HttpResponse:
    if not gate.key_is_known(key):
        raise Http404
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, noimageindex"}
    if usage in IN_MAIL:
        return HttpResponse(crops.placeholder(size, extension), content_type=crops.TYPES[extension][1], headers=headers)
    return HttpResponse(status=410, content_type="text/plain", headers=headers)
