"""What the infolettre owes after a withdrawal.

Mails not yet sent owe nothing: each asks the gate as it leaves. The picture of those already delivered is replaced at
its source by the media view, at once. The words stay in mailboxes: the proof says to how many.
"""

from django.utils import translation
from django.utils.translation import ngettext

from infolettre.models import Delivery
from portraits import recall
from portraits.usages import Usage


@recall.handler(Usage.INFOLETTRE, Usage.INFOLETTRE_PUBLIQUE)
def clear(owed: recall.Owed) -> str:
    """Nothing is left to do; returns what was done by the gate, with counts."""
    number = owed.locator.removeprefix("infolettre:")
    rows = Delivery.objects.filter(issue__number=int(number))
    gone = rows.filter(state__in=(Delivery.State.DONE, Delivery.State.UNCERTAIN)).count()
    waiting = rows.filter(state__in=(Delivery.State.DUE, Delivery.State.CLAIMED)).count()
    with translation.override("fr-ca"):  # the register is kept in the borough's language
        sent = _words(number, gone) if owed.words else _picture(number, gone)
        left = ngettext(
            "left out of %(count)s mail still to be sent.", "left out of %(count)s mails still to be sent.", waiting
        ) % {"count": waiting}
    return f"{sent} {left}"


def _picture(number: str, gone: int) -> str:
    return ngettext(
        "Issue %(number)s: picture replaced at its source in %(count)s mail already sent, whose words stay;",
        "Issue %(number)s: picture replaced at its source in %(count)s mails already sent, whose words stay;",
        gone,
    ) % {"number": number, "count": gone}


def _words(number: str, gone: int) -> str:
    return ngettext(
        "Issue %(number)s: kind words removed from the archive, they stay in %(count)s mail already sent;",
        "Issue %(number)s: kind words removed from the archive, they stay in %(count)s mails already sent;",
        gone,
    ) % {"number": number, "count": gone}
