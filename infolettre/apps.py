from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Infolettre(AppConfig):
    name = "infolettre"
    verbose_name = _("Newsletter")

    def ready(self):
        from infolettre import recall, rendering  # noqa: F401  they register this channel's handler and renderer
