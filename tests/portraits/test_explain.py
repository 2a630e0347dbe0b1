"""The gate's reason, in one sentence: exact to the gate, and silent to staff about who refused."""

import contextlib
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portraits import asking, consent, gate, hiding, usages, witness
from portraits.explain import Kind, detail, explain, in_full
from portraits.models import Person, Portrait, Version
from portraits.said import Answer, said
from portraits.usages import ASKED, Usage
from tests import factories
from tests.walls import city as a_city

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def why(desk, usage=SITE, *, at=None):
    return explain(desk, usage, at=at or timezone.now())


# -- exact to the gate


def agrees(desk, usage, at):
    reason = explain(desk, usage, at=at)
    shown = gate.capsules(usage, at=at, keys=[desk.pk])
    assert (reason.kind == Kind.SHOWN) == bool(shown)
    assert reason.sentence.startswith("Shown") == bool(shown)
    if not shown:  # and the reason is a true one: taking it away, and nothing else, is what could show the portrait
        ends = gate.visible(usage, at=at).filter(portrait=desk)
        assert (reason.kind == Kind.ALTERED) == ends.exists()
        assert (reason.kind == Kind.NEVER) == (not Version.objects.filter(portrait=desk, frozen_at__lte=at).exists())
    return reason


def test_the_whole_city_at_several_instants():
    now = timezone.now()
    made = a_city.build()
    instants = [now - 3 * DAY, now - 1.5 * DAY, timezone.now(), now + 20 * DAY]
    found = {
        (name, usage, number): agrees(one.desk, usage, at).kind
        for name, one in made.items()
        for usage in (SITE, ECRAN, Usage.OBJET)
        for number, at in enumerate(instants)
    }
    assert {found[name, SITE, 0] for name in made} == {Kind.NEVER}
    today = {name: found[name, SITE, 2] for name in made}
    assert {name for name, kind in today.items() if kind == Kind.SHOWN} == a_city.allowed(made, SITE)
    assert today["brouillon"] == Kind.NEVER
    assert today["cache"] == Kind.HIDDEN
    assert {today[name] for name in ("refuse", "demande", "demi", "expire", "retire")} == {Kind.ASKED}
    later = {name: found[name, SITE, 3] for name in made}
    assert {later[name] for name in ("refuse", "demande", "demi", "expire", "retire")} == {Kind.NONE}
    assert found["tout", Usage.OBJET, 2] == Kind.NOT_ASKED


STEPS = st.lists(
    st.sampled_from(["ask", "yes", "no", "one", "month", "withdraw", "undo", "hide", "lift", "day", "month-later"]),
    min_size=3,
    max_size=12,
)


@settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_random_histories(steps):
    with transaction.atomic():
        people = [factories.person("Nadia"), factories.person("Morris")]
        desk = factories.portrait("Nadia", people=people, photo=None)
        now = timezone.now()
        for step in steps:
            now = _step(step, desk, people, now)
            for usage in (SITE, ECRAN):
                for at in (now, now + 15 * DAY):
                    agrees(desk, usage, at)
        transaction.set_rollback(True)


def _step(step, desk, people, now):
    now += timedelta(minutes=1)
    version = desk.versions.order_by("-pk").first()
    if step == "ask":
        asking.freeze(desk, {one.pk: one for one in people}, [SITE, ECRAN], by=None, at=now)  # no rendering
    elif step in {"yes", "no", "one", "month"} and version:
        said_by, answer = people[0] if step == "one" else None, "no" if step == "no" else "yes"
        with contextlib.suppress(consent.Closed):
            factories.say(version, SITE, answer=answer, who=said_by, at=now, days=30 if step == "month" else None)
    elif step == "withdraw":
        consent.withdraw(desk, people[0], [SITE], at=now)
    elif step == "undo":
        consent.undo(desk, people[0], at=now)
    elif step == "hide":
        hiding.hide(desk, by=factories.staff(), at=now)
    elif step == "lift":
        hiding.lift(desk, by=factories.staff(), at=now, reason="x")
    return now + {"day": DAY, "month-later": 30 * DAY}.get(step, timedelta())


# -- what each reason says


def test_shown_says_which_version_and_until_when():
    desk = factories.shown(SITE)
    row = desk.versions.get()
    assert why(desk).sentence.startswith("Shown until ")
    assert str(row.frozen_at.year) in why(desk).sentence


def test_a_newer_version_that_is_not_complete_is_said():
    desk = factories.shown(SITE, at=timezone.now() - 2 * DAY)
    factories.unread(desk, SITE)
    assert why(desk).kind == Kind.SHOWN
    assert "newer" in why(desk).sentence


