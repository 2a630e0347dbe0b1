"""One push budget per person: whatever is not an answer to them waits for one mail a week, or less.

What a person asked for, what the law owes them (requests, codes, receipts, closings) and the words of a citizen are no
push: they leave at once, from elsewhere. All the rest is offered here and nowhere else. The mail names nobody and holds no
words: it says that there is something to read. What was not sent says why, on the person's own page.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portraits import invitation, workdays
from portraits.models import Compliment, Person, Push

log = logging.getLogger(__name__)
BUDGET = timedelta(days=7)  # at most one mail in so long
HOURS = range(8, 18)  # local time, on working days: nobody's telephone rings on a Sunday
KEPT = timedelta(days=180)  # how long « why was I not told » can be answered
Outcome = Push.Outcome


def offer(*, person: Person, kind: Push.Kind, about: Compliment, at: datetime) -> Push:
    """This is worth telling this person, some day of the week. The same thing waits once, however often it is offered."""
    row, _created = Push.objects.get_or_create(
        person=person, kind=kind, about=about, outcome=Outcome.WAITING, defaults={"since": at}
    )
    return row


def drop(*, kind: Push.Kind, about: Compliment, at: datetime) -> int:
    """There is nothing to tell any more: whoever still waits for it is not written to. Returns how many."""
    rows = Push.objects.filter(kind=kind, about=about, outcome=Outcome.WAITING)
    return rows.update(outcome=Outcome.GONE, decided_at=at)


def unsay(*, kind: Push.Kind, about: int) -> None:
    """It was taken back before anybody was told: nothing waits, and nothing says that it ever did."""
    Push.objects.filter(kind=kind, about=about, outcome=Outcome.WAITING).delete()


def choose(person: Person, news: Person.News, *, at: datetime) -> None:
    """A mail a week, or none. From none to one, only what comes afterwards is written."""
    person.news = Person.News(news)
    with transaction.atomic():
        person.save(update_fields=["news"])
        if person.news == Person.News.NEVER:
            _decide(_of(person), Outcome.UNWANTED, at=at)


def told(person: Person, most: int = 10) -> QuerySet[Push]:
    """What this person was told, will be told or was not told, newest first. Their own page alone says it."""
    return person.pushes.all()[:most]


def next_mail(person: Person, *, at: datetime) -> datetime:
    """The first instant when the budget lets a mail leave."""
    last = (
        person.pushes.filter(outcome=Outcome.SENT).order_by("-decided_at").values_list("decided_at", flat=True).first()
    )
    moment = timezone.localtime(max(at, last + BUDGET) if last else at)
    if not _open(moment):
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        days = int(workdays.working(day.date()) and moment.hour >= HOURS.start)
        moment = timezone.localtime(workdays.after(day, days)).replace(hour=HOURS.start)
    return moment


def waiting(*, at: datetime) -> QuerySet[Person]:
    """Those of whom something waits and to whom nothing was sent within the budget."""
    rows = Push.objects.filter(person=OuterRef("pk"))
    recent = rows.filter(outcome=Outcome.SENT, decided_at__gt=at - BUDGET)
    return Person.objects.filter(Exists(rows.filter(outcome=Outcome.WAITING)), ~Exists(recent)).order_by("pk")


def weekly(*, at: datetime) -> int:
    """Write to everybody whose mail is due. Returns how many mails. One query when there is nobody; one failure holds up
    nobody else."""
    if not _open(timezone.localtime(at)):
        return 0
    count = 0
    for key in list(waiting(at=at).values_list("pk", flat=True)):
        try:
            count += _write(key, at=at)
        except Exception:
            log.exception("Person %s could not be written the mail of the week.", key)
    return count


@transaction.atomic
def _write(key: int, *, at: datetime) -> bool:
    """False when nothing is left to tell, or nobody to tell it to; the rows then say why."""
    person = waiting(at=at).select_for_update(of=("self",)).filter(pk=key).first()
    if person is None:  # another worker wrote
        return False
    rows = _of(person)
    _decide(rows.exclude(about__erased_at=None), Outcome.GONE, at=at)
    if person.left_on and person.left_on <= timezone.localtime(at).date():
        _decide(rows, Outcome.GONE, at=at)
    if person.news == Person.News.NEVER:
        _decide(rows, Outcome.UNWANTED, at=at)
    if person.reach != Person.Reach.EMAIL or not person.email:
        _decide(rows, Outcome.NO_ADDRESS, at=at)
    kinds = [Push.Kind(kind) for kind in rows.order_by().values_list("kind", flat=True).distinct()]
    if not kinds:
        return False
    invitation.bring_news(person, sorted(kinds, key=list(Push.Kind).index))
    _decide(rows, Outcome.SENT, at=at)
    return True


def forget(*, at: datetime) -> Counter:
    """A step of each night: what was decided long ago is not answered for any more."""
    count, _each = Push.objects.filter(decided_at__lte=at - KEPT).delete()
    return Counter({"pushes": count})


def _of(person: Person) -> QuerySet[Push]:
    return Push.objects.filter(person=person, outcome=Outcome.WAITING)


def _decide(rows: QuerySet[Push], outcome: Push.Outcome, *, at: datetime) -> None:
    rows.update(outcome=outcome, decided_at=at)


def _open(local: datetime) -> bool:
    return local.hour in HOURS and workdays.working(local.date())
