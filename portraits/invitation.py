"""The mail that puts the question. It names nobody but its reader, and shows no photo: a mail may be read over a shoulder."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portraits import brand
from portraits.models import Person


def tell_former_address(person: Person, former: str) -> None:
    """Say at the former address that requests now go elsewhere, and whom to warn. The new address is not given away."""
    with translation.override(person.language):
        speaker = brand.current()
        send_mail(
            _("Your address has changed at the borough"),
            render_to_string("portraits/readdressed.txt", {"person": person, "brand": speaker}),
            settings.DEFAULT_FROM_EMAIL,
            [former],
        )


def send(person: Person, token: str, *, closes_at: datetime) -> None:
    """Write to the person in their language. The mail is a row in the present transaction (settings.EMAIL_BACKEND)."""
    with translation.override(person.language):
        link = settings.WAGTAILADMIN_BASE_URL + reverse("consentement", args=[token])
        context = {"person": person, "link": link, "closes_at": closes_at, "brand": brand.current()}
        send_mail(
            _("A request from your borough"),
            render_to_string("portraits/invitation.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [person.email],
        )
