"""One visit of the bearer of a link: opened by a POST, kept in the session on the server, over two hours later.

It remembers which renderings were shown, by their sha256, and the ticks not yet saved, so that enlarging a preview, a
visit that ended or a preview that changed lose nothing of what the person had chosen.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.utils import translation

from portraits import quoting, renderings
from portraits.capsule import Capsule, Quote
from portraits.models import ConsentRequest, Version
from portraits.renderings import Rendering
from portraits.usages import Usage

log = logging.getLogger(__name__)
SESSION_KEY = "consentement"
LASTS = 2 * 3600  # seconds
NEUTRAL = "lien"  # stands for the token in what is hashed


@dataclass(slots=True)
class Seen:
    """One rendering as it was when the visit opened: what a yes will be bound to, and how a page frames it."""

    sha256: str
    shape: str
    picture: bool


@dataclass(slots=True)
class Visit:
    """What the session holds for one request. `opened` is in seconds since 1970; 0 keeps ticks without a visit.

    `term` is how long the yeses of this sheet hold ("annee" or "mois"); `proved` that the code was typed in this visit;
    `decided` what was answered or withdrawn in it: usage → the instant, as the ledger has it; `standing` what somebody wants to
    answer once and for all about kind words: audience → "always", "never" or "ask".
    """

    opened: float = 0
    seen: dict[str, Seen] = field(default_factory=dict)
    ticks: dict[str, str] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)
    language: str = ""
    term: str = "annee"
    proved: bool = False
    decided: dict[str, str] = field(default_factory=dict)

    def alive(self, at: datetime) -> bool:
        return self.opened <= at.timestamp() < self.opened + LASTS


def kept(http: HttpRequest, row: ConsentRequest) -> Visit:
    """What the session holds, alive or not; an empty visit when it holds nothing. Never writes."""
    values = http.session.get(SESSION_KEY, {}).get(str(row.pk))
    if values is None:
        return Visit()
    return Visit(**{**values, "seen": {usage: Seen(**seen) for usage, seen in values["seen"].items()}})


def keep(http: HttpRequest, row: ConsentRequest, visit: Visit) -> None:
    """Write the visit in the session. Only ever called by a POST."""
    http.session[SESSION_KEY] = {**http.session.get(SESSION_KEY, {}), str(row.pk): asdict(visit)}


def begin(visit: Visit, row: ConsentRequest, *, at: datetime) -> None:
    """Render every asked usage and remember what is about to be shown. Ticks stay, save those whose rendering changed."""
    if not visit.alive(at):
        visit.decided = {}
    before, visit.opened, visit.seen = visit.seen, at.timestamp(), {}
    visit.proved = False
    if at >= row.closes_at:
        return
    for name in row.asked:
        rendering = render(Usage(name), row.subject.version)
        if rendering is None:
            continue
        picture = rendering.content_type.startswith("image/")
        visit.seen[name] = Seen(rendering.sha256, rendering.shape, picture)
        if name in before and before[name].sha256 != rendering.sha256:
            visit.ticks.pop(name, None)


def render(usage: Usage, version: Version) -> Rendering | None:
    """The channel's own rendering of the frozen Version, in its own language; None when it cannot be made now.

    Its pictures have the address of no link (NEUTRAL), so that the same Version gives the same bytes to everybody and the
    hash kept with a yes can be computed again. One broken channel must keep nobody from the others, nor from
    withdrawing: whatever it raises is logged.
    """
    with translation.override(version.language):
        try:
            return renderings.render(usage, shown(version, NEUTRAL))
        except Exception:
            log.exception("No rendering of %s for version %s.", usage.value, version.pk)
            return None


def addressed(body: bytes, token: str) -> bytes:
    """A rendering as this link's bearer receives it: its pictures answer under their own link."""
    return body.replace(f"/consentement/{NEUTRAL}/photo/".encode(), f"/consentement/{token}/photo/".encode())


def shown(version: Version, token: str) -> Capsule | Quote:
    """The Version as channels receive it; its pictures, if any, answer under the person's own link."""
    if version.portrait_id is None:
        return quoting.quote(version)
    base = f"/consentement/{token}/photo/"
    return Capsule.of(
        version.content,
        bases=(base, base),
        files=[photo and photo.stored for photo in (version.photo, version.partner_photo)],
        key=version.portrait_id,
        version=version.pk,
        slug=version.slug,
        fingerprint=version.fingerprint,
        frozen_at=version.frozen_at,
    )
