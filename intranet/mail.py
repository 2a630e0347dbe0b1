"""Mails of the system: written as rows with their cause, sent by the worker, never inside a transaction."""

from __future__ import annotations

import smtplib
from base64 import b64decode, b64encode
from collections import Counter
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from intranet.models import Letter
from portraits import duty, retention
from portraits.invitation import QUESTION


class Rows(BaseEmailBackend):
    """settings.EMAIL_BACKEND. SMTP inside a transaction would hold SQLite's write lock during the whole conversation."""

    def send_messages(self, messages):
        letters = [
            Letter(
                to=address,
                subject=str(message.subject),
                body=message.body,
                html=next(
                    (part.content for part in getattr(message, "alternatives", []) if part.mimetype == "text/html"), ""
                ),
                attachments=[_kept(*attachment) for attachment in message.attachments],
                from_email=message.from_email,
                question=QUESTION in message.extra_headers,
            )
            for message in messages
            for address in message.recipients()
        ]
        Letter.objects.bulk_create(letters)
        if letters:
            duty.ring("intranet.letters")
        return len(letters)


def _kept(name: str, content: str | bytes, kind: str) -> dict:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "type": kind, "content": b64encode(data).decode()}


def send(letter: Letter) -> dict:
    """Talk SMTP for one letter. Raises Refused on a permanent answer of the server, Retry on a passing one."""
    message = EmailMultiAlternatives(letter.subject, letter.body, letter.from_email, [letter.to])
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for kept in letter.attachments:
        message.attach(kept["name"], b64decode(kept["content"]), kept["type"])
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        get_connection(settings.SMTP_BACKEND).send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = error.recipients[letter.to]
        raise _outcome(code)(f"{code} {words.decode(errors='replace')}") from error
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise _outcome(error.smtp_code)(f"{error.smtp_code} {words}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise duty.Retry(str(error)) from error
    return {"body": "", "html": "", "attachments": []}


@retention.also
def forget(*, at: datetime) -> Counter:
    """To whom a mail went and about what, RETENTION_DAYS after it left or was refused; and what a refused one said."""
    rows = duty.over(Letter, before=retention.since(at)).exclude(to="", subject="")
    return Counter(letters=rows.update(to="", subject="", body="", html="", attachments=[], error=""))


def _outcome(code: int) -> type[Exception]:
    return duty.Refused if 500 <= code < 600 else duty.Retry
