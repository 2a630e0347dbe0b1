"""What has left already, for those who only announce it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from infolettre.models import Infolettre


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest issue that people received: `sent_at` is when it started leaving, `url` its archive."""

    number: int
    title: str
    sent_at: datetime
    url: str


def latest(at: datetime) -> Latest | None:
    """The newest issue that had left at this instant, or None. One query."""
    rows = Infolettre.objects.filter(started_at__lte=at).exclude(state=Infolettre.State.DRAFT)
    row = rows.order_by("-started_at").values("number", "composition__title", "started_at").first()
    if row is None:
        return None
    url = reverse("infolettre", args=[row["number"]])
    return Latest(row["number"], row["composition__title"], row["started_at"], url)
