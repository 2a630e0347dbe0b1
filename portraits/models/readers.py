"""Who may read a portrait before the person is asked: nobody who wrote any of it, somebody of the other service than who
wrote last, and holidays block nobody. Services are the groups of the reading task (intranet/roles.py fills them)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision, TaskState

from portraits.models.absence import Absence
from portraits.models.address import AddressChange
from portraits.models.representation import Representation
from portraits.models.version import Version


class Why(models.TextChoices):
    """What lets somebody read. Said on the reading page."""

    OTHER = "other", _("You are of the other service, and you did not write this.")
    SECOND = "second", _("Somebody of the other service has read this; you are the second reader.")
    SUBSTITUTE = (
        "substitute",
        _("Everybody of the other service who could read this is away, and you stand in for them."),
    )
    OWN = "own", _("Everybody of the other service who could read this is away, and nobody stands in for them.")
    ADMINISTRATOR = "administrator", _("You are an administrator, and you did not write this.")


@dataclass(frozen=True, slots=True)
class Circle:
    """Those who can read at an instant. `services`: user id → ids of their services; `away`: user id → substitutes' ids."""

    services: dict[int, frozenset[int]]
    away: dict[int, set[int]]

    @classmethod
    def of(cls, task, *, at: datetime) -> Circle:
        """The members of the task's groups, and who of them is away. Two queries."""
        member = get_user_model().groups.through
        rows = member.objects.filter(group__in=task.groups.all(), user__is_active=True)
        found: dict[int, set[int]] = {}
        for user, group in rows.values_list("user_id", "group_id"):
            found.setdefault(user, set()).add(group)
        return cls({user: frozenset(groups) for user, groups in found.items()}, Absence.away(at))

    def differs(self, reader: int, author: int | None) -> bool:
        """Whether two people are of different services. Whoever is in both counts as of the one where the other is not."""
        theirs = self.services.get(author, frozenset())
        return not theirs or len(self.services[reader] | theirs) > 1

    def why(self, user, *, author: int | None, barred: set[int], second: bool = False) -> Why | None:
        """What lets this user read, or None. `barred` never may, superusers included; `second`: the first reading is done."""
        if user.pk in barred or not user.is_active:
            return None
        if user.pk not in self.services:
            return Why.ADMINISTRATOR if user.is_superuser else None
        if second:
            return Why.SECOND
        if self.differs(user.pk, author):
            return Why.OTHER
        return self._instead(user.pk, author, barred)

    def _instead(self, reader: int, author: int | None, barred: set[int]) -> Why | None:
        """Somebody of the author's own service, when nobody of the other one is there."""
        could = {key for key in self.services if key not in barred and self.differs(key, author)}
        if could - self.away.keys():
            return None
        named = {substitute for key in could for substitute in self.away[key]}
        standing_in = {key for key in named if key in self.services} - barred - self.away.keys()
        if not standing_in:
            return Why.OWN
        return Why.SUBSTITUTE if reader in standing_in else None


def _answering(revisions: Iterable[Revision]) -> dict[int, set[int]]:
    """Revision's id → the people on its desk and those who represent them. One query; the desks are not built."""
    people = {revision.pk: {row["person"] for row in revision.content.get("subjects", ())} for revision in revisions}
    represented = Representation.objects.filter(person__in=set().union(*people.values()))
    pairs = list(represented.values_list("person", "representative"))
    return {key: those | {by for person, by in pairs if person in those} for key, those in people.items()}


def writers(revisions: Iterable[Revision]) -> dict[str, set[int]]:
    """Portrait's id, as revisions write it → ids of whoever wrote any of it since it was last asked about: one comma by
    somebody else does not make one's own words another's. A closed account bars nobody. One query."""
    revisions = list(revisions)
    last = Version.objects.filter(portrait=Cast(OuterRef("object_id"), models.BigIntegerField())).order_by("-pk")
    rows = Revision.objects.filter(
        base_content_type__in={one.base_content_type_id for one in revisions},
        object_id__in={one.object_id for one in revisions},
        user__isnull=False,
    ).annotate(asked_at=Subquery(last.values("frozen_at")[:1]))
    found: dict[str, set[int]] = defaultdict(set)
    for key, by in rows.filter(Q(asked_at=None) | Q(created_at__gt=F("asked_at"))).values_list("object_id", "user"):
        found[key].add(by)
    return found


def hands(readings: Iterable[tuple[TaskState, Revision]]) -> dict[int, set[int]]:
    """Reading's id → ids of those who may not do it: whoever wrote any of it, whoever did another reading of this revision,
    and whoever wrote an address that nobody else has seen. Four queries, however many."""
    readings = list(readings)
    done = TaskState.objects.filter(
        workflow_state__in=[state.workflow_state_id for state, _revision in readings],
        status=TaskState.STATUS_APPROVED,
        finished_by__isnull=False,
    ).values_list("revision", "finished_by")
    people = _answering(revision for _state, revision in readings)
    wrote = writers(revision for _state, revision in readings)
    changes = list(AddressChange.unasked(set().union(*people.values())).filter(by__isnull=False))
    found = {}
    for state, revision in readings:
        barred = {by for read, by in done if read == revision.pk} | wrote[revision.object_id]
        barred |= {change.by_id for change in changes if _alone(change, state, people[revision.pk])}
        found[state.pk] = barred
    return found


def _alone(change: AddressChange, state: TaskState, people: set[int]) -> bool:
    """Whether no other pair of eyes saw this address when the portrait was submitted: then its writer cannot be the reader."""
    submitted = state.workflow_state
    return change.person_id in people and (
        change.at >= submitted.created_at or change.by_id == submitted.requested_by_id
    )
