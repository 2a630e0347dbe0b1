from django.db import models
from django.utils.translation import gettext_lazy as _


class Reaction(models.Model):
    """One tap of a colleague under kind words of the intranet's wall. Told to those whom the words are for and to who wrote
    them, by first name; never counted, never ranked."""

    class Kind(models.TextChoices):
        BRAVO = "bravo", _("Bravo!")
        TOUCHED = "touche", _("It moves me")

    compliment = models.ForeignKey("portraits.Compliment", models.CASCADE, related_name="reactions")
    person = models.ForeignKey("portraits.Person", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["compliment", "person"], name="one_reaction_per_person")]

    def __str__(self):
        return f"reaction {self.pk}"


class Confidence(models.Model):
    """Kind words that somebody chose to send to their own manager: to whom, and when. The address goes with the words."""

    compliment = models.ForeignKey("portraits.Compliment", models.PROTECT, related_name="confidences")
    person = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    email = models.EmailField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"confidence {self.pk}"
