"""Files of messages into the one inbox: a file is looked at, then taken whole, or nothing of it.

The same message is received once: (channel, its number there), which is recognised even after its erasure. What a file says
is never a consent to be quoted. A file that was looked at and never taken goes after FORGOTTEN; the refused rows of one that
was taken, RETENTION_DAYS after.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from portraits import inbox, ledger, measure, message_file
from portraits.match import folded
from portraits.message_file import Choice, Row, Table
from portraits.models import ColumnChoice, Compliment, MessageFile, Spot, Team
from portraits.spreadsheet import Refused, kept_aside

FORGOTTEN = timedelta(days=1)  # a file that was looked at and never taken
LATELY = 5  # choices of one channel whose names of columns are looked for in a new file


class Moved(Exception):
    """The file was taken, or its columns were chosen otherwise, since this page was shown: nothing is taken."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row that would be received, with what of ours it speaks of."""

    row: Row
    spot: Spot | None
    team: Team | None
    portrait: int | None


@dataclass(slots=True)
class Plan:
    """What taking a file would do now: what would be received, what is not and why, how many are here already."""

    table: Table
    choice: Choice
    incoming: list[Incoming] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    known: int = 0


@transaction.atomic
def receive(data: bytes, name: str, *, channel: str, by, at: datetime) -> MessageFile:
    """Keep a file that can be read, to be looked at before it is taken; one that waits already is not kept twice. Raises
    message_file.Unreadable."""
    table, digest = message_file.read(data, channel=channel), sha256(data).hexdigest()
    if waiting := MessageFile.objects.filter(sha256=digest, channel=channel, done_at=None).first():
        return waiting
    values = {"sha256": digest, "content": table.dump(), "by": by, "at": at}
    choice = _remembered(table, channel)
    return MessageFile.objects.create(channel=channel, file_name=name[:200], choice=asdict(choice), **values)


def former(row: MessageFile) -> MessageFile | None:
    """The same file, when it was taken before."""
    same = MessageFile.objects.filter(sha256=row.sha256, channel=row.channel, done_at__isnull=False)
    return same.exclude(pk=row.pk).select_related("by").first()


def choose(row: MessageFile, choice: Choice) -> None:
    """Which column holds what, before the file is looked at again."""
    row.choice = asdict(choice)
    MessageFile.objects.filter(pk=row.pk, done_at__isnull=True).update(choice=row.choice)


def seal(row: MessageFile) -> str:
    """What a page rests on: another choice, and it is out of date."""
    return sha256(json.dumps(row.choice, sort_keys=True).encode()).hexdigest()[:16]


# -- looked at


def plan(row: MessageFile) -> Plan:
    """What taking this file would do: nothing is done. A fixed number of queries. While a needed column is not chosen, no row
    is looked at."""
    made = Plan(Table.load(bytes(row.content)), Choice(**row.choice))
    if made.choice.lacking():
        return made
    found = list(message_file.rows(made.table, made.choice))
    judge = _Judge(row.channel, made, [one for one in found if isinstance(one, Row)])
    for one in found:
        if isinstance(one, Refused):
            made.refused.append(one)
        else:
            judge.weigh(one)
    return made


class _Judge:
    """Compares each row with what is here, and with the rows above it."""

    def __init__(self, channel: str, made: Plan, rows: list[Row]):
        self.made = made
        self.spots = _named(Spot) if any(one.place for one in rows) else {}
        self.teams = _named(Team) if any(one.team for one in rows) else {}
        self.portraits = measure.portraits_at(one.address or one.number for one in rows)
        numbers = {number for one in rows for number in _numbers(one)}
        known = Compliment.objects.filter(channel=channel, external_ref__in=numbers)
        self.known = set(known.values_list("external_ref", flat=True)) | inbox.erased(channel, numbers)
        self.above: dict[str, Row] = {}

    def weigh(self, one: Row) -> None:
        above = self.above.setdefault(one.number, one)
        if not self.known.isdisjoint(_numbers(one)) or (above is not one and above.cells == one.cells):
            self.made.known += 1
            return
        spot, team = self.spots.get(folded(one.place)), self.teams.get(folded(one.team))
        column, reason = "", ""
        if above is not one:
            column, reason = (
                "number",
                _("Line %(line)s has the same number, and says otherwise.") % {"line": above.line},
            )
        elif one.place and not spot and not self.made.choice.own_words:
            column, reason = "place", _("« %(name)s » is not in the list of places.") % {"name": one.place[:60]}
        elif one.team and not team:
            column, reason = "team", _("« %(name)s » is not in the list of teams.") % {"name": one.team[:60]}
        if reason:
            self.made.refused.append(Refused(one.line, self.made.choice.columns[column], reason, one.cells))
            return
        self.made.incoming.append(Incoming(one, spot, team, self.portraits.get(one.address or one.number)))


