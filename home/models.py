from django.db import models
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page


class Illustration(AbstractImage):
    """A picture without people. Wagtail's image admin shows it; its renditions carry their own address."""

    admin_form_fields = Image.admin_form_fields


class IllustrationRendition(AbstractRendition):
    image = models.ForeignKey(Illustration, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition")
        ]

    @property
    def url(self):
        return f"/images/{self.pk}/"  # the default storage has no URL


class HomePage(RoutablePageMixin, Page):
    """The article that gathers all capsules, with a routed page per capsule."""