def test_hidden_says_since_when_by_whom_and_why():
    desk = factories.shown(SITE)
    boss = factories.user("boss", first_name="Josée", last_name="Lavoie")
    hiding.hide(desk, by=boss, at=timezone.now(), reason="Une erreur de métier.")
    found = why(desk)
    assert found.kind == Kind.HIDDEN
    assert "Josée Lavoie" in found.sentence
    assert "Une erreur de métier." in found.sentence


def test_another_usage_was_not_asked():
    desk = factories.shown(SITE)
    assert why(desk, ECRAN).kind == Kind.NOT_ASKED
    assert why(desk, Usage.OBJET).sentence != why(desk, ECRAN).sentence


def test_a_raised_number_is_the_reason_until_somebody_is_asked_again(monkeypatch):
    now = timezone.now()
    desk = factories.shown(SITE, at=now - 40 * DAY)
    withdrawn = factories.shown(SITE, at=now - 40 * DAY)
    silent = factories.portrait()
    factories.unread(silent, SITE, at=now - 40 * DAY)
    monkeypatch.setitem(usages._numbers, SITE, [(usages.EPOCH, 1), (now - DAY, 2)])
    factories.withdraw(withdrawn)
    assert why(desk).kind == Kind.RAISED
    assert why(withdrawn).sentence == why(desk).sentence  # who took it back since is not told
    assert why(silent).kind == Kind.NONE
    factories.unread(desk, SITE)
    assert why(desk).kind == Kind.ASKED


def test_a_row_changed_behind_the_door():
    desk = factories.shown(SITE)
    with transaction.atomic():
        from django.db import connection

        from portraits import triggers

        triggers.remove(connection)
        Version.objects.filter(portrait=desk).update(fingerprint="0" * 64)
        triggers.install(connection)
    assert why(desk).kind == Kind.ALTERED


def test_a_database_behind_its_ledger(monkeypatch):
    desk = factories.shown(SITE)
    monkeypatch.setattr(witness, "doubt", lambda: witness.Doubt.BEHIND)
    monkeypatch.setattr(witness, "agreement", lambda: ~gate.Exists(Portrait.objects.all()))
    assert why(desk).kind == Kind.BEHIND


# -- a refusal, a silence and an end look alike to staff, and only to staff


def _three():
    """Three portraits asked on the same day: refused, left, accepted for one day; and the day after the time to answer."""
    asked_at = timezone.now() - 40 * DAY
    three = SimpleNamespace(**{name: factories.portrait(name.title()) for name in ("no", "silent", "over")})
    for name, desk in vars(three).items():
        version = factories.unread(desk, SITE, at=asked_at)
        if name != "silent":
            factories.say(version, SITE, answer="no" if name == "no" else "yes", days=1, at=asked_at)
    return three


def test_staff_reads_the_same_sentence():
    three = _three()
    assert {why(desk).kind for desk in vars(three).values()} == {Kind.NONE}
    assert len({why(desk).sentence for desk in vars(three).values()}) == 1
    while_open = timezone.now() - 35 * DAY
    assert len({why(desk, at=while_open).sentence for desk in vars(three).values()}) == 1


def test_a_past_instant_does_not_tell_when_a_yes_was_taken_back():
    kept = factories.shown(SITE, at=timezone.now() - 40 * DAY)
    left = factories.shown(SITE, at=timezone.now() - 40 * DAY)
    factories.withdraw(left, at=timezone.now() - 2 * DAY)
    seen = why(left, at=timezone.now() - 5 * DAY).sentence
    assert seen.startswith("Shown then")
    assert why(kept).sentence.startswith("Shown until")


def test_the_officer_reads_who_said_what():
    three, now = _three(), timezone.now()
    assert {name: _answers(desk) for name, desk in vars(three).items()} == {
        "no": {Answer.NO},
        "silent": set(),
        "over": {Answer.OVER},
    }
    told = {name: detail(desk, SITE, at=now) for name, desk in vars(three).items()}
    assert told["no"].startswith("No: no on ")
    assert told["silent"] == "Silent: no answer"
    assert told["over"].startswith("Over: ran out on ")


