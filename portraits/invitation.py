"""What is written to a person about consent. It names nobody but its reader, and shows no photo: a mail may be read over
a shoulder. Each mail is a row in the present transaction (settings.EMAIL_BACKEND)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portraits import brand, links, signing, texting
from portraits.capsule import Quote
from portraits.models import Compliment, ConsentRequest, Person, Push, Team

QUESTION = (
    "X-Question"  # marks, for whoever keeps the mails (intranet/mail.py), those that put a question; it never leaves
)


def send(request: ConsentRequest, token: str) -> None:
    """Put the question, the way this person is reached. A letter or a counter needs nothing sent: staff prints or hands over."""
    person = request.addressee
    if person.reach in {Person.Reach.EMAIL, Person.Reach.SMS} and texting.reaches(person):
        texting.invite(request, token)
    elif person.reach == Person.Reach.EMAIL:
        with translation.override(person.language):
            subject = _("A question about your consent") if request.renewal else _("A request from your borough")
            _mail(
                subject,
                "invitation",
                person,
                link=links.address(token),
                closes_at=request.closes_at,
                request=request,
                tu=request.tu,
            )


def remind(request: ConsentRequest, token: str) -> None:
    """The same question once more, the way this person is reached, with a link of its own."""
    person = request.addressee
    if person.reach in {Person.Reach.EMAIL, Person.Reach.SMS} and texting.reaches(person):
        texting.invite(request, token)
    elif person.reach == Person.Reach.EMAIL:
        with translation.override(person.language):
            _mail(
                _("A request is waiting for you"),
                "reminder",
                person,
                link=links.address(token),
                closes_at=request.closes_at,
                tu=request.tu,
            )


# `tu` below: how whoever reads it is addressed, as the page of the question does (ConsentRequest.tu).


def send_code(person: Person, digits: str, *, tu: bool) -> None:
    """The second proof of a yes, to the person's own address or telephone."""
    if texting.reaches(person):
        texting.tell_code(person, digits, tu=tu)
        return
    with translation.override(person.language):
        _mail(_("%(digits)s is your code") % {"digits": digits}, "code", person, digits=digits, tu=tu)


def send_ways_in(person: Person, tokens: list[str], *, tu: bool) -> None:
    """The links through which a person sees and withdraws what they said yes to, asked for by themselves."""
    if texting.reaches(person):
        for token in tokens:
            texting.tell_way_in(person, token, tu=tu)
        return
    with translation.override(person.language):
        addresses = [links.address(token) for token in tokens]
        # Whoever wrote to us typed their first name themselves: what is no name greets nobody.
        greeted = person.kind != Person.Kind.WRITER or signing.is_first_name(person.first_name)
        _mail(_("Your consents at the borough"), "ways_in", person, addresses=addresses, tu=tu, greeted=greeted)


def send_receipt(person: Person, subject: str, address: str, page: bytes, data: bytes, *, tu: bool) -> None:
    """What was decided, as a page and as data; `address` opens the person's page."""
    with translation.override(person.language):
        name = _("receipt")
        files = [(f"{name}.pdf", page, "application/pdf"), (f"{name}.json", data, "application/json")]
        _mail(subject, "receipt", person, attachments=files, link=address, tu=tu)


def bring_words(person: Person, quote: Quote, token: str, *, asked: bool, anew: bool = False, unread: str = "") -> None:
    """Kind words, to somebody whom they are for: the words themselves, whole, before any question (`asked`). Without a token,
    they answer signed in. `anew`: they have them already, and the question alone is put again. `unread`: the reference to give
    when they hurt, where no moderator has read them."""
    with translation.override(person.language):
        _mail(
            pgettext("tu", "May we quote these kind words? The question again")
            if anew
            else pgettext("tu", "Somebody wrote kind words for you"),
            "kind_words",
            person,
            quote=quote,
            asked=asked,
            anew=anew,
            link=links.address(token) if token else "",
            unread=unread,
        )


