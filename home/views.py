"""The plain addresses of the public site, and a capsule's page among colleagues."""

import mimetypes

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from home import addresses, keep, show
from home.models import HomePage, IllustrationRendition
from portraits import brand, gate
from portraits.usages import Usage

ILLUSTRATION_SECONDS = 3600  # a changed illustration gets a new address


@require_safe
def illustration(request: HttpRequest, pk: int) -> HttpResponse:
    """One rendition of a picture without people: no consent to ask, hence no gate."""
    rendition = get_object_or_404(IllustrationRendition, pk=pk)
    try:
        with rendition.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError as missing:
        raise Http404 from missing
    kind = mimetypes.guess_type(rendition.file.name)[0] or ""
    if not kind.startswith("image/"):
        raise Http404
    return HttpResponse(data, content_type=kind, headers={"Cache-Control": f"public, max-age={ILLUSTRATION_SECONDS}"})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """What search engines may list: the articles, and the capsules that are on the site AND said yes to them."""
    at = timezone.now()
    address = brand.current().address
    on_site = gate.capsules(Usage.SITE, at=at)
    found = gate.capsules(Usage.INDEXATION, at=at)
    languages = [page.locale.language_code for page in HomePage.objects.live().select_related("locale")]
    paths = []
    for language in languages:
        here = [capsule for capsule in on_site if capsule.language == language]
        if show.all_found(here, found):
            paths.append(addresses.home(language))
        paths += [addresses.portrait(language, capsule.slug) for capsule in here if show.all_found([capsule], found)]
    context = {"addresses": [address + path for path in paths]}
    response = render(request, "home/sitemap.xml", context, content_type="application/xml")
    boundaries = [gate.next_boundary(usage, at=at) for usage in (Usage.SITE, Usage.INDEXATION)]
    return keep.public(response, *boundaries, at=at)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read: an address blocked here could not say 410 nor noindex."""
    text = f"User-agent: *\nAllow: /\n\nSitemap: {brand.current().address}{reverse('sitemap')}\n"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    return keep.public(response, at=timezone.now())


@require_safe
@login_required
def colleague(request: HttpRequest, slug: str) -> HttpResponse:
    """One capsule as colleagues see it, kept by no cache at all."""
    at, language = timezone.now(), translation.get_language()
    before, capsule, after = show.neighbours(gate.capsules(Usage.INTRANET, at=at, language=language), slug)
    if capsule is None:
        if not gate.was_shown(Usage.INTRANET, slug, at=at, language=language):
            raise Http404
        return show.gone(request, back=reverse("intranet"))
    speaker = brand.current()
    context = {
        "capsule": capsule,
        "quotes": gate.quotes(Usage.INTRANET, at=at, beside=capsule.version, most=show.QUOTES),
        "before": before,
        "after": after,
        "brand": speaker,
        "head": show.head(capsule, speaker),
    }
    response = render(request, "home/colleague.html", context)
    response["Cache-Control"] = "private, no-store"
    return keep.away(response)
