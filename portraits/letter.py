"""One printed letter per person: a link of their own as a QR code, what would be shown, and a sheet to be signed.

It is composed as posters are (`compose`), in the language and with the address (« tu », « vous ») of whoever answers.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portraits import brand, compose, consent, crops, ledger, links, notices, press, renderings
from portraits.capsule import Capsule
from portraits.models import ConsentRequest, LedgerEntry, Link, Version
from portraits.usages import PROMISES, Usage

NOWHERE = "/"  # pictures of a letter come from files, not from addresses


@transaction.atomic
def print_one(request: ConsentRequest, *, by, at: datetime) -> bytes:
    """The bytes of one letter, with a link made for it, and its line in the ledger. Each printing makes a new link, which
    tells nothing of earlier answers: `by` held it before the person does.

    Raises renderings.CannotRender, in the reader's language, when a picture or a glyph is missing: nothing is written then.
    """
    token = links.make(request, Link.Kind.RESPOND, at=at, witness=by)
    ledger.append(
        "printed",
        at=at,
        person=ledger.pseudonym(request.subject.person),
        portrait=str(request.subject.version.across),
        request=request.pk,
        by=ledger.account(by),
    )
    return compose_one(request, links.address(token), at=at)


def first_printed(request: ConsentRequest) -> datetime | None:
    """When this request was first printed. Every sheet of a request bears the dates of the first one: whichever was signed,
    what it says is what is written."""
    lines = LedgerEntry.objects.filter(kind="printed", body__request=request.pk).order_by("seq")
    return lines.values_list("at", flat=True).first()


def compose_one(request: ConsentRequest, address: str, *, at: datetime) -> bytes:
    """The PDF alone, for an address given by the caller."""
    version, speaks = request.subject.version, brand.current()
    capsule = _capsule(version)
    with translation.override(version.language):
        previews = _previews(request, capsule)
    with translation.override(request.addressee.language):
        words = _words(request, capsule, speaks, address, at=at)
        labels = {usage: str(usage.label) for usage in previews}
    words["previews"] = [{"path": f"{usage.value}.png", "label": label} for usage, label in labels.items()]
    _check(words)
    beside = {f"{usage.value}.png": data for usage, data in previews.items()}
    stamp = at.replace(microsecond=0)
    options = {"pdf_standards": compose.STANDARDS[1:], "timestamp": stamp}
    return compose.sheet(
        "letter", words, capsule, compose.SIZES["letter"], crops.SPECS["p1200"], beside=beside, **options
    )


def _capsule(version: Version) -> Capsule:
    return Capsule.of(
        version.content,
        bases=(NOWHERE, NOWHERE),
        files=[photo and photo.stored for photo in (version.photo, version.partner_photo)],
        key=version.portrait_id,
        version=version.pk,
        slug=version.slug,
        fingerprint=version.fingerprint,
        frozen_at=version.frozen_at,
    )


def _previews(request: ConsentRequest, capsule: Capsule) -> dict[Usage, bytes]:
    """What is asked and is a picture by itself: a poster, an image for networks."""
    found: dict[Usage, bytes] = {}
    for name in request.asked:
        made = renderings.render(Usage(name), capsule)
        if made.content_type == "image/png" and made.body not in found.values():
            found[Usage(name)] = made.body
    return found


def _words(request: ConsentRequest, capsule: Capsule, speaks: brand.Brand, address: str, *, at: datetime) -> dict:
    """Everything that the letter says, in the present language; what is shown keeps the portrait's own."""
    person, language = request.addressee, translation.get_language()
    deadline = date_format(timezone.localtime(request.closes_at), "DATE_FORMAT")
    values = {"name": person.first_name, "borough": speaks.name, "deadline": deadline, "contact": speaks.help_contact}
    sentences = _to_employee() if request.tu else _to_resident()
    words = {name: compose.said(text % values, language) for name, text in sentences.items()}
    words["paragraphs"] = [words.pop("why"), words.pop("free")]
    reference = _("Request %(number)s · %(name)s") % {"number": request.pk, "name": person}
    shown = {name: compose.said(str(getattr(capsule, name)), capsule.language) for name in ("job", "sentence")}
    return (
        words
        | shown
        | {
            "title": words["heading"],
            "language": language.split("-")[0],
            "colour": compose.COLOURS[speaks.edition],
            "brand": [compose.said(line, language) for line in (speaks.first_line, speaks.second_line)],
            "name": compose.said(capsule.first_name, capsule.language),
            "partner": compose.said(capsule.partner_name, capsule.language) if capsule.partner_picture else "",
            "story": [compose.said(part, capsule.language) for part in capsule.story],
            "address": address.split("://", 1)[-1],
            "code": press.modules(address),
            "code_alt": compose.said(_("QR code of the address beside it"), language),
            "notice": [compose.said(part, language) for part in notices.text(request, language).split("\n\n")],
            "usages": [_usage(Usage(name), language) for name in request.asked],
            "terms": _terms(request, language, at=at),
            "yes": _("Yes"),
            "no": _("No"),
            "signature": _("Signature"),
            "date": _("Date"),
            "reference": compose.said(reference, language),
        }
    )


