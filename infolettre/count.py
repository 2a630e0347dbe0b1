"""The issues, named and counted: what left, never who opened it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from infolettre.models import Delivery, Infolettre
from portraits.traces import Counted, Place, counter, namer

PREFIX = "infolettre:"


@namer(PREFIX)
def issues(locators: Collection[str]) -> dict[str, Place]:
    return {one: Place(_("Issue %(number)s") % {"number": one.removeprefix(PREFIX)}) for one in locators}


@counter
def sent() -> Iterator[Counted]:
    yield Counted(_("issues sent"), Infolettre.objects.exclude(started_at=None).count())
    yield Counted(_("mails delivered"), Delivery.objects.filter(state=Delivery.State.DONE).count())
