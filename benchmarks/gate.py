"""What the door costs: a list of 50 portraits among 2,000, and one photograph. `make bench-gate`.

On a database of its own, embedded, whatever DATABASE says. The peer is the same reading without any question asked: what
a site without consents would do. Both are measured in turn, in the same run.
"""

import os
import secrets
import shutil
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ |= {"DJANGO_SETTINGS_MODULE": "intranet.settings.test", "BROKER": "filesystem://"}
os.environ.pop("DATABASE", None)

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.measuring import by_turns, figure, publish  # noqa: E402
from portraits import chain, gate, witness  # noqa: E402
from portraits.models import (  # noqa: E402
    Consent,
    ConsentRequest,
    Hidden,
    LedgerEntry,
    Person,
    Portrait,
    Subject,
    Version,
)
from portraits.usages import ASKED, Usage  # noqa: E402
from tests import factories  # noqa: E402

PORTRAITS, CONSENTS, LIST = 2_000, 15_000, 50
PAIRS, REWRITTEN, HIDDEN = 20, 4, 100  # one portrait in so many shows two people, has an older Version, is hidden
AT = timezone.now() - timedelta(days=30)


def fill() -> list[Portrait]:
    """2,000 portraits and 15,000 consents; a few usages each, one in ten withdrawn."""
    first = factories.ask(factories.portrait("Nadia"), Usage.SITE, at=AT)
    with transaction.atomic():
        common = {"first_name": "Nadia", "locale": factories.locale(), "photo": first.photo}
        desks = Portrait.objects.bulk_create(Portrait(**common) for _ in range(PORTRAITS))
        subjects = _subjects(_versions(desks, first))
        same = {"asked": list(ASKED), "asked_at": AT, "closes_at": AT + timedelta(days=21)}
        same |= ConsentRequest.objects.values("notice_code", "notice").get()
        requests = ConsentRequest.objects.bulk_create(ConsentRequest(subject=one, **same) for one in subjects)
        _consents(requests)
        Hidden.objects.bulk_create(
            Hidden(portrait=desk, from_at=timezone.now(), reason="essai") for desk in desks[::HIDDEN]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return desks


def _versions(desks, first) -> list[Version]:
    same = {"content": first.content, "photo": first.photo, "fingerprint": first.fingerprint, "language": "fr-ca"}
    asked = [(desk, AT) for desk in desks[::REWRITTEN]] + [(desk, AT + timedelta(days=1)) for desk in desks]
    return Version.objects.bulk_create(
        Version(
            portrait=desk, across=desk.across, key=secrets.token_hex(16), slug=f"nadia-{desk.pk}", frozen_at=at, **same
        )
        for desk, at in asked
    )


def _subjects(versions) -> list[Subject]:
    people = Person.objects.bulk_create(Person(first_name="Nadia") for _ in range(PORTRAITS))
    rows = []
    for number, version in enumerate(versions):
        rows.append(Subject(version=version, person=people[number % PORTRAITS], role="main"))
        if number % PAIRS == 0:
            rows.append(Subject(version=version, person=people[(number + 7) % PORTRAITS], role="paired"))
    return Subject.objects.bulk_create(rows)


def _consents(requests) -> None:
    """To the site first, so that the list is long; then to the others until there are 15,000."""
    wanted = [(request, usage) for usage in (Usage.SITE, *set(ASKED) - {Usage.SITE}) for request in requests]
    (seq, prev), lines, rows = (LedgerEntry.objects.order_by("-seq").values_list("seq", "hash").first()), [], []
    for number, (request, usage) in enumerate(wanted[:CONSENTS], start=1):
        body = {"usage": usage.value, "number": number}
        digest = chain.digest(seq + number, chain.instant(AT), "granted", body, prev)
        entry = LedgerEntry(seq=seq + number, at=AT, kind="granted", body=body, prev=prev, hash=digest)
        prev, ended = digest, timezone.now() if number % 10 == 0 else None
        lines.append(entry)
        rows.append(
            Consent(
                subject=request.subject,
                request=request,
                usage=usage,
                usage_number=1,
                starts_at=AT,
                ends_at=AT + timedelta(days=365),
                ended_at=ended,
                end_reason=Consent.Reason.WITHDRAWN if ended else "",
                rendering_sha256="0" * 64,
                ledger_entry=entry,
            )
        )
    LedgerEntry.objects.bulk_create(lines, batch_size=500)
    Consent.objects.bulk_create(rows, batch_size=500)
    witness.sync()


def figures(desks):
    at = timezone.now()
    keys = [desk.pk for desk in desks[1:PORTRAITS:4]][: LIST * 2]
    keys = [one.key for one in gate.capsules(Usage.SITE, at=at, keys=keys)][:LIST]
    key = Version.objects.filter(portrait=keys[0]).latest("pk").key
    rows = Version.objects.select_related("photo", "partner_photo")

    def door():
        return gate.capsules(Usage.SITE, at=at, keys=keys)

    def ungated():
        return list(rows.filter(portrait__in=keys).order_by("-pk"))

    def media():
        return gate.photo(Usage.SITE, key, at=at)

    def known():
        return rows.filter(key=key).first()

    with CaptureQueriesContext(connection) as asked:
        shown, one = len(door()), media()
    if (shown, bool(one), len(asked)) != (LIST, True, 2):
        raise SystemExit(f"The benchmark’s door shows {shown} portraits in {len(asked) - 1} queries.")
    among = f"among {PORTRAITS:,} portraits and {CONSENTS:,} consents, one query"
    unit = "ms of processor"
    gated, free = (value * 1000 for value in by_turns(door, ungated, 101))
    yield figure(f"gate, a list of {LIST} {among}", unit, gated, "<= 10")
    yield figure(f"gate, a list of {LIST} {among}", unit, gated, "<= 25", "the same list ungated", free)
    gated, free = (value * 1000 for value in by_turns(media, known, 201))
    yield figure(f"media check, one photograph {among}", unit, gated, "<= 3")
    yield figure(f"media check, one photograph {among}", unit, gated, "<= 25", "the same photograph ungated", free)


def main() -> None:
    connection.creation.create_test_db(verbosity=0)
    settings.LEDGER_COPY = str(settings.VAR / "ledger" / "ledger.jsonl")
    try:
        held = publish("gate", figures(fill()), connection.vendor)
    finally:
        shutil.rmtree(settings.VAR, ignore_errors=True)
    sys.exit(not held)


if __name__ == "__main__":
    main()
