"""What walls owe after a withdrawal: screens forget by themselves, paper is taken down by somebody."""

from django.utils.translation import gettext as _

from portraits import recall
from portraits.usages import Usage


@recall.handler(Usage.AFFICHE, Usage.VITRINE)
def paper(owed: recall.Owed) -> str:
    """The batch is on the take-down list and its QR code already says so: both are computed. Screens are never exposed."""
    return _("On the take-down list: %(batch)s") % {"batch": owed.locator.removeprefix("affiche:")}


@recall.handler(Usage.ECRAN)
def screen(owed: recall.Owed) -> str:
    """Nothing is materialised: each poll asks the gate, and a screen cut off from the network forgets by its lease."""
    return _("Computed at each poll; a screen without network forgets by itself.")


@recall.handler(Usage.OBJET)
def thing(owed: recall.Owed) -> str:
    """Nothing more is made: no channel makes objects."""
    return _("Nothing more is made.")
