"""A portrait in the other language: its own desk, text and consents, tied to the first by its translation key."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Locale

from portraits.models import Portrait

# What belongs to the source's own life, and must not come along (Wagtail's copy keeps it).
OF_THE_SOURCE = (
    "live_revision",
    "latest_revision",
    "first_published_at",
    "last_published_at",
    "locked_by",
    "locked_at",
    "go_live_at",
    "expire_at",
)


def other_language(portrait: Portrait) -> str:
    """The code of the language in which this portrait is not written."""
    return next(code for code, _name in settings.LANGUAGES if code != portrait.locale.language_code)


def existing(portrait: Portrait) -> Portrait | None:
    """The same portrait in the other language, if somebody made it."""
    rows = Portrait.objects.filter(translation_key=portrait.translation_key)
    return rows.filter(locale__language_code=other_language(portrait)).first()


@transaction.atomic
def adapt(portrait: Portrait, *, by) -> Portrait:
    """The last draft, people and themes included, as a new draft in the other language. When it is there already, that one."""
    if found := existing(portrait):
        return found
    locale = Locale.objects.get_or_create(language_code=other_language(portrait))[0]
    desk = portrait.get_latest_revision_as_object() if portrait.latest_revision_id else portrait
    copy = desk.copy_for_translation(locale)
    copy.live = copy.locked = False
    copy.has_unpublished_changes = True
    for name in OF_THE_SOURCE:
        setattr(copy, name, None)
    copy.save()
    copy.save_revision(user=by)
    log(instance=copy, action="portraits.adapt", user=by)
    return copy
