from django.db import migrations


def forwards(apps, schema_editor):
    """The link that was mailed with each request becomes a row: it goes on answering and withdrawing."""
    request, link = apps.get_model("portraits", "ConsentRequest"), apps.get_model("portraits", "Link")
    for row in request.objects.exclude(token_sha256=None).iterator():
        link.objects.create(request_id=row.pk, kind="respond", token_sha256=row.token_sha256, made_at=row.asked_at)


def backwards(apps, schema_editor):
    """One link per request is all that the former table holds: the first that was made."""
    link = apps.get_model("portraits", "Link")
    for row in apps.get_model("portraits", "ConsentRequest").objects.iterator():
        first = link.objects.filter(request_id=row.pk, kind="respond").order_by("pk").first()
        row.token_sha256 = first.token_sha256 if first else f"{row.pk:064}"
        row.save(update_fields=["token_sha256"])


class Migration(migrations.Migration):
    dependencies = [("portraits", "0003_consent_complete")]
    operations = [migrations.RunPython(forwards, backwards)]
