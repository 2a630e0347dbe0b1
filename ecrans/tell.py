"""Screens and posters in words: where each hangs, who hung it, and what became of it after an end."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecrans import reach
from ecrans.models import Affiche
from portraits.usages import Usage
from portraits.whereabouts import Outcome, Told, teller

PAPER = "affiche:"


@teller(Usage.AFFICHE, Usage.ECRAN, Usage.VITRINE)
def walls(told: Told) -> Iterator[Outcome]:
    """Paper batch by batch; screens as one count, then one by one those that have not said yet that they forgot."""
    yield from _paper(told)
    yield from _screens(told)


@teller(Usage.OBJET)
def things(told: Told) -> Iterator[Outcome]:
    """No channel makes objects: there is nothing to tell."""
    yield from ()


def _paper(told: Told) -> Iterator[Outcome]:
    calls = {one.locator.removeprefix(PAPER): one for one in told.called if one.locator.startswith(PAPER)}
    rows = Affiche.objects.filter(code__in=calls).select_related("place", "hung_by", "created_by").order_by("pk")
    for row in rows if calls else ():
        one = calls[row.code]
        yield Outcome(
            told.usage,
            what=ngettext("%(batch)s, %(count)s poster, %(size)s", "%(batch)s, %(count)s posters, %(size)s", row.copies)
            % {"batch": row, "count": row.copies, "size": row.get_size_display()},
            where=str(row.place or ""),
            removed_at=one.done_at,
            until=one.due_at,
            called=one,
            by=_name(row.hung_by),
            since=row.hung_at,
            tick=reverse("affiches:taken_down", args=[row.pk]),
            permission="ecrans.hang_affiche",
        )


def _name(user) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def _screens(told: Told) -> Iterator[Outcome]:
    for one, found in reach.by_end(told.called, at=told.at):
        until = max((screen.until for screen in found.waiting), default=one.due_at)
        yield Outcome(
            told.usage,
            what=ngettext("%(cleared)s of %(count)s screen", "%(cleared)s of %(count)s screens", found.total)
            % {"cleared": found.cleared, "count": found.total},
            where="",
            removed_at=found.last_at if found.cleared == found.total else None,
            until=until,
            called=one,
        )
        for screen in found.waiting:
            said = (
                _("The screen « %(name)s », cut off from the network") if screen.away else _("The screen « %(name)s »")
            )
            yield Outcome(
                told.usage,
                what=said % {"name": screen.name},
                where=screen.place,
                until=screen.until,
                called=one,
                since=screen.last_seen_at,
            )
