import importlib

from django.db import migrations, models

from portraits import triggers

former = importlib.import_module("portraits.migrations.0005_triggers_again")


def fill(apps, schema_editor):
    """What a Version is a copy of, in every language, written on the Version itself."""
    triggers.remove(schema_editor.connection)
    Version = apps.get_model("portraits", "Version")
    for key, across in apps.get_model("portraits", "Portrait").objects.values_list("pk", "translation_key"):
        Version.objects.filter(portrait=key).update(across=across)


def forwards(apps, schema_editor):
    triggers.install(schema_editor.connection)


def backwards(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("portraits", "0009_kind_words")]
    operations = [
        migrations.RunPython(fill, former.forwards),
        migrations.AlterField("version", "across", models.UUIDField(db_index=True)),
        migrations.RunPython(forwards, backwards),
    ]
