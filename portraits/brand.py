"""Who speaks, as every template receives it: frozen values, never the settings' model."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from portraits.models import Identity


@dataclass(frozen=True, slots=True)
class Brand:
    """The borough's name on two lines, its flat colour, its contact for help, and the address of the public site."""

    first_line: str
    second_line: str
    edition: str
    help_contact: str
    address: str

    @property
    def name(self) -> str:
        return f"{self.first_line} {self.second_line}"

    @property
    def host(self) -> str:
        """The public address as it is printed: without its scheme."""
        return self.address.split("://", 1)[-1]


def current() -> Brand:
    """The identity as it is now. One query."""
    row = Identity.objects.first() or Identity()
    return Brand(
        row.name_first_line,
        row.name_second_line,
        row.edition,
        row.help_contact,
        settings.WAGTAILADMIN_BASE_URL.rstrip("/"),
    )


def context(request) -> dict:
    """Template context processor: `brand`, loaded when a template first needs it."""
    return {"brand": SimpleLazyObject(current)}
