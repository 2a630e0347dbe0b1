"""« Aujourd'hui »: what waits for an editor, one line each. Nothing here depends on an answer (portraits.state)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecrans import print as paper
from intranet.models import Letter
from portraits import erasing, gate, meeting, reading, recording, sorting, state, whereabouts, witness
from portraits.models import Incident, Portrait, Remark, Subject, Text, Version
from portraits.state import Word
from portraits.usages import ASKED, Usage

FEW = 5  # people; below, a count would say too much
SOON = timedelta(days=30)
TWO_WEEKS = timedelta(days=14)
WRITTEN = ("job", "sentence", "story", "photo_id", "alt")
LINES = 8  # of one kind; the list holds the others


@dataclass(frozen=True, slots=True)
class Task:
    """One line: what is so, the detail, one verb, and where it is done."""

    title: str
    detail: str
    verb: str
    url: str
    photo: int | None = None


def tasks(*, user, at: datetime) -> list[Task]:
    """Which questions could not be sent, what this user may read, what came back to be changed, what ends soon, what was never asked,
    what they submitted and another reads, what is asked. Nineteen queries at most, however many portraits."""
    under_way = reading.stages()
    to_read = reading.waiting(user, at=at) if under_way else []
    submitted = reading.submitted(user) if under_way else {}
    for one in to_read:
        submitted.pop(one.portrait.pk, None)
    asked_before = Version.objects.filter(portrait=OuterRef("pk"))
    rows = list(Portrait.objects.annotate(asked_before=Exists(asked_before)).order_by("pk"))
    standings = state.standings(at=at)
    held_up = reading.held_up([key for key, those in standings.items() if _soon(those, at)], at=at)
    changing, ending, drafts, read_by_others, waiting = [], [], [], [], []
    for row in rows:
        if under_way.get(row.pk) == "changes":
            changing.append((row.pk, _changing(row)))
        soon = _soon(standings.get(row.pk, ()), at)
        open_ = [one for one in standings.get(row.pk, ()) if one.word == Word.ASKED]
        if soon:
            ending.append((min(one.until for one in soon), _ending(row, soon, at, held_up=row.pk in held_up)))
        if open_:
            waiting.append((open_[0].until, _waiting(row, open_)))
        if not row.asked_before and row.pk not in under_way:
            drafts.append((row.pk, _draft(row)))
        if row.pk in submitted:
            read_by_others.append((submitted[row.pk].at, _in_reading(row, submitted[row.pk].at)))
    return [
        *_returned(at, question=True),
        *_unsent(at, question=True),
        *_first(_never_asked(rows, at)),
        *_first([(one.submission.pk, _to_read(one)) for one in to_read]),
        *_first(changing),
        *_first(ending),
        *_first(drafts),
        *_first(read_by_others),
        *_first(waiting),
    ]


def agreed(*, at: datetime) -> str:
    """How many people are on the public site, all of whom said yes. Counted from what is shown, and only from five up: a
    smaller number, or a yes that waits for another's, would tell who did not. One query."""
    rows = Subject.objects.filter(version__in=gate.visible(Usage.SITE, at=at)).filter(version__portrait__isnull=False)
    rows = rows.exclude(role=Subject.Role.GUARDIAN)
    count = rows.values("person").distinct().count()
    if count < FEW:
        return _("Fewer than %(count)s people said yes to the public site.") % {"count": FEW}
    return _("%(count)s people said yes to the public site.") % {"count": count}


def calls() -> list[Task]:
    """For the consent officer: who asks for help. One query."""
    count = Remark.objects.filter(kind=Remark.Kind.HELP, handled_at__isnull=True).count()
    title = ngettext("%(count)s person asks for help", "%(count)s people ask for help", count) % {"count": count}
    return [Task(title, "", _("Read"), reverse("portraits_officer"))] if count else []


def undelivered(*, at: datetime) -> list[Task]:
    """For the consent officer: codes, receipts and every other message than a question that could not be sent. Editors are
    not told, since it says that somebody answered. Two queries."""
    return [*_returned(at, question=False), *_unsent(at, question=False)]


def incidents() -> list[Task]:
    """For whoever keeps the register: what was shown after an end and is not closed yet. One query."""
    count = Incident.objects.filter(closed_at__isnull=True).count()
    title = ngettext("%(count)s incident to look at", "%(count)s incidents to look at", count) % {"count": count}
    detail = _("Something was still shown past its promise: say who was affected, and what was done.")
    return [Task(title, detail, _("Open"), reverse("portraits_incident:index"))] if count else []


def alarms() -> list[Task]:
    """What the consent officer and the administrators must know first: why nobody is shown any more. At most one query."""
    if not witness.doubt():
        return []
    title = _("Nobody is shown any more, anywhere")
    detail = _(
        "The database is older than what people answered since, or the copy of the ledger is missing. The faces come back "
        "when the administrator has replayed the ledger (manage.py replay_ledger)."
    )
    return [Task(title, detail, _("See the state"), reverse("readyz"))]


