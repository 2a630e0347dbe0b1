"""Fill an empty installation with the fictive borough: all or nothing, in one transaction, through the product's own verbs."""

from __future__ import annotations

import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from ecrans.models import Ecran, Place
from home.publish import open_site
from intranet.demo import compliments, editions, figures, files, people, pictures
from intranet.demo.content import ENGLISH, FRENCH
from intranet.demo.desk import write
from intranet.demo.events import Scene
from intranet.demo.history import HISTORY, WAITING
from intranet.models import Letter, User
from portraits import duty
from portraits.models import Closing, ConsentRequest, Photo, Receipt


def kept() -> Path:
    """Where the open consent link is remembered: its mail is emptied once sent, and the database holds only its hash."""
    return settings.VAR / "demo.json"


def is_loaded() -> bool:
    """The load is one transaction: its accounts are there, or nothing of it is."""
    return User.objects.filter(username=people.ACCOUNTS[0].username).exists()


def load(photographs: pictures.Photographs) -> None:
    """Load the borough into an empty installation."""
    _sweep_files()
    with translation.override("fr-ca"), transaction.atomic():
        scene = _scene(photographs)
        story = compliments.prepare(scene)
        for event in HISTORY:
            if getattr(event, "days", None) is not None:
                story.tell(until=event.days)
            event.happen(scene)
        story.tell()
        figures.load(scene)
        files.load(scene)
        editions.load(scene)
        link = _open_link(scene)
        _leave_one_letter(scene)
        _owe_from_now()
        kept().write_text(json.dumps({"link": link}))


def site(port: int) -> None:
    """Open the public site at this port. Every start does: the port may have changed."""
    open_site("127.0.0.1", port)


def _sweep_files() -> None:
    """A first load that was interrupted left no row, but it may have left files."""
    if Photo.objects.exists() or not default_storage.exists("photos"):
        return
    for name in default_storage.listdir("photos")[1]:
        default_storage.delete(f"photos/{name}")


def _scene(photographs: pictures.Photographs) -> Scene:
    users = people.accounts()
    names = {key: words.first_name for key, words in FRENCH.items()}
    cast = people.people(names, nadia=users["employe"])
    people.staff_list(names)
    people.headcounts(cast)
    people.to_meet(users, at=timezone.now())
    photos = pictures.upload(photographs, by=users["comms"])
    common = {"people": cast, "photos": photos, "by": users["rh"]}
    desks = {key: write(key, words, "fr-ca", **common) for key, words in FRENCH.items()}
    for key, words in ENGLISH.items():
        desks[f"{key}-en"] = write(key, words, "en", adapted=desks[key], **common)
    return Scene(timezone.now(), users, cast, desks, _places())


def _places() -> dict[str, Place]:
    """Two walls, and a screen on one of them. No opening hours: a demo is also looked at in the evening."""
    places = {
        "kitchen": Place.objects.create(building="Mairie", floor="3e étage", room="Cuisine"),
        "garage": Place.objects.create(building="Garage municipal", room="Salle de repos"),
    }
    Ecran.objects.create(name="Cuisine du 3e", place=places["kitchen"])
    return places


def _open_link(scene: Scene) -> str:
    row = ConsentRequest.objects.get(subject__version__portrait=scene.desks[WAITING])
    return scene.links[row.pk]


def _leave_one_letter(scene: Scene) -> None:
    """The invitations and receipts of the past left in the past. Only the invitation that is awaited goes out, by SMTP,
    when the worker starts."""
    Closing.objects.update(state=Closing.State.DONE, done_at=scene.now, closed_at=scene.now)
    Receipt.objects.update(state=Receipt.State.DONE, done_at=scene.now, mailed_at=scene.now)
    past = Letter.objects.exclude(to=scene.people[WAITING].email)
    past.update(state=Letter.State.DONE, done_at=scene.now, body="", html="")


def _owe_from_now() -> None:
    """What the past leaves to the worker is owed since now: nobody was late, and /readyz says so from the first second."""
    now = timezone.now()
    for model in apps.get_models():
        if issubclass(model, duty.Duty):
            duty.due(model, now).update(not_before=now)
