import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class People(models.QuerySet):
    def known(self):
        """Whom staff meet and write about: not the citizens who wrote kind words, who are in no directory."""
        return self.exclude(kind=Person.Kind.WRITER)


class Person(models.Model):
    """An employee or a resident who can be depicted or quoted; not necessarily a user account."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        RESIDENT = "resident", _("Resident")
        WRITER = "writer", _("Writer of kind words")

    class Reach(models.TextChoices):
        EMAIL = "email", _("By e-mail")
        SMS = "sms", _("By text message")
        LETTER = "letter", _("By a printed letter")
        COUNTER = "counter", _("At a counter")

    class News(models.TextChoices):
        WEEKLY = "weekly", _("One e-mail a week at most")
        NEVER = "never", pgettext_lazy("news", "None")

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

    phone = models.CharField(
        _("mobile number"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9][0-9 ().-]{6,18}$", _("A telephone number, for example 514 555-0142."))],
        help_text=_("For a text message, when they have no e-mail. Seen by staff only."),
    )
    reach = models.CharField(
        _("how we reach them"),
        max_length=10,
        choices=Reach,
        default=Reach.EMAIL,
        help_text=_("How the consent request gets to them."),
    )
    turns_14_on = models.DateField(
        _("14th birthday"),
        null=True,
        blank=True,
        help_text=_("For a minor only. The year of birth is not kept. Before that day the guardian answers."),
    )
    turns_18_on = models.DateField(
        _("18th birthday"),
        null=True,
        blank=True,
        help_text=_("For a minor only. From 14 to 18, the minor and the guardian both answer."),
    )
    team = models.ForeignKey(
        "portraits.Team",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("team"),
        help_text=_("To bring them the kind words that residents write."),
    )
    groups = models.ManyToManyField(
        "portraits.Headcount",
        blank=True,
        related_name="people",
        verbose_name=_("groups"),
        help_text=_("Department, job family, site, shift: only to see whether every group gets its portraits."),
    )
    in_service_since = models.PositiveSmallIntegerField(
        _("works here since"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1950), MaxValueValidator(2100)],
        help_text=_(
            "The year only, if they like it to be celebrated: a special edition proposes their portrait at 5, 10, 15… years. "
            "Never published."
        ),
    )
    left_on = models.DateField(
        _("left on"),
        null=True,
        blank=True,
        help_text=_("The first day when an employee no longer works here: their consents end at midnight that day."),
    )

    news = models.CharField(
        _("news of kind words"),
        max_length=10,
        choices=News,
        default=News.WEEKLY,
        help_text=_(
            "What colleagues say waits for one e-mail a week. Words of residents and requests are not concerned."
        ),
    )

    objects = People.as_manager()

    class Meta:
        ordering = ["first_name", "last_name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip()
