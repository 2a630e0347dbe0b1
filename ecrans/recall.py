"""What walls owe after a withdrawal: screens say that they forgot, paper is taken down by somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from ecrans import reach
from ecrans.models import Pulse
from portraits import duty, recall, workdays
from portraits.recall import Owed, Terms
from portraits.usages import Usage

ONLINE = timedelta(seconds=6)  # DESIGN 10: a screen that can be reached
LOOK = timedelta(seconds=60)  # between two looks at one that cannot
WORKDAYS = 2  # DESIGN 10: paper


@recall.by_hand(Usage.AFFICHE)
def paper(owed: Sequence[Owed]) -> list[Terms]:
    """Batches come down within two working days."""
    return [Terms(workdays.after(one.owed_at, WORKDAYS), by_hand=True) for one in owed]


def walls(owed: Sequence[Owed]) -> list[Terms]:
    """In a public place, paper and screens; among colleagues, screens. A screen is due at the end of its lease at the
    latest: `screen` brings that to six seconds as soon as it is known to have been reached. One query."""
    pulses = Pulse.objects.filter(ecran__public_id__in=[one.locator.removeprefix(reach.PREFIX) for one in owed])
    lease = dict(pulses.values_list("ecran__public_id", "lease_until"))
    return [
        Terms(
            max(lease.get(one.locator.removeprefix(reach.PREFIX), one.owed_at), one.owed_at + ONLINE),
            start=one.owed_at + ONLINE,
        )
        if one.locator.startswith(reach.PREFIX)
        else paper([one])[0]
        for one in owed
    ]


@recall.handler(Usage.ECRAN, Usage.VITRINE, terms=walls)
def screen(owed: Owed) -> str:
    """Done by the screen itself when it can be reached (reach.heard), else by the end of its lease. This looks."""
    at = timezone.now()
    pulse = Pulse.objects.filter(ecran__public_id=owed.locator.removeprefix(reach.PREFIX)).first()
    if pulse is None or owed.version not in pulse.versions:
        return reach.ACKNOWLEDGED
    if pulse.lease_until <= at:
        return reach.LEASE
    told = pulse.last_seen_at > owed.owed_at
    due = owed.owed_at + ONLINE if told else pulse.lease_until
    raise duty.Later(min(pulse.lease_until, at + LOOK), due_at=due)


@recall.handler(Usage.OBJET)
def thing(owed: Owed) -> str:
    """Nothing more is made: no channel makes objects."""
    return _("Nothing more is made.")
