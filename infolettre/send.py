"""Start an issue, and end it: rows written with their cause; the worker does the rest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from infolettre import mail
from infolettre.assemble import Issue, assemble, chosen, share
from infolettre.deliver import locator, written
from infolettre.models import Delivery, Infolettre, Subscriber
from portraits import duty, recall
from portraits.usages import Usage

WAITING = (Delivery.State.DUE, Delivery.State.CLAIMED)


class NotReady(Exception):
    """The issue cannot leave. `sentences` say why, in the reader's language."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def desk(issue: Infolettre) -> Infolettre:
    """The issue with its newest draft on it."""
    return issue.get_latest_revision_as_object() if issue.latest_revision_id else issue


def left_out(issue: Infolettre, shown: Issue) -> list[int]:
    """The keys of the portraits chosen one by one that will not leave, for want of a living consent. Those of an edition were
    chosen elsewhere, where nobody without a consent is ever listed."""
    kept, composed = {capsule.key for capsule in shown.capsules}, issue.composed()
    one_by_one = [block for block in composed["blocks"] if block["kind"] != "edition"]
    return [key for key in chosen({**composed, "blocks": one_by_one}) if key not in kept]


def obstacles(shown: Issue, recipients: int) -> list[str]:
    """What keeps an issue from leaving, in the reader's language."""
    sentences = []
    if not shown.blocks:
        sentences.append(_("This issue would show nothing: add a text, or a portrait that has its consent."))
    if not recipients:
        sentences.append(_("Nobody is on the staff list yet."))
    size = len(mail.html(shown).encode())
    if size > mail.LARGEST:
        words = ngettext(
            "The mail weighs %(size)s kilobyte and would be cut by mailboxes: remove a portrait or a text.",
            "The mail weighs %(size)s kilobytes and would be cut by mailboxes: remove a portrait or a text.",
            size // 1000,
        )
        sentences.append(words % {"size": size // 1000})
    return sentences


@transaction.atomic
def start(issue: Infolettre, *, by, at: datetime) -> int:
    """Freeze the words and which portraits go, and owe one delivery to each active subscriber. Returns how many.

    Raises NotReady, and then nothing is written.
    """
    row = Infolettre.objects.select_for_update().get(pk=issue.pk)
    if row.state != Infolettre.State.DRAFT:
        raise NotReady([_("This issue has left already.")])
    draft = desk(row)
    shown = assemble(draft, at)
    people = list(Subscriber.objects.filter(active=True))
    if sentences := obstacles(shown, len(people)):
        raise NotReady(sentences)
    _freeze(row, draft, shown, by=by, at=at)
    Delivery.objects.bulk_create(
        Delivery(issue=row, address=person.email, first_name=person.first_name, not_before=at) for person in people
    )
    recall.record(Usage.INFOLETTRE, *shown.on_show, locator=locator(row.number), at=at)
    duty.ring("infolettre.deliveries")
    return len(people)


def _freeze(row: Infolettre, draft: Infolettre, shown: Issue, *, by, at: datetime) -> None:
    """The composition: the draft's words, and the keys of those, people and kind words, who may be shown at this instant, no other."""
    composed = draft.composed()
    keys, quotes = {capsule.key for capsule in shown.capsules}, list(shown.quotes)
    blocks = []
    for block in composed["blocks"]:
        kept = {"keys": [key for key in block["keys"] if key in keys]} if "keys" in block else {}
        if block["kind"] == "quotes":
            kept = {"words": [quote.key for quote in share(block, quotes)]}
        blocks.append({**block, **kept})
    row.composition = {**composed, "blocks": blocks, "versions": sorted(one.version for one in shown.on_show)}
    row.title, row.preheader, row.language = composed["title"], composed["preheader"], composed["language"]
    row.state, row.started_at, row.started_by = Infolettre.State.SENDING, at, by
    row.save()


def close(*, at: datetime) -> int:
    """Call sent every issue of which nothing is waiting any more. Returns how many."""
    waiting = Delivery.objects.filter(issue=OuterRef("pk"), state__in=WAITING)
    sending = Infolettre.objects.filter(~Exists(waiting), state=Infolettre.State.SENDING)
    return sending.update(state=Infolettre.State.SENT, sent_at=at)


def try_out(issue: Infolettre, *, to: str, at: datetime) -> None:
    """Mail what the issue would be now to one editor: an ordinary letter, no delivery, no exposure."""
    message = written(assemble(desk(issue), at), to)
    message.subject = _("[Test] %(subject)s") % {"subject": message.subject}
    message.send()
