from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class Portraits(AppConfig):
    name = "portraits"
    verbose_name = _("Portraits")

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from portraits import notices, workflow
        from portraits.models import (
            Edition,
            Incident,
            Person,
            Photo,
            Portrait,
            Publication,
            ReplyTemplate,
            Spot,
            Survey,
            Team,
        )
        from portraits.permission import NeverAlone

        for model in (Portrait, Person, Photo, Incident, Team, Spot, ReplyTemplate, Publication, Survey, Edition):
            register_permission_policy(model, NeverAlone(model))
        post_migrate.connect(notices.seed, sender=self, dispatch_uid="portraits.notices")
        workflow.connect()
