"""Once somebody was asked, another address, account, birthday or representative stops the question: it is read and asked anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intranet import dashboard
from intranet.models import Letter
from intranet.roles import COMMS, HR
from portraits import asking, consent, reading, renewing, state
from portraits.models import Consent, ConsentRequest, LedgerEntry, Person, Portrait, Text, Version
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
DAY = timedelta(days=1)


@pytest.fixture
def rh():
    return signed_in(HR, username="rh")


@pytest.fixture
def admin():
    return signed_in(username="admin", is_superuser=True, is_staff=True)


def save(client, person, **values):
    """The form of a person, as it is posted with these changes. Returns the page that follows."""
    person.refresh_from_db()
    names = ("first_name", "last_name", "email", "phone", "reach", "kind", "language", "turns_14_on", "turns_18_on")
    kept = {name: getattr(person, name) or "" for name in (*names, "left_on")}
    kept |= {"user": person.user_id or "", "representative": "", "quality": "parent", "represented_until": ""}
    found = person.representations.filter(valid_until__gt=timezone.localdate()).first()
    if found:
        kept |= {"representative": found.representative_id, "represented_until": found.valid_until}
    answer = client.post(url("edit", person.pk, model="person"), kept | values, follow=True)
    assert "form" not in answer.context or not answer.context["form"].errors, answer.context["form"].errors
    return answer


def a_minor(years):
    """The birthdays of somebody who turns 14 in so many years."""
    today = timezone.localdate()
    return {
        "turns_14_on": today.replace(day=1, year=today.year + years),
        "turns_18_on": today.replace(day=1, year=today.year + years + 4),
    }


def a_false_parent():
    false = factories.person("Faux", kind="resident", email="rh@ailleurs.example")
    return {**a_minor(3), "representative": false.pk}


CHANGES = {
    "e-mail": lambda: {"email": "rh@ailleurs.example"},
    "number": lambda: {"phone": "514 555-0199", "reach": "sms"},
    "how they are reached": lambda: {"reach": "letter"},
    "account": lambda: {"user": factories.user("autre").pk},
    "birthdays and a parent": a_false_parent,
}


def open_requests():
    return ConsentRequest.objects.filter(closes_at__gt=timezone.now())


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_question_closes_is_told_and_is_read_and_asked_anew(change, admin):
    nadia = factories.person("Nadia", email="nadia@erables.example")
    desk = factories.portrait(people=[nadia])
    version = factories.ask(desk, SITE)
    request = ConsentRequest.objects.get()
    Letter.objects.all().delete()
    page = save(admin, nadia, **change())
    assert [message.level_tag for message in page.context["messages"]] == ["warning", "success"]
    assert not open_requests().exists()
    with pytest.raises(consent.Closed):
        consent.answer(request, {SITE: "yes"}, seen={SITE: "0" * 64}, at=timezone.now(), proof=factories.PROOF)
    assert LedgerEntry.objects.filter(kind="readdressed").count() == 1
    assert "nadia@erables.example" in Letter.objects.values_list("to", flat=True)
    assert reading.stages() == {}  # the desk is open again
    nobody = factories.user("porteur", HR)
    factories.submit(desk, SITE, by=nobody)
    assert Version.objects.count() == 1
    page = signed_in(COMMS, username="page").get(url("read", desk.pk)).content.decode()
    assert "admin" in page.partition("jtpv-people")[2].partition("</ul>")[0]
    factories.read(desk)
    assert Version.objects.latest("pk").pk > version.pk
    assert open_requests().count() == 1


def test_a_number_added_to_somebody_who_had_no_address_stops_the_letter_too(rh):
    """There is no former address to tell: the question closes all the same."""
    person = factories.person("Réjean", email="", reach="letter")
    factories.ask(factories.portrait(people=[person]), SITE)
    save(rh, person, email="rh@ailleurs.example")
    assert not open_requests().exists()
    assert not Letter.objects.exists()


def test_the_representatives_address_and_another_representative_stop_it_and_the_former_one_is_told(rh):
    carole, ana = (factories.person(name, kind="resident") for name in ("Carole", "Ana"))
    léo = factories.person("Léo", kind="resident", email="")
    save(rh, léo, **a_minor(3), representative=carole.pk)
    desk = factories.portrait("Léo", people=[léo])
    factories.ask(desk, SITE)
    save(rh, carole, email="rh@ailleurs.example")
    assert not open_requests().exists()
    factories.ask(desk, SITE)
    assert open_requests().count() == 1
    Letter.objects.all().delete()
    save(rh, léo, representative=ana.pk)
    assert not open_requests().exists()
    assert [letter.to for letter in Letter.objects.all()] == ["rh@ailleurs.example"]
    factories.ask(desk, SITE)
    save(rh, léo, **a_minor(2))  # a birthday alone
    assert not open_requests().exists()
    assert LedgerEntry.objects.filter(kind="readdressed").count() == 3
    assert léo.address_changes.filter(what="representative").last().by.username == "rh"


def test_what_changes_nothing_stops_nothing(rh):
    nadia = factories.person("Nadia")
    factories.ask(factories.portrait(people=[nadia]), SITE)
    page = save(rh, nadia, last_name="Bélanger", language="en", email=nadia.email.upper(), phone="514 555-0100")
    assert [message.level_tag for message in page.context["messages"]] == ["success"]
    assert open_requests().count() == 1
    assert not LedgerEntry.objects.filter(kind="readdressed").exists()


@pytest.mark.parametrize("people", [1, 2])
def test_the_desk_opens_alike_after_a_refusal_and_a_silence(people, rh):
    """Of two people, the other one is still asked: the request is taken back by hand."""
    seen = []
    for answer in ("", "no"):
        those = [factories.person(name) for name in ("Nadia", "Morris")[:people]]
        pair = {"partner_name": "Morris", "partner_photo": factories.photo(), "partner_alt": "Morris"}
        desk = factories.portrait(people=those, **(pair if people == 2 else {}))
        version = factories.ask(desk, SITE, ECRAN)
        if answer:
            factories.say(version, SITE, ECRAN, answer=answer, who=those[0])
        page = save(rh, those[0], email=f"rh{answer}@ailleurs.example")
        seen.append(
            (
                [str(message) for message in page.context["messages"] if message.level_tag == "warning"],
                [str(one) for one in state.standings([desk.pk], at=timezone.now())[desk.pk]],
                reading.stages([desk.pk]).get(desk.pk),
                Portrait.objects.get(pk=desk.pk).workflow_states.get().status,
            )
        )
    assert seen[0] == seen[1]
    assert seen[0][2] == (None if people == 1 else "asked")


def test_a_session_tied_after_the_question_proves_nothing(admin):
    nadia = factories.person("Nadia")
    factories.ask(factories.portrait(people=[nadia]), SITE)
    Letter.objects.all().delete()
    save(admin, nadia, user=admin.session["_auth_user_id"])
    assert [letter.to for letter in Letter.objects.all()] == [nadia.email]
    request = ConsentRequest.objects.get()
    path = admin.post("/intranet/mes-accords/", {"demande": request.pk}).headers["Location"]
    admin.post(path)
    admin.post(path + "choix/", {"reponse-site": "yes"})
    assert not Consent.objects.exists()


# -- going on by itself


def ending(person):
    """A portrait whose yes ends within the month."""
    at = timezone.now() - 340 * DAY
    desk = factories.portrait(people=[person])
    factories.say(factories.ask(desk, SITE, at=at), SITE, at=at)
    Letter.objects.all().delete()
    return desk


@pytest.mark.parametrize("change", [*CHANGES.values(), lambda: {"last_name": "Bélanger"}], ids=[*CHANGES, "nothing"])
def test_nobody_is_asked_to_go_on_where_nobody_read_that_they_are(change, admin):
    nadia = factories.person("Nadia", email="nadia@erables.example")
    desk = ending(nadia)
    values = change()
    save(admin, nadia, **values)
    Letter.objects.all().delete()
    moved = "last_name" not in values
    at = timezone.now() + timedelta(seconds=1)
    lines = [task for task in dashboard.tasks(user=factories.reader(), at=at) if task.url == url("ask", desk.pk)]
    assert [task.detail == f"{Usage.SITE.label}." for task in lines] == [not moved]
    assert renewing.renew(at=at) == (0 if moved else 1)
    assert (Letter.objects.count(), Text.objects.count()) == ((0, 0) if moved else (1, 0))


def test_once_it_was_read_and_asked_it_goes_on_by_itself_again(rh):
    nadia = factories.person("Nadia")
    desk = ending(nadia)
    save(rh, nadia, email="nouvelle@erables.example")
    assert reading.held_up([desk.pk], at=timezone.now()) == {desk.pk}
    factories.ask(desk, SITE)
    assert reading.held_up([desk.pk], at=timezone.now()) == set()
    assert not reading.moved([nadia.pk], at=timezone.now())


def test_somebody_who_paused_comes_back_only_where_it_was_read_that_they_are(rh):
    nadia = factories.person("Nadia")
    desk = ending(nadia)
    request = ConsentRequest.objects.get()
    consent.withdraw(desk, nadia, [SITE], at=timezone.now(), reason=Consent.Reason.PAUSED)
    assert asking.resumable(request, at=timezone.now()) == [SITE]
    save(rh, nadia, email="rh@ailleurs.example")
    assert asking.resumable(request, at=timezone.now()) == []
    assert asking.resume(request, at=timezone.now()) is None


@pytest.mark.parametrize("count", [3, 30])
def test_what_is_held_up_costs_the_same(count, django_assert_num_queries):
    version = factories.ask(factories.portrait(), SITE)
    one = ConsentRequest.objects.get()
    people = Person.objects.bulk_create(Person(first_name=f"N{number}", email="n@e.example") for number in range(count))
    subjects = [version.subjects.create(person=person, role="paired") for person in people]
    for subject in subjects:
        ConsentRequest.objects.create(
            subject=subject, asked=["site"], asked_at=one.asked_at, closes_at=one.closes_at, notice_code="x", notice=1
        )
        subject.person.email = "autre@erables.example"
        subject.person.save()
    with django_assert_num_queries(2):
        assert reading.held_up([version.portrait_id], at=timezone.now()) == {version.portrait_id}
