"""What the public site and the intranet owe after a withdrawal: nothing is materialised, the gate is asked at each request.

Pages, feeds and the sitemap are made for each reader; what browsers keep of them ends within a minute (home.keep).
"""

from portraits import duty, recall
from portraits.usages import Usage


@recall.handler(Usage.SITE, Usage.INDEXATION, Usage.INTRANET)
def clear(owed: recall.Owed) -> str:
    """Nothing to take away: the next request already shows nothing. The proof says so."""
    return "computed at each request: nothing was kept"


@recall.handler(Usage.SOCIAL)
def by_hand(owed: recall.Owed) -> str:
    """A post lives on somebody else's site: only a person can remove it. Kept in front of staff until then."""
    raise duty.Refused(f"To be removed by hand: {owed.locator}")
