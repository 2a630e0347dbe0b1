from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from portraits.models.request import ConsentRequest


class AddressChange(models.Model):
    """Somebody wrote where a person is asked, or who answers for them, at first or anew. Readers are told, since that decides
    who answers."""

    class What(models.TextChoices):
        ADDRESS = "address"  # e-mail, number, how they are reached, or the account that proves their answer
        REPRESENTATIVE = "representative"  # who it is, as what, until when, and the birthdays that decide of it

    person = models.ForeignKey("portraits.Person", models.CASCADE, related_name="address_changes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    first = models.BooleanField(default=False)
    what = models.CharField(max_length=14, choices=What, default=What.ADDRESS)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.what} of person {self.person_id}, {self.at:%Y-%m-%d}"

    @classmethod
    def unasked(cls, people) -> QuerySet["AddressChange"]:
        """Those written since each of these people was last asked about a portrait: somebody read where that went. Kind words
        are brought to them without a reader."""
        answered_by = Q(subject__person=OuterRef("person")) | Q(recipient=OuterRef("person"))
        asked = ConsentRequest.objects.filter(answered_by, asked_at__gte=OuterRef("at"))
        asked = asked.filter(subject__version__portrait__isnull=False)
        return cls.objects.filter(~Exists(asked), person__in=people)
