"""Files that bring many messages to the inbox at once, and what was chosen about their columns."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from portraits.models.compliment import Compliment


class MessageFile(models.Model):
    """One file of messages. Read first (`done_at` empty: no message is received yet), then taken, whole.

    `content` holds its table between the two (portraits/message_file.py), and nothing afterwards. `choice` is which column
    holds what. `refused` keeps for each refused row its line, column, reason and cells: personal, so that they go in time
    (portraits/collecting.py). `kept` messages were received, `known` were here already.
    """

    CHANNELS = (Compliment.Channel.PHONE, *Compliment.SOCIAL)

    channel = models.CharField(max_length=10, choices=Compliment.Channel)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes)
    choice = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    kept = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    turned_away = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["sha256", "channel"])]

    def __str__(self):
        return self.file_name


class ColumnChoice(models.Model):
    """What was chosen for a file of this channel whose columns have these names (`headers`: their sha256), so that next week's
    asks for nothing. Names of columns alone: no cell."""

    channel = models.CharField(max_length=10, choices=Compliment.Channel)
    headers = models.CharField(max_length=64)
    choice = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "headers"], name="one_choice_per_set_of_columns")]

    def __str__(self):
        return f"{self.channel} {self.headers[:8]}"
