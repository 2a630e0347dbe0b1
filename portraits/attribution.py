"""Under kind words: whom they are for and who says so, in the words' own language, the same on every channel."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from portraits.capsule import Quote
from portraits.typography import typeset


def for_whom(quote: Quote) -> str:
    """« Pour Nadia et Luc », « Pour l’équipe Parcs »; "" when nobody is known."""
    with override(quote.language):
        if quote.to:
            *others, last = quote.to
            names = _("%(others)s and %(last)s") % {"others": ", ".join(others), "last": last} if others else last
            words = _("For %(names)s") % {"names": names}
        else:
            words = _("For the team “%(team)s”") % {"team": quote.team} if quote.team else ""
    return typeset(words, quote.language)


def by_whom(quote: Quote) -> str:
    """« Huguette, Émard », « un commentaire sur Facebook », « une personne du quartier »; then where and when, if known."""
    with override(quote.language):
        comment = _("a comment on %(network)s") % {"network": quote.source} if quote.source else ""
        who = comment or quote.signature or _("a resident")
    return typeset(" · ".join(filter(None, (who, quote.where, quote.when))), quote.language)
