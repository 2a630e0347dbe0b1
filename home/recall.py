"""What the public site owes after a withdrawal: nothing is materialised, the gate is asked at each request."""

from portraits import recall
from portraits.usages import Usage


@recall.handler(Usage.SITE, Usage.INDEXATION, Usage.INTRANET, Usage.SOCIAL)
def clear(owed: recall.Owed) -> str:
    """Pages are computed at each request: the next one already shows nothing."""
    return "computed"
