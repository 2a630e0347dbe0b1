"""What an editor sees while writing: the channels' own renderings, whatever is still missing from the desk."""

from __future__ import annotations

import base64

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from portraits import renderings
from portraits.usages import Usage


def show(desk, usage: Usage) -> HttpResponse:
    """One rendering of a Portrait, in its language. A channel that cannot show it yet says why; it never fails."""
    language = desk.locale.language_code
    with translation.override(language):
        try:
            rendering = renderings.render(usage, desk.draft_capsule())
        except renderings.CannotRender as problem:
            return _note(usage, language, sentence=str(problem))
        except (AttributeError, KeyError, TypeError):
            if desk.photo:
                raise
            return _note(
                usage, language, sentence=_("The photo is still missing: this channel shows nothing without it.")
            )
        if rendering.content_type.startswith("image/"):
            picture = base64.b64encode(rendering.body).decode()
            return _note(usage, language, picture=picture, content_type=rendering.content_type)
        return _answer(rendering.body, rendering.content_type, mail=rendering.shape == "mail")


def _note(usage: Usage, language: str, **context) -> HttpResponse:
    """A page of ours: a frame for a picture, or one sentence."""
    page = render_to_string(
        "portraits/admin/preview_note.html", {"title": usage.label, "language": language, **context}
    )
    return _answer(page, "text/html; charset=utf-8")


def _answer(body: bytes | str, content_type: str, *, mail: bool = False) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type, headers={"Cache-Control": "no-store"})
    if mail:  # mail programs know nothing but inline styles
        response._csp_update = {"style-src": [SELF, UNSAFE_INLINE]}
    return response
