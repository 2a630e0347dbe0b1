"""/infolettre/desabonnement/<token>/ — leave the list: GET shows a form, POST counts, twice is the same as once.

RFC 8058: a mail program posts here by itself, without a cookie, and follows no redirection.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from infolettre import links
from infolettre.models import Delivery, Subscriber


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link is the right: no account, no reason asked."""
    address = Delivery.objects.filter(pk=links.leaves(token)).values_list("address", flat=True).first()
    subscriber = Subscriber.objects.filter(email=address).first() if address else None
    if subscriber is None:
        raise Http404
    if request.method == "POST" and subscriber.active:
        subscriber.active = False
        subscriber.save(update_fields=["active"])
    with translation.override(subscriber.language):
        response = render(request, "infolettre/archive/unsubscribe.html", {"left": not subscriber.active})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
