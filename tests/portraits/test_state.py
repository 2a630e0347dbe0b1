"""Three words, and nothing that tells a refusal from a silence: neither the word, nor the moment at which it changes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from portraits import asking, consent, hiding, state
from portraits.models import ConsentRequest, DraftSubject, Photo, Portrait, Version
from portraits.state import Word
from portraits.usages import ASKED, Usage
from tests import factories
from tests.portraits.consenting import visit

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
CLOSES = AT + timedelta(days=21)
SECOND = timedelta(seconds=1)


def word(desk, usage=Usage.SITE, at=AT):
    found = {one.usage: one.word for one in state.standings([desk.pk], at=at)[desk.pk]}
    return found[usage]


def walk(answers, *, start=AT, people=1, before=None):
    """The words that staff reads from the request to a month after it closes, for one way of answering."""
    who = [factories.person(f"P{number}") for number in range(people)]
    desk = factories.portrait("Nadia", people=who)
    if before:
        factories.say(
            factories.unread(desk, Usage.SITE, at=start - timedelta(days=90)), Usage.SITE, at=start - timedelta(days=90)
        )
    version = factories.unread(desk, Usage.SITE, at=start)
    for person, answer in zip(who, answers, strict=True):
        if answer:
            factories.say(version, Usage.SITE, answer=answer, at=start + timedelta(days=2), who=person)
    days = (0, 1, 2, 3, 20, 21, 22, 40)
    return [word(desk, at=start + timedelta(days=day)) for day in days]


def test_never_asked():
    assert word(factories.portrait()) == Word.NONE


def test_a_refusal_and_a_silence_are_the_same_words_at_the_same_moments():
    silence = walk([""])
    assert silence == [Word.ASKED] * 5 + [Word.NONE] * 3
    assert walk(["no"]) == silence


def test_one_refusal_among_several_people_too():
    silence = walk(["", ""], people=2)
    for answers in (["yes", "no"], ["no", "yes"], ["no", ""], ["no", "no"], ["yes", ""]):
        assert walk(answers, people=2) == silence, answers


def test_everybody_yes_is_said_at_once():
    assert walk(["yes", "yes"], people=2) == [Word.ASKED] * 2 + [Word.CONSENT] * 6


def test_while_a_newer_text_is_asked_the_older_consent_does_not_tell_the_answer():
    """A no also ends the older yes; the word must not fall at that moment, as a silence would not make it fall."""
    assert walk(["no"], before=True)[:5] == walk([""], before=True)[:5] == [Word.ASKED] * 5


def test_a_request_stops_being_asked_at_the_very_second_it_closes():
    desk = factories.portrait()
    factories.unread(desk, Usage.SITE, at=AT)
    assert word(desk, at=CLOSES - SECOND) == Word.ASKED
    assert word(desk, at=CLOSES) == Word.NONE


def test_consent_until_the_first_end_and_not_a_second_more():
    who = [factories.person("Nadia"), factories.person("Morris")]
    desk = factories.portrait("Nadia", people=who, partner_name="Morris")
    version = factories.unread(desk, Usage.SITE, at=AT)
    for person, days in zip(who, (300, 100), strict=True):
        factories.say(version, Usage.SITE, at=AT, who=person, days=days)
    until = AT + timedelta(days=100)
    standing = next(one for one in state.standings([desk.pk], at=AT + SECOND)[desk.pk] if one.usage == Usage.SITE)
    assert (standing.word, standing.until) == (Word.CONSENT, until)
    assert word(desk, at=until - SECOND) == Word.CONSENT
    assert word(desk, at=until) == Word.NONE


def test_an_end_and_a_withdrawal_after_the_request_closed_are_the_same():
    ended, withdrawn = (factories.portrait(name) for name in ("Nadia", "Morris"))
    factories.say(factories.unread(ended, at=AT), *Usage, at=AT, days=30)
    factories.say(factories.unread(withdrawn, at=AT), *Usage, at=AT, days=365)
    factories.withdraw(withdrawn, at=AT + timedelta(days=30))
    found = state.standings([ended.pk, withdrawn.pk], at=AT + timedelta(days=31))
    assert found[ended.pk] == found[withdrawn.pk]
    assert {one.word for one in found[ended.pk]} == {Word.NONE}


def test_only_the_usages_that_were_asked_are_asked():
    desk = factories.portrait()
    factories.unread(desk, Usage.ECRAN, at=AT)
    assert (word(desk, Usage.ECRAN), word(desk, Usage.SITE)) == (Word.ASKED, Word.NONE)


def test_a_usage_left_out_of_the_new_request_keeps_its_consent():
    desk = factories.portrait()
    factories.say(factories.unread(desk, Usage.ECRAN, Usage.SITE, at=AT), Usage.ECRAN, Usage.SITE, at=AT)
    factories.unread(desk, Usage.SITE, at=AT + SECOND)
    now = AT + SECOND * 2
    assert (word(desk, Usage.ECRAN, at=now), word(desk, Usage.SITE, at=now)) == (Word.CONSENT, Word.ASKED)


def test_hidden_says_no_consent_whatever_was_answered_until_asked_again():
    desk, by = factories.portrait(), factories.user()
    version = factories.unread(desk, Usage.SITE, at=AT)
    hiding.hide(desk, by=by, at=AT + SECOND, reason="Elle change de service.")
    assert word(desk, at=AT + SECOND) == Word.NONE
    factories.say(version, Usage.SITE, at=AT + SECOND * 2)
    assert word(desk, at=AT + SECOND * 3) == Word.NONE
    stop = state.stop(desk.pk, at=AT + SECOND)
    assert (stop.since, stop.reason) == (AT + SECOND, "Elle change de service.")
    assert state.stop(desk.pk, at=AT) is None
    factories.say(factories.unread(desk, Usage.SITE, at=AT + SECOND * 4), Usage.SITE, at=AT + SECOND * 4)
    assert word(desk, at=AT + SECOND * 5) == Word.CONSENT
    assert state.stop(desk.pk, at=AT + SECOND * 5) is None


def test_a_version_changed_behind_our_back_has_no_consent(monkeypatch):
    desk = factories.shown(Usage.SITE, at=AT)
    photo = Photo.objects.get(pk=desk.photo_id)
    Photo.objects.filter(pk=photo.pk).update(sha256="0" * 64)
    assert word(desk, at=AT + SECOND) == Word.ASKED  # the question is open; what is shown is nothing
    assert word(desk, at=CLOSES) == Word.NONE


@pytest.mark.parametrize("count", [3, 30])
def test_two_queries_however_many_portraits(count, django_assert_num_queries):
    photo = factories.photo()
    nadia = factories.person()
    for number in range(count):
        desk = Portrait(
            locale=factories.locale(), first_name=f"N{number}", job="x", sentence="Je", story="x", photo=photo, alt="x"
        )
        desk.subjects = [DraftSubject(person=nadia)]
        desk.save()
        version = factories.unread(desk, Usage.SITE, at=AT)
        if number % 2:
            factories.say(version, Usage.SITE, at=AT)
    keys = list(Version.objects.values_list("portrait", flat=True))
    with django_assert_num_queries(2):
        found = state.standings(keys, at=AT + SECOND)
    assert len(found) == count
    with django_assert_num_queries(2):
        assert state.standings(at=AT + SECOND) == found


@pytest.mark.parametrize("count", [3, 30])
def test_the_persons_own_page_costs_the_same_however_many_portraits(count, django_assert_num_queries):
    """Where their consents stand, for one portrait among many of theirs."""
    factories.crowd(count, Usage.SITE)
    (*_others, token) = factories.tokens()
    address = reverse("consentement-etat", args=[token])
    client = visit(reverse("consentement", args=[token]))
    client.get(address)
    with django_assert_num_queries(14):
        assert client.get(address).status_code == 200


def test_the_sentences_in_french(settings):
    from django.utils import translation

    with translation.override("fr-ca"):
        told = state.Standing(Usage.SITE, Word.CONSENT, datetime(2027, 11, 21, 12, tzinfo=UTC))
        assert "21\xa0novembre 2027" in str(told)


def test_grouped_puts_what_is_shown_first():
    desk = factories.portrait()
    factories.say(factories.unread(desk, Usage.ECRAN, Usage.SITE, at=AT), Usage.ECRAN, at=AT)
    groups = state.grouped(state.standings([desk.pk], at=AT + SECOND)[desk.pk])
    assert [word for word, _sentence, _usages in groups] == [Word.CONSENT, Word.ASKED, Word.NONE]
    assert len(groups[2][2]) == len(ASKED) - 2


# -- what is shown meanwhile


def until_when(desk, at=AT + SECOND):
    return state.former(desk.pk, at=at)


def test_while_a_newer_version_is_asked_the_former_one_is_said_to_stay():
    desk = factories.portrait()
    factories.say(factories.unread(desk, Usage.SITE, Usage.ECRAN, at=AT - SECOND), Usage.SITE, at=AT - SECOND, days=30)
    ends = Version.objects.get().subjects.get().requests.get().consents.get().ends_at
    assert until_when(desk, at=AT) is None  # nothing newer is asked
    factories.unread(desk, Usage.SITE, at=AT)
    assert [until_when(desk), until_when(desk, at=CLOSES), until_when(desk, at=ends)] == [ends, None, None]


def test_nothing_is_said_of_a_former_version_that_was_not_shown_or_is_not_asked_about():
    never, elsewhere, again = (factories.portrait(name) for name in ("Jamais", "Ailleurs", "Encore"))
    factories.unread(never, Usage.SITE, at=AT - SECOND)
    factories.say(factories.unread(elsewhere, Usage.ECRAN, at=AT - SECOND), Usage.ECRAN, at=AT - SECOND)
    factories.say(factories.unread(again, Usage.SITE, at=AT - SECOND), Usage.SITE, at=AT - SECOND)
    factories.say(factories.unread(again, Usage.SITE, at=AT - SECOND / 2), Usage.SITE, at=AT - SECOND / 2)
    for desk in (never, elsewhere):
        factories.unread(desk, Usage.SITE, at=AT)
    asked = ConsentRequest.objects.get(subject__version=again.versions.latest("pk"))
    asking.again(asked, [Usage.SITE], at=AT)  # the very same Version
    assert [until_when(desk) for desk in (never, elsewhere, again)] == [None, None, None]


@pytest.mark.parametrize("answer", ["no", "withdrawn"])
def test_what_is_said_of_the_former_version_tells_no_refusal(answer):
    """Two people: one of them refuses the newer version, or withdraws the former one, and what staff reads stays as it was."""
    who = [factories.person("Nadia"), factories.person("Morris")]
    pair = {"partner_name": "Morris", "partner_photo": factories.photo(), "partner_alt": "Morris sourit."}
    desk = factories.portrait(people=who, **pair)
    factories.say(factories.unread(desk, Usage.SITE, at=AT - SECOND), Usage.SITE, at=AT - SECOND)
    newer = factories.unread(desk, Usage.SITE, at=AT)
    before = until_when(desk)
    if answer == "no":
        factories.say(newer, Usage.SITE, answer="no", who=who[1], at=AT + SECOND)
    else:
        consent.withdraw(desk, who[1], [Usage.SITE], at=AT + SECOND)
    assert before is not None
    assert until_when(desk, at=AT + 2 * SECOND) == before


def test_the_desk_says_until_when_the_former_version_stays(client):
    factories.user("admin", is_staff=True, is_superuser=True)
    client.login(username="admin", password="motdepasse")
    desk = factories.shown(Usage.SITE)
    page = reverse("wagtailsnippets_portraits_portrait:edit", args=[desk.pk])
    assert "La version d’avant reste sur les murs jusqu’au" not in client.get(page).content.decode()
    factories.ask(desk, Usage.SITE)
    assert "La version d’avant reste sur les murs jusqu’au" in client.get(page).content.decode()
