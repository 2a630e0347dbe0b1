"""/demo/courriel/ — the demo's mails, read in the browser. These addresses exist only when settings.DEMO."""

from __future__ import annotations

import email
import email.parser
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.core import mail as outgoing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

_NAME = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
NEWEST = 200
SHOWN = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted")


def keep_text(to: str, body: str) -> None:
    """settings.SMS_BACKEND of the demo: a text message is read beside the mails. Nothing leaves the machine."""
    address = f"{to}@sms.erables.example"
    outgoing.EmailMessage(
        _("Text message"),
        body,
        settings.DEFAULT_FROM_EMAIL,
        [address],
        connection=outgoing.get_connection(settings.SMTP_BACKEND),
    ).send()


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the list."""

    name: str
    to: str
    subject: str
    at: datetime


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest messages first."""
    files = sorted(Path(settings.DEMO_MAILBOX).glob("*.eml"), reverse=True)
    known = [file for file in files if _NAME.fullmatch(file.stem)]
    context = {"lines": [_line(file) for file in known[:NEWEST]], "more": len(known) - NEWEST}
    return _private(render(request, "demo/inbox.html", context))


@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its headers, its HTML part in a frame, its text part with links that can be followed."""
    mail = _read(name)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    context = {
        "name": name,
        "line": _line(_file(name)),
        "headers": [(key, str(mail[key])) for key in SHOWN if mail[key]],
        "text": text.get_content() if text else "",
        "html": html is not None,
        "html_bytes": len(html.get_content().encode()) if html else 0,
    }
    return _private(render(request, "demo/message.html", context))


@require_safe
def html_part(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program would show it: styles in place, no script, links in another tab."""
    part = _read(name).get_body(("html",))
    if part is None:
        raise Http404
    content = re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', part.get_content(), count=1)
    response = HttpResponse(content, content_type="text/html; charset=utf-8")
    response._csp_replace = {
        "script-src": [NONE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, settings.WAGTAILADMIN_BASE_URL, "data:"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    return _private(response)


def _file(name: str) -> Path:
    """The file of a message. Raises Http404 for any name the sink did not give."""
    file = Path(settings.DEMO_MAILBOX) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise Http404
    return file


def _read(name: str) -> EmailMessage:
    return email.message_from_bytes(_file(name).read_bytes(), policy=policy.default)


def _line(file: Path) -> Line:
    with file.open("rb") as opened:
        headers = email.parser.BytesParser(policy=policy.default).parse(opened, headersonly=True)
    at = datetime.strptime(file.stem[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Line(file.stem, str(headers["To"] or ""), str(headers["Subject"] or ""), at)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
