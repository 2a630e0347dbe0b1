from django.db import migrations
from django.utils.timezone import localdate

from portraits.measure import located


def forwards(apps, schema_editor):
    """What was posted so far is a publication too: figures find it by its address, as they find the next ones."""
    Publication = apps.get_model("portraits", "Publication")
    Exposure = apps.get_model("portraits", "Exposure")
    for post in apps.get_model("home", "Post").objects.order_by("pk"):
        where = {"usage": "social", "locator": f"post:{post.pk}", "version": post.version}
        values = {
            "medium": post.network,
            "published_on": localdate(post.posted_at),
            "portrait_id": post.portrait,
            "exposure": Exposure.objects.filter(**where).first(),
        }
        Publication.objects.get_or_create(address=located(post.address), defaults=values)


class Migration(migrations.Migration):
    dependencies = [("home", "0002_consent_complete"), ("portraits", "0013_figures")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
