"""How the infolettre shows a capsule."""

from portraits.capsule import Capsule
from portraits.renderings import Rendering, renderer
from portraits.usages import Usage


@renderer(Usage.INFOLETTRE, Usage.INFOLETTRE_PUBLIQUE)
def page(capsule: Capsule) -> Rendering:
    return Rendering(capsule.first_name.encode(), "text/html", "page")
