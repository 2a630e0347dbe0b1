"""The player's page, its service worker, and the manifest that each screen asks for every few seconds."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ecrans import loop, reach
from ecrans.models import Ecran
from portraits.bandeau import bandeau

logger = logging.getLogger(__name__)

LINKED = (
    "css/jtpv.css",
    "ecrans/stage.css",
    "ecrans/player.css",
    "ecrans/player.js",
    "fonts/bricolage-grotesque-latin-standard-normal.woff2",
    "fonts/bricolage-grotesque-latin-ext-standard-normal.woff2",
    "fonts/knewave-latin-400-normal.woff2",
)
IMPORTED = ("ecrans/clock.js", "ecrans/kept.js", "ecrans/stage.js")  # by player.js, under their plain names


def _shell() -> dict:
    """What the page itself says, before any manifest: the shield needs no network and shows nobody."""
    return {"poll": settings.SCREEN_POLL_SECONDS, "slogan": bandeau(settings.LANGUAGE_CODE)}


@require_safe
def player(request: HttpRequest) -> HttpResponse:
    """The same page for every screen: which one it is stays in the address and in the browser. Names nobody."""
    response = render(request, "ecrans/player.html", _shell())
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def opened(request: HttpRequest, public_id: str) -> HttpResponse:
    """A screen's short address."""
    ecran = get_object_or_404(Ecran, public_id=public_id)
    return HttpResponseRedirect(f"{reverse('ecran')}?e={ecran.public_id}")


class Answer(HttpResponse):
    """A manifest, or a 304 without a word. Once it has left, `note` is written, when there is one: a face goes dark even while
    the database is busy or its disk slow. A note that cannot be written is logged; the next poll makes up for it."""

    def __init__(self, content: bytes = b"", *, status: int = 200, note: Callable[[], None] | None = None):
        super().__init__(content, status=status, content_type="application/json")
        self.note = note

    def close(self) -> None:
        note, self.note = self.note, None
        try:
            if note:
                note()
        except DatabaseError:
            logger.exception("What a screen said could not be kept")
        finally:
            super().close()


@require_safe
def manifest(request: HttpRequest, public_id: str) -> HttpResponse:
    """What this screen may show now; what it says that it holds is kept, before the answer leaves when it hands out anything
    that the screen did not hold, after it otherwise.

    `Ecran-Now` is the server's time in ms: the HTTP Date has whole seconds only."""
    at = timezone.now()
    ecran = Ecran.objects.select_related("place", "pulse").filter(public_id=public_id).first()
    if ecran is None:
        response = JsonResponse({"v": loop.VERSION, "error": "unknown"}, status=404)
    else:
        shown = loop.playing(ecran, at)
        said = loop.composed(ecran, shown, at)
        content = loop.encoded(said)
        etag = f'"{sha256(content).hexdigest()}"'
        fresh = request.headers.get("If-None-Match") != etag
        tell = fresh or not reach.is_noted(ecran, etag)
        handed = loop.faces(shown) if tell else ()
        new = reach.is_new(ecran, handed)
        note = partial(
            reach.heard,
            ecran,
            holds=reach.said(request.headers.get("Ecran-Holds")),
            handed=handed,
            etag=etag if tell else "",
            lease_until=datetime.fromisoformat(said["lease_until"]),
            new=new,
            at=at,
        )
        if new:
            note()  # what hangs nowhere in the records would never be recalled
            note = None
        response = Answer(content, note=note) if fresh else Answer(status=304, note=note)
        response["ETag"] = etag
    response["Cache-Control"] = "no-store"
    response["Ecran-Now"] = str(int(at.timestamp() * 1000))
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root of its scope. Its bytes change with any file of the shell: the browser then
    installs the new shell whole, beside the old one."""
    files = [Path(finders.find(name)).read_bytes() for name in (*LINKED, *IMPORTED)]
    page = render_to_string("ecrans/player.html", _shell(), request)
    shell = [reverse("ecran"), *map(static, LINKED), *(settings.STATIC_URL + name for name in IMPORTED)]
    version = sha256(b"".join([*files, page.encode(), *(address.encode() for address in shell)])).hexdigest()[:16]
    source = Path(finders.find("ecrans/sw.js")).read_text()
    head = f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(shell)};\n"
    return HttpResponse(head + source, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
