"""How screens and posters show a capsule, or kind words."""

from base64 import b64encode

from django.template.loader import render_to_string
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from ecrans.slides import slide, words
from portraits import attribution, brand, compose
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
    return _both(slide(capsule), _specimen(capsule), capsule.first_name)


@quote_renderer(Usage.ECRAN)
def wall_words(quote: Quote) -> Rendering:
    """The slide between two portraits. Raises CannotRender when they are too long for a wall."""
    body = render_to_string("ecrans/slide.html", {"slide": _read_from_afar(quote), "brand": brand.current()})
    return Rendering(body.encode(), "text/html; charset=utf-8", "stage")


@quote_renderer(Usage.AFFICHE)
def sheet_of_words(quote: Quote) -> Rendering:
    """The Letter poster, to be looked at. Raises CannotRender when they are too long for it, or when a letter is missing."""
    return Rendering(_specimen(quote), "image/png", "sheet")


@quote_renderer(Usage.VITRINE)
def words_in_public(quote: Quote) -> Rendering:
    """One yes for the slide and the sheet: both are shown, and neither is made alone. Raises CannotRender as they do."""
    return _both(
        _read_from_afar(quote), _specimen(quote), attribution.for_whom(quote), said=compose.said_on_paper(quote)
    )


def _read_from_afar(quote: Quote) -> dict:
    found = words(quote)
    if found is None:
        raise CannotRender(_("These words are too long for a screen."))
    return found


def _both(found: dict, sheet: bytes, name: str, *, said: str = "") -> Rendering:
    """What a public place gets, on one page: a screen's slide, then a wall's sheet. `said`: the words on it, for who cannot see."""
    context = {"slide": found, "brand": brand.current(), "name": name, "sheet": b64encode(sheet).decode(), "said": said}
    return Rendering(render_to_string("ecrans/vitrine.html", context).encode(), "text/html; charset=utf-8", "page")


def _specimen(shown: Capsule | Quote) -> bytes:
    speaker = brand.current()
    with override(shown.language):
        label = gettext("specimen")
    composed = compose.kind_words if isinstance(shown, Quote) else compose.poster
    return composed(shown, speaker, url=f"{speaker.address}/a/specimen/", remove_by=None, copy_label=label, form="png")
