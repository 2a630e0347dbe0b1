"""How the screen shows a capsule."""

from portraits.capsule import Capsule
from portraits.renderings import Rendering, renderer
from portraits.usages import Usage


@renderer(Usage.ECRAN, Usage.VITRINE, Usage.AFFICHE)
def page(capsule: Capsule) -> Rendering:
    return Rendering(capsule.first_name.encode(), "text/html", "page")
