"""/infolettre/<number>/ — an issue in the browser, whole stories included, through the gate at each request."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from infolettre import links
from infolettre.assemble import assemble
from infolettre.models import Delivery, Infolettre


@require_safe
def archive(request: HttpRequest, number: int) -> HttpResponse:
    """For whoever is signed in, or has the link of their own mail. A bad link and an unknown number look the same."""
    row = Infolettre.objects.exclude(state=Infolettre.State.DRAFT).filter(number=number).first()
    if row is None:
        raise Http404
    if "lien" in request.GET:
        delivery = links.reads(request.GET["lien"], number)
        if delivery is None or not Delivery.objects.filter(pk=delivery, issue=row).exists():
            raise Http404
    elif not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    issue = assemble(row, timezone.now())
    with translation.override(issue.language):
        response = render(request, "infolettre/archive/issue.html", {"issue": issue})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, noimageindex"
    response["Referrer-Policy"] = "no-referrer"  # the address may hold a personal link
    return response
