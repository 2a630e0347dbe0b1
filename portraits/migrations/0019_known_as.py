from django.db import migrations, models

from portraits import triggers


def put(apps, schema_editor):
    """SQLite makes the table anew, and with it its triggers go."""
    triggers.install(schema_editor.connection, triggers.kind_words())


class Migration(migrations.Migration):
    """What an erased message is known by: a keyed hash of its number elsewhere."""

    dependencies = [
        ("portraits", "0018_team_slips"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, put),
        migrations.AddField(
            model_name="compliment",
            name="known_as",
            field=models.CharField(blank=True, db_index=True, default="", max_length=64),
        ),
        migrations.RunPython(put, migrations.RunPython.noop),
    ]
