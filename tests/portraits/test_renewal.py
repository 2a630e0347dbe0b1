"""Before a yes ends, its person is asked once whether to go on, on the same Version; silence ends it by itself."""

import re
import secrets
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from intranet.models import Letter
from portraits import consent, gate, guardians, hiding, links, reminding, renewing
from portraits.models import Consent, ConsentRequest, LedgerEntry, Person, Representation, Subject, Version
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import visit

pytestmark = pytest.mark.django_db
SITE, ECRAN, INTRANET = Usage.SITE, Usage.ECRAN, Usage.INTRANET
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SAID = timezone.now() - 400 * DAY
END = SAID + 365 * DAY


def shown(*usages, at=SAID, days=None, **fields):
    """Said yes to at once. Returns the Version; the mails of the first question are put away."""
    version = factories.ask(factories.portrait(**fields), *(usages or (SITE, ECRAN)), at=at)
    factories.say(version, *(usages or (SITE, ECRAN)), at=at, days=days)
    Letter.objects.all().delete()
    return version


def renewals(version):
    return list(ConsentRequest.objects.filter(subject__version=version, renewal=True).order_by("pk"))


def test_once_thirty_days_before_to_the_second_whatever_the_number_of_sweeps():
    version = shown()
    assert renewing.renew(at=END - 30 * DAY - SECOND) == 0
    assert [renewing.renew(at=END - 30 * DAY) for _sweep in range(3)] == [1, 0, 0]
    assert [renewing.renew(at=END - day * DAY) for day in (29, 10, 1, 0, -1)] == [0] * 5
    (request,) = renewals(version)
    assert request.asked == ["ecran", "site"]
    assert request.closes_at == END
    assert Letter.objects.count() == 1
    assert Version.objects.count() == 1
    assert not Consent.objects.filter(request=request).exists()  # it grants nothing


def test_a_yes_of_a_month_is_asked_about_seven_days_before():
    shown(days=consent.MONTH)
    end = SAID + consent.MONTH * DAY
    assert renewing.renew(at=end - 7 * DAY - SECOND) == 0
    assert renewing.renew(at=end - 7 * DAY) == 1
    assert reminding.remind(at=end) == 0


def test_silence_ends_it_by_itself():
    version = shown()
    renewing.renew(at=END - 30 * DAY)
    for at, there in ((END - SECOND, [version.pk]), (END, [])):
        assert [one.version for one in gate.capsules(SITE, at=at)] == there


def test_the_notice_is_one_of_the_two_messages_at_most():
    shown()
    renewing.renew(at=END - 30 * DAY)
    found = [day for day in range(31) if reminding.remind(at=END - 30 * DAY + day * DAY)]
    assert found == [14]
    assert Letter.objects.count() == 2


@pytest.mark.parametrize("asked_for", [365, 730])
def test_a_yes_goes_on_after_the_present_end_and_never_beyond_24_months(asked_for):
    version, at = shown(), END - 20 * DAY
    renewing.renew(at=END - 30 * DAY)
    (request,) = renewals(version)
    consent.answer(request, {SITE: "yes"}, seen={SITE: "0" * 64}, at=at, proof=factories.PROOF, days=asked_for)
    row = Consent.objects.get(request=request)
    assert row.ends_at == min(END + asked_for * DAY, at + 730 * DAY)
    for instant in (at - SECOND, at, END - SECOND, END, row.ends_at - SECOND):
        assert [one.version for one in gate.capsules(SITE, at=instant)] == [version.pk]
    assert gate.capsules(SITE, at=row.ends_at) == []


def test_each_year_asks_once_more():
    version = shown(SITE)
    renewing.renew(at=END - 30 * DAY)
    consent.answer(renewals(version)[0], {SITE: "yes"}, seen={SITE: "0" * 64}, at=END - 20 * DAY, proof=factories.PROOF)
    second = END + 365 * DAY
    assert renewing.renew(at=END - 10 * DAY) == 0
    assert renewing.renew(at=second - 30 * DAY - SECOND) == 0
    assert [renewing.renew(at=second - 30 * DAY) for _sweep in range(3)] == [1, 0, 0]


