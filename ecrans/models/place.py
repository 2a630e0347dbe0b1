from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel


class Audience(models.TextChoices):
    """Who walks past: it decides which consent is asked at the door."""

    STAFF = "staff", _("Staff only")
    PUBLIC = "public", _("Public")


class Place(models.Model):
    """A wall somewhere: building › floor › room. Screens and posters hang there."""

    building = models.CharField(_("building"), max_length=60, help_text=_("For example: « Mairie »."))
    floor = models.CharField(
        _("floor"), max_length=30, blank=True, help_text=_("For example: « 3e étage ». Leave empty when there is one.")
    )
    room = models.CharField(_("room"), max_length=60, help_text=_("For example: « Cuisine »."))
    audience = models.CharField(
        _("who goes there"),
        max_length=10,
        choices=Audience,
        default=Audience.STAFF,
        help_text=_("A public place shows only the people who said yes to public places."),
    )
    lease_hours = models.PositiveSmallIntegerField(
        _("longest time without network (hours)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
        help_text=_("A screen cut off from the network shows nobody after this time. From 1 hour to 168 (7 days)."),
    )
    open_from = models.TimeField(
        _("opens at"), null=True, blank=True, help_text=_("Outside these hours a screen shows no face. Empty: always.")
    )
    open_to = models.TimeField(
        _("closes at"), null=True, blank=True, help_text=_("Earlier than the opening: the next morning.")
    )

    panels = [
        FieldRowPanel([FieldPanel("building"), FieldPanel("floor"), FieldPanel("room")]),
        FieldPanel("audience"),
        MultiFieldPanel(
            [FieldPanel("lease_hours"), FieldRowPanel([FieldPanel("open_from"), FieldPanel("open_to")])],
            heading=_("Screens of this place"),
        ),
    ]

    class Meta:
        ordering = ["building", "floor", "room"]
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "floor", "room"],
                name="one_place_per_name",
                violation_error_message=_("This place already exists."),
            )
        ]

    def __str__(self):
        return " › ".join(part for part in (self.building, self.floor, self.room) if part)

    def clean(self):
        """Both hours or none. Raises ValidationError on the missing one."""
        if (self.open_from is None) != (self.open_to is None):
            missing = "open_from" if self.open_from is None else "open_to"
            raise ValidationError({missing: _("Give both hours, or none.")})
        if self.open_from is not None and self.open_from == self.open_to:
            raise ValidationError({"open_to": _("The two hours must differ. Leave both empty for « always ».")})
