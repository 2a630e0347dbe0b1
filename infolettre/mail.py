"""The bytes of an issue: HTML for mail programs and plain text, from the same frozen value.

Mail is the only place with inline styles: mail programs drop style sheets. The sheet is written apart (mail.css) and
inlined here; only `@media` rules stay in the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from infolettre.assemble import Issue
from infolettre.plain import plain, wrap
from portraits import brand

LARGEST = 95_000  # bytes: Gmail cuts at about 100 KB

# The same colours as in static/css/jtpv.css, which no mail program would load (tests/infolettre/test_mail.py compares).
COLOURS = {
    "cone": "#ff7826",
    "autobus": "#ffc81f",
    "ruelle": "#3ccb7f",
    "piscine": "#4fb3ff",
    "lilas": "#f29bd2",
    "brique": "#ff776b",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their first name, and their two signed paths. Without a reader the mail has plain addresses."""

    first_name: str
    archive: str
    unsubscribe: str


def html(issue: Issue, reader: Reader | None = None) -> str:
    """The HTML part. Every address is absolute."""
    context = _context(issue, reader)
    with translation.override(issue.language):
        page = render_to_string("infolettre/mail/issue.html", context)
        sheet = render_to_string("infolettre/mail/mail.css", context)
    return css_inline.inline(
        page, extra_css=sheet, inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False
    )


def text(issue: Issue, reader: Reader | None = None) -> str:
    """The plain text part, in lines of 72 characters."""
    with translation.override(issue.language):
        return wrap(render_to_string("infolettre/mail/issue.txt", _context(issue, reader)))


def subject(issue: Issue) -> str:
    """The subject, on one line."""
    return plain(issue.title, issue.language)


def _context(issue: Issue, reader: Reader | None) -> dict:
    speaker = brand.current()
    archive = reader.archive if reader else f"/infolettre/{issue.number}/"
    slogan = "mail-slogan-en.png" if issue.language == "en" else "mail-slogan.png"
    return {
        "issue": issue,
        "reader": reader,
        "brand": speaker,
        "colour": COLOURS[speaker.edition],
        "archive": f"{speaker.address}{archive}",
        "unsubscribe": f"{speaker.address}{reader.unsubscribe}" if reader else "",
        # without the fingerprint of its bytes in its name: mails are read for years, deployments pass
        "slogan": f"{speaker.address}{settings.STATIC_URL}img/{slogan}",
    }
