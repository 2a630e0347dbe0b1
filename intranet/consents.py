"""/intranet/mes-accords/: a signed-in employee finds the portraits they answer for, and opens the page of each.

The link is made when it is asked for, by a POST; their own session is the second proof of a yes (portraits/views/call.py).
"""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portraits import links, ways_in
from portraits.models import Link, Person


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Where each of one's portraits stands; a POST opens one."""
    at = timezone.now()
    ways = ways_in.standing(Person.objects.filter(user=request.user), at=at)
    if request.method != "POST":
        return render(request, "intranet/consents.html", {"ways": ways})
    way = next((one for one in ways if str(one.request.pk) == request.POST.get("demande")), None)
    if way is None:
        raise Http404
    kind = Link.Kind.RESPOND if at < way.request.closes_at else Link.Kind.MANAGE
    response = HttpResponseRedirect(reverse("consentement", args=[links.make(way.request, kind, at=at)]))
    response.status_code = 303
    return response
