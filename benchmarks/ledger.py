"""What the ledger costs: verifying 100,000 lines, copying one, guarding the door. `make bench-ledger`.

On a database of its own, embedded. Each figure and its peer are measured in turn, in the same run.
"""

import os
import secrets
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ |= {"DJANGO_SETTINGS_MODULE": "intranet.settings.test", "BROKER": "filesystem://"}

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.measuring import by_turns, figure, publish  # noqa: E402
from portraits import chain, gate, ledger, proof, usages, witness  # noqa: E402
from portraits.models import (  # noqa: E402
    Consent,
    ConsentRequest,
    LedgerEntry,
    Person,
    Portrait,
    Subject,
    Version,
)
from portraits.usages import Usage  # noqa: E402
from tests import factories  # noqa: E402

LINES, PORTRAITS = 100_000, 2_000
GRANTED = list(Usage)[:8]
AT = timezone.now() - timedelta(days=30)


class Book:
    """Lines made fast: chained here, written in bulk."""

    def __init__(self):
        self.seq, self.prev, self.rows = *ledger.head(), []

    def add(self, kind, at=AT, **body):
        self.seq += 1
        digest = chain.digest(self.seq, chain.instant(at), kind, body, self.prev)
        row = LedgerEntry(seq=self.seq, at=at, kind=kind, body=body, prev=self.prev, hash=digest)
        self.rows.append(row)
        self.prev = digest
        return row


def fill():
    """2,000 portraits, a yes for eight usages each, one in eight withdrawn, and the lines of all that was asked."""
    first = factories.ask(factories.portrait("Nadia"), Usage.SITE, at=AT)
    book = Book()
    with transaction.atomic():
        people = Person.objects.bulk_create(Person(first_name="Nadia") for _ in range(PORTRAITS))
        common = {"first_name": "Nadia", "locale": factories.locale(), "photo": first.photo}
        desks = Portrait.objects.bulk_create(Portrait(**common) for _ in range(PORTRAITS))
        same = {"content": first.content, "photo": first.photo, "fingerprint": first.fingerprint, "language": "fr-ca"}
        versions = Version.objects.bulk_create(
            Version(
                portrait=desk,
                across=desk.across,
                key=secrets.token_hex(16),
                slug=f"nadia-{desk.pk}",
                frozen_at=AT,
                **same,
            )
            for desk in desks
        )
        subjects = Subject.objects.bulk_create(
            Subject(version=version, person=person, role="main")
            for version, person in zip(versions, people, strict=True)
        )
        requests = _requests(subjects)
        consents = [row for request in requests for row in _yeses(book, request)]
        while book.seq < LINES:
            book.add(
                "asked", person=secrets.token_hex(8), fingerprint=first.fingerprint, usages=["site", "ecran"], request=0
            )
        LedgerEntry.objects.bulk_create(book.rows, batch_size=500)
        Consent.objects.bulk_create(consents, batch_size=500)
    witness.sync()
    return desks


def _requests(subjects):
    fields = {"asked": [usage.value for usage in GRANTED], "asked_at": AT, "closes_at": AT + timedelta(days=21)}
    fields |= ConsentRequest.objects.values("notice_code", "notice").get()
    return ConsentRequest.objects.bulk_create(ConsentRequest(subject=subject, **fields) for subject in subjects)


def _yeses(book, request):
    """Its eight yeses with their lines, as portraits.consent writes them; the last one is withdrawn."""
    subject, version, ends_at = request.subject, request.subject.version, AT + timedelta(days=365)
    person, portrait = ledger.pseudonym(subject.person), str(version.portrait.translation_key)
    same = {"method": "code", "language": "fr-ca"}
    for usage in GRANTED:
        number = usages.number(usage, AT)
        said = {
            "fingerprint": version.fingerprint,
            "number": number,
            "request": request.pk,
            "rendering": "0" * 64,
            **same,
        }
        said |= {"ends_at": chain.instant(ends_at), "words": "0" * 64, "actor": person, "evidence": ""}
        entry = book.add("granted", person=person, portrait=portrait, usage=usage.value, **said)
        row = Consent(subject=subject, request=request, usage=usage, usage_number=number, ledger_entry=entry, **same)
        row.starts_at, row.ends_at, row.rendering_sha256 = AT, ends_at, "0" * 64
        if usage == GRANTED[-1]:
            row.ended_at, row.end_reason = AT + timedelta(days=1), Consent.Reason.WITHDRAWN
            row.ended_by = book.add("withdrawn", row.ended_at, person=person, portrait=portrait, usage=usage.value)
        yield row


def verify():
    gaps = list(proof.gaps(anchors=[ledger.head()]))
    if gaps:
        raise SystemExit(f"The ledger of the benchmark does not hold: {gaps[:3]}")


def read():
    """The same lines, without verifying anything."""
    for _line in LedgerEntry.objects.lines():
        pass


def append():
    with transaction.atomic():
        ledger.append("asked", at=timezone.now(), person="0" * 16, usages=["site"])


def without_copy(action):
    def done():
        kept, settings.LEDGER_COPY = settings.LEDGER_COPY, ""
        try:
            action()
        finally:
            settings.LEDGER_COPY = kept

    return done


def figures(desks):
    keys = [desk.pk for desk in desks[:50]]

    def door():
        if len(gate.capsules(Usage.SITE, at=timezone.now(), keys=keys)) != 50:
            raise SystemExit("The door of the benchmark does not show fifty portraits.")

    # Processor time: it is all computing, and a machine that also does something else must not decide.
    whole, bare = by_turns(verify, read, 5)
    many = f"{LINES:,} lines, {PORTRAITS * len(GRANTED):,} consents"
    yield figure(f"verify_ledger, {many}", "s of processor", whole, "<= 5")
    yield figure(f"verify_ledger, {many}", "s of processor", whole, "<= 5", "reading the same lines", bare)
    guarded, free = by_turns(door, without_copy(door), 41, time.perf_counter)
    yield figure(
        "door, 50 portraits, held against the copy",
        "ms",
        guarded * 1000,
        "<= 1.15",
        "the same without a copy",
        free * 1000,
    )
    copied, alone = by_turns(append, without_copy(append), 61, time.perf_counter)
    yield figure("one line, committed and copied", "ms", copied * 1000, "<= 4", "the same without a copy", alone * 1000)


def main():
    connection.creation.create_test_db(verbosity=0)
    settings.LEDGER_COPY = str(settings.VAR / "ledger" / "ledger.jsonl")
    try:
        held = publish("ledger", figures(fill()), connection.vendor)
    finally:
        shutil.rmtree(settings.VAR, ignore_errors=True)
    sys.exit(not held)


if __name__ == "__main__":
    main()
