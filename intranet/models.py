from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from portraits.duty import Duty


class User(AbstractUser):
    """An account. What it may do comes from its groups (intranet.roles)."""

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self):
        """Who it is, as colleagues say it; the login when no name was given."""
        return self.get_full_name() or self.get_username()


class Letter(Duty):
    """A mail to be sent: a row in the transaction that caused it. Its body and attachments are emptied once sent: they may
    carry a link.

    `attachments`: a list of {"name", "type", "content"}, the content in base 64. `question`: it puts a question to a person,
    or puts it again; that any other mail came back would tell editors that somebody answered.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list, blank=True)
    from_email = models.CharField(max_length=200)
    question = models.BooleanField(default=False)

    def __str__(self):
        return f"letter {self.pk} {self.state}"


class Anchor(models.Model):
    """The ledger's head as it was mailed one day (intranet.anchors): one row per day, so that two bells make one mail."""

    day = models.DateField(unique=True)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self):
        return f"{self.seq}:{self.hash}"
