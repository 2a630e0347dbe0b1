import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """An employee or a resident who can be depicted or quoted; not necessarily a user account."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        RESIDENT = "resident", _("Resident")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind,
        default=Kind.EMPLOYEE,
        help_text=_("An employee is addressed as « tu », a resident as « vous »."),
    )
    first_name = models.CharField(_("first name"), max_length=40, help_text=_("As the person likes to be called."))
    last_name = models.CharField(
        _("family name"),
        max_length=60,
        blank=True,
        help_text=_("Seen by staff only, to tell two people apart. Never published."),
    )
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Where the consent request is sent."))
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default="fr-ca",
        help_text=_("The language we write to them in."),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
        help_text=_("Their own account, if they have one."),
    )

    class Meta:
        ordering = ["first_name", "last_name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip()