def to_take_down(*, at: datetime) -> list[Task]:
    """For whoever sees the round: how many things hands must take away, where, and before when. A fixed number of queries per
    usage; nothing while the database is not to be believed."""
    places = [] if witness.doubt() else whereabouts.to_take_down(at=at)
    if not places:
        return []
    due = [one for _where, rows in places for one in rows]
    title = ngettext("%(count)s thing to take down", "%(count)s things to take down", len(due)) % {"count": len(due)}
    when = date_format(localtime(min(one.until for one in due)), "DATETIME_FORMAT")
    before = (_("The first before %(date)s.") if len(due) > 1 else _("Before %(date)s.")) % {"date": when}
    detail = f"{_where(where for where, _rows in places)}. {before}"
    return [Task(title, detail, _("See the round"), reverse("portraits_takedown"))]


def kind_words(*, at: datetime) -> list[Task]:
    """For whoever works the inbox: how many messages waited longer than was promised, and how many are to be sorted. One
    query."""
    waiting = sorting.counts(at=at)
    late, fresh, found = waiting["en-retard"], waiting["a-trier"], []
    if late:
        title = ngettext("%(count)s kind message is late", "%(count)s kind messages are late", late) % {"count": late}
        detail = _("Promised: passed on within two working days, answered within five.")
        found.append(Task(title, detail, _("See"), reverse("portraits_inbox_shelf", args=["en-retard"])))
    if fresh:
        title = ngettext("%(count)s kind message to sort", "%(count)s kind messages to sort", fresh) % {"count": fresh}
        found.append(Task(title, "", _("Sort"), reverse("portraits_inbox")))
    return found


def to_meet(user, *, at: datetime) -> list[Task]:
    """For whoever makes portraits: whom they, or nobody yet, took for this month or an earlier one. One query."""
    lines, page = [], reverse("portraits_to_meet")
    for row in meeting.due(user, on=localtime(at).date())[:LINES]:
        words = _("Kept for %(month)s.") if row.taken_by else _("Kept for %(month)s; nobody has taken it yet.")
        detail = words % {"month": date_format(row.month, "F Y")}
        lines.append(Task(_("To meet: %(who)s") % {"who": row.trade}, detail, _("See"), f"{page}#rencontre-{row.pk}"))
    return lines


def to_hang(*, at: datetime) -> list[Task]:
    """For whoever climbs: how many printed batches wait for a wall. Three queries at most."""
    places = paper.to_hang(at=at)
    count = sum(len(rows) for _place, rows in places)
    title = ngettext("%(count)s batch of posters to hang", "%(count)s batches of posters to hang", count)
    detail = f"{_where(place for place, _rows in places)}."
    return [Task(title % {"count": count}, detail, _("See the list"), reverse("affiches:to_hang"))] if count else []


def _where(places: Iterable[str]) -> str:
    """Two places by their names, and how many more."""
    names = [place or _("Place not noted") for place in places]
    more = len(names) - 2
    if more > 0:
        names[2:] = [ngettext("%(count)s other place", "%(count)s other places", more) % {"count": more}]
    return " · ".join(names)


def to_confirm(user, *, at: datetime) -> list[Task]:
    """What a colleague recorded on paper or by telephone, which this account may confirm. One query."""
    rows = list(recording.waiting(user, at=at)[:LINES])
    return [
        Task(
            _("An answer about %(name)s is to be confirmed")
            % {"name": row.request.subject.version.portrait.first_name},
            _("Recorded by %(who)s on %(date)s. You can confirm until %(end)s.")
            % {
                "who": row.recorded_by.get_full_name() or row.recorded_by.get_username(),
                "date": _day(row.recorded_at),
                "end": _day(row.request.closes_at),
            },
            _("See"),
            reverse(
                "wagtailsnippets_portraits_portrait:confirm", args=[row.request.subject.version.portrait_id, row.pk]
            ),
        )
        for row in rows
    ]


def _returned(at: datetime, *, question: bool) -> list[Task]:
    """Mails that a server refused for good in the last two weeks: somebody waits for nothing."""
    rows = Letter.objects.filter(state=Letter.State.REFUSED, not_before__gt=at - TWO_WEEKS, question=question)
    rows = rows.order_by("-pk")[:LINES]
    people = reverse("wagtailsnippets_portraits_person:list")
    return [
        Task(
            _("The mail to %(address)s could not be sent") % {"address": row.to},
            _("The server answered: %(words)s. Correct the address, then ask again.") % {"words": row.error},
            _("See the person"),
            f"{people}?{urlencode({'q': row.to})}",
        )
        for row in rows
    ]


