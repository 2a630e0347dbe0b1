"""On the page of a portrait: the kind words that are read beside that face now, each with one button that takes it away."""

from __future__ import annotations

from django.http import HttpResponse

from portraits import received
from portraits.models import Subject
from portraits.received import Word
from portraits.usages import Audience
from portraits.views.call import Call

FACES = (Subject.Role.MAIN, Subject.Role.PAIRED)


def words(call: Call) -> list[Word]:
    """Newest first; none for whoever is not told of earlier answers, nor beside a face that is not theirs."""
    if not call.told or call.subject.role not in FACES:
        return []
    return [word for word in received.words(call.subject.person, at=call.at) if word.beside]


def hide(call: Call) -> HttpResponse:
    """« Ne plus montrer »: this person's yes to these words ends for both audiences, at once."""
    wish = call.http.POST.get("mot")
    for word in words(call):
        if str(word.key) == wish:
            received.stop(word, call.subject.person, Audience, at=call.at)
    return call.to("consentement-etat", note="mots")
