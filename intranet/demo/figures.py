"""What the campaign reached: 44 publications over three years, two files of Meta’s own kind, imported by the product’s verbs.

The totals are the campaign’s: 44 publications, 562,460 people reached (cumulated), 36,408 interactions, 460 comments. How
they are spread over publications, years and themes is fictive, as everybody here is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import localdate

from intranet.demo.events import Scene
from portraits import measure
from portraits.models import Portrait, Publication, Survey

REACH, INTERACTIONS, COMMENTS = 562_460, 36_408, 460
THEMES = (
    ("Neige", "Avant l’autobus de six heures"),
    ("Parcs", "Quarante-deux parcs, une équipe"),
    ("Bibliothèques", "L’heure du conte"),
    ("Propreté", "La ruelle au petit matin"),
    ("Sports et loisirs", "La piscine ouvre à cinq heures et demie"),
    ("Services aux résidents", "Au bout du fil"),
)
OF = {  # portrait: its theme, and how many days ago it was posted: since its people said yes
    "diego": (4, 300),
    "gisele": (5, 100),
    "carole": (5, 90),
    "jean-philippe": (4, 60),
    "ousmane": (3, 28),
    "mei-lin": (2, 22),
    "rejean": (0, 15),
    "nadia": (1, 9),
}
HEADS = (
    "Identifiant de la publication",
    "Titre",
    "Heure de publication",
    "Permalien",
    "Couverture",
    "Commentaires",
    "Réactions, commentaires et partages",
)
WEIGHTS = (9, 5, 13, 7, 21, 4, 11, 6, 16, 8, 3)  # repeated: no two neighbours alike
FACEBOOK = 30  # of the 44; the others are Instagram's


@dataclass(frozen=True, slots=True)
class Told:
    """One publication of the campaign. `portrait` is the key of a portrait, or "" for a team."""

    number: int
    medium: Publication.Medium
    days: int
    theme: str
    title: str
    portrait: str
    reach: int
    interactions: int
    comments: int

    @property
    def address(self) -> str:
        host = "facebook" if self.medium == Publication.Medium.FACEBOOK else "instagram"
        return f"https://{host}.erables.example/{self.number}"


def load(scene: Scene) -> None:
    """Two files, read and taken; each publication then gets its theme and its portrait, which no file tells; one survey."""
    told = list(campaign())
    today = localdate(scene.now)
    for medium in (Publication.Medium.FACEBOOK, Publication.Medium.INSTAGRAM):
        data = _file([one for one in told if one.medium == medium], today)
        say = {"by": scene.users["comms"], "at": scene.now}
        row = measure.receive(data, f"contenu-{medium}.csv", medium=medium, read_on=today - timedelta(days=1), **say)
        measure.take(row, **say)
    _tied(told, scene.desks)
    Survey.objects.create(
        question="Cette campagne donne-t-elle une image juste de notre travail ?",
        answer="Oui",
        asked_on=today - timedelta(days=40),
        invited=412,
        answered=200,
        favourable=194,
    )


def campaign() -> Iterator[Told]:
    """The publications, oldest first. The last eight are about portraits of the demo, none of them withdrawn."""
    count = 44
    weights = [WEIGHTS[number % len(WEIGHTS)] + number // 6 for number in range(count)]
    reach = shared(REACH, weights)
    interactions = shared(INTERACTIONS, [one + number % 3 for number, one in enumerate(weights)])
    comments = shared(COMMENTS, [one + number % 5 for number, one in enumerate(weights)])
    people = list(OF)
    for number in range(count):
        rank = number - (count - len(people))
        portrait = people[rank] if rank >= 0 else ""
        subject, days = OF.get(portrait, (number % len(THEMES), 110 + (-rank - 1) * 27))
        theme, title = THEMES[subject]
        medium = Publication.Medium.INSTAGRAM if number * FACEBOOK % count >= FACEBOOK else Publication.Medium.FACEBOOK
        figures = (reach[number], interactions[number], comments[number])
        yield Told(7001 + number, medium, days, theme, title, portrait, *figures)


def shared(total: int, weights: list[int]) -> list[int]:
    """A whole number in whole parts, by weight: the largest remainders get what rounding left."""
    exact = [total * one / sum(weights) for one in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda number: exact[number] - parts[number], reverse=True)
    for number in order[: total - sum(parts)]:
        parts[number] += 1
    return parts


def _file(told: list[Told], today) -> bytes:
    """As Meta gives it in French: semicolons, day first, thin spaces in thousands, a byte order mark."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow(HEADS)
    for one in told:
        day = today - timedelta(days=one.days)
        figures = (f"{value:,}".replace(",", "\u202f") for value in (one.reach, one.comments, one.interactions))
        lines.writerow([one.number, one.title, f"{day:%d/%m/%Y} 09:15", one.address, *figures])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _tied(told: list[Told], desks: Mapping[str, Portrait]) -> None:
    rows = {row.reference: row for row in Publication.objects.exclude(reference="")}
    for one in told:
        row = rows[str(one.number)]
        row.theme, row.portrait = one.theme, desks.get(one.portrait)
        row.save()
