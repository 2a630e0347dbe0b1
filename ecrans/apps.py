from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Ecrans(AppConfig):
    name = "ecrans"
    verbose_name = _("Screens and posters")

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from ecrans import count, recall, rendering, tell  # noqa: F401  they register
        from ecrans import print as paper  # noqa: F401  it registers
        from ecrans.models import Affiche
        from ecrans.permission import Printed

        register_permission_policy(Affiche, Printed(Affiche))
