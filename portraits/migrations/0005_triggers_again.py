from django.db import migrations

from portraits import triggers
from portraits.triggers import Trigger

AS_THEY_WERE = (
    Trigger(
        "portraits_ledgerentry_no_update",
        "portraits_ledgerentry",
        "UPDATE",
        "",
        "portraits_ledgerentry is append-only",
    ),
    Trigger(
        "portraits_ledgerentry_no_delete",
        "portraits_ledgerentry",
        "DELETE",
        "",
        "portraits_ledgerentry is append-only",
    ),
    Trigger(
        "portraits_subject_no_update",
        "portraits_subject",
        "UPDATE",
        "",
        "portraits_subject is append-only",
    ),
    Trigger(
        "portraits_subject_no_delete",
        "portraits_subject",
        "DELETE",
        "",
        "portraits_subject is append-only",
    ),
    Trigger(
        "portraits_link_no_update",
        "portraits_link",
        "UPDATE",
        "",
        "portraits_link is append-only",
    ),
    Trigger(
        "portraits_link_no_delete",
        "portraits_link",
        "DELETE",
        "",
        "portraits_link is append-only",
    ),
    Trigger(
        "portraits_version_no_update",
        "portraits_version",
        "UPDATE",
        "old.purged_at IS NOT NULL OR new.purged_at IS NULL OR CAST(new.content AS TEXT) <> '{}' OR new.id <> old.id OR new.portrait_id <> old.portrait_id OR new.photo_id <> old.photo_id OR new.fingerprint <> old.fingerprint OR new.key <> old.key OR new.slug <> old.slug OR new.language <> old.language OR new.frozen_at <> old.frozen_at OR COALESCE(new.partner_photo_id, 0) <> COALESCE(old.partner_photo_id, 0) OR COALESCE(new.frozen_by_id, 0) <> COALESCE(old.frozen_by_id, 0)",
        "a frozen version never changes",
    ),
    Trigger(
        "portraits_version_no_delete",
        "portraits_version",
        "DELETE",
        "",
        "a frozen version is kept",
    ),
    Trigger(
        "portraits_consent_no_delete",
        "portraits_consent",
        "DELETE",
        "",
        "a consent is kept",
    ),
    Trigger(
        "portraits_consent_only_ends",
        "portraits_consent",
        "UPDATE",
        "new.ended_at IS NULL OR (old.ended_at IS NOT NULL AND new.ended_at > old.ended_at) OR new.subject_id <> old.subject_id OR new.request_id <> old.request_id OR new.usage <> old.usage OR new.usage_number <> old.usage_number OR new.starts_at <> old.starts_at OR new.ends_at <> old.ends_at OR new.method <> old.method OR new.actor_id <> old.actor_id OR new.language <> old.language OR new.rendering_sha256 <> old.rendering_sha256 OR new.ledger_entry_id <> old.ledger_entry_id",
        "a consent can only be ended",
    ),
    Trigger(
        "portraits_noticetext_no_update",
        "portraits_noticetext",
        "UPDATE",
        "old.published_at IS NOT NULL",
        "a notice in use never changes",
    ),
    Trigger(
        "portraits_noticetext_no_delete",
        "portraits_noticetext",
        "DELETE",
        "old.published_at IS NOT NULL",
        "a notice in use is kept",
    ),
    Trigger(
        "portraits_consentrequest_no_update",
        "portraits_consentrequest",
        "UPDATE",
        "new.subject_id <> old.subject_id OR new.asked_at <> old.asked_at OR new.notice_code <> old.notice_code OR new.notice <> old.notice OR new.renewal <> old.renewal",
        "what was asked never changes",
    ),
    Trigger(
        "portraits_consentrequest_no_delete",
        "portraits_consentrequest",
        "DELETE",
        "",
        "a request is kept",
    ),
    Trigger(
        "portraits_incident_no_update",
        "portraits_incident",
        "UPDATE",
        "new.opened_at <> old.opened_at OR new.cause <> old.cause",
        "how an incident was opened never changes",
    ),
    Trigger(
        "portraits_incident_no_delete",
        "portraits_incident",
        "DELETE",
        "",
        "an incident is kept",
    ),
    Trigger(
        "portraits_evidence_no_update",
        "portraits_evidence",
        "UPDATE",
        "new.request_id <> old.request_id OR new.kind <> old.kind OR new.said_at <> old.said_at OR new.recorded_by_id <> old.recorded_by_id OR new.recorded_at <> old.recorded_at OR new.answers <> old.answers OR new.seen <> old.seen OR new.days <> old.days OR new.sha256 <> old.sha256",
        "what was recorded never changes",
    ),
    Trigger(
        "portraits_evidence_no_delete",
        "portraits_evidence",
        "DELETE",
        "",
        "evidence is kept by policy",
    ),
)


def forwards(apps, schema_editor):
    triggers.install(schema_editor.connection, AS_THEY_WERE)


def backwards(apps, schema_editor):
    triggers.remove(schema_editor.connection, AS_THEY_WERE)


class Migration(migrations.Migration):
    """A table that SQLite makes anew loses its triggers, and what they hold has grown: all are put again, last of all."""

    dependencies = [("portraits", "0004_links_of_their_own")]
    operations = [
        migrations.RemoveField("consentrequest", "token_sha256"),
        migrations.RunPython(forwards, backwards),
    ]
