"""One tap under kind words of the intranet's wall: « Bravo ! », « Ça me touche ». One per person and card, taken back as easily;
counted nowhere, ranked nowhere. First names are told to those whom the words are for and to who wrote them, and to nobody else,
while the words are quoted there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from portraits import gate, push, throttle, witness
from portraits.capsule import Quote
from portraits.models import Named, Person, Push, Reaction, Subject
from portraits.usages import Usage

Kind = Reaction.Kind
AN_HOUR = 60  # taps of one person
OWN = (Subject.Role.WRITER, Subject.Role.NAMED, Subject.Role.GUARDIAN)


class NotShown(Exception):
    """These words are not on the wall (any more), or they are one's own."""


class TooMany(Exception):
    """This person tapped AN_HOUR times within the hour."""


@transaction.atomic
def tap(key: int, person: Person, kind: Kind, *, at: datetime) -> bool:
    """React to these words, in this way rather than in another; the same way again takes it back. Whether a reaction stands.
    Raises NotShown or TooMany."""
    quote = next(iter(gate.quotes(Usage.INTRANET, at=at, keys=[key])), None)
    if quote is None or own(person, [quote]):
        raise NotShown(key)
    if not throttle.allow("react", str(person.pk), most=AN_HOUR, within=timedelta(hours=1), at=at):
        raise TooMany
    mine = Reaction.objects.filter(compliment=key, person=person)
    stands = not mine.filter(kind=kind).delete()[0]
    rows = Named.objects.filter(compliment=key).select_related("person", "compliment")
    if stands:
        Reaction.objects.update_or_create(compliment_id=key, person=person, defaults={"kind": kind, "at": at})
        for row in rows:
            push.offer(person=row.person, kind=Push.Kind.REACTION, about=row.compliment, at=at)
    elif not Reaction.objects.filter(compliment=key).exists():
        push.unsay(kind=Push.Kind.REACTION, about=key)
    return stands


def own(person: Person, quotes: Iterable[Quote]) -> set[int]:
    """Those of these words that this person wrote, or that are for them. One query."""
    versions = {one.version: one.key for one in quotes}
    rows = Subject.objects.filter(version__in=list(versions), person=person, role__in=OWN)
    return {versions[version] for version in rows.values_list("version", flat=True)}


def by(person: Person, quotes: Iterable[Quote]) -> dict[int, str]:
    """Compliment → how this person reacted. One query."""
    rows = Reaction.objects.filter(person=person, compliment__in=[one.key for one in quotes])
    return dict(rows.values_list("compliment", "kind"))


def names(keys: Iterable[int], *, at: datetime) -> Mapping[int, list[tuple[str, list[str]]]]:
    """Compliment → each way of reacting with the first names, the oldest first. The caller gives the keys of words that are
    quoted now, to whom they concern. One query."""
    today = localdate(at)
    here = Q(person__left_on=None) | Q(person__left_on__gt=today)
    rows = Reaction.objects.filter(here, compliment__in=list(keys)).order_by("at", "pk")
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, kind, name in rows.values_list("compliment", "kind", "person__first_name"):
        found[key][kind].append(name)
    return {key: [(kind.label, ways[kind]) for kind in Kind if kind in ways] for key, ways in found.items()}


@transaction.atomic
def forget(*, at: datetime) -> Counter:
    """A step of each night: what was said under words that are no longer on the wall goes with them. Nothing while the
    database itself is doubted: it shows no words at all then."""
    if witness.doubt():
        return Counter()
    keys = set(Reaction.objects.values_list("compliment", flat=True).distinct())
    shown = {one.key for one in gate.quotes(Usage.INTRANET, at=at, keys=list(keys))}
    count, _each = Reaction.objects.filter(compliment__in=keys - shown).delete()
    return Counter({"reactions": count})
