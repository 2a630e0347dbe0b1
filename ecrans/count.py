"""Screens and posters, named and counted: what hangs, never who walked by."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecrans import reach
from ecrans.models import Affiche, Ecran
from ecrans.tell import PAPER
from portraits.traces import Counted, Place, counter, namer


@namer(PAPER)
def posters(locators: Collection[str]) -> dict[str, Place]:
    """One query."""
    rows = Affiche.objects.filter(code__in=[one.removeprefix(PAPER) for one in locators]).select_related("place")
    return {
        row.locator: Place(
            ngettext("%(count)s poster", "%(count)s posters", row.copies) % {"count": row.copies}, str(row.place or "")
        )
        for row in rows
    }


@namer(reach.PREFIX)
def screens(locators: Collection[str]) -> dict[str, Place]:
    """One query."""
    keys = [one.removeprefix(reach.PREFIX) for one in locators]
    rows = Ecran.objects.filter(public_id__in=keys).select_related("place")
    return {
        reach.locator(row): Place(_("The screen « %(name)s »") % {"name": row.name}, str(row.place)) for row in rows
    }


@counter
def hung() -> Iterator[Counted]:
    printed = Affiche.objects.exclude(printed_at=None).aggregate(batches=Count("pk"), copies=Sum("copies"))
    yield Counted(_("poster batches printed"), printed["batches"])
    yield Counted(_("posters, all copies"), printed["copies"] or 0)
    yield Counted(_("screens installed"), Ecran.objects.count())
