"""How the infolettre shows a capsule: the mail's own template, with that portrait alone."""

from django.utils import timezone

from infolettre import mail
from infolettre.assemble import Feature, Issue
from portraits.capsule import Capsule
from portraits.renderings import Rendering, renderer
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
