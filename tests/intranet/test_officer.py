"""« Accords »: what the consent officer reads and does, and that nobody else does, the administrator included."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from intranet import roles
from portraits import gate, hiding, notices, remarks
from portraits.models import ConsentRequest, Exemption, Hidden, LedgerEntry, NoticeText, Remark
from portraits.permission import guards_consents
from portraits.usages import Usage
from tests import factories
from tests.portraits import test_quotes as quotes
from tests.portraits.desk import signed_in

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
Code = NoticeText.Code


@pytest.fixture
def officer():
    return signed_in(roles.CONSENT_OFFICER, username="accords")


def one(name, *args):
    return reverse(f"portraits_{name}", args=args)


def page_of(client, desk):
    """The portrait's page, opened."""
    address = one("officer_portrait", desk.pk)
    assert client.post(address).status_code == 302
    return client.get(address)


def test_the_officer_alone_not_even_the_administrator(officer):
    desk = factories.shown(SITE)
    words = quotes.passed_on(factories.person("Carole"))
    hiding.hide(words, by=factories.staff(), at=timezone.now())
    addresses = [
        one("officer"),
        one("officer_portrait", desk.pk),
        one("officer_words", words.pk),
        one("notices"),
        one("notice", "employee"),
    ]
    assert {officer.get(address).status_code for address in addresses} == {200}
    for client in (
        signed_in(roles.HR, username="rh1"),
        signed_in(roles.COMMS, username="comms1"),
        signed_in(roles.TECHNICIAN, username="tech1"),
        signed_in(username="boss", is_superuser=True, is_staff=True),
    ):
        for address in addresses:
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 302, address
                assert answer.url == "/admin/"
        assert one("officer") not in client.get("/admin/").content.decode()
    assert not LedgerEntry.objects.filter(kind="opened").exists()
    assert one("officer") in officer.get("/admin/").content.decode()


def test_being_a_superuser_is_no_answer():
    boss = factories.user("boss", is_superuser=True)
    assert boss.has_perm("portraits.guard_consents")
    assert not guards_consents(boss)
    both = factories.user("both", roles.CONSENT_OFFICER, is_superuser=True)
    assert guards_consents(both)
    assert not guards_consents(factories.user("left", roles.CONSENT_OFFICER, is_active=False))


def test_calls_for_help_are_read_and_handled(officer):
    desk = factories.portrait("Amira")
    request = ConsentRequest.objects.get(subject__version=factories.ask(desk, SITE))
    call = remarks.write(request, Remark.Kind.HELP, "Je ne comprends pas la question zqx.", at=timezone.now())
    remarks.write(request, Remark.Kind.CHANGE, "Mon titre est autre qvx.", at=timezone.now())
    (task,) = officer.get("/admin/").context["tasks"]
    assert task.url == one("officer")
    assert task.url not in signed_in(roles.HR, username="rh2").get("/admin/").content.decode()
    words = officer.get(one("officer")).content.decode()
    assert "zqx" in words
    assert "Amira" in words
    assert "qvx" not in words  # editors read those
    officer.post(one("officer_handled", call.pk))
    call.refresh_from_db()
    assert officer.get("/admin/").context["tasks"] == []
    assert call.handled_by.username == "accords"
    assert list(officer.get(one("officer")).context["calls"]) == []


