"""How the public site, the intranet and the posts on social networks show a capsule: their own pages and image."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from home import show
from portraits import brand, compose
from portraits.capsule import Capsule, Quote
from portraits.renderings import Rendering, quote_renderer, renderer
from portraits.usages import Usage


def _page(template: str, capsule: Capsule, *, thanks: bool = False) -> Rendering:
    speaker = brand.current()
    with translation.override(capsule.language):
        context = {
            "capsule": capsule,
            "brand": speaker,
            "head": show.head(capsule, speaker),
            "thanks": reverse("merci-a", args=[capsule.slug]) if thanks else "",
        }
        return Rendering(render_to_string(template, context).encode(), "text/html", "page")


@renderer(Usage.SITE)
def site(capsule: Capsule) -> Rendering:
    """The page at /portraits/<slug>/."""
    return _page("home/capsule.html", capsule, thanks=True)


@renderer(Usage.INTRANET)
def colleagues(capsule: Capsule) -> Rendering:
    """The page at /intranet/portraits/<slug>/."""
    return _page("home/colleague.html", capsule)


@renderer(Usage.INDEXATION)
def engines(capsule: Capsule) -> Rendering:
    """What a search engine may print: title, address, description and photograph of the public page, from its own head."""
    return _page("home/result.html", capsule)


@renderer(Usage.SOCIAL)
def post(capsule: Capsule) -> Rendering:
    """The image that is posted, to the pixel. Raises CannotRender when a letter is missing."""
    return Rendering(compose.social(capsule, brand.current()), "image/png", "post")


@quote_renderer(Usage.SITE, Usage.INTRANET)
def words(quote: Quote) -> Rendering:
    """Kind words as they stand beside a face, on the public page or among colleagues."""
    return _words("home/words.html", quote)


@quote_renderer(Usage.INDEXATION)
def found_words(quote: Quote) -> Rendering:
    """What a search engine may find a page by."""
    return _words("home/words_result.html", quote)


def _words(template: str, quote: Quote) -> Rendering:
    with translation.override(quote.language):
        body = render_to_string(template, {"quote": quote, "brand": brand.current()})
    return Rendering(body.encode(), "text/html", "page")
