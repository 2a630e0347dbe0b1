from django.db import models

from portraits.duty import Duty


class Receipt(Duty):
    """The receipt owed to whoever decided something about one portrait at one instant: answered, withdrew, paused, undid.

    Its words are the ledger's lines of that instant, read when it is made. `across` is the portrait in every language;
    `mailed_at` is set in the transaction that writes the mail or the text, so that there is one however often a worker dies; or
    when somebody says that they gave it on paper.
    """

    number = models.UUIDField(unique=True)
    request = models.ForeignKey("portraits.ConsentRequest", models.PROTECT, related_name="+")
    person = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    across = models.UUIDField()
    decided_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)

    class Meta(Duty.Meta):
        constraints = [
            models.UniqueConstraint(fields=["person", "across", "decided_at"], name="one_receipt_per_decision")
        ]

    def __str__(self):
        return f"receipt {self.number}"


class Closing(Duty):
    """The report owed to whoever withdrew, paused, or said a yes that ended: what was removed when, what remains until when.

    `ended` is usage → the instant of its end, as the ledger writes it; several taps make one report. `told_at` is when a
    first report said what remained, `closed_at` when the last one left: each is set with its mail, so that there is one.
    """

    request = models.ForeignKey("portraits.ConsentRequest", models.PROTECT, related_name="+")
    person = models.ForeignKey("portraits.Person", models.PROTECT, related_name="+")
    across = models.UUIDField()
    since = models.DateTimeField()
    ended = models.JSONField()
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(Duty.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "across", "since"], name="one_closing_per_end")]

    def __str__(self):
        return f"closing {self.pk} {self.state}"
