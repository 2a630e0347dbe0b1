"""What the public form of thanks knows and does: places and teams to choose from, the message into the inbox once, and the
page that says what follows. `key` is the one-use key of a form: its hash is what the message is known by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from portraits import inbox, invitation, links, notices, quoting, signing, sorting, throttle
from portraits.models import Compliment, ConsentRequest, Link, NoticeText, Spot, Team
from portraits.usages import Audience

LONGEST = inbox.LONGEST
Refused = inbox.Refused
is_first_name = signing.is_first_name
MAILS_A_DAY = 3  # to one address: whoever writes types whichever they like
A_DAY = 20  # times that one page of thanks opens the writer's own page


class Again(Exception):
    """This form was sent already, with other words."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page of thanks says of a message; none of its words, nobody's name."""

    reference: str
    received_at: datetime
    address: bool  # they left one to write to


def spots(language: str) -> dict[int, str]:
    """The places to choose from, by number. One query."""
    return _names(Spot, language)


def teams(language: str) -> dict[int, str]:
    """The teams to choose from, by number. One query."""
    return _names(Team, language)


def _names(model: type[Spot] | type[Team], language: str) -> dict[int, str]:
    rows = model.objects.filter(active=True).values_list("pk", "name", "name_en")
    found = {pk: (language == "en" and english) or name for pk, name, english in rows}
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))


def places() -> dict[str, list[str]]:
    """Audience → where words can be quoted for it, in the present language."""
    return {one.value: [str(usage.label) for usage in quoting.usages(one)] for one in Audience}


def notice(language: str, *, at: datetime) -> str:
    """What is said to whoever writes: who reads, what is kept, for how long."""
    return notices.now(NoticeText.Code.WRITER, language, at=at)


def length(words: str) -> int:
    """How many characters would be kept."""
    return len(inbox.legible(words))


def thank(words: str, *, key: str, at: datetime, writer: inbox.Writer, wishes: Mapping[Audience, str], **about) -> None:
    """Keep the message, once, and acknowledge it by mail. A second click finds it kept. Raises Refused, or Again
    when this form was sent with other words before."""
    try:
        with transaction.atomic():
            row, token = inbox.receive(
                words, at=at, writer=writer, wishes=wishes, external_ref=links.token_hash(key), **about
            )
            if _may_acknowledge(row, at=at):
                invitation.acknowledge(row.writer, row.reference, token)
    except IntegrityError:
        if _row(key).original != inbox.legible(words):
            raise Again from None


def _may_acknowledge(row: Compliment, *, at: datetime) -> bool:
    """Whether a mail leaves for the address that was typed, which may be anybody's: not after what looks like a robot's, nor more
    than a few a day. The page of thanks says the same in any case."""
    email = row.writer.email.casefold()
    if not email or row.suspicion >= sorting.SUSPECT:
        return False
    return throttle.allow("merci mail", email, most=MAILS_A_DAY, within=timedelta(days=1), at=at)


def known(key: str) -> bool:
    """Whether this form was sent. One query."""
    return _rows(key).exists()


def sent(key: str) -> Sent | None:
    """What the page of thanks says; None for a key that sent nothing, or of which nothing is left. One query."""
    row = _rows(key).select_related("writer").first()
    return Sent(row.reference, row.received_at, bool(row.writer.email)) if row else None


def way_back(key: str, *, at: datetime) -> str | None:
    """The token of a new link to the writer's own page, from their page of thanks; None when there is nothing, or too often."""
    row = _rows(key).first()
    if row is None or not throttle.allow("merci way", key, most=A_DAY, within=timedelta(days=1), at=at):
        return None
    rows = ConsentRequest.objects.filter(subject__version__compliment=row, subject__person=row.writer_id)
    return links.make(rows.order_by("pk").last(), Link.Kind.MANAGE, at=at)


def _rows(key: str):
    return Compliment.objects.filter(
        channel=Compliment.Channel.WEB, external_ref=links.token_hash(key), erased_at__isnull=True
    )


def _row(key: str) -> Compliment:
    return Compliment.objects.get(channel=Compliment.Channel.WEB, external_ref=links.token_hash(key))
