"""What every template of the house may use: typography, photographs, dates."""

import re

from django import template
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portraits import attribution, crops
from portraits.capsule import Picture
from portraits.typography import typeset

register = template.Library()
PHONE = re.compile(r"(?<![\w@./+-])(\+?\d[\d ().-]{5,}\d)(?![\w@])")


@register.filter(needs_autoescape=True)
def typo(text, language=None, autoescape=True) -> SafeString:
    """The text with the spaces and quotes of its language (the page's when none is given). Escapes first."""
    escaped = conditional_escape(text) if autoescape else text
    return mark_safe(typeset(str(escaped), language or get_language()))  # noqa: S308  escaped above


register.filter("for_whom", attribution.for_whom)
register.filter("by_whom", attribution.by_whom)


@register.filter
def thousands(number) -> str:
    """A whole number with its thousands apart, as the page's language writes them."""
    return number_format(number, force_grouping=True)


@register.filter
def contact(text) -> SafeString:
    """Whom to write to or call: addresses are links, a telephone number stays on one line."""
    linked = urlize(text, autoescape=True)
    return mark_safe(PHONE.sub(r'<span class="phone">\1</span>', linked))  # noqa: S308  escaped above


@register.simple_tag
def photo(picture: Picture | None, specs="p400 p800", sizes="100vw", loading="lazy", priority="", css="") -> SafeString:
    """An <img> of a capsule's photograph: WebP in several widths, JPEG for those who lack it, size known beforehand.

    `specs` are names of portraits.crops.SPECS, the last one giving the intrinsic size.
    """
    if picture is None:
        return mark_safe("")
    names = specs.split()
    size = crops.SPECS[names[-1]]
    srcset = ", ".join(f"{picture.url(name, 'webp')} {crops.SPECS[name].width}w" for name in names)
    return format_html(
        '<img class="{}" src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" loading="{}" decoding="async"{}>',
        css,
        picture.url(names[-1]),
        srcset,
        sizes,
        size.width,
        size.height,
        picture.alt,
        loading,
        mark_safe(' fetchpriority="high"') if priority else "",
    )
