"""The desks of the fictive borough: each portrait as an editor would have written it, draft by draft."""

from __future__ import annotations

from collections.abc import Mapping

from wagtail.models import Locale

from intranet.demo.content import Words
from portraits.models import DraftSubject, Person, Photo, Portrait
from portraits.models.version import Subject


def write(
    key: str,
    words: Words,
    language: str,
    *,
    people: Mapping[str, Person],
    photos: Mapping[str, Photo],
    by,
    adapted: Portrait | None = None,
) -> Portrait:
    """A new portrait, saved as a draft revision. `adapted`: the portrait of which it is the other language."""
    desk = Portrait(
        locale=Locale.objects.get_or_create(language_code=language)[0],
        first_name=words.first_name,
        job=words.job,
        sentence=words.sentence,
        story="\n\n".join(words.story),
        photo=photos.get(key),
        alt=words.alt,
        partner_name=words.partner_name,
        partner_photo=photos["morris"] if words.partner_name else None,
        partner_alt=words.partner_alt,
    )
    if adapted is not None:
        desk.translation_key = adapted.translation_key
    desk.subjects = [DraftSubject(person=people[key], role=Subject.Role.MAIN)]
    if words.partner_name:
        desk.subjects.add(DraftSubject(person=people["morris"], role=Subject.Role.PAIRED))
    desk.save()
    desk.tags.add(*words.tags)
    desk.save_revision(user=by)
    return desk


def rewrite(portrait: Portrait, *, by, **texts: str) -> None:
    """A new draft of a portrait: its desk changes, and nothing that is shown."""
    desk = portrait.get_latest_revision_as_object()
    for field, text in texts.items():
        setattr(desk, field, text)
    desk.save_revision(user=by)
