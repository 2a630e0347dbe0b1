"""The issues that left, in words: what was called back in them, and what stays in mailboxes."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from infolettre.models import Delivery
from portraits.usages import Usage
from portraits.whereabouts import Outcome, Told, teller

RECEIVED = (Delivery.State.DONE, Delivery.State.UNCERTAIN)


@teller(Usage.INFOLETTRE, Usage.INFOLETTRE_PUBLIQUE)
def issues(told: Told) -> Iterator[Outcome]:
    """Issue by issue: the picture leaves at its source, the words stay in as many mailboxes as received them. One query."""
    numbers = {int(one.locator.removeprefix("infolettre:")): one for one in told.called}
    rows = (
        Delivery.objects.filter(issue__number__in=numbers, state__in=RECEIVED) if numbers else Delivery.objects.none()
    )
    received = dict(rows.values_list("issue__number").annotate(count=Count("pk")))
    for number, one in sorted(numbers.items()):
        count = received.get(number, 0)
        yield Outcome(
            told.usage,
            what=(_("Issue %(number)s, its archive") if one.words else _("Issue %(number)s, its picture"))
            % {"number": number},
            where="",
            removed_at=one.done_at,
            until=one.due_at,
            called=one,
            remains=ngettext(
                "The words stay in the %(count)s mailbox that received it.",
                "The words stay in the %(count)s mailboxes that received it.",
                count,
            )
            % {"count": count}
            if count
            else "",
        )
