from django.db import migrations

from portraits import triggers


def forwards(apps, schema_editor):
    triggers.install(schema_editor.connection)


def backwards(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """A table that SQLite makes anew loses its triggers; what they hold has grown too."""

    dependencies = [("portraits", "0003_consent_complete")]
    operations = [migrations.RunPython(forwards, backwards)]
