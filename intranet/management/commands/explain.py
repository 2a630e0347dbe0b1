"""Why a portrait is shown, or not: `manage.py explain PORTRAIT USAGE`."""

from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from portraits import explain
from portraits.models import Portrait
from portraits.usages import Usage


class Command(BaseCommand):
    help = "The gate’s reason, in one sentence: is this portrait shown for this usage, until when, or why not."

    def add_arguments(self, parser):
        parser.add_argument("portrait", help="its number, or the name in its address (« nadia »)")
        parser.add_argument("usage", help=", ".join(Usage.values))
        parser.add_argument(
            "--at", metavar="INSTANT", help="2026-12-24T08:00, local time unless it says; now by default"
        )
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )
        parser.add_argument(
            "--officer",
            action="store_true",
            help="FOR THE CONSENT OFFICER ONLY: also tells who said no, yes or nothing. Nothing is checked here; in the "
            "CMS the page checks the permission and each opening is written in the ledger",
        )

    def handle(self, *args, portrait, usage, at, language, officer, **options):
        row, used, instant = self._portrait(portrait), self._usage(usage), self._instant(at)
        with translation.override(language):
            words = str(explain.explain(row, used, at=instant))
            self.stdout.write(words)
            told = explain.detail(row, used, at=instant) if officer else ""
            if told:
                self.stdout.write(told)

    def _portrait(self, wish):
        rows = Portrait.objects.filter(pk=wish) if wish.isdecimal() else Portrait.objects.filter(versions__slug=wish)
        found = list(rows.distinct().order_by("pk"))
        if not found:
            raise CommandError(f"No portrait is called « {wish} »: give its number, or the name in its address.")
        if len(found) > 1:
            numbers = ", ".join(str(one.pk) for one in found)
            raise CommandError(f"« {wish} » is the name of several portraits: give one of the numbers {numbers}.")
        return found[0]

    def _usage(self, wish):
        try:
            return Usage(wish)
        except ValueError as problem:
            raise CommandError(f"« {wish} » is no usage. They are: {', '.join(Usage.values)}.") from problem

    def _instant(self, wish):
        if wish is None:
            return timezone.now()
        try:
            found = datetime.fromisoformat(wish)
            return timezone.make_aware(found) if timezone.is_naive(found) else found
        except (ValueError, OverflowError) as problem:
            raise CommandError(f"« {wish} » is no instant: write it as 2026-12-24T08:00.") from problem
