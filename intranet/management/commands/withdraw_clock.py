"""Time a withdrawal on every channel of the running site: `manage.py withdraw_clock`."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ecrans import print as paper
from ecrans.models import Affiche
from infolettre.send import NotReady
from intranet.demo import clock, shown
from portraits.models import Portrait


class Command(BaseCommand):
    help = (
        "Show a fictive person on every channel of the running demo, withdraw them, and print the seconds that each channel "
        "took. Ends with an error when a promise is missed. Never runs outside the demo."
    )

    def add_arguments(self, parser):
        parser.add_argument("--url", default=settings.WAGTAILADMIN_BASE_URL, help="of the running site (BASE_URL)")
        parser.add_argument("--portrait", metavar="SLUG", help="withdraw these people of the demo instead")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args, url, portrait, **options):
        if not settings.DEMO:
            raise CommandError("The clock withdraws somebody: it runs in the demo only, where nobody is real.")
        session, cookie = clock.sign_in()
        try:
            times = self._time(clock.Site(url, cookie), portrait)
        except clock.NotLit as problem:
            raise CommandError(str(problem)) from problem
        except NotReady as problem:
            raise CommandError(f"No issue could leave: {problem}") from problem
        finally:
            clock.sign_out(session)
        self._print(times, **options)
        if late := [one.channel for one in times if not one.kept]:
            raise CommandError(f"Promises missed: {', '.join(late)}.")

    def _time(self, site, slug):
        site.get("/livez")
        at = timezone.now()
        portrait = self._chosen(slug) if slug else shown.everywhere(at=at)
        try:
            return clock.run(site, shown.channels(portrait, site, at=at), lambda: shown.withdraw(portrait))
        finally:
            self._tidy(portrait)

    def _chosen(self, slug):
        portrait = Portrait.objects.filter(versions__slug=slug).first()
        if portrait is None:
            raise CommandError(f"No portrait has the address « {slug} ».")
        return portrait

    def _tidy(self, portrait):
        """The clock's own person is shown nowhere, whatever happened, and its sheet hangs nowhere."""
        if portrait.first_name == shown.NAME:
            shown.withdraw(portrait)
        for batch in Affiche.objects.filter(portrait=portrait.pk, place__building=shown.NAME):
            paper.take_down(batch, by=None, at=timezone.now())

    def _print(self, times, *, json: bool = False, **options):
        if json:
            self.stdout.write(dumps([one.row() for one in times]))
            return
        for one in times:
            took = "never" if one.seconds is None else f"{one.seconds:6.2f} s"
            verdict = "kept  " if one.kept else "MISSED"
            self.stdout.write(f"{verdict}  {one.channel:<28} {took}   promised: {one.promise}")
        self.stdout.write(f"Before the withdrawal the slowest look took {times[0].look:.2f} s, all channels at once.")


def dumps(rows):
    return json.dumps(rows, ensure_ascii=False, indent=1)