def test_going_on_is_one_tap_on_the_page():
    now = timezone.now()
    version = shown(SITE, at=now - 340 * DAY)
    assert renewing.renew(at=now) == 1
    path = f"/consentement/{factories.tokens()[-1]}/"
    client = visit(path)
    page = client.get(path + "choix/").content.decode()
    assert re.search(r'<button[^>]*name="comme-avant"', page)
    assert client.post(path + "choix/", {"comme-avant": ""}).headers["Location"] == path + "code/"
    client.post(path + "code/", {"code": factories.code()})
    rows = Consent.objects.filter(request=renewals(version)[0])
    assert {row.ends_at - (now - 340 * DAY) for row in rows} == {(365 + 365) * DAY}
    assert day(rows[0].ends_at) in page  # the very day that was read


def day(instant):
    with translation.override("fr-ca"):
        return date_format(timezone.localtime(instant), "DATE_FORMAT")


def test_one_day_is_read_and_written_for_all_whatever_their_present_ends():
    """The first of the ends: nobody is shown a day longer than what they read."""
    other = shown(ECRAN, INTRANET)
    factories.say(other, ECRAN, at=SAID + 10 * DAY)
    assert renewing.renew(at=END - 20 * DAY) == 1
    (request,) = renewals(other)
    assert sorted(request.asked) == ["ecran", "intranet"]
    ends = consent.ends_at(request, at=END - 19 * DAY, days=365)
    assert ends == END + 365 * DAY
    for _twice in range(2):
        seen = dict.fromkeys([ECRAN, INTRANET], "0" * 64)
        said = dict.fromkeys(seen, "yes")
        consent.answer(request, said, seen=seen, at=END - 19 * DAY, proof=factories.PROOF)
    assert {row.ends_at for row in Consent.objects.filter(request=request)} == {ends}


def test_whoever_may_no_longer_answer_reads_no_day_that_would_not_hold():
    leaver = factories.person("Nadia")
    factories.ask(factories.portrait(people=[leaver]), SITE)
    path = f"/consentement/{factories.tokens()[-1]}/"
    Person.objects.filter(pk=leaver.pk).update(left_on=timezone.localdate() + 3 * DAY)
    page = visit(path).get(path + "choix/").content.decode()
    assert day(timezone.now() + 3 * DAY) in page
    assert day(timezone.now() + 365 * DAY) not in page
    Person.objects.filter(pk=leaver.pk).update(left_on=timezone.localdate())
    assert visit(path).get(path + "choix/").headers["Location"] == path + "etat/?note=ferme"


def test_what_ends_soon_after_comes_in_the_same_message():
    version = shown(SITE)
    request = ConsentRequest.objects.get(subject__version=version)
    renewing.renew(at=END - 30 * DAY)
    assert len(renewals(version)) == 1
    other = factories.ask(factories.portrait("Diego"), SITE, ECRAN, INTRANET, at=SAID)
    request = ConsentRequest.objects.get(subject__version=other)
    for usage, later in ((SITE, 0), (ECRAN, 20)):
        seen = {usage: "0" * 64}
        consent.answer(request, {usage: "yes"}, seen=seen, at=SAID + later * DAY, proof=factories.PROOF)
    renewing.renew(at=END - 30 * DAY)
    assert renewing.renew(at=END - 10 * DAY) == 0
    assert [one.asked for one in renewals(other)] == [["ecran", "site"]]  # never what was not said yes to


def test_not_when_somebody_said_no_or_withdrew_since():
    version = shown()
    portrait = version.portrait
    factories.say(version, SITE, answer="no", at=SAID + DAY)
    factories.withdraw(portrait, ECRAN, at=SAID + 2 * DAY)
    assert renewing.renew(at=END - 30 * DAY) == 0
    other = shown()
    factories.say(other, SITE, answer="no", at=SAID + DAY)
    renewing.renew(at=END - 30 * DAY)
    assert [one.asked for one in renewals(other)] == [["ecran"]]


def test_not_when_hidden_replaced_or_being_asked_anew():
    hidden, replaced, anew = shown(SITE), shown(SITE, first_name="Diego"), shown(SITE, first_name="Rosa")
    hiding.hide(hidden.portrait, by=factories.staff(), at=SAID + DAY)
    factories.say(factories.ask(replaced.portrait, SITE, at=END - 40 * DAY), SITE, at=END - 39 * DAY)
    factories.ask(anew.portrait, SITE, at=END - 31 * DAY)
    assert renewing.renew(at=END - 30 * DAY) == 0
    assert (
        renewing.renew(at=END - 9 * DAY) == 1
    )  # that question closed without an answer: the wall still shows the former
    assert renewals(anew)


