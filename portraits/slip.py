"""The « merci » slip: kind words on an A5 sheet, for those whom no mail reaches, with a link of their own to answer; and for a
whole team without a mailbox, without any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portraits import attribution, brand, compose, ledger, links, press, quoting
from portraits.brand import Brand
from portraits.capsule import Quote
from portraits.models import Compliment, ConsentRequest, Link, Named, Version
from portraits.typography import typeset

A5 = (420, 595)  # points
MOST = 60  # slips in one file


def waiting() -> QuerySet[Named]:
    """Those whom nobody has told yet of the words that are for them, the oldest first. What a colleague wrote for one person alone
    is read on the intranet, by whoever has an account."""
    rows = Named.objects.filter(told_at=None, compliment__erased_at=None, compliment__passed_on_at__isnull=False)
    rows = rows.filter(compliment__removed_at=None).exclude(compliment__private=True, person__user__isnull=False)
    return rows.select_related("person__team", "compliment").order_by("confirmed_at", "pk")


def waiting_teams() -> list[Compliment]:
    """The words for a whole team without a mailbox that nobody gave it yet, the oldest first. One query."""
    rows = Compliment.objects.filter(for_team=True, team_told_at=None, erased_at=None, removed_at=None)
    return list(rows.select_related("team").order_by("passed_on_at", "pk")[:MOST])


@transaction.atomic
def print_some(rows: Sequence[Named], teams: Sequence[Compliment] = (), *, by, at: datetime) -> bytes:
    """One PDF, a page for each of these, with a link made for each person and its line in the ledger. Nobody is told by that:
    see `handed`. Staff holds the link first: it tells nothing of earlier answers (links.make)."""
    speaker, slips = brand.current(), []
    asked = _requests(rows)
    for row in rows:
        request = asked.get((row.compliment_id, row.person_id))
        if request is None:
            continue
        token = (
            links.make(request, Link.Kind.RESPOND, at=at, witness=by)
            if request.asked and not request.recipient_id
            else ""
        )
        ledger.append(
            "printed",
            at=at,
            person=ledger.pseudonym(row.person),
            portrait=str(row.compliment.across),
            request=request.pk,
            by=ledger.account(by),
        )
        slips.append(_words(request, links.address(token) if token else "", speaker))
    slips += _team_slips(teams)
    words = {
        "title": _("Thank-you slips"),
        "language": translation.get_language().split("-")[0],
        "brand": [speaker.first_line, speaker.second_line],
        "colour": press.COLOURS[speaker.edition],
        "slips": slips,
    }
    return press.document(press.HERE / "slip.typ", words, dated=at.replace(microsecond=0), size=A5)


def handed(keys: Iterable[int], teams: Iterable[int] = (), *, at: datetime) -> int:
    """These slips were given: their people, and their teams, are told. Returns how many."""
    given = Compliment.objects.filter(pk__in=list(teams), team_told_at=None).update(team_told_at=at)
    return given + waiting().filter(pk__in=list(keys)).update(told_at=at)


def _team_slips(rows: Sequence[Compliment]) -> list[dict]:
    versions = Version.objects.filter(compliment__in=rows, purged_at=None).order_by("pk")
    newest = {version.compliment_id: version for version in versions}
    return [_team_words(row, quoting.quote(newest[row.pk])) for row in rows if row.pk in newest]


def _team_words(row: Compliment, quote: Quote) -> dict:
    with translation.override(quote.language):
        english = quote.language.startswith("en") and row.team.name_en
        said = {
            "thanks": _("Thank you!"),
            "for": _("For the team: %(team)s") % {"team": english or row.team.name},
            "yours": pgettext("vous", "These words are for all of you. They go into no file and no appraisal."),
            "hurt": "",  # nothing unread is brought to a team on paper (bravo.Unreachable)
            "ask": "",
            "code_alt": "",
        }
        said = {name: typeset(text, quote.language) for name, text in said.items()}
    return said | _drawn(quote) | {"code": [], "link": ""}


def _requests(rows: Sequence[Named]) -> dict[tuple[int, int], ConsentRequest]:
    """(Compliment, person) → the last question put to them. One query."""
    found = ConsentRequest.objects.filter(
        subject__version__compliment__in=[row.compliment_id for row in rows],
        subject__person__in=[row.person_id for row in rows],
        subject__role="named",
    ).select_related("subject__person", "subject__version__compliment")
    return {(one.subject.version.compliment_id, one.subject.person_id): one for one in found.order_by("asked_at", "pk")}


def _words(request: ConsentRequest, address: str, speaker: Brand) -> dict:
    person, quote = request.subject.person, quoting.quote(request.subject.version)
    with translation.override(person.language):
        deadline = date_format(localtime(request.closes_at), "DATE_FORMAT")
        said = {
            "thanks": _("Thank you!"),
            "for": pgettext("tu", "For you, %(name)s") % {"name": person.first_name},
            "yours": pgettext("tu", "It is yours, whatever comes next. It goes into no file and no appraisal."),
            "hurt": _hurt(request.subject.version.compliment, speaker),
            "ask": pgettext("tu", "May we quote it? You decide, until %(deadline)s.") % {"deadline": deadline},
            "code_alt": _("QR code to your own page"),
        }
        said = {name: typeset(text, person.language) for name, text in said.items()}
    code = press.modules(address) if address else []
    return said | _drawn(quote) | {"code": code, "link": address.split("://", 1)[-1]}


def _hurt(row: Compliment, speaker: Brand) -> str:
    """What to do about words that no moderator has read; "" when one has."""
    if not row.unread:
        return ""
    about = {"contact": speaker.help_contact, "reference": row.unread}
    return _("If these words hurt (reference %(reference)s): %(contact)s.") % about


def _drawn(quote: Quote) -> dict:
    return {
        "language": quote.language.split("-")[0],
        "text": [compose.drawn(part, quote.language, compose.TITLE) for part in quote.text],
        "by": compose.drawn(attribution.by_whom(quote), quote.language, compose.TEXT),
    }
