from django.db import migrations

FROZEN = ("portraits_ledgerentry", "portraits_version", "portraits_subject")
CONSENT = "portraits_consent"
LENGTHENED = (
    "new.ended_at IS NULL OR (old.ended_at IS NOT NULL AND new.ended_at > old.ended_at)"
    " OR new.subject_id <> old.subject_id OR new.usage <> old.usage OR new.usage_number <> old.usage_number"
    " OR new.starts_at <> old.starts_at OR new.ends_at <> old.ends_at"
    " OR new.rendering_sha256 <> old.rendering_sha256 OR new.ledger_entry_id <> old.ledger_entry_id"
)
REFUSE = """
CREATE OR REPLACE FUNCTION portraits_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def triggers():
    """(name, table, event and condition, what is said): as they were at this migration; 0004 puts the present ones."""
    for table in FROZEN:
        for action in ("UPDATE", "DELETE"):
            yield f"{table}_no_{action.lower()}", table, action, "", f"{table} is append-only"
    yield f"{CONSENT}_no_delete", CONSENT, "DELETE", "", "a consent is kept"
    yield f"{CONSENT}_only_ends", CONSENT, "UPDATE", LENGTHENED, "a consent can only be ended"


def forwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    with schema_editor.connection.cursor() as cursor:
        if postgresql:
            cursor.execute(REFUSE)
        for name, table, event, condition, words in triggers():
            if postgresql:
                when = f"FOR EACH ROW WHEN ({condition})" if condition else "FOR EACH ROW"
                body = f"EXECUTE FUNCTION portraits_refuse('{words}')"
            else:
                when = f"WHEN {condition}" if condition else ""
                body = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} {body}")


def backwards(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    with schema_editor.connection.cursor() as cursor:
        for name, table, *_ in triggers():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgresql else ""))


class Migration(migrations.Migration):
    dependencies = [("portraits", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
