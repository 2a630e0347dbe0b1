from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Representation(models.Model):
    """Who answers for a minor or a represented adult, and until when."""

    class Quality(models.TextChoices):
        PARENT = "parent", _("Parent")
        GUARDIAN = "guardian", _("Guardian")
        MANDATE = "mandate", _("Under a mandate")

    person = models.ForeignKey(
        "portraits.Person",
        models.PROTECT,
        related_name="representations",
        verbose_name=_("person"),
        help_text=_("Whoever cannot answer alone."),
    )
    representative = models.ForeignKey(
        "portraits.Person",
        models.PROTECT,
        related_name="+",
        verbose_name=_("represented by"),
        help_text=_("Whoever answers for them. They receive the request."),
    )
    quality = models.CharField(
        _("as"), max_length=10, choices=Quality, default=Quality.PARENT, help_text=_("What lets them answer.")
    )
    valid_until = models.DateField(
        _("valid until"), help_text=_("The 18th birthday, or the end of the mandate. It ends that day.")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("representative")), name="represented_by_another"),
            models.UniqueConstraint(fields=["person", "representative"], name="one_representation_per_pair"),
        ]
        verbose_name = _("representation")
        verbose_name_plural = _("representations")

    def __str__(self):
        return f"{self.representative} › {self.person}"
