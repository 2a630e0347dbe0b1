"""Places and batches, as the forms make them."""

from django.utils import timezone

from ecrans import print as paper
from ecrans.models import Affiche, Place


def place(room="Cuisine", audience="staff", building="Mairie"):
    return Place.objects.create(building=building, floor="3e étage", room=room, audience=audience)


def batch(thing, *, printed=True, **fields):
    """A batch of a portrait, or of a message, its PDF downloaded once."""
    row = Affiche(**{thing._meta.model_name: thing.pk}, **fields)
    shown = paper.to_order(row, at=timezone.now())
    row.version, row.language = shown.version, shown.language
    row.save()
    if printed:
        paper.sheet(row)
        row.refresh_from_db()
    return row


def pdf(row):
    return f"/admin/affiches/{row.pk}/{row.size}.pdf"
