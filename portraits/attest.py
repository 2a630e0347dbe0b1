"""The receipt of one decision: read from the ledger's own lines, then written as a page (PDF) and as data (JSON).

The data has the names of Kantara's Consent Receipt 1.1, and carries the lines themselves, so that a small script checks
them without us (deploy/verify_receipt.py). The same row gives the same bytes, whenever it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portraits import brand, chain, ledger, press
from portraits.chain import Line
from portraits.models import Consent, ConsentRequest, Evidence, LedgerEntry, NoticeText, Receipt, Subject
from portraits.typography import typeset
from portraits.usages import PROMISES, Usage

KINDS = ("granted", "refused", "withdrawn", "paused", "undone")
SHORT = 12  # digits of a hash that a person can compare
THIRD_PARTIES = {Usage.INDEXATION: "search engines", Usage.SOCIAL: "social networks"}
Method = Consent.Method


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one usage. `until` and `rendering` are empty unless it is a yes, or a yes put back."""

    usage: Usage
    kind: str
    seq: int
    until: datetime | None = None
    rendering: str = ""
    method: str = ""

    @property
    def yes(self) -> bool:
        return self.until is not None

    @property
    def words(self) -> str:
        """In the present language."""
        if self.yes:
            until = {"date": date_format(localtime(self.until), "DATE_FORMAT")}
            return _("Yes again, until %(date)s") % until if self.kind == "undone" else _("Yes, until %(date)s") % until
        return {
            "refused": _("No"),
            "withdrawn": _("Withdrawn"),
            "paused": _("Paused"),
            "undone": _("Unanswered again"),
        }[self.kind]


@dataclass(frozen=True, slots=True)
class Read:
    """One receipt, as it is about to be written in `language`: its row, the decisions, the yeses that they left as they
    were, the lines of the ledger that say so, and how we know who decided ("" by the link alone, enough for a no)."""

    row: Receipt
    language: str
    decisions: tuple[Decision, ...]
    besides: tuple[tuple[Usage, datetime], ...]
    lines: tuple[Line, ...]
    method: str

    @property
    def head(self) -> Line:
        """The ledger's last line when the decision had been written."""
        return self.lines[-1]

    @property
    def kind(self) -> str:
        """What was done, on the whole: "answered", "withdrawn", "paused" or "undone"."""
        kinds = {decision.kind for decision in self.decisions}
        return "answered" if kinds & {"granted", "refused"} else min(kinds, default="answered")


def read(row: Receipt, *, language: str) -> Read:
    """The decision of this row, from the ledger, with what was refused before on the same sheet. Three queries."""
    sheets = Evidence.objects.filter(request=row.request_id)
    sheet = sheets.filter(Q(confirmed_at=row.decided_at) | Q(recorded_at=row.decided_at)).first()
    entries = LedgerEntry.objects.filter(
        at__in={row.decided_at, sheet.recorded_at if sheet else row.decided_at},
        kind__in=KINDS,
        body__person=ledger.pseudonym(row.person),
        body__portrait=str(row.across),
    )
    until, now = _until(row), chain.instant(row.decided_at)
    # What was refused on the sheet, then accepted otherwise before it was confirmed, is told with what stands besides.
    lines = tuple(line for line in entries.lines() if line.at == now or line.body["usage"] not in until)
    decisions = _decisions(lines)
    method = next((one.method for one in decisions if one.method), sheet.kind if sheet else "")
    decided = {one.usage for one in decisions}
    besides = tuple((usage, until[usage]) for usage in Usage if usage in until and usage not in decided)
    return Read(row, language, decisions, besides, lines, method)


