from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Infolettre(AppConfig):
    name = "infolettre"
    verbose_name = _("Newsletter")

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from infolettre import count, forget, models, recall, rendering, tell  # noqa: F401  they register
        from portraits.permission import NeverAlone

        register_permission_policy(models.Infolettre, NeverAlone(models.Infolettre))
