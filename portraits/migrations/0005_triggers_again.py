from django.db import migrations

from portraits import triggers


def forwards(apps, schema_editor):
    triggers.install(schema_editor.connection)


def backwards(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """A table that SQLite makes anew loses its triggers, and what they hold has grown: all are put again, last of all."""

    dependencies = [("portraits", "0004_links_of_their_own")]
    operations = [
        migrations.RemoveField("consentrequest", "token_sha256"),
        migrations.RunPython(forwards, backwards),
    ]
