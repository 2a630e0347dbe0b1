"""The person's page, behind the link that was mailed: see each rendering, answer usage by usage, withdraw.

GET, HEAD and OPTIONS never write: mail scanners follow links. A first POST (« Continuer ») opens a visit and only then
does a name or a face appear; a yes is a second POST. A no and a withdrawal need the link alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from portraits import consent, crops
from portraits.models import ConsentRequest
from portraits.usages import Usage
from portraits.views import questions, visit, wording
from portraits.views.visit import Visit

LANGUAGES = dict(settings.LANGUAGES)
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}
# `no-referrer` would be stricter, but browsers then send « Origin: null » with a form, and Django refuses the POST
# (seen in Chromium). `strict-origin` sends the right Origin and never more than the host: the link does not leak either.
PAGE = {**PRIVATE, "Referrer-Policy": "strict-origin"}
PIECE = {**PRIVATE, "Referrer-Policy": "no-referrer"}  # what holds no form


@dataclass(slots=True)
class Call:
    """One request of a browser by the bearer of one link. `visit` may be over: see `visiting`."""

    http: HttpRequest
    token: str
    row: ConsentRequest
    visit: Visit
    at: datetime

    @property
    def visiting(self) -> bool:
        return self.visit.alive(self.at)

    @property
    def open(self) -> bool:
        """Whether the request still takes answers."""
        return self.at < self.row.closes_at

    @property
    def shown(self) -> bool:
        """Whether this visit shows renderings of a request that still takes answers."""
        return self.visiting and self.open

    @property
    def language(self) -> str:
        wish = self.http.POST.get("langue") or self.http.GET.get("langue") or self.visit.language
        return wish if wish in LANGUAGES else self.row.subject.person.language

    def keep(self) -> None:
        visit.keep(self.http, self.row, self.visit)

    def begin(self) -> None:
        """Open the visit, or open it again with renderings made now."""
        self.visit.language = self.language
        visit.begin(self.visit, self.row, self.token, at=self.at)
        self.keep()

    def to(self, name: str, note: str = "", **place) -> HttpResponse:
        """Send the browser to another of the person's pages (303: reloading it sends nothing again)."""
        address = reverse(name, kwargs={"token": self.token, **place})
        response = HttpResponseRedirect(address + (f"?note={note}" if note else ""))
        response.status_code = 303
        return response

    def page(self, template: str, **context) -> HttpResponse:
        name = self.row.subject.person.first_name
        values = {"name": name, "deadline": date_format(timezone.localtime(self.row.closes_at), "DATE_FORMAT")}
        context |= {
            "call": self,
            "token": self.token,
            "name": name,
            "note": self.http.GET.get("note", ""),
            "say": wording.say(self.row.subject, values),
            "capsule": visit.capsule(self.row.subject.version, self.token),
        }
        return HttpResponse(render_to_string(f"portraits/consent/{template}.html", context, self.http))


View = Callable[..., HttpResponse]


def by_link(*methods: str, headers: dict[str, str] = PAGE) -> Callable[[View], View]:
    """Resolve the link, speak the person's language, and set the headers that keep a secret address secret."""

    def declare(view: View) -> View:
        @wraps(view)
        def answered(http: HttpRequest, token: str, **kwargs) -> HttpResponse:
            call = _resolve(http, token)
            if call is None:
                response = absent(http)
            elif http.method not in methods:
                response = HttpResponseNotAllowed(methods)
            else:
                with translation.override(call.language):
                    response = view(call, **kwargs)
                    response.headers.setdefault("Content-Language", call.language)
            for name, value in headers.items():
                response.headers.setdefault(name, value)
            return response

        return answered

    return declare


def _resolve(http: HttpRequest, token: str) -> Call | None:
    """None for a link that leads nowhere: unknown, or closed with nothing left to withdraw and no visit under way."""
    rows = ConsentRequest.objects.select_related(
        "subject__person", "subject__version__portrait", "subject__version__photo", "subject__version__partner_photo"
    )
    row = rows.filter(token_sha256=consent.token_hash(token)).first()
    if row is None:
        return None
    call = Call(http, token, row, visit.kept(http, row), timezone.now())
    if call.open or call.visiting or any(one.until for one in questions.standings(row, at=call.at)):
        return call
    return None


def absent(http: HttpRequest, rest: str = "") -> HttpResponse:
    """The same bytes and headers for every cause, a malformed link's `rest` included. In both languages: who reads it?"""
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("portraits/consent/absent.html", request=http)
    return HttpResponse(
        page, status=404, headers={**PIECE, "Content-Language": settings.LANGUAGE_CODE, "Vary": "Cookie"}
    )


@by_link("GET", "HEAD", "POST")
def envelope(call: Call) -> HttpResponse:
    """What a link opens first: no name, no photo, one button."""
    if call.http.method == "POST":
        call.begin()
        return _landing(call)
    if call.visiting:
        return _landing(call)
    waiting = call.open and call.row.answered_at is None
    other = next(code for code in LANGUAGES if code != call.language)
    return call.page("envelope", waiting=waiting, language=call.language, other=other)


def _landing(call: Call) -> HttpResponse:
    """Somebody who has answered before most likely comes to see or to withdraw: that is one tap away from there."""
    answered = call.row.answered_at is not None
    if call.shown and not (answered or any(one.until for one in questions.standings(call.row, at=call.at))):
        return call.to("consentement-choix")
    return call.to("consentement-etat")


@by_link("GET", "HEAD", "POST")
def choices(call: Call) -> HttpResponse:
    """The questions, and the answers to them."""
    if call.http.method == "POST":
        return _answer(call)
    if not call.shown:
        return call.to("consentement-etat" if call.visiting else "consentement")
    ends = timezone.localtime(call.at + timedelta(days=settings.CONSENT_DAYS))
    groups = questions.groups(call.row, call.visit, at=call.at)
    return call.page("choices", groups=groups, ends=ends, others=questions.others(call.row))


