"""Text messages: rows written with their cause, sent by the worker, never inside a transaction. What they say is here too:
short, one link at most, and no name but the borough's.

The sender is `settings.SMS_BACKEND`, the dotted path of a function `(to, body)`; `to` is as `number` writes it. It raises
duty.Refused when trying again is useless (no such number); any other exception is tried again later.
"""

from __future__ import annotations

import logging
import re

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portraits import brand, duty, links
from portraits.models import ConsentRequest, Person, Text

log = logging.getLogger(__name__)
_SECRET = re.compile(r"(/consentement/)[\w-]+|\b\d{6}\b")


def number(phone: str) -> str:
    """A number as networks want it: « + », then digits. Ten digits are North American."""
    digits = re.sub(r"\D", "", phone)
    return f"+1{digits}" if len(digits) == 10 and not phone.strip().startswith("+") else f"+{digits}" if digits else ""


def reaches(person: Person) -> bool:
    """Whether this person is written to by text message: they said so, or they have a mobile number and no e-mail."""
    return bool(person.phone) and (person.reach == Person.Reach.SMS or not person.email)


# -- what is said


def invite(request: ConsentRequest, token: str) -> None:
    """Put the question by text message."""
    person = request.addressee
    with translation.override(person.language):
        if request.tu:
            words = pgettext("tu", "%(borough)s has a question for you. Answering no changes nothing. For you alone:")
        else:
            words = pgettext("vous", "%(borough)s has a question for you. Answering no changes nothing. For you alone:")
        _write(person.phone, words % {"borough": brand.current().name} + f"\n{links.address(token)}", question=True)


def tell_code(person: Person, digits: str, *, tu: bool) -> None:
    """The second proof of a yes, to the person's own telephone."""
    with translation.override(person.language):
        if tu:
            words = pgettext("tu", "%(digits)s is your code, for ten minutes. Give it to nobody.")
        else:
            words = pgettext("vous", "%(digits)s is your code, for ten minutes. Give it to nobody.")
        _write(person.phone, words % {"digits": digits})


def tell_way_in(person: Person, token: str, *, tu: bool) -> None:
    """One link through which the person sees and withdraws what they said yes to."""
    with translation.override(person.language):
        if tu:
            words = pgettext("tu", "See what you said yes to, and withdraw it whenever you like:")
        else:
            words = pgettext("vous", "See what you said yes to, and withdraw it whenever you like:")
        _write(person.phone, f"{words}\n{links.address(token)}")


def tell_receipt(person: Person, token: str, *, tu: bool) -> None:
    """Something was decided in this person's name: their page, where the receipt is."""
    with translation.override(person.language):
        if tu:
            words = pgettext("tu", "It is recorded. Your receipt, and how to change your mind:")
        else:
            words = pgettext("vous", "It is recorded. Your receipt, and how to change your mind:")
        _write(person.phone, f"{words}\n{links.address(token)}")


def tell_former_number(person: Person, former: str, *, elsewhere: bool = True) -> None:
    """Say at the former number that requests now go elsewhere, or that somebody else answers them, and whom to warn."""
    speaks = brand.current()
    values = {"borough": speaks.name, "contact": speaks.help_contact}
    with translation.override(person.language):
        if elsewhere:
            words = _(
                "%(borough)s: this number no longer receives the requests about a portrait. A mistake? %(contact)s"
            )
        else:
            words = _("%(borough)s: who answers the requests about a portrait was changed. A mistake? %(contact)s")
        _write(former, words % values)


# -- the duty


def _write(to: str, body: str, *, question: bool = False) -> None:
    Text.objects.create(to=number(to), body=body[:400], question=question)
    duty.ring("portraits.texts")


def send(text: Text) -> dict:
    """Hand one message to the sender; its words are then forgotten."""
    import_string(settings.SMS_BACKEND)(text.to, text.body)
    return {"body": ""}


def console(to: str, body: str) -> None:
    """The default sender: a line in the log, without what is secret in it. Nothing leaves the machine."""
    log.warning("Text message to •••%s: %s", to[-4:], _SECRET.sub(lambda found: f"{found[1] or ''}…", body))