def _numbers(one: Row) -> set[str]:
    """What this message may be known by: its number, or its own address, as somebody who pasted it gave it."""
    return {one.number, one.address} if one.address and one.number in one.address else {one.number}


def _named(model: type[Spot] | type[Team]) -> dict:
    """Those in use, by their names folded, in either language."""
    rows = model.objects.filter(active=True)
    return {folded(name): row for row in rows for name in (row.name_en, row.name) if folded(name)}


# -- taken


@transaction.atomic
def take(row: MessageFile, *, seen: str, by, at: datetime) -> MessageFile:
    """Receive all that the file may bring, or nothing: what is here now is looked at again. Its columns are remembered.
    Raises Moved, or django.db.IntegrityError when another file brings the same messages at the same instant."""
    row = MessageFile.objects.select_for_update().get(pk=row.pk)
    if row.done_at or seen != seal(row):
        raise Moved
    made = plan(row)
    messages = [_message(one, made.choice) for one in made.incoming]
    inbox.receive_all(messages, channel=Compliment.Channel(row.channel), by=by, at=at)
    line = {"channel": row.channel, "sha256": row.sha256, "messages": len(messages), "by": ledger.account(by)}
    ledger.append("collected", at=at, **line)
    values = {"choice": row.choice, "at": at}
    ColumnChoice.objects.update_or_create(values, channel=row.channel, headers=_headers(made.table))
    row.kept, row.known, row.turned_away = len(messages), made.known, len(made.refused)
    row.refused = kept_aside(made.refused)
    row.content, row.done_at, row.by = b"", at, by
    row.save()
    return row


def _message(one: Incoming, choice: Choice) -> inbox.Message:
    row = one.row
    about = {
        "external_ref": row.number,
        "happened_on": row.on,
        "spot": one.spot,
        "elsewhere": "" if one.spot else row.place,
        "team": one.team,
        "portrait_id": one.portrait,
        "language": choice.language,
    }
    return inbox.Message(row.words, inbox.Writer(first_name=row.first_name, email=row.email, phone=row.phone), about)


# -- remembered, forgotten


def _headers(table: Table) -> str:
    return sha256("\n".join(sorted(folded(header) for header in table.headers)).encode()).hexdigest()


def _remembered(table: Table, channel: str) -> Choice:
    """What was chosen for the same columns; else what is likely, from what was chosen lately and from their names."""
    rows = ColumnChoice.objects.filter(channel=channel).order_by("-at")
    same = rows.filter(headers=_headers(table)).first()
    if same and set(same.choice["columns"].values()) <= set(table.headers):
        return Choice(**same.choice)
    lately = [one.choice for one in rows[:LATELY]]
    found = message_file.proposed(table, channel=channel, former=[one["columns"] for one in lately])
    return found if not lately else Choice(found.columns, found.order, lately[0]["own_words"], lately[0]["language"])


def forget(*, at: datetime) -> Counter:
    """Each night: the files that somebody looked at and never took; the refused rows of those that were, in time."""
    files, _rows = MessageFile.objects.filter(done_at=None, at__lt=at - FORGOTTEN).delete()
    over = at - timedelta(days=settings.RETENTION_DAYS)
    rows = MessageFile.objects.filter(done_at__lte=over).exclude(refused=[])
    return Counter(message_files=files, refused_rows=rows.update(refused=[]))