def _unsent(at: datetime, *, question: bool) -> list[Task]:
    """The same for text messages."""
    rows = Text.objects.filter(state=Text.State.REFUSED, not_before__gt=at - TWO_WEEKS, question=question)
    rows = rows.order_by("-pk")[:LINES]
    return [
        Task(
            _("The text message to %(number)s could not be sent") % {"number": row.to},
            _("The sender answered: %(words)s. Correct the number, then ask again.") % {"words": row.error},
            _("See the people"),
            reverse("wagtailsnippets_portraits_person:list"),
        )
        for row in rows
    ]


def _never_asked(rows: list[Portrait], at: datetime) -> list[tuple[int, Task]]:
    """Photos of people who were never asked, that a desk has kept for a year: somebody decides."""
    kept = erasing.waiting(at=at)
    detail = _("Nobody was ever asked about it: submit the portrait for reading, or take the photo out of it.")
    title = _("The photo of %(name)s has been kept for more than a year")
    lines = [(row, kept[row.pk]) for row in rows if row.pk in kept]
    return [
        (row.pk, Task(title % {"name": row.first_name}, detail, _("See"), _url("edit", row), key)) for row, key in lines
    ]


def _first(lines: list[tuple]) -> list[Task]:
    """The soonest ones; beyond, one line says how many more."""
    chosen = [task for _when, task in sorted(lines, key=lambda line: line[0])]
    more = len(chosen) - LINES
    if more <= 0:
        return chosen
    title = ngettext("%(count)s more portrait like this", "%(count)s more portraits like this", more) % {"count": more}
    return [*chosen[:LINES], Task(title, "", _("See the list"), reverse("wagtailsnippets_portraits_portrait:list"))]


def _to_read(one: reading.Waiting) -> Task:
    title = _("To read: the portrait of %(name)s") % {"name": one.portrait.first_name}
    by = one.submission.by
    who = by.get_full_name() or by.get_username() if by else "—"
    detail = _("Submitted by %(name)s, %(date)s.") % {"name": who, "date": _day(one.submission.at)}
    return Task(title, detail, _("Read"), _url("read", one.portrait), one.portrait.photo_id)


def _in_reading(row: Portrait, since: datetime) -> Task:
    title = _("The portrait of %(name)s is being read") % {"name": row.first_name}
    detail = _("Submitted by you, %(date)s. The people are asked once it is read.") % {"date": _day(since)}
    return Task(title, detail, _("See"), _url("edit", row), row.photo_id)


def _changing(row: Portrait) -> Task:
    title = _("A change is asked for in the portrait of %(name)s") % {"name": row.first_name}
    return Task(title, _("By a reader, or by the person."), _("See"), _url("edit", row), row.photo_id)


def _names(standings: list) -> str:
    if len(standings) == len(ASKED):
        return capfirst(_("every usage"))
    return ", ".join(str(one.usage.label) for one in standings)


def _day(instant: datetime) -> str:
    return date_format(localtime(instant), "DATE_FORMAT")


def _soon(standings: Iterable, at: datetime) -> list:
    return [one for one in standings if one.word == Word.CONSENT and one.until < at + SOON]


def _ending(row: Portrait, soon: list, at: datetime, *, held_up: bool) -> Task:
    days = max(0, (min(one.until for one in soon) - at).days)
    title = ngettext(
        "The consent for %(name)s ends in %(count)s day", "The consent for %(name)s ends in %(count)s days", days
    ) % {"name": row.first_name, "count": days}
    names = _names(soon)
    if held_up:
        words = _("%(usages)s. An address, or who answers, was changed: nobody is asked by themselves, ask again.")
        names = words % {"usages": names}
    return Task(title, names if held_up else f"{names}.", _("Ask again"), _url("ask", row), row.photo_id)


def _waiting(row: Portrait, asked: list) -> Task:
    title = _("Consent asked for %(name)s") % {"name": row.first_name}
    detail = _("%(usages)s. The answer can come until %(date)s.") % {
        "usages": _names(asked),
        "date": _day(asked[0].until),
    }
    return Task(title, detail, _("See"), _url("edit", row), row.photo_id)


def _draft(row: Portrait) -> Task:
    title = _("The portrait of %(name)s is a draft") % {"name": row.first_name}
    lacks = [str(Portrait._meta.get_field(name).verbose_name) for name in WRITTEN if not getattr(row, name)]
    if lacks:
        detail = _("Still to fill in: %(fields)s.") % {"fields": ", ".join(lacks)}
        return Task(title, detail, _("Continue"), _url("edit", row), row.photo_id)
    return Task(title, _("Nobody has been asked yet."), _("Submit for reading"), _url("ask", row), row.photo_id)


def _url(name: str, row: Portrait) -> str:
    return reverse(f"wagtailsnippets_portraits_portrait:{name}", args=[row.pk])
