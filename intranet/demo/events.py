"""What can happen in the fictive borough, each through the product's own verb, at its own instant in the past."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ecrans import print as paper
from ecrans.models import Affiche, Place
from infolettre import send
from infolettre.models import Infolettre
from intranet.demo import desk
from intranet.models import Letter, User
from portraits import consent, hiding, reading, workflow
from portraits.models import ConsentRequest, Exposure, Person, Portrait, Version
from portraits.usages import ASKED, Usage
from portraits.views import visit


@dataclass(slots=True)
class Scene:
    """Who and what events are about. `links` keeps the token mailed with each request, by the request's id."""

    now: datetime
    users: Mapping[str, User]
    people: Mapping[str, Person]
    desks: Mapping[str, Portrait]
    places: Mapping[str, Place]
    links: dict[int, str] = field(default_factory=dict)

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Asked:
    """Human resources submits a portrait, communications reads it, and the question is put to everybody in it."""

    days: float
    portrait: str
    usages: tuple[Usage, ...] = ASKED

    def happen(self, scene: Scene) -> None:
        at = scene.ago(self.days)
        version = _ask(scene, scene.desks[self.portrait], self.usages, at)
        for request in _requests(version):
            letter = Letter.objects.filter(to=request.subject.person.email).latest("pk")
            scene.links[request.pk] = re.search(r"/consentement/([\w-]+)/", letter.body)[1]


@dataclass(frozen=True, slots=True)
class Submitted:
    """Human resources gives a portrait to be read; communications has not read it yet."""

    days: float
    portrait: str
    usages: tuple[Usage, ...] = ASKED

    def happen(self, scene: Scene) -> None:
        portrait, by = scene.desks[self.portrait], scene.users["rh"]
        workflow.submit(portrait, asked=self.usages, by=by, at=scene.ago(self.days))


@dataclass(frozen=True, slots=True)
class Answered:
    """One person answers what was asked last: yes to these usages, no to those, nothing to the others."""

    days: float
    portrait: str
    person: str
    yes: tuple[Usage, ...] = ASKED
    no: tuple[Usage, ...] = ()

    def happen(self, scene: Scene) -> None:
        version = _newest(scene.desks[self.portrait])
        request = _requests(version).get(subject__person=scene.people[self.person])
        seen = {usage: visit.render(usage, version).sha256 for usage in self.yes}
        answers = dict.fromkeys(self.yes, "yes") | dict.fromkeys(self.no, "no")
        proof = consent.Proof(consent.Method.CODE)
        consent.answer(request, answers, seen=seen, at=scene.ago(self.days), proof=proof)


@dataclass(frozen=True, slots=True)
class Withdrew:
    """One person takes every yes back."""

    days: float
    portrait: str
    person: str

    def happen(self, scene: Scene) -> None:
        person = scene.people[self.person]
        consent.withdraw(scene.desks[self.portrait], person, list(Usage), at=scene.ago(self.days))


@dataclass(frozen=True, slots=True)
class Stopped:
    """Staff hides a portrait, for everybody and at once."""

    days: float
    portrait: str
    reason: str

    def happen(self, scene: Scene) -> None:
        portrait = scene.desks[self.portrait]
        hiding.hide(portrait, by=scene.users["comms"], at=scene.ago(self.days), reason=self.reason)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An editor goes on writing: the desk changes, the wall does not."""

    portrait: str
    texts: Mapping[str, str]

    def happen(self, scene: Scene) -> None:
        desk.rewrite(scene.desks[self.portrait], by=scene.users["rh"], **self.texts)


@dataclass(frozen=True, slots=True)
class Printed:
    """A batch of posters is ordered and its sheet printed. Both are always done now: their dates are put back."""

    days: float
    portrait: str
    place: str
    copies: int
    size: Affiche.Size = Affiche.Size.LETTER

    def happen(self, scene: Scene) -> None:
        place, key = scene.places[self.place], scene.desks[self.portrait].pk
        put_on_paper(scene, self.days, portrait=key, place=place, copies=self.copies, size=self.size)


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue is written. `days`: when it started leaving for the staff list; None keeps it a draft."""

    days: float | None
    number: int
    title: str
    preheader: str
    feature: str
    text: Mapping[str, str]
    shorts: tuple[str, ...]

    def happen(self, scene: Scene) -> None:
        keys = {name: portrait.pk for name, portrait in scene.desks.items()}
        issue = Infolettre(
            number=self.number,
            title=self.title,
            preheader=self.preheader,
            body=[
                ("feature", keys[self.feature]),
                ("text", {"link_text": "", "link": "", **self.text}),
                ("shorts", [keys[name] for name in self.shorts]),
            ],
        )
        issue.save()
        issue.save_revision(user=scene.users["comms"])
        if self.days is not None:
            send.start(issue, by=scene.users["comms"], at=scene.ago(self.days))


def put_on_paper(scene: Scene, days: float, **fields) -> None:
    """A batch of these `fields`, ordered and printed so many days ago."""
    at = scene.ago(days)
    batch = Affiche(created_by=scene.users["comms"], **fields)
    shown = paper.to_order(batch, at=scene.now)
    batch.version, batch.language = shown.version, shown.language
    batch.save()
    paper.sheet(batch)
    Affiche.objects.filter(pk=batch.pk).update(created_at=at, printed_at=at)
    Exposure.objects.filter(locator=batch.locator).update(first_at=at)


def _ask(scene: Scene, portrait: Portrait, usages: tuple[Usage, ...], at: datetime) -> Version:
    portrait = Portrait.objects.get(pk=portrait.pk)  # an editor may have written a newer draft since
    workflow.submit(portrait, asked=usages, by=scene.users["rh"], at=at)
    desk = portrait.get_latest_revision_as_object()
    people = Person.objects.filter(pk__in=desk.people())
    seen = {"fingerprint": desk.fingerprint(), "recipients": reading.recipients(people, at=at)}
    workflow.read(portrait, by=scene.users["comms"], at=at, **seen)
    return _newest(portrait)


def _newest(portrait: Portrait) -> Version:
    rows = Version.objects.select_related("photo", "partner_photo")
    return rows.filter(portrait=portrait).latest("pk")


def _requests(version: Version):
    return ConsentRequest.objects.filter(subject__version=version).select_related("subject__person")
