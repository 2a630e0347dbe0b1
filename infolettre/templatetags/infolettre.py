"""What the plain text templates of the infolettre use."""

from django import template

from infolettre import mail
from infolettre import plain as plain_text
from portraits.capsule import Picture

register = template.Library()


@register.filter
def plain(text, language: str) -> str:
    """A text as plain text sets it in its language."""
    return plain_text.plain(str(text), language)


@register.filter
def underline(text, stroke: str = "=") -> str:
    """A line as long as the text above it."""
    return stroke * min(len(text), plain_text.WIDTH)


@register.simple_tag
def crop(picture: Picture, spec: str) -> str:
    """The path of one crop of a photograph, for a mail to make absolute."""
    return picture.url(spec)


@register.simple_tag
def flat(colour: str) -> str:
    """A flat colour of the campaign as mail programs read it."""
    return mail.COLOURS[colour]
