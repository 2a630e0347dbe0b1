from django.db import models


class Throttle(models.Model):
    """How often one key was used within one window. The key is a keyed hash that changes every day: no address is kept."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"{self.count} until {self.ends_at:%H:%M}"
