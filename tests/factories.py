"""Plain functions that make what a test needs, through the product's own verbs."""

import io
import re
from datetime import timedelta
from functools import cache
from itertools import count

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from wagtail.models import Locale, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from intranet import roles
from intranet.models import Letter, User
from portraits import asking, consent, ingest, press, reading, workflow
from portraits.models import ConsentRequest, DraftSubject, Edition, Framed, Person, Photo, Portrait, Version
from portraits.usages import ASKED, Usage

_number = count(1)
PROOF = consent.Proof(consent.Method.CODE)


def user(username="editor", *groups, **fields):
    from django.contrib.auth.models import Group

    made = User.objects.create_user(username, password="motdepasse", **fields)
    made.groups.set(Group.objects.filter(name__in=groups))
    return made


def count_anew():
    """Each file of tests counts from one: crops of the same pictures, which stay in the process's folder, are cut once."""
    global _number
    _number = count(1)


def picture(colour=(200, 40, 40), size=(900, 1200), kind="JPEG", **options):
    """An uploaded file: one flat colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **options)
    return SimpleUploadedFile(f"photo.{kind.lower()}", out.getvalue())


def photo(colour=(200, 40, 40), **fields):
    """No two in a file of tests are the same picture, even of one colour: whoever was asked about a picture is asked about it
    everywhere."""
    number = next(_number)
    clean = ingested(colour, (900 + number // 60, 1200 + number % 60))
    return Photo.objects.create(
        title="Serre",
        file=ContentFile(clean.data, name="photo.jpg"),
        sha256=clean.sha256,
        width=clean.width,
        height=clean.height,
        **fields,
    )


@cache
def ingested(colour, size):
    """What a Photo keeps of `picture`: each one is cleaned once for the process, not once for each test."""
    return ingest.pixels_only(picture(colour, size))


def draw_anew():
    """Forget the sheets that were drawn: else the same bytes are the same object."""
    press._drawn.cache_clear()


def person(first_name="Nadia", **fields):
    number = next(_number)
    return Person.objects.create(**{"first_name": first_name, "email": f"personne{number}@erables.example", **fields})


def locale(code="fr-ca"):
    return Locale.objects.get_or_create(language_code=code)[0]


def portrait(first_name="Nadia", *, people=None, language="fr-ca", colour=(200, 40, 40), **fields):
    """A complete portrait on the desk, saved as a draft revision. `people`: the persons in it, the first as main."""
    values = {
        "first_name": first_name,
        "job": "Horticultrice, équipe des parcs",
        "sentence": "Je plante 1400 vivaces par printemps.",
        "story": "Mon année commence en février, dans la serre.\n\nLe mieux, c'est quand les enfants s'arrêtent.",
        "photo": fields.pop("photo", None) or photo(colour),
        "alt": "Nadia, en salopette verte, sourit entre les rangs de la serre.",
        **fields,
    }
    made = Portrait(locale=locale(language), **values)
    people = [person(first_name)] if people is None else people
    roles = ["main"] + ["paired"] * (len(people) - 1)
    made.subjects = [DraftSubject(person=one, role=role) for one, role in zip(people, roles, strict=False)]
    with disable_reference_index_auto_update():  # else written three times: for the desk, its people and its draft
        made.save()
        made.save_revision()
    made = Portrait.objects.get(pk=made.pk)
    ReferenceIndex.create_or_update_for_object(made)
    return made


def tokens():
    """The links that were mailed, oldest first."""
    return [
        found
        for letter in Letter.objects.order_by("pk")
        for found in re.findall(r"/consentement/([\w-]+)/", letter.body)
    ]


def code():
    """The six digits last mailed."""
    return re.findall(r"^(\d{6})$", Letter.objects.filter(body__regex=r"\d{6}").latest("pk").body, re.M)[-1]


def reader(username="lectrice", *groups):
    """Somebody who reads portraits, of one service, made once. No address: no mail is written."""
    return User.objects.filter(username=username).first() or user(username, *(groups or [roles.COMMS]))


def submit(desk, *asked, by=None, at=None):
    return workflow.submit(desk, asked=asked or ASKED, by=by, at=at or timezone.now())


def read(desk, *, by=None, at=None, **values):
    """Somebody approves the desk as it is now."""
    desk = Portrait.objects.get(pk=desk.pk)
    now = desk.get_latest_revision_as_object()
    people = Person.objects.filter(pk__in=now.people())
    seen = {
        "fingerprint": now.fingerprint(),
        "recipients": reading.recipients(people, at=at or timezone.now()),
        **values,
    }
    workflow.read(desk, by=by or reader(), at=at or timezone.now(), **seen)


def ask(desk, *asked, by=None, at=None) -> Version:
    """Submitted, read by another person, asked. What was still under way is taken back first."""
    at = at or timezone.now()
    desk = Portrait.objects.get(pk=desk.pk)
    if not desk.latest_revision_id:
        desk.save_revision()
    workflow.take_back(desk, by=by, at=at)
    submit(desk, *asked, by=by, at=at)
    read(desk, at=at)
    return Version.objects.filter(portrait=desk.pk).latest("pk")


def say(version, *usages, answer="yes", at=None, who=None, days=None):
    """Everyone asked about this version (or `who`) gives this answer for these usages."""
    for request in ConsentRequest.objects.filter(subject__version=version):
        if who is None or request.subject.person_id == who.pk:
            consent.answer(
                request,
                {Usage(usage): answer for usage in usages},
                seen={Usage(usage): "0" * 64 for usage in usages},
                at=at or timezone.now(),
                days=days,
                proof=PROOF,
            )


def shown(*usages, first_name="Nadia", at=None, **fields) -> Portrait:
    """A portrait that everybody in it said yes to, for these usages (all that can be asked by default); asked without having been
    read (`unread`), since nobody who looks at channels looks at readings."""
    desk, at = portrait(first_name, **fields), at or timezone.now()
    say(unread(desk, *(usages or ASKED), at=at), *(usages or ASKED), at=at)
    return desk


def crowd(count, *usages, name="Nadia", at=None, days=None, people=None, **fields) -> list[Portrait]:
    """So many portraits shown, of one photograph and one person: Nadia0, Nadia1…, each asked without having been read. Ten
    times cheaper than `shown`, for what is counted with few and with many where nobody looks at readings."""
    fields, people, at = {"photo": photo(), **fields}, people or [person(name)], at or timezone.now()
    made = [portrait(f"{name}{number}", people=people, **fields) for number in range(count)]
    for desk in made:
        say(unread(desk, *usages, at=at), *usages, at=at, days=days)
    return made


def unread(desk, *usages, at=None) -> Version:
    """Asked (about all that can be, by default) without having been submitted nor read, as `asking.ask` does once that is
    done: ten times cheaper than `ask`, wherever nobody looks at readings nor at the workflow. `desk`: as it is to be frozen."""
    people = Person.objects.in_bulk(desk.people())
    in_order = [usage for usage in Usage if usage in (usages or ASKED)]
    return asking.freeze(desk, people, in_order, by=None, at=at or timezone.now())


def withdraw(desk, *usages, at=None):
    for one in Person.objects.filter(pk__in=desk.people()):
        consent.withdraw(desk, one, usages or list(Usage), at=at or timezone.now())


def edition(*desks, **fields) -> Edition:
    """An edition that is on since yesterday for a week, in French and in English, with these portraits in this order."""
    today = timezone.localdate()
    values = {
        "title": "Elles travaillent pour vous !",
        "introduction": "Le 8 mars, elles racontent leur métier.\n\nÀ la première personne.",
        "title_en": "They work for you!",
        "introduction_en": "On March 8, they tell about their job.",
        "first_day": today - timedelta(days=1),
        "last_day": today + timedelta(days=6),
        **fields,
    }
    made = Edition(**values)
    made.full_clean(exclude=["slug"])
    made.save()
    for rank, desk in enumerate(desks, start=1):
        Framed.objects.create(edition=made, across=desk.translation_key, position=rank)
    return made


def staff():
    """Somebody on staff, made once."""
    return User.objects.get_or_create(username="equipe")[0]
