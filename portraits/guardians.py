"""Who answers for whom, and until when: minors and represented adults (Civil Code of Québec; to be confirmed by counsel).

Below 14 the guardian answers in the child's place. From 14 to 17 the minor and the guardian both answer, each for
themselves: the guardian is one more Subject of the Version. On the 14th and on the 18th birthday what the guardian said
ends, so that the person decides. A represented adult's mandatary answers in their place.
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.timezone import localtime

from portraits.models import Person, Representation, Subject


def midnight(day: date) -> datetime:
    """The instant at which a day begins in the borough: what is said to end that day ends then."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))


def is_child(person: Person, *, at: datetime) -> bool:
    """Below 14."""
    return person.turns_14_on is not None and at < midnight(person.turns_14_on)


def is_youth(person: Person, *, at: datetime) -> bool:
    """From 14 to 17."""
    return person.turns_18_on is not None and at < midnight(person.turns_18_on) and not is_child(person, at=at)


def representation(person: Person, *, at: datetime) -> Representation | None:
    """Who answers for this person at this instant, if anybody does. One query."""
    rows = Representation.objects.filter(person=person, valid_until__gt=localtime(at).date())
    return rows.select_related("representative").order_by("pk").first()


def lacks_one(person: Person, *, at: datetime) -> bool:
    """A minor whom nobody represents cannot be asked."""
    return (is_child(person, at=at) or is_youth(person, at=at)) and representation(person, at=at) is None


def recipient(person: Person, *, at: datetime) -> Person | None:
    """Who answers in this person's place; None when they answer themselves."""
    found = None if is_youth(person, at=at) else representation(person, at=at)
    return found.representative if found else None


def beside(people: list[Person], *, at: datetime) -> list[Person]:
    """The guardians who answer beside the minors of 14 to 17 among these people."""
    found = [representation(person, at=at) for person in people if is_youth(person, at=at)]
    return [one.representative for one in found if one]


def answers(subject: Subject, answering: Person, *, at: datetime) -> bool:
    """Whether this subject's answers are still `answering`'s to give: their own, or those of whoever they represent now. A
    guardian who answers beside a minor of 14 to 17 does so as long as they represent one in the picture."""
    if subject.role == Subject.Role.GUARDIAN:
        shown = Subject.objects.filter(version=subject.version_id).select_related("person")
        return answering in beside([one.person for one in shown], at=at)
    return answering.pk == subject.person_id or recipient(subject.person, at=at) == answering


def limit(subject: Subject, answering: Person, *, at: datetime) -> datetime | None:
    """The latest instant at which what `answering` says for this subject may end; None without a limit.

    A departure closes an employee's own consents; a birthday or the end of a mandate closes the guardian's. From the 14th
    birthday nobody answers in a minor's place any more: the limit is past.
    """
    person = subject.person
    days = [person.left_on] if person.kind == Person.Kind.EMPLOYEE else []
    if answering.pk != person.pk:
        minor = is_child(person, at=at) or is_youth(person, at=at)
        days += [person.turns_14_on if minor else None, _mandate(person, answering)]
    if subject.role == Subject.Role.GUARDIAN:
        for other in Subject.objects.filter(version=subject.version_id).select_related("person"):
            if is_youth(other.person, at=at):
                days += [other.person.turns_18_on, _mandate(other.person, answering)]
    return min((midnight(day) for day in days if day), default=None)


def _mandate(person: Person, answering: Person) -> date | None:
    rows = Representation.objects.filter(person=person, representative=answering)
    return rows.values_list("valid_until", flat=True).first()
