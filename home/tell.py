"""The site, the intranet and the posts in words: what became of each after an end."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from home.keep import LONGEST
from home.models import Post
from portraits.usages import Usage
from portraits.whereabouts import Outcome, Told, teller

PREFIX = "post:"


@teller(Usage.SITE, Usage.INDEXATION, Usage.INTRANET)
def pages(told: Told) -> Iterator[Outcome]:
    """Computed at each request: gone at the very instant, but for what a browser or an engine keeps."""
    if told.since is None:
        return
    cached = _("A browser may have kept it for %(seconds)s seconds.") % {"seconds": LONGEST}
    if told.words:
        yield Outcome(told.usage, what=_("The words on the page"), where="", removed_at=told.since, remains=cached)
        return
    words = {
        Usage.SITE: (_("The page, the photo, the feeds"), cached),
        Usage.INDEXATION: (_("The permission given to search engines"), _("They may take a few days to forget.")),
        Usage.INTRANET: (_("The page among colleagues"), cached),
    }
    what, remains = words[told.usage]
    yield Outcome(told.usage, what=what, where="", removed_at=told.since, remains=remains)


@teller(Usage.SOCIAL)
def posts(told: Told) -> Iterator[Outcome]:
    """Post by post: removed by hand; copies made by others escape us. One query."""
    calls = {int(one.locator.removeprefix(PREFIX)): one for one in told.called}
    rows = Post.objects.filter(pk__in=calls).select_related("posted_by").order_by("pk") if calls else ()
    for row in rows:
        one = calls[row.pk]
        yield Outcome(
            told.usage,
            what=_("A post"),
            where=row.get_network_display(),
            removed_at=one.done_at,
            until=one.due_at,
            remains=_("Copies made by others escape us."),
            called=one,
            by=row.posted_by.get_full_name() or row.posted_by.get_username(),
            since=row.posted_at,
            link=row.address,
            tick=reverse("publications:removed", args=[row.pk]),
            permission="home.change_post",
        )
