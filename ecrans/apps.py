from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Ecrans(AppConfig):
    name = "ecrans"
    verbose_name = _("Screens and posters")

    def ready(self):
        from ecrans import recall, rendering  # noqa: F401  they register this channel's handlers and renderers