def _decisions(lines: Iterable[Line]) -> tuple[Decision, ...]:
    """One decision per usage: a refusal that ends a yes writes two lines, a yes put back one per Version."""
    found: dict[Usage, Decision] = {}
    for line in lines:
        usage, body = Usage(line.body["usage"]), line.body
        until = parse_datetime(body["ends_at"]) if body.get("ends_at") else None
        one = Decision(usage, line.kind, line.seq, until, body.get("rendering", ""), body.get("method", ""))
        former = found.get(usage)
        if former is None or (until and (former.until is None or until > former.until)):
            found[usage] = one
    return tuple(found[usage] for usage in Usage if usage in found)


def _until(row: Receipt) -> dict[str, datetime]:
    """The person's yeses about this portrait, as they stood at that instant: usage → end. One query."""
    at = row.decided_at
    rows = Consent.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        subject__person=row.person_id,
        subject__version__across=row.across,
        starts_at__lte=at,
        ends_at__gt=at,
    )
    return dict(rows.order_by("ends_at").values_list("usage", "ends_at"))


def title(receipt: Read) -> str:
    """What was done, in one sentence to whoever did it; in the receipt's language."""
    name = {"name": receipt.row.request.addressee.first_name}
    with translation.override(receipt.language):
        words = {
            "answered": _("It is recorded, %(name)s."),
            "withdrawn": _("It is withdrawn, %(name)s."),
            "paused": _("It is paused, %(name)s."),
            "undone": _("All is as before, %(name)s."),
        }
        if not name["name"]:  # who wrote kind words may have given none
            words = {
                "answered": _("It is recorded."),
                "withdrawn": _("It is taken back."),
                "undone": _("All is as before."),
            }
        return words[receipt.kind] % name


def how(receipt: Read) -> str:
    """How we know who decided, in the present language."""
    return {
        Method.SESSION: _("signed in with their own account"),
        Method.CODE: _("by the secret link, and a code sent to their own address"),
        Method.COUNTER: _("at a counter, in front of somebody from the borough"),
        Method.PAPER: _("on paper, recorded by two people"),
        Method.PHONE: _("on the telephone, recorded by two people"),
        Method.FORM: _("on the form, when the words were written"),
        Method.STANDING: _("once and for all, beforehand"),
    }.get(receipt.method, _("by the secret link: that is enough to say no"))


# -- the page


def page(receipt: Read, address: str) -> bytes:
    """The receipt as one page: a tagged PDF in Letter. `address` opens the person's page; without one, it is left out."""
    with translation.override(receipt.language):
        words = _said(_words(receipt, address), receipt.language)
    words |= {"code": press.modules(address) if address else [], "colour": press.COLOURS[brand.current().edition]}
    return press.document(press.HERE / "receipt.typ", words, dated=receipt.row.decided_at.replace(microsecond=0))


def _words(receipt: Read, address: str) -> dict:
    row, request, speaker = receipt.row, receipt.row.request, brand.current()
    at = localtime(row.decided_at)
    besides = [
        _("%(usage)s, until %(date)s") % {"usage": usage.label, "date": date_format(localtime(until), "DATE_FORMAT")}
        for usage, until in receipt.besides
    ]
    return {
        "language": receipt.language.split("-")[0],
        "brand": [speaker.first_line, speaker.second_line],
        "kicker": _("Receipt"),
        "title": title(receipt),
        "rows": [
            {
                "usage": str(one.usage.label),
                "yes": one.yes,
                "words": one.words,
                "note": _("rendering %(hash)s") % {"hash": one.rendering[:SHORT]} if one.rendering else "",
            }
            for one in receipt.decisions
        ],
        "besides": _("Still yes, unchanged: %(usages)s.") % {"usages": " · ".join(besides)} if besides else "",
        "facts": [
            [_("When"), f"{date_format(at, 'DATE_FORMAT')}, {date_format(at, 'TIME_FORMAT')}"],
            [_("How"), how(receipt)],
            [
                _("Text read"),
                _("notice “%(code)s”, version %(version)s")
                % {"code": NoticeText.Code(request.notice_code).label, "version": request.notice},
            ],
            *_about(request),
            [_("Receipt"), str(row.number)],
            [_("Ledger, line %(number)s") % {"number": receipt.head.seq}, f"{receipt.head.seq}:{receipt.head.hash}"],
        ],
        "change": _("Change your mind"),
        "link": address.split("://", 1)[-1],
        "link_help": _link_help(address, speaker),
        "code_alt": _("QR code to %(address)s") % {"address": address},
        "help": _("A question? %(contact)s") % {"contact": speaker.help_contact},
    }


