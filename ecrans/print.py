"""Paper on walls: order a batch, print it through the gate, hang it, take it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ecrans.models import Affiche
from portraits import brand, compose, gate, ledger, proof, recall, witness
from portraits.capsule import Capsule

DIGITS = 12  # of a hash on paper: to be copied by hand, and not to be forged


class NotAllowed(Exception):
    """The gate says no: nothing is printed."""


def _refusal() -> Exception:
    """Why the gate says no: NotAllowed, or Behind while it is closed to everybody, who are then not told to tear paper up."""
    found = witness.doubt()
    return witness.Behind(found) if found else NotAllowed()


def capsule_to_order(affiche: Affiche, *, at: datetime) -> Capsule | None:
    """What a new batch of this portrait, in this place, would show; None when the gate says no. One query."""
    return next(iter(gate.capsules(affiche.usage, at=at, keys=[affiche.portrait])), None)


def allowed(affiches: Iterable[Affiche], *, at: datetime) -> dict[int, Capsule]:
    """Of these batches, those that may hang at this instant, by key, with what they show. At most two queries.

    It is the printed Version that counts: paper does not change when a newer one replaces it.
    """
    by_usage: dict = {}
    for affiche in affiches:
        by_usage.setdefault(affiche.usage, []).append(affiche)
    found = {}
    for usage, rows in by_usage.items():
        seen = gate.capsules(usage, at=at, keys=sorted({row.portrait for row in rows}))
        shown = {capsule.version: capsule for capsule in seen}
        found |= {row.pk: shown[row.version] for row in rows if row.version in shown}
    return found


def sheet(affiche: Affiche) -> bytes:
    """The PDF of a batch, and the record that this capsule now exists on paper.

    The gate is asked before composing, and again in the transaction that records the exposure: what is handed out was
    allowed at the instant of its record. Raises NotAllowed, witness.Behind, or CannotRender when a letter is missing.
    """
    capsule = allowed([affiche], at=timezone.now()).get(affiche.pk)
    if capsule is None:
        raise _refusal()
    _anchor(affiche)
    until = timezone.localdate(capsule.until) if capsule.until else None
    pdf = compose.poster(
        capsule,
        brand.current(),
        size=affiche.size,
        url=address(affiche),
        remove_by=until,
        copy_label=batch_label(affiche, capsule.language),
    )
    with transaction.atomic():
        at = timezone.now()
        if affiche.pk not in allowed([affiche], at=at):
            raise _refusal()
        recall.record(affiche.usage, capsule, locator=affiche.locator, at=at)
        Affiche.objects.filter(pk=affiche.pk, printed_at=None).update(printed_at=at)
    return pdf


def _anchor(affiche: Affiche) -> None:
    """Freeze the ledger's head on the batch, once: the sheets of every print bear the same."""
    Affiche.objects.filter(pk=affiche.pk, anchor="").update(anchor=ledger.anchor())
    affiche.refresh_from_db(fields=["anchor"])


@proof.given
def anchors() -> Iterator[str]:
    """What hangs, or hung, as a witness of the ledger."""
    return Affiche.objects.exclude(anchor="").order_by("pk").values_list("anchor", flat=True).iterator()


def address(affiche: Affiche) -> str:
    """What the QR code holds: the page that says whether this batch may still hang."""
    return brand.current().address + reverse("affiche", args=[affiche.code])


def batch_label(affiche: Affiche, language: str) -> str:
    """The small words at the foot of a sheet: « lot 12 », by which somebody on a ladder knows the batch, then the anchor. A
    specimen has neither: it is no batch, and what people see before their yes is the same whenever they look."""
    values = {"number": affiche.pk, "anchor": affiche.anchor[: affiche.anchor.find(":") + 1 + DIGITS]}
    with translation.override(language):
        return _("batch %(number)s · register %(anchor)s") % values


def to_hang(*, at: datetime) -> list[tuple[str, list[Affiche]]]:
    """Printed batches that may hang and that nobody said they hung yet, by place, the unnamed place last. At most three
    queries whatever their number."""
    rows = Affiche.objects.filter(printed_at__isnull=False, hung_at=None, taken_down_at=None).select_related("place")
    rows = list(rows.order_by("place__building", "place__floor", "place__room", "pk"))
    still = allowed(rows, at=at)
    due = sorted((row for row in rows if row.pk in still), key=lambda row: row.place is None)
    return [(str(place or ""), list(found)) for place, found in groupby(due, key=lambda row: row.place)]


@transaction.atomic
def hang(affiche: Affiche, *, by, at: datetime) -> bool:
    """Somebody hung the copies. False when it was said before, or when they came down already.

    Raises NotAllowed when the gate says no: what is in their hands must not go on a wall; witness.Behind when it is closed
    to everybody.
    """
    if affiche.pk not in allowed([affiche], at=at):
        raise _refusal()
    rows = Affiche.objects.filter(pk=affiche.pk, printed_at__isnull=False, hung_at=None, taken_down_at=None)
    return rows.update(hung_at=at, hung_by=by) == 1


@transaction.atomic
def take_down(affiche: Affiche, *, by, at: datetime, note: str = "", photo: bytes = b"") -> bool:
    """Somebody took the copies down; what was owed for them is done. False when it was said before."""
    rows = Affiche.objects.filter(pk=affiche.pk, printed_at__isnull=False, taken_down_at=None)
    if rows.update(taken_down_at=at, taken_down_by=by) != 1:
        return False
    recall.cleared(affiche.locator, at=at, by=by, note=note, photo=photo)
    return True


def seen_by_others(place, *, at: datetime) -> None:
    """The audience of a place was changed: what hangs there needs the other consent from now on."""
    rows = Affiche.objects.filter(place=place, printed_at__isnull=False, taken_down_at=None).select_related("place")
    if locators := [row.locator for row in rows]:
        recall.seen_as(rows[0].usage, locators=locators, at=at)
