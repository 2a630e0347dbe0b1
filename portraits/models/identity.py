from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


class Colour(models.TextChoices):
    """The flat colours of the campaign. Black ink holds at least 7:1 on each (tests/test_look.py checks the style sheet)."""

    CONE = "cone", _("Cone orange")
    AUTOBUS = "autobus", _("Bus yellow")
    RUELLE = "ruelle", _("Alley green")
    PISCINE = "piscine", _("Pool blue")
    LILAS = "lilas", _("Lilac")
    BRIQUE = "brique", _("Brick")


@register_setting(icon="site")
class Identity(BaseGenericSetting):
    """Who speaks: the borough, its colour, and whom to ask for help. Printed on every channel."""

    name_first_line = models.CharField(
        _("name, first line"), max_length=30, default="Arrondissement", help_text=_("Beside the mark, on two lines.")
    )
    name_second_line = models.CharField(
        _("name, second line"), max_length=30, default="des Érables", help_text=_("For example: « des Érables ».")
    )
    edition = models.CharField(
        _("colour"),
        max_length=10,
        choices=Colour,
        default=Colour.CONE,
        help_text=_("One flat colour for every channel."),
    )
    help_contact = models.CharField(
        _("help with consent"),
        max_length=120,
        default="Bureau des accords, 514 555-0142, accords@erables.example",
        help_text=_("Somebody who is not the person’s manager nor human resources: name, telephone, e-mail."),
    )

    panels = [
        FieldPanel("name_first_line"),
        FieldPanel("name_second_line"),
        FieldPanel("edition"),
        FieldPanel("help_contact"),
    ]

    class Meta:
        verbose_name = _("identity")

    @property
    def name(self):
        return f"{self.name_first_line} {self.name_second_line}"
