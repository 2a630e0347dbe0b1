"""A fictive person on every channel of the running installation, for the withdrawal's clock (`manage.py withdraw_clock`)."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from ecrans import print as paper
from ecrans.models import Affiche, Ecran, Place
from home import addresses
from infolettre import mail, send
from infolettre.assemble import assemble
from infolettre.models import Infolettre
from intranet.demo import desk, pictures
from intranet.demo.clock import AT_ONCE, LIST, SCREEN, Channel, Judge, NotLit, Site, naming, same, there
from intranet.demo.content import Words
from intranet.models import User
from portraits import consent, gate, reading, workflow
from portraits.models import ConsentRequest, Person, Photo, Portrait, Version
from portraits.usages import ASKED, Usage
from portraits.views import visit

NAME = "Horloge"
ADDRESS = "horloge@erables.example"
LANGUAGE = "fr-ca"
FEEDS = [("feed, RSS", "/flux/rss.xml"), ("feed, Atom", "/flux/atom.xml"), ("feed, JSON", "/flux/feed.json")]
AT_THE_SOURCE = "at once at the source; at most 60 s in a cache"
WORDS = Words(
    first_name=NAME,
    job="Personne fictive, essai du retrait",
    sentence="Je parais partout, puis je me retire : on regarde combien de temps cela prend.",
    story=("Je n’existe pas. On me montre pour mesurer.",),
    tags=(),
    alt="Un dessin : un visage qui n’est celui de personne.",
)


def everywhere(*, at: datetime) -> Portrait:
    """The clock's own person, made once and asked again at each run, with a yes to all that can be asked."""
    person, _made = Person.objects.get_or_create(email=ADDRESS, defaults={"first_name": NAME})
    portrait = Portrait.objects.filter(subjects__person=person).first()
    if portrait is None:
        photo = Photo.objects.create(title=NAME, file=ContentFile(pictures.photograph("nadia", 1200), "horloge.jpg"))
        portrait = desk.write(NAME, WORDS, LANGUAGE, people={NAME: person}, photos={NAME: photo}, by=None)
    version = _asked(portrait, at)
    for request in ConsentRequest.objects.filter(subject__version=version):
        seen = {usage: visit.render(usage, version).sha256 for usage in ASKED}
        proof = consent.Proof(consent.Method.CODE)
        consent.answer(request, dict.fromkeys(ASKED, "yes"), seen=seen, at=at, proof=proof)
    return portrait


def _asked(portrait: Portrait, at: datetime) -> Version:
    """Submitted by one account of the demo and read by another. Raises NotLit when the demo was never loaded."""
    users = User.objects.in_bulk(["rh", "comms"], field_name="username")
    if len(users) < 2:
        raise NotLit("The fictive borough is not loaded here: start « make demo » first.")
    desk = portrait.get_latest_revision_as_object()
    people = Person.objects.filter(pk__in=desk.people())
    workflow.take_back(portrait, by=users["rh"], at=at)
    workflow.submit(portrait, asked=ASKED, by=users["rh"], at=at)
    seen = {"fingerprint": desk.fingerprint(), "recipients": reading.recipients(people, at=at)}
    workflow.read(portrait, by=users["comms"], at=at, **seen)
    return Version.objects.select_related("photo", "partner_photo").filter(portrait=portrait).latest("pk")


def withdraw(portrait: Portrait) -> datetime:
    """Everybody in the picture takes everything back."""
    at = timezone.now()
    for person in Person.objects.filter(pk__in=portrait.people()):
        consent.withdraw(portrait, person, list(Usage), at=at)
    return at


def channels(portrait: Portrait, site: Site, *, at: datetime) -> list[Channel]:
    """Where the person is shown: what is computed at each request, one issue that leaves, one screen, one batch of posters.

    Raises NotLit when a usage that must be timed lacks its yes.
    """
    bases = {}
    for usage in (Usage.SITE, Usage.INTRANET, Usage.INFOLETTRE, Usage.ECRAN, Usage.AFFICHE):
        seen = gate.capsules(usage, at=at, keys=[portrait.pk])
        if not seen:
            raise NotLit(f"This person is not shown for « {usage.value} »: nothing was withdrawn.")
        (capsule,) = seen
        bases[usage] = capsule.picture.base
    address = addresses.portrait(capsule.language, capsule.slug)
    colleague = reverse("colleague", args=[capsule.slug])
    pages = [("page", address), ("photograph", f"{bases[Usage.SITE]}p400.jpg"), ("page among colleagues", colleague)]
    lists = [("article", addresses.home(capsule.language)), *FEEDS]
    return [
        *(_at_once(name, path, there) for name, path in pages),
        *(_at_once(name, path, naming(address)) for name, path in lists),
        _at_once("wall of the intranet", reverse("intranet"), naming(colleague)),
        *_mailed(portrait, site, naming(bases[Usage.INFOLETTRE])),
        *_on_screen(naming(bases[Usage.ECRAN])),
        *_on_paper(portrait, at),
    ]


def _at_once(name: str, path: str, lit: Judge) -> Channel:
    return Channel(name, AT_THE_SOURCE, AT_ONCE, path, lit)


def _mailed(portrait: Portrait, site: Site, read: Judge) -> list[Channel]:
    """A real issue to the fictive staff list: its archive, and the picture that its mails hold."""
    issue = Infolettre(
        title="Essai de l’horloge du retrait", preheader="Personne fictive", body=[("feature", portrait.pk)]
    )
    issue.save()
    send.start(issue, by=None, at=timezone.now())
    issue.refresh_from_db()
    html = mail.html(assemble(issue, timezone.now()))
    picture = re.search(r'/m/infolettre/[^"]+', html).group()
    return [
        _at_once("archive of the infolettre", reverse("infolettre", args=[issue.number]), read),
        Channel(
            "picture in a delivered mail",
            "replaced at the source at once, 200",
            AT_ONCE,
            picture,
            same(site.get(picture).body),
        ),
    ]


def _on_screen(read: Judge) -> list[Channel]:
    """A screen of the clock's own, always open; it asks again every SCREEN_POLL_SECONDS."""
    place, _made = Place.objects.get_or_create(building=NAME, floor="", room="Essai")
    screen = Ecran.objects.filter(place=place).first() or Ecran.objects.create(name=NAME, place=place)
    path = reverse("ecran-manifest", args=[screen.public_id])
    later = settings.SCREEN_POLL_SECONDS
    return [Channel("screen online", f"within {SCREEN} s", SCREEN, path, read, later)]


def _on_paper(portrait: Portrait, at: datetime) -> list[Channel]:
    """One batch, printed: its sheet, the page behind its code, and the list of what must come down."""
    batch = Affiche(portrait=portrait.pk, place=Place.objects.get(building=NAME, floor="", room="Essai"))
    printed = paper.to_order(batch, at=at)
    batch.version, batch.language = printed.version, printed.language
    batch.save()
    paper.sheet(batch)
    done = reverse("affiches:taken_down", args=[batch.pk])
    listed = reverse("portraits_takedown")
    return [
        Channel("poster’s sheet", "at once", AT_ONCE, reverse("affiches:pdf", args=[batch.pk, batch.size]), there),
        Channel(
            "poster’s QR code",
            "says « to take down » at once",
            AT_ONCE,
            reverse("affiche", args=[batch.code]),
            naming("affiche--still"),
        ),
        Channel("recall list", "within a minute", LIST, listed, lambda answer: done.encode() not in answer.body),
    ]
