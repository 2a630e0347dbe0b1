"""Each night: to whom an issue went is kept no longer than it serves. The row stays, and whether it arrived."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from infolettre.models import Delivery, Subscriber
from portraits import duty, retention


@retention.also
def forget(*, at: datetime) -> Counter:
    """The addresses and first names of whoever is no longer on the list, RETENTION_DAYS after their mail left or was refused.
    Those who still are on it keep theirs: it stands in the list anyway, and an old mail must still let them leave it."""
    there = Subscriber.objects.filter(active=True).values("email")
    rows = duty.over(Delivery, before=retention.since(at)).exclude(address__in=there)
    rows = rows.exclude(address__endswith=Delivery.FORGOTTEN)
    alone = Concat(Cast("pk", CharField()), Value(Delivery.FORGOTTEN))  # an issue and an address are together once
    return Counter(deliveries=rows.update(address=alone, first_name="", error=""))
