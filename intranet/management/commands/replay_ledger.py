"""After a restore: `manage.py replay_ledger` (docs/deploy.md, « Back up and restore »)."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portraits import proof, replay, witness


class Command(BaseCommand):
    help = (
        "Put back the ledger’s missing lines from its copy, and end and hide again what they ended and hid. "
        "Yeses are not made again. The gate opens when it is done."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
        parser.add_argument(
            "--new-copy",
            metavar="SEQ:HASH",
            help="the copy is lost for good: make a new one from a database that holds this anchor, the last you were mailed",
        )

    def handle(self, *args, dry_run, new_copy, **options):
        if witness.path() is None:
            raise CommandError("This installation keeps no copy of the ledger: LEDGER_COPY is empty.")
        if new_copy:
            self._new_copy(new_copy)
        else:
            self._report(self._replay(dry_run), dry_run)

    def _new_copy(self, words):
        try:
            replay.start_again(*proof.anchor(words))
        except proof.NotAnAnchor as problem:
            raise CommandError(f"« {words} » is no anchor: a number, a colon, the digits of a hash.") from problem
        except replay.Forked as problem:
            raise CommandError(
                f"The database does not hold line {problem.seq} as it was anchored: it is older, or another one. Nothing was done."
            ) from problem
        except FileExistsError as problem:
            raise CommandError(f"There is a copy at {witness.path()}: replay it, or move it away first.") from problem
        self.stdout.write(f"A new copy is at {witness.path()}.")

    def _replay(self, dry_run):
        try:
            return replay.replay(at=timezone.now(), dry_run=dry_run)
        except replay.Unsound as problem:
            raise CommandError(f"The copy is not whole: {problem}. Nothing was done.") from problem
        except replay.Forked as problem:
            raise CommandError(
                f"The database and the copy tell two different stories from line {problem.seq} on. Nothing was done: "
                "one of them was written elsewhere, or altered."
            ) from problem
        except (OSError, ValueError) as problem:
            raise CommandError(
                f"The copy at {witness.path()} cannot be read: {problem}. If it is lost for good, see --new-copy."
            ) from problem

    def _report(self, report, dry_run):
        say = self.stdout.write
        if not report.lines:
            say("The database has every line of the copy: nothing to do.")
            return
        if dry_run:
            say("This would be done; nothing was.")
        say(
            f"{report.lines} lines put back: {', '.join(f'{kind} {count}' for kind, count in report.kinds.most_common())}."
        )
        say(f"{report.ended} consents ended again, {report.hidden} portraits hidden again, each at its own instant.")
        if report.kinds["lifted"]:
            say("Stops that were lifted since hold again: the consent officer lifts them anew.")
        if report.again:
            say(f"{len(report.again)} yeses since the backup are not made again. To be asked again:")
            for person in report.people():
                say(f"  {person}")
            unknown = len({said[0] for said, person in report.again.items() if person is None})
            if unknown:
                say(f"  and {unknown} whom this database does not know")
        for person in sorted(report.moved, key=str):
            say(f"The address of {person} was changed since the backup: check it before writing to them.")
