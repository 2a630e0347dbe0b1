"""What the database itself refuses: changing a ledger line, a frozen Version or its Subjects, or lengthening a consent.

Plain SQL, for SQLite and PostgreSQL, installed by a migration. A cascade, a shell or a raw query meets them too.
"""

FROZEN = ("portraits_ledgerentry", "portraits_version", "portraits_subject")
CONSENT = "portraits_consent"
# A consent may only be ended, or its end brought nearer, with its reason.
LENGTHENED = (
    "new.ended_at IS NULL OR (old.ended_at IS NOT NULL AND new.ended_at > old.ended_at)"
    " OR new.subject_id <> old.subject_id OR new.usage <> old.usage OR new.usage_number <> old.usage_number"
    " OR new.starts_at <> old.starts_at OR new.ends_at <> old.ends_at"
    " OR new.rendering_sha256 <> old.rendering_sha256 OR new.ledger_entry_id <> old.ledger_entry_id"
)


def _sqlite():
    for table in FROZEN:
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            yield (
                name,
                table,
                (
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ),
            )
    name = f"{CONSENT}_no_delete"
    yield (
        name,
        CONSENT,
        f"CREATE TRIGGER {name} BEFORE DELETE ON {CONSENT} BEGIN SELECT RAISE(ABORT, 'a consent is kept'); END",
    )
    name = f"{CONSENT}_only_ends"
    yield (
        name,
        CONSENT,
        (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {CONSENT} WHEN {LENGTHENED}"
            " BEGIN SELECT RAISE(ABORT, 'a consent can only be ended'); END"
        ),
    )


def _postgresql():
    for table in FROZEN:
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            yield (
                name,
                table,
                (
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION portraits_refuse('append-only')"
                ),
            )
    name = f"{CONSENT}_no_delete"
    yield (
        name,
        CONSENT,
        (
            f"CREATE TRIGGER {name} BEFORE DELETE ON {CONSENT} FOR EACH ROW EXECUTE FUNCTION portraits_refuse('a consent is kept')"
        ),
    )
    name = f"{CONSENT}_only_ends"
    yield (
        name,
        CONSENT,
        (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {CONSENT} FOR EACH ROW WHEN ({LENGTHENED})"
            " EXECUTE FUNCTION portraits_refuse('a consent can only be ended')"
        ),
    )


REFUSE = """
CREATE OR REPLACE FUNCTION portraits_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def install(connection) -> None:
    """Create the triggers on this database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REFUSE)
        for _, _, sql in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(sql)


def remove(connection) -> None:
    """Drop the triggers (a migration backwards; a test that must empty the tables)."""
    with connection.cursor() as cursor:
        for name, table, _ in _sqlite():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