def test_an_opening_is_a_line_of_the_ledger_and_a_reading_is_not(officer):
    desk = factories.portrait()
    factories.say(factories.unread(desk, SITE), SITE, answer="no")
    closed = officer.get(one("officer_portrait", desk.pk))
    assert "versions" not in closed.context
    assert not LedgerEntry.objects.filter(kind="opened").exists()
    page_of(officer, desk)
    officer.get(one("officer_portrait", desk.pk))
    line = LedgerEntry.objects.get(kind="opened")
    assert line.body["portrait"] == str(desk.translation_key)
    assert "accords" not in str(line.body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portraits.views.officer.OPEN", timedelta())
        assert "versions" not in officer.get(one("officer_portrait", desk.pk)).context


def test_who_said_yes_no_or_nothing(officer):
    amira, morris = factories.person("Amira"), factories.person("Morris")
    desk = factories.portrait("Amira", people=[amira, morris])
    version = factories.unread(desk, SITE, ECRAN)
    factories.say(version, SITE, who=amira)
    factories.say(version, ECRAN, answer="no", who=amira)
    ((_version, questions),) = page_of(officer, desk).context["versions"]
    told = {
        request.subject.person.first_name: {words.answer.value: labels for words, labels in said}
        for request, said in questions
    }
    assert told == {
        "Amira": {"yes": [str(SITE.label)], "no": [str(ECRAN.label)]},
        "Morris": {"blank": [str(usage.label) for usage in Usage if usage in {SITE, ECRAN}]},
    }


def test_a_stop_is_lifted_with_a_reason(officer):
    desk = factories.shown(SITE)
    hiding.hide(desk, by=factories.staff(), at=timezone.now(), reason="Une faute")
    page = page_of(officer, desk)
    assert "Une faute" in page.content.decode()
    refused = officer.post(one("officer_lift", desk.pk), {"reason": ""})
    assert refused.status_code == 200
    assert gate.capsules(SITE, at=timezone.now()) == []
    officer.post(one("officer_lift", desk.pk), {"reason": "La faute est corrigée"})
    assert len(gate.capsules(SITE, at=timezone.now())) == 1
    assert Hidden.objects.get().lifted_reason == "La faute est corrigée"
    assert LedgerEntry.objects.filter(kind="lifted").count() == 1


def test_kind_words_that_staff_hides_are_read_and_lifted_here_with_a_reason(officer):
    nadia = factories.person("Nadia")
    row = quotes.passed_on(nadia)
    quotes.say(row, nadia)
    assert quotes.quoted() == [row.pk]
    by = factories.user("rh1", first_name="Solange", last_name="Roy")
    hiding.hide(row, by=by, at=timezone.now(), reason="Une enfant <b>")
    assert quotes.quoted() == []
    board = officer.get(one("officer")).content.decode()
    assert one("officer_words", row.pk) in board
    assert "Une enfant &lt;b&gt;" in board
    page = officer.get(one("officer_words", row.pk)).content.decode()
    assert "traverser la rue" in page
    assert "Huguette" not in page  # nor what anybody answered
    assert officer.post(one("officer_words", row.pk), {"reason": ""}).status_code == 422
    assert quotes.quoted() == []
    assert officer.post(one("officer_words", row.pk), {"reason": "Relu : on ne reconnaît personne"}).status_code == 302
    assert quotes.quoted() == [row.pk]
    assert Hidden.objects.get().lifted_by.username == "accords"
    line = LedgerEntry.objects.get(kind="lifted")
    assert line.body["portrait"] == str(row.across)
    assert "reconnaît" not in str(line.body)
    assert one("officer_words", row.pk) not in officer.get(one("officer")).content.decode()


def test_whoever_did_it_is_named_and_not_by_a_login(officer):
    named = factories.user("rh1", first_name="Solange", last_name="Roy")
    for by in (named, factories.user("comms1")):
        hiding.hide(factories.shown(SITE), by=by, at=timezone.now())
    page = officer.get(one("officer")).content.decode()
    assert "· Solange Roy</span>" in page
    assert "rh1" not in page
    assert "· comms1</span>" in page  # no name was given


def test_somebody_is_exempted_from_a_picture_with_a_reason(officer):
    amira, morris = factories.person("Amira"), factories.person("Morris")
    desk = factories.portrait("Amira", people=[amira, morris])
    version = factories.ask(desk, SITE)
    page_of(officer, desk)
    key = f"{morris.pk}-{version.photo_id}"
    officer.post(one("officer_exempt", desk.pk), {"who": key, "reason": ""})
    officer.post(one("officer_exempt", desk.pk), {"who": "1-999", "reason": "Ailleurs"})
    assert not Exemption.objects.exists()
    officer.post(one("officer_exempt", desk.pk), {"who": key, "reason": "On ne voit que son dos"})
    row = Exemption.objects.get()
    assert (row.person, row.photo_id, row.by.username) == (morris, version.photo_id, "accords")
    assert key not in officer.get(one("officer_portrait", desk.pk)).context["exempt"].pairs


@pytest.mark.parametrize("action", ["officer_lift", "officer_exempt", "officer_handled"])
def test_what_is_done_is_posted(officer, action):
    desk = factories.shown(SITE)
    assert officer.get(one(action, desk.pk)).status_code == 405


def test_queries_of_the_board_do_not_grow(officer):
    def queries():
        with CaptureQueriesContext(connection) as found:
            officer.get(one("officer"))
        return len(found)

    def more(count):
        for _number in range(count):
            desk = factories.portrait()
            request = ConsentRequest.objects.get(subject__version=factories.unread(desk, SITE))
            remarks.write(request, Remark.Kind.HELP, "À l’aide", at=timezone.now())
            hiding.hide(desk, by=factories.staff(), at=timezone.now())

    more(3)
    queries()
    few = queries()
    more(27)
    assert len(officer.get(one("officer")).context["page"].object_list) == 30
    assert queries() == few


# -- what people are told


def bodies(**more):
    return {"fr-ca": "Un texte tout neuf.", "en": "A brand new text.", **more}


def test_a_text_is_drafted_then_put_in_use_in_every_language_at_once(officer):
    address = one("notice", Code.EMPLOYEE)
    officer.post(address, bodies())
    assert notices.current(Code.EMPLOYEE, at=timezone.now()) == 1
    assert officer.get(address).context["draft"]
    officer.post(address, bodies(publish="1"))
    assert notices.current(Code.EMPLOYEE, at=timezone.now()) == 2
    assert LedgerEntry.objects.filter(kind="noticed", body__notice="employee 2").count() == 1
    instants = set(NoticeText.objects.filter(code=Code.EMPLOYEE, version=2).values_list("published_at", flat=True))
    assert len(instants) == 1
    assert None not in instants
    assert notices.current(Code.RESIDENT, at=timezone.now()) == 1


def test_a_text_in_use_never_changes(officer):
    officer.post(one("notice", Code.ORAL), bodies(publish="1"))
    row = NoticeText.objects.get(code=Code.ORAL, version=2, language="en")
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeText.objects.filter(pk=row.pk).update(body="Another")
    officer.post(one("notice", Code.ORAL), bodies(en="A third text."))  # writes version 3, as a draft
    row.refresh_from_db()
    assert row.body == "A brand new text."
    assert notices.rows(Code.ORAL, 3)["en"].body == "A third text."


@pytest.mark.parametrize("wrong", ["one language", "no change"])
def test_a_text_that_is_not_ready_is_kept_as_a_draft(officer, wrong):
    data = bodies(en="", publish="1")
    if wrong == "no change":
        data = {language: row.body for language, row in notices.rows(Code.EMPLOYEE, 1).items()} | {"publish": "1"}
    answer = officer.post(one("notice", Code.EMPLOYEE), data)
    assert answer.status_code == 200
    assert answer.context["problem"]
    assert answer.context["form"].data["fr-ca"] == data["fr-ca"]
    assert notices.current(Code.EMPLOYEE, at=timezone.now()) == 1


def test_a_request_keeps_the_text_it_was_sent_with(officer):
    request = ConsentRequest.objects.get(subject__version=factories.unread(factories.portrait(), SITE))
    officer.post(one("notice", Code.EMPLOYEE), bodies(publish="1"))
    later = ConsentRequest.objects.get(subject__version=factories.unread(factories.portrait(), SITE))
    assert notices.text(request, "en") != "A brand new text."
    assert notices.text(later, "en") == "A brand new text."


@pytest.mark.parametrize("count", [3, 30])
def test_who_said_what_costs_the_same_however_many_were_asked(count, officer, django_assert_num_queries):
    """One picture of many people, a third of whom say yes, a third no, a third nothing."""
    people = [factories.person(f"P{number}") for number in range(count)]
    desk = factories.portrait(people=people)
    version = factories.unread(desk, SITE, ECRAN)
    for number, person in enumerate(people):
        if number % 3:
            factories.say(version, SITE, answer="yes" if number % 3 == 1 else "no", who=person)
    page_of(officer, desk)
    with django_assert_num_queries(75):
        page = officer.get(one("officer_portrait", desk.pk))
    assert sum(len(questions) for _version, questions in page.context["versions"]) == count


@pytest.mark.parametrize("name", ["evidence", "officer", "notices", "registers"])
def test_each_page_has_a_title_in_the_window(officer, name):
    title = officer.get(one(name)).content.decode().partition("<title>")[2].partition("</title>")[0]
    assert title.partition(" - ")[0].replace("Wagtail", "").strip(), title
