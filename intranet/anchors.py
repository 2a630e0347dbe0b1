"""The ledger's head, mailed each day to the consent officers: kept elsewhere, it proves later that nothing was cut or rewritten.

The same mail says how many incidents are open: a number and a link, nothing of what they are about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet.models import Anchor, User
from intranet.roles import CONSENT_OFFICER
from portraits import brand, ledger, proof, witness
from portraits.models import Incident


@proof.given
def mailed() -> Iterator[str]:
    """Every day's, for « manage.py verify_ledger »."""
    return map(str, Anchor.objects.order_by("pk").iterator())


@transaction.atomic
def send(*, at: datetime) -> Anchor | None:
    """Mail the head, once a day whoever rings; None when it was done, or when there is nothing to say or nobody to say it to.

    Nothing is anchored while the database is behind the copy: it would vouch for the wrong one.
    """
    officers = User.objects.filter(groups__name=CONSENT_OFFICER, is_active=True).exclude(email="")
    addresses = list(officers.values_list("email", flat=True).distinct().order_by("email"))
    seq, digits = ledger.head()
    if not (addresses and seq) or witness.doubt():
        return None
    row, new = Anchor.objects.get_or_create(day=localtime(at).date(), defaults={"seq": seq, "hash": digits})
    if not new:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        day, opening = date_format(row.day, "DATE_FORMAT"), _incidents()
        send_mail(
            _("The ledger of consents on %(date)s: line %(number)s") % {"date": day, "number": seq},
            opening
            + _(
                "Keep this message.\n\n"
                "On %(date)s, the last line of the ledger of consents is:\n\n%(number)s:%(hash)s\n\n"
                "If somebody later removed or rewrote a line, this message would prove it. To check:\n\n"
                "manage.py verify_ledger --anchor %(number)s:%(hash)s"
            )
            % {"date": day, "number": seq, "hash": digits},
            None,
            addresses,
        )
    return row


def _incidents() -> str:
    """How many are open, and where they are; nothing when there is none. In the present language."""
    count = Incident.objects.filter(closed_at__isnull=True).count()
    if not count:
        return ""
    words = ngettext("%(count)s incident is open:", "%(count)s incidents are open:", count) % {"count": count}
    return f"{words}\n\n{brand.current().address}{reverse('portraits_incident:index')}\n\n"
