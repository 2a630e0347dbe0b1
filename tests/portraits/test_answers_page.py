"""« Tes réponses »: what one reads of one's own answers is what holds, of this very portrait, and what is still to come."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from portraits import letter, links, recording, translate
from portraits.consent import TERMS
from portraits.models import ConsentRequest, Evidence, Link
from portraits.usages import Usage
from portraits.views import questions
from tests import factories
from tests.portraits.consenting import link, path_of, post, visit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SITE, ECRAN = Usage.SITE, Usage.ECRAN
BLANK_IS_NO = "compte comme un non"


def page(client, path, name="etat/"):
    return client.get(path + name).content.decode()


def newest():
    return ConsentRequest.objects.latest("pk")


@pytest.fixture
def both_languages():
    """(French question, English one): a month in French, a year in English."""
    now = timezone.now()
    desk = factories.portrait()
    factories.say(factories.unread(desk, SITE, at=now), SITE, at=now, days=TERMS["mois"])
    french = newest()
    factories.say(factories.unread(translate.adapt(desk, by=None), SITE, at=now), SITE, at=now)
    return french, newest()


def ends(request):
    return {one.usage: one.until for one in questions.standings(request, at=timezone.now())}


def test_the_end_that_one_reads_is_the_one_of_this_very_portrait(both_languages):
    french, english = both_languages
    assert ends(french)[SITE] == french.consents.get().ends_at
    assert ends(english)[SITE] == english.consents.get().ends_at
    assert ends(french)[SITE] < ends(english)[SITE]


def test_when_nothing_lives_here_what_holds_in_the_other_language_is_told(both_languages):
    french, english = both_languages
    later = timezone.now() + timedelta(days=TERMS["mois"] + 1)
    (standing,) = questions.standings(french, at=later)
    assert standing.until == english.consents.get().ends_at


def test_a_blank_is_called_a_no_only_when_no_yes_lives():
    path, request = link(SITE, ECRAN)
    assert BLANK_IS_NO in page(visit(path), path, "choix/")
    factories.say(request.subject.version, SITE)
    factories.unread(request.subject.version.portrait, SITE, ECRAN)
    again = path_of(-1)
    assert BLANK_IS_NO not in page(visit(again), again, "choix/")
    assert ends(newest())[SITE]  # and leaving it blank ends nothing:
    post(visit(again), again, ecran="no")
    assert ends(newest())[SITE]


def test_a_letter_calls_no_blank_a_no():
    """Staff prints it: one sentence, whatever was answered before, and true."""
    with translation.override("en"):
        words = [letter._to_employee()["form_intro"], letter._to_resident()["form_intro"]]
    assert not any("counts as no" in one for one in words)


def test_a_yes_on_paper_that_waits_is_not_told_as_a_no():
    path, request = link(SITE, ECRAN)
    said = {SITE: "yes", ECRAN: "no"}
    call = recording.Said(Evidence.Kind.PHONE, said, timezone.now(), TERMS["annee"], "fr-ca", note="Appelée.")
    recording.record(request, call, seen={SITE: "0" * 64}, by=factories.staff(), at=timezone.now())
    client = visit(path)
    with translation.override("en"):
        words = client.get(path + "etat/?langue=en").content.decode()
    assert "Yes, waiting for a second person" in words
    assert "waits for a second person, who checks it" in words
    assert words.count("<b>No</b>") == 1
    post(client, path, site="no")  # taken back before anybody agreed
    assert not any(one.waits for one in questions.standings(request, at=timezone.now()))


def test_the_question_that_waits_comes_first_for_whoever_is_shown_already():
    _path, request = link(SITE)
    factories.say(request.subject.version, SITE)
    factories.unread(request.subject.version.portrait, SITE, ECRAN)
    again = path_of(-1)
    words = page(visit(again), again)
    assert words.count(f'href="{again}choix/"') == 1
    assert words.index(f'href="{again}choix/"') < words.index('class="standings"')
    post(visit(again), again, ecran="no")
    answered = page(visit(again), again)
    assert answered.count(f'href="{again}choix/"') == 1
    assert answered.index(f'href="{again}choix/"') > answered.index('class="standings"')


def test_a_telephone_number_is_never_broken_in_two():
    path, _request = link(SITE)
    assert '<span class="phone">514 555-0142</span>' in page(visit(path), path, "choix/")


# -- what waits is not a no, and what was shown before is said


def test_a_question_that_waits_is_not_told_as_a_no():
    path, _request = link(SITE, ECRAN)
    browser = visit(path)
    assert page(browser, path).count("Pas encore répondu") == 2
    post(browser, path, site="no")
    told = page(browser, path)
    assert [told.count("<b>Non</b>"), told.count("Pas encore répondu")] == [2, 0]  # a blank counts as a no


def test_what_was_never_answered_is_not_told_as_a_no_once_it_is_closed():
    path, request = link(SITE, ECRAN)
    browser = visit(path)
    ConsentRequest.objects.update(closes_at=request.asked_at)
    told = page(browser, path)
    assert [told.count("Sans réponse"), told.count("<b>Non</b>")] == [2, 0]


FORMER = "la version d’avant reste sur les murs"


def test_the_person_reads_until_when_the_former_version_stays_while_a_newer_one_waits():
    desk = factories.shown(SITE)
    before = path_of(-1)
    assert FORMER not in page(visit(before), before)
    factories.unread(desk, SITE, ECRAN)
    path = path_of(-1)
    browser = visit(path)
    assert [FORMER in page(browser, path, name) for name in ("choix/", "etat/")] == [True, True]
    post(browser, path, ecran="no")
    assert [FORMER in page(browser, path, name) for name in ("choix/", "etat/")] == [False, False]


def test_nothing_is_said_of_a_former_version_that_they_withdrew():
    desk = factories.shown(SITE)
    factories.unread(desk, SITE)
    factories.withdraw(desk)
    path = path_of(-1)
    browser = visit(path)
    assert FORMER not in page(browser, path, "choix/") + page(browser, path)


@pytest.mark.parametrize(("kind", "word"), [("employee", "tu as répondu"), ("resident", "vous avez répondu")])
def test_a_link_that_staff_held_says_tu_or_vous(kind, word):
    factories.say(factories.unread(factories.portrait(people=[factories.person(kind=kind)]), SITE), SITE)
    token = links.make(newest(), Link.Kind.RESPOND, at=timezone.now(), witness=factories.staff())
    path = f"/consentement/{token}/"
    told = page(visit(path), path)
    assert word in told
    assert reverse("consentement-retrouver") in told
