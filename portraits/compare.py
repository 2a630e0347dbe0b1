"""What changed between the Version that is on the walls and the desk: field by field, for whoever reads it before it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portraits.models import Annotation, DraftSubject, Person, Portrait, Subject, Version

Field = Annotation.Field
WORDS = (Field.FIRST_NAME, Field.JOB, Field.SENTENCE, Field.STORY, Field.ALT, Field.PARTNER_NAME, Field.PARTNER_ALT)


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its name, and its paragraphs before and now; those of the « je » text that stayed as they were are left out."""

    label: str
    before: list[str]
    now: list[str]


def changes(version: Version, desk: Portrait) -> list[Change]:
    """In the order of the form; an empty list when everything is the same. Two queries for words, two for people."""
    was, now = version.content, desk.content()
    found = {field: _words(field, _listed(was.get(field)), _listed(now.get(field))) for field in WORDS}
    found[Field.PHOTO] = _photo(Field.PHOTO, version.photo, desk.photo, was.get("crop"), now["crop"])
    found[Field.PARTNER_PHOTO] = _photo(
        Field.PARTNER_PHOTO, version.partner_photo, desk.partner_photo, was.get("partner_crop"), now["partner_crop"]
    )
    return [one for one in (*(found[field] for field in Field), _people(version, desk)) if one]


def _listed(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _words(field: Field, before: list[str], now: list[str]) -> Change | None:
    if before == now:
        return None
    gone, new = [part for part in before if part not in now], [part for part in now if part not in before]
    if not (gone or new):  # another order
        gone, new = before, now
    return Change(str(field.label).capitalize(), gone, new)


def _photo(field: Field, before, now, crop_before: list | None, crop_now: list | None) -> Change | None:
    label = str(field.label).capitalize()
    if (before and before.sha256) != (now and now.sha256):
        if before and now:
            return Change(label, [], [_("Another picture.")])
        return Change(label, [before.title] if before else [], [now.title] if now else [])
    return Change(label, [], [_("The same picture, framed otherwise.")]) if crop_before != crop_now else None


def _people(version: Version, desk: Portrait) -> Change | None:
    rows = Subject.objects.filter(version=version).exclude(role=Subject.Role.GUARDIAN)
    before, now = set(rows.values_list("person", flat=True)), set(desk.people())
    if before == now:
        return None
    names = {key: str(person) for key, person in Person.objects.in_bulk(before | now).items()}
    label = str(DraftSubject._meta.verbose_name_plural).capitalize()
    return Change(label, sorted(names[key] for key in before), sorted(names[key] for key in now))
