"""One kept SMTP connection, and what a server's answer means for one message."""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Callable

from django.conf import settings
from django.core.mail import get_connection

from portraits import duty


class Unanswered(Exception):
    """The connection was lost after the body was handed over: the message may or may not have arrived."""


class Line:
    """A connection opened at the first message and kept for the next ones: `with Line() as line: line.hand_over(…)`."""

    def __init__(self):
        self._backend = get_connection(settings.SMTP_BACKEND)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *exception) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def hand_over(self, body: bytes, sender: str, recipient: str, *, before_body: Callable[[], None]) -> None:
        """Give one message to the server; `before_body` runs once the server takes the recipient.

        Raises duty.Refused on a permanent refusal of the recipient or the body, duty.Retry on a passing one or when no
        server answers, Unanswered when nobody can tell.
        """
        try:
            smtp = self._open()
            eight_bits = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
            self._judge(*smtp.mail(sender, eight_bits), permanent=duty.Retry)  # our own fault: no recipient's
            self._judge(*smtp.rcpt(recipient))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise duty.Retry(str(error) or type(error).__name__) from error
        try:
            before_body()
        except Exception:
            self._reset()
            raise
        try:
            code, words = smtp.data(body)
        except smtplib.SMTPDataError as error:  # said before any byte of the body left
            code, words = error.smtp_code, error.smtp_error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Unanswered(str(error) or type(error).__name__) from error
        self._judge(code, words)

    def _open(self) -> smtplib.SMTP:
        self._backend.open()
        self._backend.connection.ehlo_or_helo_if_needed()
        return self._backend.connection

    def _judge(self, code: int, words: bytes, permanent: type[Exception] = duty.Refused) -> None:
        if 200 <= code < 300:
            return
        if code == 421:  # the server is leaving
            self._drop()
        else:
            self._reset()
        raise (permanent if code >= 500 else duty.Retry)(f"{code} {words.decode(errors='replace')}")

    def _reset(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._backend.connection.rset()

    def _drop(self) -> None:
        """Forget a broken connection; the next message opens another."""
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None
