"""How the infolettre shows a capsule, or kind words: the mail's own template, with that alone."""

from django.utils import timezone

from infolettre import mail
from infolettre.assemble import Feature, Issue, Words
from portraits import attribution
from portraits.capsule import Capsule, Quote
from portraits.renderings import Rendering, quote_renderer, renderer
from portraits.usages import Usage


@renderer(Usage.INFOLETTRE, Usage.INFOLETTRE_PUBLIQUE)
def issue_of_one(capsule: Capsule) -> Rendering:
    """A sample issue: number 1, on the day its words were frozen, so that the same Version gives the same bytes.

    The whole story is in it, since the archive that goes with each mail tells it: one answers about all that is shown.
    """
    issue = Issue(
        1, capsule.sentence, "", capsule.language, capsule.frozen_at or timezone.now(), (Feature(capsule, whole=True),)
    )
    return Rendering(mail.html(issue).encode(), "text/html; charset=utf-8", "mail")


@quote_renderer(Usage.INFOLETTRE)
def issue_of_words(quote: Quote) -> Rendering:
    """The same sample issue, with these words alone."""
    issue = Issue(
        1,
        attribution.for_whom(quote) or " ".join(quote.text)[:80],
        "",
        quote.language,
        quote.frozen_at or timezone.now(),
        (Words("", (quote,)),),
    )
    return Rendering(mail.html(issue).encode(), "text/html; charset=utf-8", "mail")
