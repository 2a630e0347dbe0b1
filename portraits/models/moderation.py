"""What moderators decide about kind words, beside the words themselves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Dismissal(models.Model):
    """A moderator read a proposed mask and left the words as they are. `digest` is a hash of those words: what was judged
    harmless once is not asked again, wherever it stands in this message."""

    compliment = models.ForeignKey("portraits.Compliment", models.PROTECT, related_name="dismissals")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["compliment", "digest"], name="dismissed_once")]

    def __str__(self):
        return f"dismissal {self.pk}"


class Brief(models.Model):
    """Somebody to meet: a trade, because of the theme of a criticism turned round, never its words nor where it came from; or a
    `group` that portraits left out, then there is no theme. Kept for a `month`, its first day, once somebody decided so."""

    theme = models.CharField(
        _("theme"), max_length=80, help_text=_("What it is about, in your words: « Le bruit du déneigement la nuit ».")
    )
    trade = models.CharField(
        _("trade to meet"), max_length=80, help_text=_("Who knows about it from inside: « Conductrice de souffleuse ».")
    )
    note = models.TextField(
        _("note"),
        max_length=500,
        blank=True,
        help_text=_("What a portrait could let people discover. No name of a resident."),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    group = models.ForeignKey("portraits.Headcount", models.CASCADE, null=True, related_name="+")
    month = models.DateField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("idea to turn round")
        verbose_name_plural = _("ideas to turn round")
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(met_at=None), name="one_group_to_meet_at_a_time"
            )
        ]

    def __str__(self):
        return self.theme or self.trade


class KeptSearch(models.Model):
    """A search of the inbox that one moderator keeps, for them alone: what its form said, as it stands in an address."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40, help_text=_("Yours alone: « Pool, this summer »."))
    query = models.CharField(max_length=600)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["by", "name"], name="kept_search_once")]

    def __str__(self):
        return self.name
