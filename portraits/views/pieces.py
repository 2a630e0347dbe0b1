"""What the person's page is made of: one rendering on a page of its own, its very bytes, its photographs."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from portraits import attest, crops, links, receipts
from portraits.models import Link
from portraits.usages import Usage
from portraits.views import visit
from portraits.views.call import PIECE, Call, absent, by_link
from portraits.views.consent_page import again, over, read_sheet, unchanged


@by_link("GET", "HEAD", "POST")
def enlarge(call: Call, usage: str) -> HttpResponse:
    """One rendering on a page of its own. It is opened by a button of the form, so that ticks come along and stay."""
    if call.http.method == "POST":
        read_sheet(call)
        if not call.shown:
            return over(call)
        if not (usage in call.visit.seen and unchanged(call, Usage(usage))):
            return again(call)
        call.keep()
        return call.to("consentement-voir", usage=usage)
    if not call.shown:
        return call.to("consentement")
    if usage not in call.visit.seen:
        return absent(call.http)
    response = call.page("enlarged", usage=Usage(usage), seen=call.visit.seen[usage])
    # A link inside a rendering leads nowhere else: the frame may only hold this visit's own renderings.
    own = call.http.get_host() + reverse("consentement-rendu", args=[call.token, usage])
    response._csp_replace = {"frame-src": [own]}
    return response


@by_link("GET", "HEAD", headers=PIECE)
def rendering(call: Call, usage: str) -> HttpResponse:
    """What a yes is bound to, and only within the visit; 409 when the channel no longer makes it so."""
    if not call.shown or usage not in call.visit.seen:
        return absent(call.http)
    made = visit.render(Usage(usage), call.subject.version)
    if made is None or made.sha256 != call.visit.seen[usage].sha256:
        response = call.page("changed")
        response.status_code = 409
        return response
    response = HttpResponse(visit.addressed(made.body, call.token), content_type=made.content_type)
    response.headers["Content-Language"] = call.subject.version.language
    policy = {"script-src": ["'none'"], "form-action": ["'none'"], "sandbox": ["allow-same-origin"]}
    if made.shape == "mail":  # mail programs need styles in the page
        policy["style-src"] = ["'self'", "'unsafe-inline'"]
    response._csp_replace = policy
    return response


@by_link("GET", "HEAD", headers=PIECE)
def photo(call: Call, spec: str, extension: str) -> HttpResponse:
    """One crop of the pictures of this Version, for the renderings and the page of this visit."""
    shown = visit.shown(call.subject.version, call.token)
    picture = getattr(shown, "partner_picture" if spec.startswith("duo-") else "picture", None)  # kind words have none
    size = crops.SPECS.get(spec.removeprefix("duo-"))
    if not (call.visiting and call.answering) or picture is None or size is None or extension not in crops.TYPES:
        return absent(call.http)
    file = picture.shown
    data = crops.rendition(file.name, file.sha256, file.crop, size, extension)
    return HttpResponse(data, content_type=crops.TYPES[extension][1])


@by_link("GET", "HEAD", headers=PIECE)
def receipt(call: Call, extension: str) -> HttpResponse:
    """The receipt of the last decision, as a page or as data, within a visit, for whoever is told of it. A counter's link
    dies: it is not printed."""
    row = receipts.last(call.work, call.subject.person) if call.visiting and call.told else None
    if row is None:
        return absent(call.http)
    read = attest.read(row, language=call.language)
    if extension == "json":
        response = HttpResponse(attest.data(read), content_type="application/json; charset=utf-8")
    else:
        address = "" if call.link.kind == Link.Kind.COUNTER else links.address(call.token)
        response = HttpResponse(attest.page(read, address), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="recu.{extension}"'
    return response
