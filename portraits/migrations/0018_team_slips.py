from django.db import migrations, models

from portraits import triggers


def put(apps, schema_editor):
    """SQLite makes the table anew, and with it its triggers go."""
    triggers.install(schema_editor.connection, triggers.kind_words())


class Migration(migrations.Migration):
    """Words for a whole team: said so on the row, and when the team had them."""

    dependencies = [
        ("portraits", "0017_special_editions"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, put),
        migrations.AddField(
            model_name="compliment",
            name="for_team",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="compliment",
            name="team_told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(put, migrations.RunPython.noop),
    ]
