"""The ledger's head, mailed each day to the consent officers: kept elsewhere, it proves later that nothing was cut or rewritten."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from intranet.models import Anchor, User
from intranet.roles import CONSENT_OFFICER
from portraits import ledger, witness


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
        day = date_format(row.day, "DATE_FORMAT")
        send_mail(
            _("The ledger of consents on %(date)s: line %(number)s") % {"date": day, "number": seq},
            _(
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
