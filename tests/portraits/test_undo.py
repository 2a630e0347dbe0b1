"""A slip is repaired within ten minutes, a pause is taken up again by a new question, and words go back to people."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from intranet.models import Letter
from intranet.roles import CONSENT_OFFICER
from portraits import asking, consent, entrusting, gate, remarks
from portraits.models import Consent, ConsentRequest, LedgerEntry, Person, Remark
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import answers, link, path_of, post, visit

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN


@pytest.fixture(autouse=True)
def mails_become_rows(settings):
    settings.EMAIL_BACKEND = "intranet.mail.Rows"


def shown(usage=SITE, at=None):
    return [capsule.slug for capsule in gate.capsules(usage, at=at or timezone.now())]


def test_what_ended_since_does_not_come_back():
    """Somebody leaves, or another parent answers from now on, within the ten minutes: an undo is no way round."""
    at = timezone.now()
    desk = factories.shown(SITE)
    person = Person.objects.get(pk__in=desk.people())
    factories.withdraw(desk, SITE, at=at)
    consent.depart(person, on=timezone.localdate(at) - timedelta(days=1), at=at)
    Person.objects.filter(pk=person.pk).update(left_on=timezone.localdate(at) - timedelta(days=1))
    assert consent.undo(desk, Person.objects.get(pk=person.pk), at=at + timedelta(minutes=1)) == [SITE]
    assert shown() == []

    today = timezone.localdate(at)
    child = factories.person("Léo", turns_14_on=today + timedelta(days=900), turns_18_on=today + timedelta(days=2360))
    first, second = factories.person("Maude"), factories.person("Inès")
    entrusting.entrust(child, first, "parent", child.turns_18_on, at=at)
    desk = factories.shown(SITE, first_name="Léo", people=[child])
    assert shown() == ["leo"]
    at = timezone.now()
    factories.withdraw(desk, SITE, at=at)
    entrusting.entrust(child, second, "parent", child.turns_18_on, at=at)
    consent.undo(desk, child, at=at + timedelta(minutes=1))
    assert shown() == []


def test_a_withdrawal_undone_stands_again_with_the_same_end():
    path, row = link()
    factories.say(row.subject.version, SITE, ECRAN, days=30)
    ends = set(Consent.objects.values_list("ends_at", flat=True))
    client = visit(path)
    client.post(path + "etat/", {"usage": "tout"})
    assert (shown(), shown(ECRAN)) == ([], [])
    assert b'value="annuler"' in client.get(path + "etat/").content
    response = client.post(path + "etat/", {"geste": "annuler"})
    assert response.headers["Location"] == path + "etat/?note=annule"
    assert (len(shown()), len(shown(ECRAN))) == (1, 1)
    living = Consent.objects.filter(ended_at__isnull=True)
    assert set(living.values_list("ends_at", flat=True)) == ends
    assert {row.method for row in living} == {"code"}
    assert b'value="annuler"' not in client.get(path + "etat/").content


def test_ten_minutes_to_the_second():
    _path, row = link()
    at = timezone.now()
    factories.say(row.subject.version, SITE, at=at)
    portrait, person = row.subject.version.portrait, row.subject.person
    consent.withdraw(portrait, person, [SITE], at=at)
    assert consent.undo(portrait, person, at=at + consent.UNDO) == []
    assert consent.undo(portrait, person, at=at + consent.UNDO - timedelta(seconds=1)) == [SITE]
    assert consent.undo(portrait, person, at=at + consent.UNDO - timedelta(seconds=1)) == []


def test_a_robot_that_refused_everything_takes_nothing_from_the_person():
    path, row = link()
    Client().post(path + "choix/", {"tout": "non"})
    row.refresh_from_db()
    assert row.answered_at is not None
    client = visit(path)
    client.post(path + "etat/", {"geste": "annuler"})
    row.refresh_from_db()
    assert row.answered_at is None  # reminders go on
    assert not Consent.objects.exists()
    assert post(client, path, site="yes").headers["Location"] == path + "etat/?note=note"
    assert shown()


def test_undoing_never_grants_what_was_refused_at_first():
    path, _row = link()
    client = visit(path)
    post(client, path, site="no", ecran="yes")
    client.post(path + "etat/", {"geste": "annuler"})
    assert shown() == []
    assert shown(ECRAN)


def test_the_link_opens_for_the_undo_after_everything_is_withdrawn():
    path, row = link()
    at = timezone.now()
    factories.say(row.subject.version, SITE, at=at)
    with time_machine.travel(row.closes_at + timedelta(days=1)):
        client = visit(path)
        client.post(path + "etat/", {"usage": "tout"})
        assert Client().get(path).status_code == 200
    with time_machine.travel(row.closes_at + timedelta(days=1, minutes=11)):
        assert Client().get(path).status_code == 404


# -- pause


def test_a_pause_hides_and_coming_back_is_a_new_question_about_the_same_version():
    path, row = link()
    factories.say(row.subject.version, SITE, ECRAN)
    client = visit(path)
    client.post(path + "etat/", {"geste": "pause"})
    assert (shown(), shown(ECRAN)) == ([], [])
    assert {row.end_reason for row in Consent.objects.all()} == {"paused"}
    assert b'value="reprendre"' in client.get(path + "etat/").content
    client.post(path + "etat/", {"geste": "reprendre"})
    assert shown() == []  # it grants nothing
    again = ConsentRequest.objects.latest("pk")
    assert (again.renewal, again.subject_id, set(again.asked)) == (True, row.subject_id, {"site", "ecran"})
    fresh = path_of(-1)
    client = visit(fresh)
    response = client.post(fresh + "choix/", {"comme-avant": "1"})
    assert response.headers["Location"] == fresh + "code/"
    client.post(fresh + "code/", {"code": factories.code()})
    assert (len(shown()), len(shown(ECRAN))) == (1, 1)


def test_coming_back_is_asked_once_an_hour():
    path, row = link()
    factories.say(row.subject.version, SITE)
    client = visit(path)
    client.post(path + "etat/", {"geste": "pause"})
    for _ in range(3):
        client.post(path + "etat/", {"geste": "reprendre"})
    assert ConsentRequest.objects.filter(renewal=True).count() == 1
    assert asking.resume(row, at=timezone.now() + timedelta(hours=2)) is not None


def test_a_paused_link_waits_for_the_person():
    path, row = link()
    factories.say(row.subject.version, SITE)
    visit(path).post(path + "etat/", {"geste": "pause"})
    with time_machine.travel(row.closes_at + timedelta(days=90)):
        assert Client().get(path).status_code == 200


def test_nothing_to_take_up_once_a_newer_version_was_asked():
    desk = factories.shown(SITE)
    row = ConsentRequest.objects.get()
    consent.withdraw(desk, row.subject.person, [SITE], at=timezone.now(), reason=consent.Reason.PAUSED)
    assert asking.resumable(row, at=timezone.now()) == [SITE]
    factories.ask(desk, SITE)
    assert asking.resumable(row, at=timezone.now()) == []


def test_a_renewal_goes_on_from_the_present_end_and_never_beyond_two_years():
    at = timezone.now()
    factories.shown(SITE, at=at)
    row = ConsentRequest.objects.get()
    soon = at + timedelta(days=340)
    again = asking.again(row, [SITE], at=soon)
    consent.answer(again, {SITE: "yes"}, seen={SITE: "0" * 64}, at=soon, proof=factories.PROOF)
    assert Consent.objects.latest("pk").ends_at == at + timedelta(days=730)
    third = asking.again(again, [SITE], at=soon)
    consent.answer(third, {SITE: "yes"}, seen={SITE: "0" * 64}, at=soon, proof=factories.PROOF)
    assert Consent.objects.latest("pk").ends_at == soon + timedelta(days=730)


# -- words


def test_a_call_for_help_reaches_the_officer_and_leaves_a_week_more():
    officer = factories.user("accords", CONSENT_OFFICER, email="accords@erables.example")
    path, row = link(ask=factories.ask)
    late = row.closes_at - timedelta(days=1)
    with time_machine.travel(late):
        response = visit(path).post(path + "mot/", {"sujet": "aide", "message": "Je ne comprends pas « vitrine »."})
        assert response.headers["Location"] == path + "choix/?note=aide"
    remark = Remark.objects.get()
    assert (remark.kind, remark.handled_at) == ("help", None)
    row.refresh_from_db()
    assert row.closes_at > late + timedelta(days=6)
    assert row.closes_at <= row.asked_at + timedelta(days=30)
    letter = Letter.objects.latest("pk")
    assert letter.to == officer.email
    assert "vitrine" not in letter.body
    assert "vitrine" not in str(list(LedgerEntry.objects.values_list("body", flat=True)))
    remarks.handle(remark, by=officer, at=timezone.now())
    remark.refresh_from_db()
    assert remark.handled_by == officer


def test_five_words_a_day_and_the_sixth_is_not_lost_without_a_sentence():
    path, row = link(ask=factories.ask)
    client = visit(path)
    for number in range(remarks.A_DAY):
        client.post(path + "mot/", {"sujet": "aide", "message": f"Allo {number}"})
    response = client.post(path + "mot/", {"sujet": "aide", "message": "Allo encore"})
    assert response.headers["Location"] == path + "choix/?note=trop"
    assert Remark.objects.count() == remarks.A_DAY
    remarks.write(row, Remark.Kind.HELP, "Demain.", at=timezone.now() + timedelta(days=1))


def test_a_word_to_change_is_kept_and_an_empty_one_is_not_sent():
    path, _row = link(ask=factories.ask)
    client = visit(path)
    assert client.post(path + "mot/", {"sujet": "mot"}).headers["Location"] == path + "choix/?note=vide"
    assert not Remark.objects.exists()
    client.post(path + "mot/", {"sujet": "mot", "message": "Je suis jardinière, pas horticultrice." + "x" * 2000})
    remark = Remark.objects.get()
    assert remark.kind == "change"
    assert len(remark.words) == remarks.LONGEST


# -- the same face, in another portrait


def test_a_picture_asked_about_once_is_asked_about_everywhere():
    picture = factories.photo()
    nadia = factories.person("Nadia")
    factories.ask(factories.portrait(people=[nadia], photo=picture), SITE)
    elsewhere = factories.portrait("Zoé", people=[factories.person("Zoé")], photo=picture)
    with pytest.raises(asking.NotReady, match="Nadia"):
        factories.ask(elsewhere, SITE)
    asking.exempt(nadia, picture, by=factories.staff(), reason="Elle n’est pas sur cette photo.", at=timezone.now())
    factories.ask(elsewhere, SITE)
    assert "photo" not in str(LedgerEntry.objects.get(kind="exempted").body["reason"])


def test_an_answer_sheet_in_both_hands():
    """The same link in two browsers: the second yes finds its own proof missing."""
    path, _row = link()
    first, second = visit(path), visit(path)
    post(first, path, site="yes")
    assert second.post(path + "choix/", answers(ecran="yes")).headers["Location"] == path + "code/"
