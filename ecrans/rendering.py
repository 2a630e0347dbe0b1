"""How screens and posters show a capsule, and how screens show kind words."""

from base64 import b64encode

from django.template.loader import render_to_string
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from ecrans.slides import slide, words
from portraits import brand, compose
from portraits.capsule import Capsule, Quote
from portraits.renderings import CannotRender, Rendering, quote_renderer, renderer
from portraits.usages import Usage


@renderer(Usage.ECRAN)
def stage(capsule: Capsule) -> Rendering:
    """The player's own slide, filled by the server: the same template, style sheet and sizes, on any panel."""
    body = render_to_string("ecrans/slide.html", {"slide": slide(capsule), "brand": brand.current()})
    return Rendering(body.encode(), "text/html; charset=utf-8", "stage")


@renderer(Usage.AFFICHE)
def sheet(capsule: Capsule) -> Rendering:
    """The Letter poster, to be looked at: its address leads to no batch. Raises CannotRender when a letter is missing."""
    return Rendering(_specimen(capsule), "image/png", "sheet")


@renderer(Usage.VITRINE)
def public_place(capsule: Capsule) -> Rendering:
    """One yes for two things, hence both on one page: the slide above, and under it the sheet that a wall gets.

    They are those of the staff's screens and posters: in a public place nothing is drawn otherwise. Raises CannotRender
    when a letter is missing.
    """
    png = b64encode(_specimen(capsule)).decode()
    context = {"slide": slide(capsule), "brand": brand.current(), "capsule": capsule, "sheet": png}
    return Rendering(render_to_string("ecrans/vitrine.html", context).encode(), "text/html; charset=utf-8", "page")


@quote_renderer(Usage.ECRAN, Usage.VITRINE)
def wall_words(quote: Quote) -> Rendering:
    """The slide between two portraits; no poster carries kind words. Raises CannotRender when they are too long for a wall."""
    found = words(quote)
    if found is None:
        raise CannotRender(_("These words are too long for a screen."))
    body = render_to_string("ecrans/slide.html", {"slide": found, "brand": brand.current()})
    return Rendering(body.encode(), "text/html; charset=utf-8", "stage")


def _specimen(capsule: Capsule) -> bytes:
    speaker = brand.current()
    with override(capsule.language):
        label = gettext("specimen")
    return compose.poster(
        capsule, speaker, url=f"{speaker.address}/a/specimen/", remove_by=None, copy_label=label, form="png"
    )