def bring_to_team(team: Team, quote: Quote, *, unread: str = "") -> None:
    """Kind words to a whole team, at its own address. Never when somebody was designated: those words are theirs first. `unread` as
    for one person."""
    words = {"quote": quote, "team": team, "unread": unread}
    with translation.override(quote.language):
        _mail(_("Kind words for your team"), "kind_words_team", None, to=team.email, **words)


def hand_over(team: Team, row: Compliment, words: str) -> None:
    """A criticism, to the team that can do something about it. Who wrote it is not told: an answer goes through us."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("A message for your team: %(reference)s") % {"reference": row.reference}
        _mail(subject, "criticism", None, to=team.email, row=row, paragraphs=words.split("\n\n"), team=team)


def bring_news(person: Person, kinds: Sequence[Push.Kind]) -> None:
    """The mail of the week (portraits/push.py): that there is something to read, not what, nor by whom."""
    with translation.override(person.language):
        address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("mots")
        _mail(pgettext("tu", "Your week: kind words are waiting"), "news", person, kinds=kinds, link=address)


def confide(person: Person, quote: Quote, *, name: str, to: str) -> None:
    """Kind words, to the manager of whom they are for, who chose it."""
    with translation.override(person.language):
        _mail(_("Kind words that a colleague wanted to show you"), "confided", person, to=to, quote=quote, name=name)


def send_quote(person: Person, token: str) -> None:
    """The writer's words were changed before being passed on: may they be quoted so? Without a token, a colleague answers signed
    in."""
    with translation.override(person.language):
        _mail(_("Your words, as we would quote them"), "quote", person, link=links.address(token) if token else "")


def acknowledge(person: Person, reference: str, token: str) -> None:
    """To somebody who has just sent kind words: their number, what follows, and the way to take them back. They are greeted by
    what is shaped like a first name alone: the address may be anybody's, and nobody's sentence goes there in our name."""
    name = person.first_name if signing.is_first_name(person.first_name) else ""
    with translation.override(person.language):
        subject = _("Thank you for your words: %(reference)s") % {"reference": reference}
        _mail(subject, "thanks", person, name=name, reference=reference, link=links.address(token))


def send_reply(person: Person, reference: str, words: str) -> None:
    """The answer to somebody who wrote kind words."""
    with translation.override(person.language):
        subject = _("Your message %(reference)s") % {"reference": reference}
        _mail(subject, "reply", person, words=words, reference=reference)


def send_closing(person: Person, found: Sequence, *, since: datetime, over: bool, quoted: bool = False) -> None:
    """What became of an end, usage by usage (portraits/closing.py); `over` when nothing is left to be done, `quoted` when it is
    about kind words."""
    with translation.override(person.language):
        subject = _("What you withdrew is gone") if over else _("Where your withdrawal stands")
        _mail(subject, "closing", person, found=found, since=since, over=over, quoted=quoted)


def call_for_help(address: str, request: ConsentRequest, words: str, *, at: datetime) -> None:
    """Tell a consent officer that somebody needs help. The words are on the officer's page, not in the mail."""
    with translation.override(settings.LANGUAGE_CODE):
        _mail(_("Somebody needs help with a request"), "help", None, to=address, request=request, words=words, at=at)


def tell_former_address(person: Person, former: str, *, elsewhere: bool = True) -> None:
    """Say at the former address, or number, that requests now go elsewhere, or that somebody else answers them, and whom to
    warn. The new one is not given away."""
    if "@" not in former:
        texting.tell_former_number(person, former, elsewhere=elsewhere)
        return
    with translation.override(person.language):
        subject = _("Your address has changed at the borough") if elsewhere else _("A change about your requests")
        tu = person.kind == Person.Kind.EMPLOYEE
        _mail(subject, "readdressed", person, to=former, elsewhere=elsewhere, tu=tu)


def _mail(
    subject: str, template: str, person: Person | None, *, to: str = "", attachments: Iterable = (), **context
) -> None:
    """`template` is the name of a file of templates/portraits, without its extension. Languages are the caller's."""
    body = render_to_string(f"portraits/{template}.txt", {"person": person, "brand": brand.current(), **context})
    headers = {QUESTION: "1"} if template in {"invitation", "reminder"} else {}
    to = [to or person.email]
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, to, attachments=attachments, headers=headers).send()
