from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _


class Absence(models.Model):
    """Days on which somebody does not read portraits, both included, and who reads in their place."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="absences",
        verbose_name=_("who is away"),
        help_text=_("Somebody who reads portraits."),
    )
    from_day = models.DateField(_("first day"), help_text=_("The first day away."))
    to_day = models.DateField(_("last day"), help_text=_("The last day away, included."))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("substitute"),
        help_text=_("Who reads in their place when nobody of their service is left. Never what they wrote themselves."),
    )

    class Meta:
        ordering = ["-from_day", "pk"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(to_day__gte=F("from_day")), name="absence_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(user=F("substitute")), name="absence_is_covered_by_another"),
        ]

    def __str__(self):
        return f"{self.user.get_full_name() or self.user.get_username()} · {self.from_day} – {self.to_day}"

    @classmethod
    def away(cls, at: datetime) -> dict[int, set[int]]:
        """User id → ids of those who stand in for them, on the borough's day of this instant. One query."""
        day = localtime(at).date()
        found: dict[int, set[int]] = {}
        rows = cls.objects.filter(from_day__lte=day, to_day__gte=day).values_list("user", "substitute")
        for user, substitute in rows:
            found.setdefault(user, set()).update({substitute} - {None})
        return found
