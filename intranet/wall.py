"""What an employee sees first: the faces that said yes among colleagues, the newest kind words, and the latest infolettre."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from infolettre import sent
from intranet import mur
from portraits import gate
from portraits.models import Reaction
from portraits.usages import Usage


@require_safe
@never_cache
@login_required
def wall(request: HttpRequest) -> HttpResponse:
    """/intranet/: the newest pair or face on top, then everybody, then words."""
    at = timezone.now()
    capsules = gate.capsules(Usage.INTRANET, at=at, language=translation.get_language())
    lead = next((capsule for capsule in capsules if capsule.is_pair), next(iter(capsules), None))
    context = {
        "capsules": capsules,
        "lead": lead,
        "issue": sent.latest(at),
        "words": mur.told(mur.words(capsules, at=at, most=mur.NEWEST), request.user),
        "kinds": Reaction.Kind,
        "front": True,
    }
    return render(request, "intranet/wall.html", context)
