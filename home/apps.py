from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Home(AppConfig):
    name = "home"
    verbose_name = _("Public site")

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from home import count, recall, rendering, tell  # noqa: F401  they register
        from home.models import Post
        from home.permission import Posted

        register_permission_policy(Post, Posted(Post))
