"""Two files of messages, as they come each week: one of 311 that was received, with two rows refused; one of comments, looked at
and left for whoever opens the demo to receive."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from django.utils.timezone import localdate

from intranet.demo.events import Scene
from portraits import collecting
from portraits.models import Compliment, Publication

CALLS = (  # days ago, place, team, first name, contact, words
    (
        6,
        "Parc des Tilleuls",
        "Parcs",
        "Yolande",
        "yolande@courriel.example",
        "La dame aux bottes vertes a replanté les rosiers piétinés avant même que je rappelle. Dites-lui merci.",
    ),
    (
        5,
        "Mairie",
        "Accueil",
        "",
        "514 555-0188",
        "Un gros merci au guichet : on m’a expliqué mon compte de taxes sans jamais soupirer.",
    ),
    (
        4,
        "",
        "Déneigement",
        "Mireille",
        "",
        "La souffleuse s’est arrêtée pour laisser passer ma mère et son déambulateur. Rien que ça. Merci.",
    ),
    (3, "Aréna Fleury", "Parcs", "", "", "Merci pour la glace toujours bien faite."),
    (3, "Mairie", "Accueil", "", "rappelez-moi", "Merci pour la salle prêtée à notre chorale."),
)
COMMENTS = (
    "Quelle belle personne ! On la salue tous les matins au parc.",
    "Bravo, et merci pour les bancs réparés.",
    "👏",
)


def load(scene: Scene) -> None:
    """The file of 311 is received; the comments wait under the last post of a portrait."""
    by, at = scene.users["comms"], scene.now
    row = collecting.receive(_calls(scene), "demandes-311.csv", channel=Compliment.Channel.PHONE, by=by, at=at)
    collecting.take(row, seen=collecting.seal(row), by=by, at=at)
    collecting.receive(_comments(scene), "commentaires.csv", channel=Compliment.Channel.FACEBOOK, by=by, at=at)


def _calls(scene: Scene) -> bytes:
    heads = ("No de demande", "Date de création", "Lieu", "Service", "Prénom", "Courriel ou téléphone", "Description")
    today = localdate(scene.now)
    rows = [
        (f"311-26-{4101 + 7 * rank}", f"{today - timedelta(days=days):%d/%m/%Y}", *rest)
        for rank, (days, *rest) in enumerate(CALLS)
    ]
    return _written(";", heads, rows)


def _comments(scene: Scene) -> bytes:
    heads = ("comment_id", "permalink_url", "created_time", "from_name", "message")
    posts = Publication.objects.filter(medium=Publication.Medium.FACEBOOK, portrait__isnull=False).exclude(address="")
    address = posts.order_by("-published_on").values_list("address", flat=True).first()
    day = scene.ago(1).isoformat(timespec="seconds")
    rows = [
        (9001 + rank, f"{address}?comment_id={9001 + rank}", day, f"Compte {rank + 1}", words)
        for rank, words in enumerate(COMMENTS)
    ]
    return _written(",", heads, rows)


def _written(separator: str, heads: tuple, rows: list[tuple]) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    lines.writerows([heads, *rows])
    return out.getvalue().encode()
