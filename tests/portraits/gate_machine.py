"""A stateful test of the door and the verbs against an independent oracle: plain lists and dictionaries, no SQL.

Instants of the oracle are whole seconds after START. Written histories come first (gate_histories.py), then random ones;
gate_faults.py holds the defects that both must find.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from portraits import asking, consent, gate, guardians, hiding, usages
from portraits.models import ConsentRequest, DraftSubject, Person, Portrait, Representation, Version
from portraits.usages import Usage
from tests import factories
from tests.portraits.gate_histories import HISTORIES

START = datetime(2027, 1, 1, tzinfo=UTC)
CHECKED = [Usage.ECRAN, Usage.SITE]  # two usages are enough; more make the boundary faults rarer
WALLS = 5  # steps between two comparisons of the wall
DAY, FAR = 86400, 10**9
sheets = st.dictionaries(st.sampled_from(CHECKED), st.sampled_from(["yes", "yes", "yes", "no", ""]), min_size=1)
days = st.sampled_from([1, 30, 365])
texts = st.integers(0, 3).map("Je suis la version {}.".format)
some = st.integers(0, 50)


def instant(seconds):
    return START + timedelta(seconds=seconds)


class DoorMachine(RuleBasedStateMachine):
    persons = Bundle("persons")
    portraits = Bundle("portraits")
    photo = None  # one photograph for all, made once by the test

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = 0
        for usage in CHECKED:
            usages._numbers[usage] = [(usages.EPOCH, 1)]
        self.numbers = {usage: [(-FAR, 1)] for usage in CHECKED}
        self.desk = {}  # portrait -> sentence being edited
        self.frozen = {}  # portrait -> [version], oldest first
        self.asked_at = {}  # version -> instant
        self.people = {}  # version -> set of persons
        self.approved = {}  # version -> sentence frozen
        self.stored = {}  # version -> sentence in the row now
        self.yes = []  # [version, person, usage, number, start, end, ended]
        self.closes = {}  # version -> instant from which no answer is taken
        self.stops = []  # [portrait, from, to]
        self.steps = 0
        self.slips = {}  # (portrait, person, usage) -> (instant, [(row of self.yes, its end before)]): what an undo reaches
        self.limits = {}  # person -> instant at which what is said in their place ends
        self.past = []  # (instant, usage, {portrait: version}) as it was, for « see as of »

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # -- people and the desk

    @rule(target=persons)
    def person(self):
        return factories.person("Nadia").pk

    @rule(target=persons, days=st.sampled_from([1, 29, 90]))
    def child(self, days):
        """Below 14, whose parent answers until the birthday."""
        birthday = timezone.localdate(instant(self.now)) + timedelta(days=days)
        made = factories.person("Léo", turns_14_on=birthday, turns_18_on=birthday.replace(year=birthday.year + 4))
        parent = factories.person("Maude")
        Representation.objects.create(person=made, representative=parent, valid_until=made.turns_18_on)
        self.limits[made.pk] = (guardians.midnight(birthday) - START).total_seconds()
        return made.pk

    @rule(target=portraits, who=st.lists(persons, max_size=3, unique=True))
    def portrait(self, who):
        desk = Portrait.objects.create(
            first_name="Nadia", sentence="Je suis la version 0.", photo=self.photo, locale=factories.locale()
        )
        self.desk[desk.pk], self.frozen[desk.pk] = desk.sentence, []
        self._ask(desk.pk, who)
        return desk.pk

    @rule(portrait=portraits, text=texts)
    def edit_the_desk(self, portrait, text):
        """A draft, an autosave, a direct publication, a revert: none of them may change what is shown."""
        Portrait.objects.filter(pk=portrait).update(sentence=text, live=True)
        self.desk[portrait] = text

    # -- asking and answering

    @rule(portrait=portraits, who=st.lists(persons, max_size=3, unique=True))
    def ask(self, portrait, who):
        self._ask(portrait, who)

    @rule(portrait=portraits, text=texts)
    def edit_and_ask(self, portrait, text):
        self.edit_the_desk(portrait, text)
        self._ask(portrait, self.people[self.frozen[portrait][-1]])

    @rule(portrait=portraits, text=texts, usage=st.sampled_from(CHECKED), first=days, then=days)
    def ask_again_and_say_yes_to_both(self, portrait, text, usage, first, then):
        """A newer Version on a short yes after an older one on a long yes."""
        for length in (first, then):
            self.edit_and_ask(portrait, text)
            self.everyone_answers(portrait, {usage: "yes"}, length)

    def _ask(self, portrait, who):
        who = [one for one in who if self.now < self.limits.get(one, FAR)]  # from 14 two people answer: not played here
        DraftSubject.objects.filter(portrait=portrait).delete()
        DraftSubject.objects.bulk_create(DraftSubject(portrait_id=portrait, person_id=one) for one in who)
        desk = Portrait.objects.get(pk=portrait)
        people = Person.objects.in_bulk(who)
        version = asking.freeze(desk, people, CHECKED, by=None, at=instant(self.now)).pk
        for older in self.frozen[portrait]:
            self.closes[older] = min(self.closes[older], self.now)
        self.frozen[portrait].append(version)
        self.people[version], self.asked_at[version] = set(who), self.now
        self.closes[version] = self.now + 21 * DAY
        self.approved[version] = self.stored[version] = self.desk[portrait]

    @rule(portrait=portraits, sheet=sheets, length=days)
    def everyone_answers(self, portrait, sheet, length):
        version = self.frozen[portrait][-1]
        for person in sorted(self.people[version]):
            self._answer(portrait, version, person, sheet, length)

    @rule(portrait=portraits, back=st.sampled_from([0, 0, 0, 1]), which=some, sheet=sheets, length=days)
    def one_answers(self, portrait, back, which, sheet, length):
        version = self.frozen[portrait][-1 - back % len(self.frozen[portrait])]
        if who := sorted(self.people[version]):
            self._answer(portrait, version, who[which % len(who)], sheet, length)

    def _answer(self, portrait, version, person, sheet, length):
        request = ConsentRequest.objects.get(subject__version=version, subject__person=person)
        seen = dict.fromkeys(CHECKED, "0" * 64)
        limit = self.limits.get(person, FAR)
        over = self.now >= self.closes[version] or (self.now >= limit and "yes" in sheet.values())
        try:
            consent.answer(request, sheet, seen=seen, at=instant(self.now), days=length, proof=factories.PROOF)
        except consent.Closed:
            assert over
            return
        assert not over
        for usage in CHECKED:
            if sheet.get(usage) == "yes":
                self.slips.pop((portrait, person, usage), None)
                for row in self.yes:
                    if row[:3] == [version, person, usage]:
                        row[6] = min(row[6], self.now)
                end = min(self.now + length * DAY, limit)
                self.yes.append([version, person, usage, self._number(usage, self.now), self.now, end, FAR])
                self._older_ones_end(portrait, version, usage)
            elif sheet.get(usage) == "no":
                self.slips[portrait, person, usage] = (self.now, [])
                self._end_everywhere(portrait, person, usage)

    @rule(portrait=portraits, usage=st.sampled_from(CHECKED))
    def a_yes_by_the_link_alone(self, portrait, usage):
        """Whoever merely has the link, a robot for instance, cannot say yes."""
        version = self.frozen[portrait][-1]
        for request in ConsentRequest.objects.filter(
            subject__version=version, subject__person__in=self.people[version]
        ):
            with suppress(consent.Unproven, consent.Closed):
                consent.answer(request, {usage: "yes"}, seen={usage: "0" * 64}, at=instant(self.now))

    def _older_ones_end(self, portrait, version, usage):
        if all(self._lives(version, person, usage, self.now) for person in self.people[version]):
            for row in self.yes:
                if row[2] == usage and row[0] in self.frozen[portrait] and row[0] < version:
                    row[6] = min(row[6], self.now)

    def _end_everywhere(self, portrait, person, usage):
        ended = []
        for row in self.yes:
            if row[0] in self.frozen[portrait] and row[1:3] == [person, usage] and min(row[5], row[6]) > self.now:
                ended.append((row, row[6]))
                row[6] = self.now
        if ended:
            self.slips[portrait, person, usage] = (self.now, ended)

    # -- withdrawing, hiding, widening, tampering

    @precondition(lambda self: self.yes)
    @rule(which=some, reason=st.sampled_from([consent.Reason.WITHDRAWN, consent.Reason.PAUSED]))
    def withdraw(self, which, reason=consent.Reason.WITHDRAWN):
        living = [row for row in self.yes if row[4] <= self.now < min(row[5], row[6])] or self.yes
        version, person, usage = living[which % len(living)][:3]
        portrait = next(pk for pk, versions in self.frozen.items() if version in versions)
        consent.withdraw(
            Portrait.objects.get(pk=portrait),
            Person.objects.get(pk=person),
            [usage],
            at=instant(self.now),
            reason=reason,
        )
        self._end_everywhere(portrait, person, usage)

    @precondition(lambda self: self.slips)
    @rule(which=some, later=st.sampled_from([0, 0, 1, 599, 600]))
    def undo(self, which, later):
        """Within ten minutes what stood before stands again; never more, never what has been replaced since."""
        slips = sorted(self.slips)
        portrait, person, _usage = slips[-1 - which % len(slips)]
        self._advance(self.now + later)
        consent.undo(Portrait.objects.get(pk=portrait), Person.objects.get(pk=person), at=instant(self.now))
        last = max(at for key, (at, _ended) in self.slips.items() if key[:2] == (portrait, person))
        for usage in CHECKED:
            at, ended = self.slips.get((portrait, person, usage), (-FAR, []))
            if self.now - at >= 600 or at < last:
                continue
            del self.slips[portrait, person, usage]
            for row, before in ended:
                if row[5] > self.now and before > self.now:
                    self.yes.append([*row[:4], max(self.now, row[4]), row[5], before])
            for row, _before in ended:
                self._older_ones_end(portrait, row[0], usage)

    @rule(portrait=portraits, lasting=st.sampled_from([1, 3600, DAY, None]))
    def hide(self, portrait, lasting):
        until = None if lasting is None else self.now + lasting
        hiding.hide(
            Portrait.objects.get(pk=portrait),
            by=factories.staff(),
            at=instant(self.now),
            until=None if until is None else instant(until),
        )
        self.stops.append([portrait, self.now, FAR if until is None else until])

    @precondition(lambda self: self.stops)
    @rule(which=some)
    def lift(self, which):
        """The consent officer takes staff's stops away: consents decide again."""
        portrait = self.stops[which % len(self.stops)][0]
        hiding.lift(
            Portrait.objects.get(pk=portrait), by=factories.staff(), at=instant(self.now), reason="Elle revient."
        )
        for stop in self.stops:
            if stop[0] == portrait and stop[1] <= self.now < stop[2]:
                stop[2] = self.now

    @rule(usage=st.sampled_from(CHECKED))
    def widen_usage(self, usage):
        self._advance(self.now + 1)  # a number holds from an instant of its own
        value = self._number(usage, self.now) + 1
        self.numbers[usage].append((self.now, value))
        usages._numbers[usage].append((instant(self.now), value))

    @rule(portrait=portraits, back=some, text=texts)
    def tamper(self, portrait, back, text):
        """A row changed behind the door (the test took the database's own triggers away)."""
        version = self.frozen[portrait][-1 - back % min(2, len(self.frozen[portrait]))]
        row = Version.objects.get(pk=version)
        Version.objects.filter(pk=version).update(content={**row.content, "sentence": text})
        self.stored[version] = text

    # -- time

    @rule(seconds=st.sampled_from([1, 600, 3600, DAY - 1, DAY, 30 * DAY]))
    def tick(self, seconds):
        self._advance(self.now + seconds)

    @precondition(lambda self: self.yes)
    @rule(which=some, offset=st.sampled_from([-1, 0, 1]), edge=st.sampled_from([4, 5, 5, 6]))
    def jump_to_boundary(self, which, offset, edge):
        target = self.yes[which % len(self.yes)][edge]
        if target < FAR:
            self._advance(max(self.now, target + offset))

    @precondition(lambda self: self.stops)
    @rule(which=some, offset=st.sampled_from([-1, 0, 1]))
    def jump_to_the_end_of_a_hide(self, which, offset):
        target = self.stops[which % len(self.stops)][2]
        if target < FAR:
            self._advance(max(self.now, target + offset))

    def _advance(self, seconds):
        if seconds > self.now:
            self.past += [(self.now, usage, self._shown(usage, self.now)) for usage in CHECKED]
            self.now = seconds

    # -- what must hold

    def door_equals_oracle(self):
        for usage in CHECKED:
            self._compare(usage, self.now, self._shown(usage, self.now))

    @invariant()
    def what_is_handed_out_equals_oracle(self):
        """After each step; one step in WALLS the wall too: Django takes five times longer to write that question, which rests
        on the same conditions."""
        self.steps += 1
        for usage in CHECKED:
            self._compare(usage, self.now, self._shown(usage, self.now), wall=self.steps % WALLS == 0)

    @precondition(lambda self: self.past)
    @rule(which=some)
    def see_as_of(self, which):
        """Every past instant still answers what was shown then."""
        at, usage, shown = self.past[which % len(self.past)]
        self._compare(usage, at, shown)

    def see_every_past(self):
        for which in range(len(self.past)):
            self.see_as_of(which)

    def _compare(self, usage, at, shown, *, wall=True):
        if wall:
            rows = gate.visible(usage, at=instant(at)).values_list("portrait", "pk")
            assert set(rows) == set(shown.items()), (usage, at, shown)
        want = {(p, v, self.approved[v]) for p, v in shown.items() if self.stored[v] == self.approved[v]}
        got = {(c.key, c.version, c.sentence) for c in gate.capsules(usage, at=instant(at))}
        assert got == want, (usage, at, got, want)

    def _shown(self, usage, at):
        shown = {}
        for portrait, versions in self.frozen.items():
            for version in reversed(versions):
                everyone = self.people[version]
                if everyone and all(self._lives(version, person, usage, at) for person in everyone):
                    if not self._stopped(portrait, version, at):
                        shown[portrait] = version
                    break
        return shown

    def _stopped(self, portrait, version, at):
        return any(p == portrait and self.asked_at[version] <= begins <= at < ends for p, begins, ends in self.stops)

    def _lives(self, version, person, usage, at):
        return any(
            row[:3] == [version, person, usage]
            and row[3] == self._number(usage, at)
            and row[4] <= at < min(row[5], row[6])
            for row in self.yes
        )

    def _number(self, usage, at):
        return [value for since, value in self.numbers[usage] if since <= at][-1]


def tell(first=None):
    """Play the written histories, this one before the others; AssertionError on the first that the door contradicts."""
    for history in sorted(HISTORIES, key=lambda one: one is not first):
        machine = DoorMachine()
        try:
            history(machine)
            machine.door_equals_oracle()
            machine.see_every_past()
        finally:
            machine.teardown()


def play(examples, steps=25, *, part=None):
    """Run the machine on random histories; AssertionError on the first counter-example. The same histories each time: those
    of this part, when there is one."""
    machine = DoorMachine if part is None else seed(part)(type("DoorMachine", (DoorMachine,), {}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=part is None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )


def tell_then_play(examples, *, first=None):
    tell(first)
    play(examples)