def _ticks(call: Call) -> dict[str, str]:
    """What the form says for the usages of this request; anything else in it is ignored."""
    if "tout" in call.http.POST:
        return dict.fromkeys(call.row.asked, "no")
    said = {name: call.http.POST.get(f"reponse-{name}") for name in call.row.asked}
    return {name: answer for name, answer in said.items() if answer in {"yes", "no"}}


def _answer(call: Call) -> HttpResponse:
    said = call.visit.ticks = _ticks(call)
    yes = [name for name, answer in said.items() if answer == "yes"]
    if (yes or not said) and not call.shown:
        return _over(call)
    if not said:
        return call.to("consentement-choix", note="rien")
    if not all(_unchanged(call, Usage(name)) for name in yes):
        return _again(call)
    seen = {Usage(name): seen.sha256 for name, seen in call.visit.seen.items()}
    try:
        consent.answer(call.row, {Usage(name): answer for name, answer in said.items()}, seen=seen, at=call.at)
    except consent.Closed:
        return _over(call)
    except consent.Unseen:
        return _again(call)
    return _done(call, "note")


def _unchanged(call: Call, usage: Usage) -> bool:
    """Whether the channel still renders what this visit showed: a yes is given to that, not to what came since."""
    seen = call.visit.seen.get(usage.value)
    rendering = visit.render(usage, call.row.subject.version, call.token)
    return seen is not None and rendering is not None and rendering.sha256 == seen.sha256


def _again(call: Call) -> HttpResponse:
    call.begin()
    return call.to("consentement-choix", note="apercu")


def _over(call: Call) -> HttpResponse:
    """The request closed, or the visit ended: nothing was recorded, and the ticks wait for the next visit."""
    call.keep()
    return call.to("consentement", note="fin") if call.open else call.to("consentement-etat", note="ferme")


def _done(call: Call, note: str) -> HttpResponse:
    """After an answer or a withdrawal, done with or without a visit: the page that says so must open."""
    call.visit.ticks = {}
    if call.visiting:
        call.keep()
    else:
        call.begin()
    return call.to("consentement-etat", note=note)


@by_link("GET", "HEAD", "POST")
def state(call: Call) -> HttpResponse:
    """Where the person stands, and one button per living yes that ends it at once."""
    if call.http.method == "POST":
        return _withdraw(call)
    if not call.visiting:
        return call.to("consentement")
    rows = questions.standings(call.row, at=call.at)
    living = [row for row in rows if row.until]
    return call.page("state", rows=rows, living=living, others=questions.others(call.row))


def _withdraw(call: Call) -> HttpResponse:
    wish = call.http.POST.get("usage")
    living = [one.usage for one in questions.standings(call.row, at=call.at) if one.until]
    stopped = living if wish == "tout" else [usage for usage in living if usage.value == wish]
    subject = call.row.subject
    consent.withdraw(subject.version.portrait, subject.person, stopped, at=call.at)
    return _done(call, "retire")


@by_link("GET", "HEAD", "POST")
def enlarge(call: Call, usage: str) -> HttpResponse:
    """One rendering on a page of its own. It is opened by a button of the form, so that ticks come along and stay."""
    if call.http.method == "POST":
        call.visit.ticks = _ticks(call)
        if not call.shown:
            return _over(call)
        if not (usage in call.visit.seen and _unchanged(call, Usage(usage))):
            return _again(call)
        call.keep()
        return call.to("consentement-voir", usage=usage)
    if not call.shown:
        return call.to("consentement")
    if usage not in call.visit.seen:
        return absent(call.http)
    response = call.page("enlarged", usage=Usage(usage), seen=call.visit.seen[usage])
    # A link inside a rendering leads nowhere else: the frame may only hold this visit's own renderings.
    own = call.http.get_host() + reverse("consentement-rendu", args=[call.token, usage])
    response._csp_replace = {"frame-src": [own]}
    return response


@by_link("GET", "HEAD", headers=PIECE)
def rendering(call: Call, usage: str) -> HttpResponse:
    """The very bytes whose sha256 goes with a yes, and only within the visit; 409 when the channel no longer makes them."""
    if not call.shown or usage not in call.visit.seen:
        return absent(call.http)
    made = visit.render(Usage(usage), call.row.subject.version, call.token)
    if made is None or made.sha256 != call.visit.seen[usage].sha256:
        response = call.page("changed")
        response.status_code = 409
        return response
    response = HttpResponse(made.body, content_type=made.content_type)
    response.headers["Content-Language"] = call.row.subject.version.language
    policy = {"script-src": ["'none'"], "form-action": ["'none'"], "sandbox": ["allow-same-origin"]}
    if made.shape == "mail":  # mail programs need styles in the page
        policy["style-src"] = ["'self'", "'unsafe-inline'"]
    response._csp_replace = policy
    return response


@by_link("GET", "HEAD", headers=PIECE)
def photo(call: Call, spec: str, extension: str) -> HttpResponse:
    """One crop of the pictures of this Version, for the renderings and the page of this visit."""
    capsule = visit.capsule(call.row.subject.version, call.token)
    picture = capsule.partner_picture if spec.startswith("duo-") else capsule.picture
    size = crops.SPECS.get(spec.removeprefix("duo-"))
    if not call.visiting or picture is None or size is None or extension not in crops.TYPES:
        return absent(call.http)
    shown = picture.shown
    data = crops.rendition(shown.name, shown.sha256, shown.crop, size, extension)
    return HttpResponse(data, content_type=crops.TYPES[extension][1])