def test_the_officer_reads_the_real_reason_while_the_question_is_open():
    desks = {name: factories.portrait(name) for name in ("no", "left", "paused", "back", "silent")}
    for name, desk in desks.items():
        version = factories.unread(desk, SITE)
        if name != "silent":
            factories.say(version, SITE, answer="no" if name == "no" else "yes")
    for name in ("left", "paused", "back"):
        (person,) = Person.objects.filter(pk__in=desks[name].people())
        reason = consent.Reason.WITHDRAWN if name == "left" else consent.Reason.PAUSED
        consent.withdraw(desks[name], person, [SITE], at=timezone.now(), reason=reason)
    asking.resume(desks["back"].versions.get().subjects.get().requests.get(), at=timezone.now())
    now = timezone.now()
    assert {why(desk).kind for desk in desks.values()} == {Kind.ASKED}
    assert len({why(desk).sentence for desk in desks.values()}) == 1  # staff's own
    told = {name: in_full(desk, SITE, at=now).sentence for name, desk in desks.items()}
    assert ": no on " in told["no"]
    assert ": withdrawn on " in told["left"]
    assert ": paused on " in told["paused"]
    assert ": no answer (before that: paused on " in told["back"]
    assert ": no answer. " in told["silent"]
    assert all("still open, until" in sentence for sentence in told.values())
    later = in_full(desks["no"], SITE, at=now + 31 * DAY)
    assert (later.kind, "still open" in later.sentence) == (Kind.NONE, False)
    assert ": no on " in later.sentence


def _answers(desk, at=None):
    return {one.answer for one in said(desk.translation_key, at=at or timezone.now()).values()}


def test_an_undone_slip_is_unsaid():
    now = timezone.now()
    desk = factories.shown(SITE, at=now - DAY)
    (nadia,) = Person.objects.filter(pk__in=desk.people())
    consent.withdraw(desk, nadia, [SITE], at=now)
    assert _answers(desk, now) == {Answer.WITHDRAWN}
    consent.undo(desk, nadia, at=now + timedelta(minutes=1))
    assert _answers(desk, now) == {Answer.WITHDRAWN}  # it was so, then
    assert _answers(desk, now + timedelta(minutes=1)) == {Answer.YES}
    consent.withdraw(desk, nadia, [SITE], at=now + DAY, reason=consent.Reason.PAUSED)
    assert _answers(desk, now + DAY) == {Answer.PAUSED}


def test_a_refused_question_that_is_undone_is_blank_again():
    now = timezone.now()
    desk = factories.portrait()
    version = factories.unread(desk, SITE, at=now)
    factories.say(version, SITE, answer="no", at=now)
    (nadia,) = Person.objects.filter(pk__in=desk.people())
    consent.undo(desk, nadia, at=now + timedelta(minutes=1))
    assert _answers(desk, now + timedelta(minutes=1)) == {Answer.BLANK}


def test_an_announced_departure_ends_it_that_day():
    now = timezone.now()
    desk = factories.shown(SITE, at=now - DAY)
    (nadia,) = Person.objects.filter(pk__in=desk.people())
    consent.depart(nadia, on=(now + 5 * DAY).date(), at=now)
    (one,) = said(desk.translation_key, at=now).values()
    assert one.answer == Answer.YES
    assert one.until < now + 6 * DAY
    assert _answers(desk, now + 6 * DAY) == {Answer.OVER}
    consent.depart(nadia, on=now.date() - DAY, at=now + timedelta(hours=1))
    assert _answers(desk, now + timedelta(hours=1)) == {Answer.CLOSED}


# -- the command


def run(*args, **options):
    out = io.StringIO()
    call_command("explain", *args, stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_command_says_one_sentence_in_french_by_default():
    desk = factories.shown(*ASKED)
    slug = desk.versions.get().slug
    (french,) = run(str(desk.pk), "site")
    (english,) = run(slug, "site", language="en")
    assert english.startswith("Shown until ")
    assert french != english


def test_the_command_tells_the_officer_more_and_says_that_it_checks_nothing(capsys):
    desk = factories.portrait()
    factories.say(factories.unread(desk, SITE), SITE, answer="no")
    assert len(run(str(desk.pk), "site", language="en")) == 1
    assert "Nadia: no on " in run(str(desk.pk), "site", language="en", officer=True)[1]
    with pytest.raises(SystemExit):
        call_command("explain", "--help")
    assert "Nothing is checked here" in " ".join(capsys.readouterr().out.split())


def test_the_command_at_an_instant():
    desk = factories.shown(SITE)
    assert run(str(desk.pk), "site", at="2026-01-05", language="en") == ["Not shown: nobody has been asked yet."]


@pytest.mark.parametrize(
    "args", [("404", "site"), ("personne", "site"), ("{}", "partout"), ("{}", "site", "--at", "hier")]
)
def test_the_command_refuses_what_it_does_not_know(args):
    desk = factories.portrait()
    with pytest.raises(CommandError):
        run(*(one.format(desk.pk) for one in args))
