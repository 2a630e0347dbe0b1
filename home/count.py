"""The posts, named and counted: what was posted, never who looked."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from home.models import Post
from home.tell import PREFIX
from portraits.traces import Counted, Place, counter, namer


@namer(PREFIX)
def posts(locators: Collection[str]) -> dict[str, Place]:
    """One query."""
    rows = Post.objects.filter(pk__in=[int(one.removeprefix(PREFIX)) for one in locators])
    return {row.locator: Place(_("A post"), row.get_network_display(), row.address) for row in rows}


@counter
def posted() -> Iterator[Counted]:
    yield Counted(_("posts on social networks"), Post.objects.count())