def test_not_when_the_other_one_in_the_picture_said_no():
    people = [factories.person(), factories.person("Morris", kind="resident")]
    fields = {"partner_name": "Morris", "partner_photo": factories.photo((9, 9, 9)), "partner_alt": "Morris"}
    version = shown(SITE, people=people, **fields)
    assert renewing.renew(at=END - 30 * DAY) == 2  # each for themselves
    other = shown(SITE, people=[factories.person(), factories.person("Ali", kind="resident")])
    factories.say(other, SITE, answer="no", at=SAID + DAY, who=other.subjects.last().person)
    assert renewing.renew(at=END - 30 * DAY) == 0
    assert len(renewals(version)) == 2


def test_not_to_somebody_who_left_nor_past_a_birthday():
    version = shown(SITE)
    person = version.subjects.get().person
    person.left_on = (END - 5 * DAY).date()
    person.save()
    consent.depart(person, on=person.left_on, at=END - 60 * DAY)
    birthday = (END + 100 * DAY).date()
    child = factories.person("Léo", kind="resident", turns_14_on=birthday, turns_18_on=date(2035, 1, 1))
    parent = factories.person("Ana", kind="resident")
    Representation.objects.create(person=child, representative=parent, valid_until=date(2035, 1, 1))
    young = shown(SITE, at=END, people=[child])
    end = Consent.objects.get(subject__version=young).ends_at
    assert end == guardians.midnight(birthday)
    assert renewing.renew(at=END - 10 * DAY) == 0
    assert renewing.renew(at=end - DAY) == 0  # nothing would be gained: from that day the person decides


def test_it_is_asked_in_the_ledger_and_leaks_to_nobody():
    version = shown(SITE)
    renewing.renew(at=END - 30 * DAY)
    line = LedgerEntry.objects.filter(kind="asked").last()
    assert (line.body["request"], line.body["usages"]) == (renewals(version)[0].pk, ["site"])
    assert version.subjects.get().person.first_name not in str(line.body)


@pytest.mark.django_db
def test_the_sweep_renews_and_the_link_opens():
    now = timezone.now()
    version = shown(SITE, at=now - 336 * DAY)
    sweep()
    sweep()
    (request,) = renewals(version)
    known = set(request.links.values_list("token_sha256", flat=True))
    (token,) = [token for token in factories.tokens() if links.token_hash(token) in known]
    assert Client().get(f"/consentement/{token}/").status_code == 200


def many(number, *, at):
    """So many portraits with a living yes each, written row by row: verbs would take minutes."""
    first = shown(SITE, at=at)
    one = Consent.objects.get(subject__version=first)
    people = Person.objects.bulk_create(
        Person(first_name=f"N{i}", email=f"n{i}@erables.example") for i in range(number)
    )
    fields = {
        "portrait": first.portrait,
        "across": first.across,
        "photo": first.photo,
        "content": first.content,
        "language": "fr-ca",
    }
    versions = Version.objects.bulk_create(
        Version(**fields, fingerprint="0" * 64, key=secrets.token_hex(16), slug=f"n-{i}", frozen_at=at)
        for i in range(number)
    )
    subjects = Subject.objects.bulk_create(
        Subject(version=version, person=person, role="main") for version, person in zip(versions, people, strict=True)
    )
    seq = LedgerEntry.objects.count()
    lines = LedgerEntry.objects.bulk_create(
        LedgerEntry(seq=seq + i + 1, at=at, kind="granted", body={}, prev=f"{i}", hash=f"h{i}") for i in range(number)
    )
    Consent.objects.bulk_create(
        Consent(
            subject=subject,
            request=one.request,
            usage=SITE,
            usage_number=one.usage_number,
            starts_at=at,
            ends_at=at + 365 * DAY,
            rendering_sha256="0" * 64,
            ledger_entry=line,
        )
        for subject, line in zip(subjects, lines, strict=True)
    )
    return subjects


def test_two_thousand_portraits_cost_one_query_when_nothing_ends_soon_and_two_once_everybody_was_asked(
    django_assert_num_queries,
):
    subjects = many(2000, at=SAID)
    with django_assert_num_queries(1):
        assert renewing.renew(at=END - 31 * DAY) == 0
    ConsentRequest.objects.bulk_create(
        ConsentRequest(subject=one, asked=["site"], asked_at=END - 30 * DAY, closes_at=END, renewal=True, notice=1)
        for one in Subject.objects.all()
    )
    assert len(subjects) == 2000
    with django_assert_num_queries(2):
        assert renewing.renew(at=END - 29 * DAY) == 0