def _about(request: ConsentRequest) -> list[list[str]]:
    """The number of the kind words, when it is about some."""
    compliment = request.subject.version.compliment
    return [[_("Kind words"), compliment.reference]] if compliment else []


def _link_help(address: str, speaker: brand.Brand) -> str:
    if not address:
        return _("Ask for a link of your own at %(address)s") % {"address": f"{speaker.host}/consentement/"}
    return _(
        "This address opens the page where everything can be withdrawn or paused, without a password. "
        "It is meant for one person alone."
    )


def _said(value, language: str):
    """The typography of the language in every text, however deep."""
    if isinstance(value, str):
        return typeset(value, language)
    if isinstance(value, dict):
        return {key: one if key in {"link", "language"} else _said(one, language) for key, one in value.items()}
    return [_said(one, language) for one in value] if isinstance(value, list) else value


# -- the data


def data(receipt: Read) -> bytes:
    """The receipt as JSON, UTF-8, ending with a line feed. No name of a person in it, but no secret either."""
    with translation.override(receipt.language):
        values = _kantara(receipt)
    return (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode()


def _kantara(receipt: Read) -> dict:
    row, speaker = receipt.row, brand.current()

    return {
        "version": "KI-CR-v1.1.0",
        "jurisdiction": "CA-QC",
        "consentTimestamp": int(row.decided_at.timestamp()),
        "collectionMethod": receipt.method or "link",
        "consentReceiptID": str(row.number),
        "language": receipt.language,
        "piiPrincipalId": ledger.pseudonym(row.person),
        "piiControllers": [
            {"piiController": speaker.name, "contact": speaker.help_contact, "piiControllerUrl": speaker.address}
        ],
        "policyUrl": f"{speaker.address}/charte/",
        "services": [
            {
                "service": "Je travaille pour vous !",
                "purposes": [_purpose(one, _categories(row)) for one in receipt.decisions],
            }
        ],
        "sensitive": False,
        "spiCat": [],
        "notice": {"code": row.request.notice_code, "version": row.request.notice},
        "ledger": {
            "lines": [line._asdict() for line in receipt.lines],
            "head": {"seq": receipt.head.seq, "hash": receipt.head.hash},
        },
    }


def _categories(row: Receipt) -> list[str]:
    """What of this person is shown: of who wrote kind words, what they chose to sign with."""
    subject = row.request.subject
    if subject.role == Subject.Role.NAMED:
        return ["first name", "words about the person"]
    if subject.role == Subject.Role.WRITER:
        return ["words", *(["first name", "district"] if subject.version.content.get("signature") else [])]
    return ["first name", "job", "words", "photograph"]


def _purpose(one: Decision, categories: list[str]) -> dict:
    promise = PROMISES[one.usage]
    third = THIRD_PARTIES.get(one.usage, "")
    values = {
        "purpose": str(one.usage.label),
        "purposeCategory": [str(promise.audience.label)],
        "consentType": "EXPLICIT",
        "piiCategory": categories,
        "primaryPurpose": True,
        "termination": str(promise.withdrawal),
        "thirdPartyDisclosure": bool(third),
        "usage": one.usage.value,
        "decision": one.kind,
        "words": one.words,
        "until": chain.instant(one.until) if one.until else None,
        "rendering": one.rendering or None,
        "line": one.seq,
    }
    return values | ({"thirdPartyName": third} if third else {})
