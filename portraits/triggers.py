"""What the database itself refuses: changing a ledger line, a frozen Version or its Subjects, a notice in use, or
lengthening a consent.

Plain SQL, for SQLite and PostgreSQL, installed by a migration. A cascade, a shell or a raw query meets them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FROZEN = ("portraits_ledgerentry", "portraits_subject", "portraits_link")
VERSION = "portraits_version"
CONSENT, NOTICE, EVIDENCE, REQUEST = (
    "portraits_consent",
    "portraits_noticetext",
    "portraits_evidence",
    "portraits_consentrequest",
)
# A consent may only be ended, or its end brought nearer, with its reason.
_SAME = ("subject_id", "request_id", "usage", "usage_number", "starts_at", "ends_at", "method", "actor_id", "language")
LENGTHENED = " OR ".join(
    [
        "new.ended_at IS NULL",
        "(old.ended_at IS NOT NULL AND new.ended_at > old.ended_at)",
        *(f"new.{column} <> old.{column}" for column in (*_SAME, "rendering_sha256", "ledger_entry_id")),
    ]
)
# A Version may only be purged, once: its words go, its fingerprint and the rest stay. Numbers are never 0.
VERSION_KEPT = ("id", "across", "fingerprint", "key", "slug", "language", "frozen_at")
VERSION_KEPT_IF_ANY = ("portrait_id", "compliment_id", "photo_id", "partner_photo_id", "frozen_by_id")
NOT_A_PURGE = " OR ".join(
    [
        "old.purged_at IS NOT NULL",
        "new.purged_at IS NULL",
        "CAST(new.content AS TEXT) <> '{}'",
        *(f"new.{column} <> old.{column}" for column in VERSION_KEPT),
        *(f"COALESCE(new.{column}, 0) <> COALESCE(old.{column}, 0)" for column in VERSION_KEPT_IF_ANY),
    ]
)
# What somebody wrote stays as they wrote it, until it is erased.
COMPLIMENT, WORDING = "portraits_compliment", "portraits_wording"
FIGURE = "portraits_figure"
REWRITTEN = "new.original <> old.original AND (new.original <> '' OR new.erased_at IS NULL)"
REWORDED = "new.compliment_id <> old.compliment_id OR new.at <> old.at OR (new.text <> old.text AND new.text <> '')"
# The register of incidents is filled in, never emptied.
INCIDENT = "portraits_incident"
INCIDENT_MOVED = "new.opened_at <> old.opened_at OR new.cause <> old.cause"
# What was put to somebody stays what it was; only the answer's traces move.
ASKED_CHANGED = " OR ".join(
    f"new.{column} <> old.{column}" for column in ("subject_id", "asked_at", "notice_code", "notice", "renewal")
)
EVIDENCE_CHANGED = " OR ".join(
    f"new.{column} <> old.{column}"
    for column in (
        "request_id",
        "kind",
        "said_at",
        "recorded_by_id",
        "recorded_at",
        "answers",
        "seen",
        "days",
        "sha256",
    )
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """One refusal: `event` on `table`, when `condition` holds (always, when it is empty), answered by `words`."""

    name: str
    table: str
    event: str
    condition: str
    words: str


def triggers() -> Iterator[Trigger]:
    """Every refusal of the heart's tables."""
    for table in FROZEN:
        for event in ("UPDATE", "DELETE"):
            yield Trigger(f"{table}_no_{event.lower()}", table, event, "", f"{table} is append-only")
    yield Trigger(f"{VERSION}_no_update", VERSION, "UPDATE", NOT_A_PURGE, "a frozen version never changes")
    yield Trigger(f"{VERSION}_no_delete", VERSION, "DELETE", "", "a frozen version is kept")
    yield Trigger(f"{CONSENT}_no_delete", CONSENT, "DELETE", "", "a consent is kept")
    yield Trigger(f"{CONSENT}_only_ends", CONSENT, "UPDATE", LENGTHENED, "a consent can only be ended")
    published = "old.published_at IS NOT NULL"
    yield Trigger(f"{NOTICE}_no_update", NOTICE, "UPDATE", published, "a notice in use never changes")
    yield Trigger(f"{NOTICE}_no_delete", NOTICE, "DELETE", published, "a notice in use is kept")
    yield Trigger(f"{REQUEST}_no_update", REQUEST, "UPDATE", ASKED_CHANGED, "what was asked never changes")
    yield Trigger(f"{REQUEST}_no_delete", REQUEST, "DELETE", "", "a request is kept")
    yield Trigger(
        f"{INCIDENT}_no_update", INCIDENT, "UPDATE", INCIDENT_MOVED, "how an incident was opened never changes"
    )
    yield Trigger(f"{INCIDENT}_no_delete", INCIDENT, "DELETE", "", "an incident is kept")
    yield from kind_words()
    yield from figures()
    yield Trigger(f"{EVIDENCE}_no_update", EVIDENCE, "UPDATE", EVIDENCE_CHANGED, "what was recorded never changes")
    yield Trigger(f"{EVIDENCE}_no_delete", EVIDENCE, "DELETE", "", "evidence is kept by policy")


def kind_words() -> Iterator[Trigger]:
    """What somebody wrote is kept as they wrote it, or erased."""
    yield Trigger(f"{COMPLIMENT}_no_update", COMPLIMENT, "UPDATE", REWRITTEN, "what somebody wrote never changes")
    yield Trigger(f"{COMPLIMENT}_no_delete", COMPLIMENT, "DELETE", "", "a compliment is kept, or erased")
    yield Trigger(f"{WORDING}_no_update", WORDING, "UPDATE", REWORDED, "another wording is another row")
    yield Trigger(f"{WORDING}_no_delete", WORDING, "DELETE", "", "a wording is kept, or erased")


def figures() -> Iterator[Trigger]:
    """A figure that was read stays as it was read."""
    for event in ("UPDATE", "DELETE"):
        yield Trigger(f"{FIGURE}_no_{event.lower()}", FIGURE, event, "", "a figure is never changed: another is added")


REFUSE = """
CREATE OR REPLACE FUNCTION portraits_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def install(connection, which: Iterable[Trigger] = ()) -> None:
    """Create the triggers on this database (all of them, or those of a former time), in place of any of the same name.
    Tables that a later migration makes have theirs from it."""
    which = _of_tables(connection, which)
    remove(connection, which)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REFUSE)
        for one in which:
            cursor.execute(_sql(one, connection.vendor == "postgresql"))


def _of_tables(connection, which: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """These triggers (all without any), for the tables that are there already."""
    there = set(connection.introspection.table_names())
    return tuple(one for one in tuple(which) or triggers() if one.table in there)


def _sql(one: Trigger, postgresql: bool) -> str:
    if postgresql:
        when = f"FOR EACH ROW WHEN ({one.condition})" if one.condition else "FOR EACH ROW"
        body = f"EXECUTE FUNCTION portraits_refuse('{one.words}')"
    else:
        when = f"WHEN {one.condition}" if one.condition else ""
        body = f"BEGIN SELECT RAISE(ABORT, '{one.words}'); END"
    return f"CREATE TRIGGER {one.name} BEFORE {one.event} ON {one.table} {when} {body}"


def remove(connection, which: Iterable[Trigger] = ()) -> None:
    """Drop the triggers (a migration backwards; a test that must empty the tables)."""
    with connection.cursor() as cursor:
        for one in _of_tables(connection, which):
            on = f" ON {one.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {one.name}{on}")
