from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Intranet(AppConfig):
    name = "intranet"

    def ready(self):
        from intranet import (
            anchors,  # noqa: F401  registers what it mailed
            celery,
            checks,  # noqa: F401  registers the system checks
            mail,  # noqa: F401  registers what it forgets
            roles,
        )

        celery.folders()
        post_migrate.connect(roles.sync, sender=self, dispatch_uid="intranet_roles")
