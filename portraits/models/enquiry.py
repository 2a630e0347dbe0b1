from django.db import models

from portraits.duty import Duty


class Enquiry(Duty):
    """Somebody asks, by their e-mail, for the links to what they said yes to. The worker looks whether we know them: the
    page answers the same, as fast, to everybody. The address is emptied once done."""

    email = models.EmailField(blank=True)

    class Meta(Duty.Meta):
        verbose_name_plural = "enquiries"

    def __str__(self):
        return f"enquiry {self.pk}"
