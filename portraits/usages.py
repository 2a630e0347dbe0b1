"""The only list of usages: what a person can say yes to, who sees it, and how fast it goes away.

A usage has a number. It is raised, at a date, when its audience widens or a new family of templates changes what is
shown: a consent to the former number stops holding from that instant. Numbers are dated so that « see as of » judges
yesterday by yesterday's number.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Usage(models.TextChoices):
    """Purpose × audience."""

    INTRANET = "intranet", _("Intranet")
    INFOLETTRE = "infolettre", _("Staff newsletter")
    ECRAN = "ecran", _("Kitchen screens")
    AFFICHE = "affiche", _("Printed posters")
    SITE = "site", _("Public site")
    INDEXATION = "indexation", _("Search engines")
    INFOLETTRE_PUBLIQUE = "infolettre_publique", _("Public newsletter")
    SOCIAL = "social", _("The borough’s social networks")
    VITRINE = "vitrine", _("Posters and screens in public places")
    OBJET = "objet", _("Objects")


class Audience(models.TextChoices):
    """The two groups under which usages are asked."""

    COLLEAGUES = "colleagues", _("Among colleagues")
    PUBLIC = "public", _("In public")


@dataclass(frozen=True, slots=True)
class Promise:
    """What the person reads before answering: who sees it, and what a withdrawal can and cannot do."""

    audience: Audience
    seen_by: str
    withdrawal: str


PROMISES: dict[Usage, Promise] = {
    Usage.INTRANET: Promise(
        Audience.COLLEAGUES,
        _("Seen by the borough’s employees, once signed in."),
        _("Removed at once; at most one minute in an open browser."),
    ),
    Usage.INFOLETTRE: Promise(
        Audience.COLLEAGUES,
        _("Sent by e-mail to the borough’s employees."),
        _(
            "Not yet sent: it will not be. Already received: the picture is replaced at once, "
            "the words stay in people’s mailboxes."
        ),
    ),
    Usage.ECRAN: Promise(
        Audience.COLLEAGUES,
        _("Seen in staff kitchens and rest areas."),
        _("Gone within 6 seconds. A screen cut off from the network can still show it for 24 hours, no more."),
    ),
    Usage.AFFICHE: Promise(
        Audience.COLLEAGUES,
        _("Printed and hung in staff areas."),
        _("Taken down within 2 working days; the poster’s QR code says so at once."),
    ),
    Usage.SITE: Promise(
        Audience.PUBLIC,
        _("Visible to everybody on the borough’s site."),
        _("Removed at once; at most one minute in a browser."),
    ),
    Usage.INDEXATION: Promise(
        Audience.PUBLIC,
        _("Google and other search engines may find your page and your photo."),
        _("We ask search engines to forget it at once; they may take a few days."),
    ),
    Usage.INFOLETTRE_PUBLIQUE: Promise(
        Audience.PUBLIC,
        _("Sent by e-mail to subscribed residents."),
        _(
            "Not yet sent: it will not be. Already received: the picture is replaced at once, "
            "the words stay in people’s mailboxes."
        ),
    ),
    Usage.SOCIAL: Promise(
        Audience.PUBLIC,
        _("Posted on the borough’s pages."),
        _("Removed by hand within 2 working days. Copies made by others escape us."),
    ),
    Usage.VITRINE: Promise(
        Audience.PUBLIC,
        _("Shown in libraries, counters and other public places."),
        _("Screens: within 6 seconds. Paper: taken down within 2 working days."),
    ),
    Usage.OBJET: Promise(
        Audience.PUBLIC,
        _("Bottles, clothes, vehicles, documents."),
        _("Nothing more is made. An object already given does not come back."),
    ),
}

# A request cannot ask for these, since nobody consents to what they have not seen: no issue is sent to residents yet, hence
# no list of subscribers either, and nothing makes objects. Whatever makes one of them takes it out of here.
NOT_YET_ASKED = frozenset({Usage.INFOLETTRE_PUBLIQUE, Usage.OBJET})
ASKED = tuple(usage for usage in Usage if usage not in NOT_YET_ASKED)

_numbers: dict[Usage, list[tuple[datetime, int]]] = {usage: [(EPOCH, 1)] for usage in Usage}


def next_change(usage: Usage, after: datetime) -> datetime | None:
    """The first instant after this one at which the usage's number is raised, if it is known."""
    return min((since for since, _value in _numbers[usage] if since > after), default=None)


def number(usage: Usage, at: datetime) -> int:
    """The usage's number at an instant; its first number before EPOCH."""
    number = _numbers[usage][0][1]
    for since, value in _numbers[usage]:
        if since <= at:
            number = value
    return number


def since(usage: Usage, at: datetime) -> datetime:
    """From when the usage's number at this instant holds."""
    return max((since for since, _value in _numbers[usage] if since <= at), default=_numbers[usage][0][0])
