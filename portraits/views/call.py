"""One request of a browser by the bearer of one link: who, what they may do, in which language, with which headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from portraits import asking, codes, consent, guardians, links, quoting, state, throttle
from portraits.consent import Method, Proof
from portraits.models import Compliment, ConsentRequest, LedgerEntry, Link, Portrait
from portraits.views import questions, visit, wording
from portraits.views.questions import Standing
from portraits.views.visit import Visit

LANGUAGES = dict(settings.LANGUAGES)
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}
# `no-referrer` would be stricter, but browsers then send « Origin: null » with a form, and Django refuses the POST
# (seen in Chromium). `strict-origin` sends the right Origin and never more than the host: the link does not leak either.
PAGE = {**PRIVATE, "Referrer-Policy": "strict-origin"}
PIECE = {**PRIVATE, "Referrer-Policy": "no-referrer"}  # what holds no form
MOST = 60  # POSTs a minute through one link from one network: looking at ten previews takes twenty
UNKNOWN = 10  # POSTs a minute to links that lead nowhere, from one network
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Call:
    """One request of a browser by the bearer of one link. `visit` may be over: see `visiting`. `answering`: the addressee
    still answers for the person; a former parent's link only refuses and withdraws."""

    http: HttpRequest
    token: str
    link: Link
    visit: Visit
    at: datetime
    answering: bool

    @property
    def row(self) -> ConsentRequest:
        return self.link.request

    @property
    def visiting(self) -> bool:
        return self.visit.alive(self.at)

    @property
    def open(self) -> bool:
        """Whether this link still takes answers: a *manage* link never does."""
        return self.link.kind != Link.Kind.MANAGE and self.at < self.row.closes_at

    @property
    def shown(self) -> bool:
        """Whether this visit shows renderings of a request that still takes answers."""
        return self.visiting and self.open and self.answering

    @property
    def known(self) -> bool:
        """Whether it is surely the person: their own session, or the code typed in this visit."""
        user = self.http.user
        session = user.is_authenticated and user.pk == self.row.addressee.user_id
        return session or (self.visiting and self.visit.proved)

    @property
    def told(self) -> bool:
        """Whether this visit tells what was answered outside of it. Staff held a letter's or a counter's link first, and
        must not learn who refused: these tell it once we know that it is the person."""
        return self.answering and (self.link.witness_id is None or self.known)

    @property
    def answered(self) -> bool:
        """Whether there was an answer, as far as this visit may say."""
        return self.row.answered_at is not None and (self.told or bool(self.visit.decided))

    def standings(self) -> list[Standing]:
        """Where the person stands, as far as this visit may say: else what it decided itself, and nothing of what was
        before. Two queries, and one for each yes that waits."""
        rows = questions.standings(self.row, at=self.at)
        if self.told:
            return rows
        decided = self.visit.decided if self.visiting and self.answering else {}
        return [replace(one, withdrawn_at=None, waits=False) for one in rows if one.usage.value in decided]

    def former(self, known: list[Standing]) -> datetime | None:
        """Until when the version that they said yes to before goes on being shown, while this newer one waits for an answer."""
        waits = self.open and self.told and not self.answered and any(one.until for one in known)
        return state.former(self.subject.version.portrait_id, at=self.at) if waits else None

    def undoable(self) -> list[LedgerEntry]:
        """What this visit may undo: without knowing that it is the person, only what it did itself."""
        verbs = quoting if self.quoted else consent
        lines = verbs.undoable(self.work, self.subject.person, at=self.at) if self.answering else []
        own = all(
            self.visit.decided.get(line.body.get("usage") or line.body["audience"]) == line.at.isoformat()
            for line in lines
        )
        return lines if self.told or (self.visiting and own) else []

    @property
    def proof(self) -> Proof | None:
        """The second proof that it is the person, if there is one: their own session, or the code typed in this visit. At a
        counter somebody on staff beside them is enough only when no code can be sent: one agent alone says no yes."""
        counter = self.link.kind == Link.Kind.COUNTER
        if not self.known and (not counter or codes.reachable(self.row.addressee)):
            return None
        if counter:
            return Proof(Method.COUNTER, self.language)
        return Proof(Method.CODE if self.visiting and self.visit.proved else Method.SESSION, self.language)

    @property
    def language(self) -> str:
        wish = self.http.POST.get("langue") or self.http.GET.get("langue") or self.visit.language
        return wish if wish in LANGUAGES else self.row.addressee.language

    @property
    def subject(self):
        return self.row.subject

    @property
    def work(self) -> Portrait | Compliment:
        return self.row.subject.version.work

    @property
    def quoted(self) -> bool:
        """Whether this is about kind words, and not about a portrait."""
        return self.row.subject.version.portrait_id is None

    def keep(self) -> None:
        visit.keep(self.http, self.row, self.visit)

    def decide(self, names: Iterable[str]) -> None:
        """Remember that this visit decided these usages, or these audiences of kind words."""
        self.visit.decided |= dict.fromkeys(names, self.at.isoformat())

    def done(self, note: str, decided: Iterable[str] = ()) -> HttpResponse:
        """After an answer or a withdrawal, done with or without a visit: the page that says so must open."""
        self.visit.ticks, self.visit.standing = {}, {}
        if not self.visiting:
            self.begin()
        self.decide(decided)
        self.keep()
        return self.to("consentement-etat", note=note)

    def begin(self) -> None:
        """Open the visit, or open it again with renderings made now."""
        self.visit.language = self.language
        visit.begin(self.visit, self.row, at=self.at)
        self.keep()

    def to(self, name: str, note: str = "", **place) -> HttpResponse:
        """Send the browser to another of the person's pages (303: reloading it sends nothing again)."""
        address = reverse(name, kwargs={"token": self.token, **place})
        response = HttpResponseRedirect(address + (f"?note={note}" if note else ""))
        response.status_code = 303
        return response

    def page(self, template: str, **context) -> HttpResponse:
        name = self.row.addressee.first_name
        values = {
            "name": name,
            "deadline": date_format(timezone.localtime(self.row.closes_at), "DATE_FORMAT"),
            "where": questions.masked(self.row.addressee),
            "undo": date_format(timezone.localtime(context.get("undo_until") or self.at), "TIME_FORMAT"),
        }
        context |= {
            "call": self,
            "token": self.token,
            "name": name,
            "note": self.http.GET.get("note", ""),
            "say": wording.say(self.row, values),
            "quote" if self.quoted else "capsule": visit.shown(self.subject.version, self.token),
        }
        return HttpResponse(render_to_string(f"portraits/consent/{template}.html", context, self.http))


