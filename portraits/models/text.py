from django.db import models

from portraits.duty import Duty


class Text(Duty):
    """A text message to be sent: a row in the transaction that caused it. Its body is emptied once sent: it may carry a link.

    `question`: it puts a question to a person; that any other message came back would tell editors that somebody answered.
    """

    to = models.CharField(max_length=20)
    body = models.CharField(max_length=400, blank=True)
    question = models.BooleanField(default=False)

    def __str__(self):
        return f"text {self.pk} {self.state}"
