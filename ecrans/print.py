"""Paper on walls: order a batch, print it through the gate, hang it, take it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecrans.models import Affiche
from portraits import attribution, brand, compose, gate, ledger, proof, recall, witness
from portraits.capsule import Capsule, Quote
from portraits.usages import Usage

# What lets a sheet hang, and where.
PLACES = {Usage.AFFICHE: gettext_lazy("Staff places"), Usage.VITRINE: gettext_lazy("Public places")}
DIGITS = 12  # of a hash on paper: to be copied by hand, and not to be forged


class NotAllowed(Exception):
    """The gate says no: nothing is printed."""


def _refusal() -> Exception:
    """Why the gate says no: NotAllowed, or Behind while it is closed to everybody, who are then not told to tear paper up."""
    found = witness.doubt()
    return witness.Behind(found) if found else NotAllowed()


def to_order(affiche: Affiche, *, at: datetime) -> Capsule | Quote | None:
    """What a new batch of this portrait would show in this place, or of these words in the very version that was chosen; None
    when the gate says no. One query."""
    found = _through_the_gate(affiche.usage, [affiche], at=at)
    return next((one for one in found if affiche.version in {None, one.version}), None)


@dataclass(frozen=True, slots=True)
class Orderable:
    """Kind words that may be printed, and for which kinds of place."""

    quote: Quote
    usages: tuple[Usage, ...]

    @property
    def text(self) -> str:
        """What the sheet says of them."""
        return compose.said_on_paper(self.quote)

    @property
    def places(self) -> str:
        """« Staff places », « Public places », or both."""
        return " · ".join(str(PLACES[usage]) for usage in self.usages)

    @property
    def to(self) -> str:
        return attribution.for_whom(self.quote)

    @property
    def by(self) -> str:
        return attribution.by_whom(self.quote)


def words_to_order(*, at: datetime, keys: list[int] | None = None, most: int | None = None) -> list[Orderable]:
    """The kind words that may hang in one kind of place or the other, newest first: these, or the `most` newest. A message that was
    passed on anew may be there twice, in other words for other places. Two queries; four for the newest."""
    if keys is None:
        newest = {one.version: one.key for usage in PLACES for one in gate.quotes(usage, at=at, most=most)}
        keys = [newest[version] for version in sorted(newest, reverse=True)[:most]]
    found: dict[int, Orderable] = {}
    for usage in PLACES if keys else ():
        for quote in gate.quotes(usage, at=at, keys=keys):
            usages = found[quote.version].usages if quote.version in found else ()
            found[quote.version] = Orderable(quote, (*usages, usage))
    return [found[version] for version in sorted(found, reverse=True)]


def key_of(version: int, *, at: datetime) -> int | None:
    """The message that these words are of, while they may hang somewhere; else None. At most two queries."""
    found = (quote for usage in PLACES for quote in gate.quotes(usage, at=at, version=version))
    return next((quote.key for quote in found), None)


def allowed(affiches: Iterable[Affiche], *, at: datetime) -> dict[int, Capsule | Quote]:
    """Of these batches, those that may hang at this instant, by key, with what they show. At most four queries.

    It is the printed Version that counts: paper does not change when a newer one replaces it. What came down stays down: who wants
    it again orders it again.
    """
    by_usage: dict = {}
    for affiche in affiches:
        if affiche.taken_down_at is None:
            by_usage.setdefault(affiche.usage, []).append(affiche)
    found = {}
    for usage, rows in by_usage.items():
        shown = {one.version: one for one in _through_the_gate(usage, rows, at=at)}
        found |= {row.pk: shown[row.version] for row in rows if row.version in shown}
    return found


def _through_the_gate(usage: Usage, rows: Iterable[Affiche], *, at: datetime) -> Iterator[Capsule | Quote]:
    """One query for portraits, one for kind words, none for what is not there."""
    if portraits := {row.portrait for row in rows} - {None}:
        yield from gate.capsules(usage, at=at, keys=sorted(portraits))
    if words := {row.compliment for row in rows} - {None}:
        yield from gate.quotes(usage, at=at, keys=sorted(words))


def sheet(affiche: Affiche) -> bytes:
    """The PDF of a batch, and the record that what it shows now exists on paper.

    The gate is asked before composing, and again in the transaction that records the exposure: what is handed out was
    allowed at the instant of its record. Raises NotAllowed, witness.Behind, or CannotRender when a letter is missing.
    """
    shown = allowed([affiche], at=timezone.now()).get(affiche.pk)
    if shown is None:
        raise _refusal()
    _anchor(affiche)
    composed = compose.kind_words if isinstance(shown, Quote) else compose.poster
    pdf = composed(
        shown,
        brand.current(),
        size=affiche.size,
        url=address(affiche),
        remove_by=timezone.localdate(shown.until) if shown.until else None,
        copy_label=batch_label(affiche, shown.language),
    )
    with transaction.atomic():
        at = timezone.now()
        rows = Affiche.objects.select_related("place").select_for_update(of=("self",))
        row = rows.filter(pk=affiche.pk).first()  # its place may have been opened meanwhile, or its order cancelled
        if row is None or row.pk not in allowed([row], at=at):
            raise _refusal()
        recall.record(row.usage, shown, locator=row.locator, at=at)
        Affiche.objects.filter(pk=row.pk, printed_at=None).update(printed_at=at)
    return pdf


@transaction.atomic
def cancel(affiche: Affiche) -> bool:
    """An order that was never printed is no paper: it is forgotten. False once a sheet was handed out."""
    return bool(Affiche.objects.filter(pk=affiche.pk, printed_at=None).delete()[0])


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


def slug_to_thank(affiche: Affiche, *, at: datetime) -> str:
    """Under which name « Dire merci » opens from this batch: its person's, while it may hang and they are on the public site too;
    else "". At most two queries."""
    if not affiche.portrait or affiche.pk not in allowed([affiche], at=at):
        return ""
    public = gate.capsules(Usage.SITE, at=at, keys=[affiche.portrait])
    return public[0].slug if public else ""


def batch_label(affiche: Affiche, language: str) -> str:
    """The small words at the foot of a sheet: « lot 12 », by which somebody on a ladder knows the batch, then the anchor. A
    specimen has neither: it is no batch, and what people see before their yes is the same whenever they look."""
    values = {"number": affiche.pk, "anchor": affiche.anchor[: affiche.anchor.find(":") + 1 + DIGITS]}
    with translation.override(language):
        return _("batch %(number)s · register %(anchor)s") % values


def to_hang(*, at: datetime) -> list[tuple[str, list[Affiche]]]:
    """Printed batches that may hang and that nobody said they hung yet, by place, the unnamed place last. At most five
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
