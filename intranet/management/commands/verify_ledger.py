"""Hold the ledger against everything that rests on it: `manage.py verify_ledger`."""

import json
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portraits import ledger, proof


class Command(BaseCommand):
    help = (
        "Verify the ledger: its chain, the anchors given (posters and daily mails are remembered), its copy, and every "
        "consent. Ends with an error at the first gap or more."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor", action="append", default=[], metavar="SEQ:HASH", help="from a mail, a poster or a receipt"
        )
        parser.add_argument("--receipt", action="append", default=[], metavar="FILE.json", help="a person’s receipt")
        parser.add_argument("--copy", action="store_true", help="compare with the copy outside the database")

    def handle(self, *args, anchor, receipt, copy, **options):
        anchors = [*map(self._anchor, anchor), *(one for path in receipt for one in self._receipt(path))]
        anchors += proof.remembered()
        began = time.perf_counter()
        gaps = list(proof.gaps(anchors=anchors, copy=copy))
        seconds = time.perf_counter() - began
        for gap in gaps:
            self.stderr.write(gap)
        seq, digits = ledger.head()
        if gaps:
            raise CommandError(f"The ledger does not hold: {len(gaps)} gap{'s' if len(gaps) > 1 else ''}.")
        self.stdout.write(
            f"The ledger holds: {seq} lines, {len(anchors)} anchors, {seconds:.1f} s. Its head is {seq}:{digits}"
        )

    def _anchor(self, words):
        try:
            return proof.anchor(words)
        except proof.NotAnAnchor as problem:
            raise CommandError(
                f"« {words} » is no anchor: a number, a colon, and at least {proof.SHORTEST} digits of a hash."
            ) from problem

    def _receipt(self, path):
        try:
            found = list(proof.anchors_in(json.loads(Path(path).read_text())))
        except (OSError, ValueError) as problem:
            raise CommandError(f"The receipt {path} cannot be read: {problem}") from problem
        if not found:
            raise CommandError(f"The receipt {path} holds no anchor.")
        return found
