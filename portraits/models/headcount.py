"""How many people work in each part of the borough: what the share of portraits is held against. Counts, never a list."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Headcount(models.Model):
    """One part of the borough, along one dimension, and how many people it had on a day. There is no dimension for a manager,
    on purpose: nobody's team is compared with another's."""

    class Dimension(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        FAMILY = "family", _("Job family")
        SITE = "site", _("Site")
        SHIFT = "shift", _("Shift")

    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension, help_text=_("What is compared."))
    name = models.CharField(_("group"), max_length=80, help_text=_("« Travaux publics », « Soir »…"))
    number = models.PositiveIntegerField(_("headcount"), help_text=_("How many people work there, all statuses."))
    counted_on = models.DateField(_("counted on"), help_text=_("The day of the count."))

    class Meta:
        ordering = ["dimension", "name"]
        verbose_name = _("headcount")
        verbose_name_plural = _("headcounts")
        permissions = [("see_equity", _("See how portraits are shared out among groups"))]
        constraints = [models.UniqueConstraint(fields=["dimension", "name"], name="one_headcount_per_group")]

    def __str__(self):
        return f"{self.get_dimension_display()} · {self.name}"
