from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Home(AppConfig):
    name = "home"
    verbose_name = _("Public site")

    def ready(self):
        from home import recall, rendering  # noqa: F401  they register this channel's handler and renderer