def _terms(request: ConsentRequest, language: str, *, at: datetime) -> list[str]:
    since = first_printed(request) or at
    ends = [consent.ends_at(request, at=at, days=days, since=since) for days in consent.TERMS.values()]
    days = [date_format(timezone.localtime(end), "DATE_FORMAT") for end in ends]
    return [compose.said(_("until %(date)s") % {"date": day}, language) for day in days]


def _usage(usage: Usage, language: str) -> dict[str, str]:
    promise = PROMISES[usage]
    said = {"label": usage.label, "seen_by": promise.seen_by, "withdrawal": promise.withdrawal}
    return {name: compose.said(str(text), language) for name, text in said.items()}


def _to_employee() -> dict[str, str]:
    return {
        "heading": pgettext("tu", "A question for you"),
        "greeting": _("Hello %(name)s,"),
        "why": pgettext(
            "tu",
            "%(borough)s: we would like to show your portrait, and ask you where. What would be shown is on the next page.",
        ),
        "free": pgettext(
            "tu", "Answering no, or not answering, changes nothing in your job, and nobody in your team will know."
        ),
        "by_phone": pgettext("tu", "With a phone"),
        "by_phone_more": pgettext(
            "tu",
            "Read this code, or write the address: you see each preview, and answer yes or no for each use. It is "
            "meant for you alone. Keep this letter: the same code lets you change your mind.",
        ),
        "by_paper": pgettext("tu", "On paper"),
        "by_paper_more": pgettext("tu", "Fill in and sign the last page, and send it back to the people below."),
        "until": pgettext("tu", "You can answer until %(deadline)s."),
        "help": pgettext("tu", "Help, from people who are neither your manager nor human resources: %(contact)s."),
        "notice_title": pgettext("tu", "What you should know"),
        "shown_title": pgettext("tu", "What would be shown"),
        "previews_title": pgettext("tu", "In small"),
        "form_title": pgettext("tu", "Your answers"),
        "form_intro": pgettext(
            "tu",
            "Tick yes or no for each use. A line left blank adds no yes and takes none back. You can withdraw each yes whenever you like.",
        ),
        "term_title": pgettext("tu", "My yes holds"),
        "return_to": pgettext("tu", "Send this page back before %(deadline)s to: %(contact)s."),
    }


def _to_resident() -> dict[str, str]:
    return {
        "heading": pgettext("vous", "A question for you"),
        "greeting": _("Hello %(name)s,"),
        "why": pgettext(
            "vous",
            "%(borough)s: we would like to show this portrait, and ask you where. What would be shown is on the next page.",
        ),
        "free": pgettext("vous", "Answering no, or not answering, changes nothing in the services you receive."),
        "by_phone": pgettext("vous", "With a phone"),
        "by_phone_more": pgettext(
            "vous",
            "Read this code, or write the address: you see each preview, and answer yes or no for each use. It is "
            "meant for you alone. Keep this letter: the same code lets you change your mind.",
        ),
        "by_paper": pgettext("vous", "On paper"),
        "by_paper_more": pgettext("vous", "Fill in and sign the last page, and send it back to the people below."),
        "until": pgettext("vous", "You can answer until %(deadline)s."),
        "help": pgettext("vous", "Help, from people who are not among those who made the portrait: %(contact)s."),
        "notice_title": pgettext("vous", "What you should know"),
        "shown_title": pgettext("vous", "What would be shown"),
        "previews_title": pgettext("vous", "In small"),
        "form_title": pgettext("vous", "Your answers"),
        "form_intro": pgettext(
            "vous",
            "Tick yes or no for each use. A line left blank adds no yes and takes none back. You can withdraw each yes whenever you like.",
        ),
        "term_title": pgettext("vous", "My yes holds"),
        "return_to": pgettext("vous", "Send this page back before %(deadline)s to: %(contact)s."),
    }


def _check(words: dict) -> None:
    """Raises CannotRender when a face lacks a letter of what it draws."""
    compose.refuse(
        [words["heading"], words["name"], words["partner"], words["shown_title"], words["form_title"]], compose.NAME
    )
    compose.refuse([words["job"], words["sentence"], words["until"]], compose.TITLE)
    text = ("greeting", "by_phone_more", "by_paper_more", "help", "form_intro", "return_to", "reference")
    compose.refuse(
        [words[name] for name in text] + words["paragraphs"] + words["story"] + words["notice"], compose.TEXT
    )
