from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Push(models.Model):
    """Something of which one person is to be told although they asked nothing: it waits for their mail of the week
    (portraits/push.py). It holds no words: only that there is something to read. `outcome` says why nothing was sent."""

    class Kind(models.TextChoices):
        BRAVO = "bravo", pgettext_lazy("tu", "A colleague said bravo to you")
        REACTION = "reaction", pgettext_lazy("tu", "Colleagues were touched by words about you")

    class Outcome(models.TextChoices):
        WAITING = "", _("waits for the mail of the week")
        SENT = "sent", pgettext_lazy("news", "sent")
        NO_ADDRESS = "no_address", pgettext_lazy("tu", "not sent: we do not write to you by e-mail")
        UNWANTED = "unwanted", pgettext_lazy("tu", "not sent: you asked for none")
        GONE = "gone", _("not sent: the words were taken back")

    person = models.ForeignKey("portraits.Person", models.CASCADE, related_name="pushes")
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.ForeignKey("portraits.Compliment", models.CASCADE, related_name="+")
    since = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default=Outcome.WAITING)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint("person", "kind", "about", condition=models.Q(outcome=""), name="one_waiting_push"),
        ]
        indexes = [models.Index(fields=["outcome", "person"])]

    def __str__(self):
        return self.get_kind_display()
