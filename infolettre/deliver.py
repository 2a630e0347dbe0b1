"""One delivery: assembled through the gate at that instant, handed to the server, at most once."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from infolettre import links, mail
from infolettre.assemble import Issue, assemble, still
from infolettre.models import Delivery, Subscriber
from infolettre.smtp import Line, Unanswered
from portraits import brand, duty, recall, vigil, witness
from portraits.usages import Usage

State = Delivery.State


def deliver(row: Delivery, line: Line) -> dict:
    """Send one mail. Raises duty.Refused with the server's words, or duty.Retry; returns the columns that say the rest."""
    if row.begun_at is not None:  # a worker died or was cut off after it began
        until = min(timezone.now(), row.begun_at + duty.LEASE)  # nobody else held it longer
        _look_back(row, assemble(row.issue, row.begun_at), at=until)
        return _uncertain(_("The connection was lost while sending; it may have arrived."))
    if not Subscriber.objects.filter(email=row.address, active=True).exists():
        return {"state": State.CANCELLED, "error": _("No longer on the list.")}
    at = timezone.now()
    issue = assemble(row.issue, at)
    if not issue.blocks:
        return {"state": State.CANCELLED, "error": _("Nothing is left to show in this issue.")}
    name = message_id(row)
    body = compose(issue, row, name, at).message().as_bytes(linesep="\r\n")
    try:
        line.hand_over(
            body,
            sanitize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "utf-8"),
            sanitize_address(row.address, "utf-8"),
            before_body=lambda: _begin(row, issue, name, at),
        )
    except Unanswered as loss:
        _look_back(row, issue, at=timezone.now())
        return _uncertain(str(loss))
    except (duty.Retry, duty.Refused):
        Delivery.objects.filter(pk=row.pk, owner=row.owner).update(begun_at=None)
        raise
    _look_back(row, issue, at=timezone.now())
    return {}


def _look_back(row: Delivery, issue: Issue, *, at: datetime) -> None:
    """Somebody may have withdrawn between the last look at the gate and the server's answer, which came at `at` at the latest:
    their face is in a mail that left after its end, and that is an incident. While the gate is closed to everybody nothing is
    known: nothing is said.
    """
    late = {one.version for one in issue.on_show} - still(issue, at)
    if late and not witness.doubt():
        place = locator(issue.number)
        vigil.shown_late(
            Usage.INFOLETTRE, *late, locator=place, cause=f"delivery:{row.pk}", shown_at=at, at=timezone.now()
        )


def _uncertain(words: str) -> dict:
    return {"state": State.UNCERTAIN, "done_at": None, "error": words[:300]}


def _begin(row: Delivery, issue: Issue, name: str, at: datetime) -> None:
    """Remember, before a byte leaves, that it may have arrived; and what it shows, when a newer version came since.

    The gate is asked again, in that same transaction: composing and reaching the server took time, and somebody may have
    withdrawn. Raises duty.Retry then, or when the lease was lost meanwhile: somebody else has this row.
    """
    frozen = set(row.issue.composition["versions"])
    with transaction.atomic():
        if {one.version for one in issue.on_show} - still(issue, timezone.now()):
            raise duty.Retry(_("Somebody withdrew while it was leaving: it is composed again without them."))
        mine = Delivery.objects.filter(pk=row.pk, owner=row.owner, state=State.CLAIMED)
        if not mine.update(begun_at=timezone.now(), message_id=name):
            raise duty.Retry("lease lost")
        for one in issue.on_show:
            if one.version not in frozen:
                recall.record(Usage.INFOLETTRE, one, locator=locator(issue.number), at=at)


def locator(number: int) -> str:
    """The place of an issue, as exposures name it."""
    return f"infolettre:{number}"


def message_id(row: Delivery) -> str:
    """The same for the same delivery, and not to be guessed."""
    seal = hmac.new(settings.SECRET_KEY.encode(), f"infolettre.message:{row.pk}".encode(), hashlib.sha256)
    return f"<{row.issue.number}.{row.pk}.{seal.hexdigest()[:20]}@{_domain()}>"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def compose(issue: Issue, row: Delivery, name: str, at: datetime) -> EmailMultiAlternatives:
    """The message of one delivery: two parts, and the headers that mail programs act upon."""
    reader = mail.Reader(row.first_name, links.archive(issue.number, row.pk), links.unsubscribe(row.pk))
    leave = f"{brand.current().address}{reader.unsubscribe}"
    message = written(issue, formataddr((row.first_name, row.address)), reader)
    message.extra_headers |= {
        "Date": format_datetime(timezone.localtime(at)),
        "Message-ID": name,
        "List-Id": f"<infolettre.{_domain()}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return message


def written(issue: Issue, to: str, reader: mail.Reader | None = None) -> EmailMultiAlternatives:
    """An issue as a message: plain text first, HTML as the alternative that mail programs prefer."""
    message = EmailMultiAlternatives(
        mail.subject(issue),
        mail.text(issue, reader),
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={"Auto-Submitted": "auto-generated", "Content-Language": issue.lang},
    )
    message.attach_alternative(mail.html(issue, reader), "text/html")
    return message
