"""What the public site, the intranet and the posts owe after a withdrawal.

Pages, feeds and the sitemap are made for each reader, the gate is asked at each request: nothing is materialised; what
browsers keep of them ends within a minute (home.keep). A post lives on somebody else’s site: only a person can remove it.
"""

from __future__ import annotations

from collections.abc import Sequence

from portraits import recall, workdays
from portraits.recall import Owed, Terms
from portraits.usages import Usage

WORKDAYS = 2  # DESIGN 10


@recall.handler(Usage.SITE, Usage.INDEXATION, Usage.INTRANET)
def clear(owed: Owed) -> str:
    """Nothing to take away: the next request already shows nothing. The proof says so."""
    return "computed at each request: nothing was kept"


@recall.by_hand(Usage.SOCIAL)
def posts(owed: Sequence[Owed]) -> list[Terms]:
    """Posts are removed within two working days."""
    return [Terms(workdays.after(one.owed_at, WORKDAYS), by_hand=True) for one in owed]
