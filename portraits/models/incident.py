from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portraits.usages import Usage


class Incident(models.Model):
    """One line of the register of confidentiality incidents (Québec, A-2.1, art. 63.8). Never deleted: a trigger holds it.

    `cause` names the missed promise that opened it by itself, once; empty when somebody wrote it. Open until `closed_at`.
    """

    opened_at = models.DateTimeField(_("known since"), editable=False)
    cause = models.CharField(max_length=60, blank=True, editable=False)
    exposure = models.ForeignKey("portraits.Exposure", models.PROTECT, null=True, editable=False, related_name="+")
    usage = models.CharField(
        _("usage"), max_length=20, choices=Usage, blank=True, help_text=_("Where it was shown; empty when elsewhere.")
    )
    happened_on = models.CharField(
        _("date or period"), max_length=80, help_text=_("When it happened, as well as it is known.")
    )
    what = models.TextField(
        _("circumstances"), max_length=2000, help_text=_("What happened, and how. Name nobody: the register is kept.")
    )
    information = models.TextField(
        _("information concerned"),
        max_length=1000,
        help_text=_("Which personal information: a photo, a first name, a job. If it is not known, say why."),
    )
    people = models.PositiveIntegerField(
        _("people concerned"), null=True, blank=True, help_text=_("How many; roughly if it is not known exactly.")
    )
    serious_risk = models.BooleanField(
        _("risk of serious injury"),
        null=True,
        blank=True,
        choices=[(None, _("Not assessed yet")), (True, _("Yes")), (False, _("No"))],
        help_text=_(
            "If yes, the Commission d’accès à l’information and the people concerned must be told without delay."
        ),
    )
    assessment = models.TextField(
        _("assessment of the risk"),
        max_length=2000,
        blank=True,
        help_text=_("How sensitive the information is, what could come of it, and how likely it is to be misused."),
    )
    measures = models.TextField(
        _("measures"),
        max_length=2000,
        blank=True,
        help_text=_("What was done to lessen the injury, and to prevent another."),
    )
    notified_at = models.DateField(
        _("Commission told on"), null=True, blank=True, help_text=_("When there is a risk of serious injury.")
    )
    told_at = models.DateField(
        _("people told on"), null=True, blank=True, help_text=_("When there is a risk of serious injury.")
    )
    closed_at = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("Once the risk is assessed and the measures are taken.")
    )

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=~Q(cause=""), name="one_incident_per_cause"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(serious_risk__isnull=False) & ~Q(measures="")),
                name="incident_closed_once_assessed",
                violation_error_message=_("Before closing: assess the risk, and say which measures were taken."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | ~Q(serious_risk=True)
                | Q(notified_at__isnull=False, told_at__isnull=False),
                name="incident_closed_once_told",
                violation_error_message=_(
                    "With a risk of serious injury, the Commission and the people are told before it is closed."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.opened_at:%Y-%m-%d} · {self.pk}"
