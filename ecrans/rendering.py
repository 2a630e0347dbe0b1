"""How screens and posters show a capsule."""

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from ecrans.slides import slide
from portraits import brand, compose
from portraits.capsule import Capsule
from portraits.renderings import Rendering, renderer
from portraits.usages import Usage


@renderer(Usage.ECRAN, Usage.VITRINE)
def stage(capsule: Capsule) -> Rendering:
    """The player's own slide, filled by the server: the same template, style sheet and sizes, on any panel."""
    body = render_to_string("ecrans/slide.html", {"slide": slide(capsule), "brand": brand.current()})
    return Rendering(body.encode(), "text/html; charset=utf-8", "stage")


@renderer(Usage.AFFICHE)
def sheet(capsule: Capsule) -> Rendering:
    """The Letter poster, to be looked at: its address leads to no batch. Raises CannotRender when a letter is missing."""
    speaker = brand.current()
    with override(capsule.language):
        label = gettext("specimen")
    png = compose.poster(
        capsule, speaker, url=f"{speaker.address}/a/specimen/", remove_by=None, copy_label=label, form="png"
    )
    return Rendering(png, "image/png", "sheet")
