"""What the public site's templates need: addresses, and the size of a name."""

from django import template

from home import addresses
from portraits.capsule import Capsule
from portraits.framing import Frame

register = template.Library()

TITLES = (16, 26, 36, 48)  # the same for the title of an edition
SIZES = (6, 8, 10, 13, 18)  # letters; the sheets have one size for each, so that no name overflows


@register.simple_tag
def portrait_path(capsule: Capsule) -> str:
    return addresses.portrait(capsule.language, capsule.slug)


@register.simple_tag
def edition_path(frame: Frame) -> str:
    return addresses.edition(frame.language, frame.slug)


@register.simple_tag
def home_path(language: str) -> str:
    return addresses.home(language)


@register.filter
def breadth(name: str) -> str:
    """The class that says how long a first name is: n6, n8, n10, n13 or n18."""
    return f"n{next((size for size in SIZES if len(name) <= size), SIZES[-1])}"


@register.filter
def length_class(title: str) -> str:
    """The class that says how long an edition's title is: t16, t26, t36 or t48."""
    return f"t{next((size for size in TITLES if len(title) <= size), TITLES[-1])}"


@register.filter
def painted(capsule: Capsule) -> tuple[str, ...]:
    """The bandeaux to paint: the slogan on one line, and apart, when a resident is named, their name."""
    lines = capsule.bandeau
    return (" ".join(lines[:2]), *lines[2:])