View = Callable[..., HttpResponse]


def by_link(*methods: str, headers: dict[str, str] = PAGE) -> Callable[[View], View]:
    """Resolve the link, speak the person's language, and set the headers that keep a secret address secret."""

    def declare(view: View) -> View:
        @wraps(view)
        def answered(http: HttpRequest, token: str, **kwargs) -> HttpResponse:
            response = _answered(view, methods, http, token, kwargs)
            for name, value in headers.items():
                response.headers.setdefault(name, value)
            return response

        return answered

    return declare


def _answered(view: View, methods: tuple[str, ...], http: HttpRequest, token: str, kwargs: dict) -> HttpResponse:
    at = timezone.now()
    call = _resolve(http, token, at)
    if call is None:
        response = absent(http)
        if http.method == "POST" and not _allowed("unknown", throttle.network(http), UNKNOWN, at):
            response.status_code = 429
        return response
    if http.method not in methods:
        return HttpResponseNotAllowed(methods)
    with translation.override(call.language):
        if call.link.kind == Link.Kind.COUNTER and http.user.is_authenticated:
            return _signed_in(call)
        if http.method == "POST" and not _allowed("link", f"{call.link.pk} {throttle.network(http)}", MOST, at):
            response = call.page("slower")
            response.status_code = 429
        else:
            response = view(call, **kwargs)
        response.headers.setdefault("Content-Language", call.language)
    return response


def _signed_in(call: Call) -> HttpResponse:
    """Somebody is signed in on the tablet: it does not go to anybody else with that session. They are asked to end it."""
    if call.http.method == "POST" and call.http.POST.get("geste") == "quitter":
        logout(call.http)
        return call.to("consentement")
    response = call.page("signed_in")
    response.status_code = 403
    response.headers["Content-Language"] = call.language
    return response


def _allowed(what: str, who: str, most: int, at: datetime) -> bool:
    return throttle.allow(f"consent {what}", who, most=most, within=MINUTE, at=at)


def _resolve(http: HttpRequest, token: str, at: datetime) -> Call | None:
    """None for a link that leads nowhere: unknown, dead, or closed with nothing left to withdraw, to undo or to take up
    again, and no visit under way; kind words are read as long as they are kept. A good link is looked for first: what
    others try from the same network never stops it."""
    link = links.find(token, at=at)
    if link is None:
        return None
    row = link.request
    call = Call(http, token, link, visit.kept(http, row), at, guardians.answers(row.subject, row.addressee, at=at))
    if call.quoted:
        return None if row.subject.version.purged_at or call.work.erased_at or call.work.removed_at else call
    if call.open or call.visiting or any(one.until for one in questions.standings(call.row, at=at)):
        return call
    if call.undoable() or (call.told and asking.resumable(call.row, at=at)):
        return call
    return None


def absent(http: HttpRequest, rest: str = "") -> HttpResponse:
    """The same bytes and headers for every cause, a malformed link's `rest` included. In both languages: who reads it?"""
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string("portraits/consent/absent.html", request=http)
    return HttpResponse(
        page, status=404, headers={**PIECE, "Content-Language": settings.LANGUAGE_CODE, "Vary": "Cookie"}
    )
