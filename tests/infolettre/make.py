"""Plain functions that make issues, as an editor does: a draft revision, then « send »."""

from django.utils import timezone

from infolettre import send
from infolettre.models import Delivery, Infolettre, Subscriber
from portraits import duty
from portraits.usages import Usage
from tests import factories

WORDS = {
    "heading": "Le 2e étage déménage",
    "words": "On change d’étage le 12.\n\nBonne nouvelle !",
    "link_text": "",
    "link": "",
}


def issue(*features, shorts=(), words=None, kind=0, title="Ousmane a commencé à cinq heures ce matin", **fields):
    body = [("feature", desk.pk) for desk in features]
    body += [("text", {**WORDS, **words})] if words is not None else []
    body += [("quotes", {"heading": "Vos mots", "most": kind})] if kind else []
    body += [("shorts", [desk.pk for desk in shorts])] if shorts else []
    made = Infolettre(title=title, body=body, **fields)
    made.save()
    made.save_revision()
    return Infolettre.objects.get(pk=made.pk)


def portraits(count):
    """So many portraits that may go in an issue."""
    return factories.crowd(count, Usage.INFOLETTRE, name="P")


def list_of(*names):
    for name in names:
        Subscriber.objects.create(email=f"{name.lower()}@erables.example", first_name=name)


def start(made, at=None):
    return send.start(made, by=None, at=at or timezone.now())


def drain():
    """What the worker does, without the bell."""
    from infolettre.tasks import deliveries

    deliveries()


def states(made):
    return dict(made.deliveries.values_list("address", "state"))


def row(name):
    return Delivery.objects.filter(address=f"{name.lower()}@erables.example").earliest("pk")


State = duty.Duty.State
__all__ = ["Delivery", "State", "drain", "factories", "issue", "list_of", "portraits", "row", "start", "states"]
