"""The public addresses, as paths. The unprefixed ones are French; /en/ is English (intranet.urls decides)."""

from django.urls import reverse
from django.utils import translation


def home(language: str) -> str:
    """The article in a language."""
    with translation.override(language):
        return reverse("wagtail_serve", args=[""])


def portrait(language: str, slug: str) -> str:
    """One capsule's page."""
    return f"{home(language)}portraits/{slug}/"


def edition(language: str, slug: str) -> str:
    """A special edition's page."""
    return f"{home(language)}editions/{slug}/"
