"""Erase what is kept no longer: `manage.py retention`. Beat does the same each night."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portraits import erasing, retention, witness


class Command(BaseCommand):
    help = "Erase photos, words, evidence and files whose time is over. Harmless when run twice."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, erase nothing")

    def handle(self, *args, dry_run, **options):
        if doubt := witness.doubt():
            raise CommandError(f"Nothing is erased now: {doubt.value}. See « manage.py replay_ledger ».")
        done = retention.run(at=timezone.now(), dry_run=dry_run)
        verb = "Would be erased" if dry_run else "Erased"
        self.stdout.write(f"{verb}: {retention.said(done)}.")
        if kept := len(erasing.waiting(at=timezone.now())):
            self.stdout.write(f"Photos that desks have kept for a year, and that nobody was asked about: {kept}.")
        if done["failures"]:
            raise CommandError(f"{done['failures']} steps failed: see the log.")
