"""The mail itself, shown in the CMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpResponse
from django.utils import timezone

from infolettre import mail
from infolettre.assemble import assemble
from portraits import brand

if TYPE_CHECKING:
    from infolettre.models import Infolettre


def preview(issue: Infolettre, mode: str) -> HttpResponse:
    """One part of the mail, "html" or "text", as it would leave now. Mail alone may carry its styles in place."""
    shown = assemble(issue, timezone.now())
    if mode == "text":
        content = f"{mail.subject(shown)}\n\n{mail.text(shown)}"
        return HttpResponse(content, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
    response = HttpResponse(mail.html(shown), headers={"Cache-Control": "no-store"})
    response._csp_replace = {"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, brand.current().address, "data:"]}
    return response
