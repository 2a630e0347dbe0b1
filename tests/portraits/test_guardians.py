"""Minors, represented adults and departures, from the form of a person to what is shown."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Permission

from intranet.models import Letter
from intranet.roles import HR
from portraits import asking, codes, consent, gate, guardians, invitation, receipts, ways_in
from portraits.models import (
    Consent,
    ConsentRequest,
    Enquiry,
    LedgerEntry,
    Person,
    Receipt,
    Representation,
    Subject,
    Text,
)
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db
SITE = Usage.SITE
HERE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 5, 4, 10, tzinfo=HERE)
FOURTEEN, EIGHTEEN = date(2026, 11, 1), date(2030, 11, 1)  # the 14th birthday is a night of changing clocks


@pytest.fixture(autouse=True)
def in_may():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rh():
    return signed_in(HR, username="rh")


@pytest.fixture
def admin():
    return signed_in(username="admin", is_staff=True, is_superuser=True)


@pytest.fixture
def carole():
    return factories.person("Carole", kind="resident")


def child(first_name="Léo", **fields):
    return factories.person(
        first_name, **{"kind": "resident", "email": "", "turns_14_on": FOURTEEN, "turns_18_on": EIGHTEEN, **fields}
    )


def represented(person, by, until=EIGHTEEN, quality="parent"):
    Representation.objects.create(person=person, representative=by, quality=quality, valid_until=until)
    return person


def form(person, **values):
    names = ("first_name", "last_name", "email", "phone", "reach", "kind", "language", "turns_14_on", "turns_18_on")
    kept = {name: getattr(person, name) or "" for name in (*names, "left_on")}
    found = Representation.objects.filter(person=person).first()
    kept |= {
        "representative": found.representative_id if found else "",
        "quality": found.quality if found else "parent",
        "represented_until": found.valid_until if found else "",
    }
    return kept | {name: getattr(value, "pk", value) for name, value in values.items()}


def save(client, person, **values):
    return client.post(url("edit", person.pk, model="person"), form(person, **values))


def errors(response):
    assert response.status_code == 200
    return set(response.context["form"].errors)


def shown(at):
    return len(gate.capsules(SITE, at=at))


def say_yes(version, at=NOW, days=365):
    """Each request, by whoever receives it."""
    for request in ConsentRequest.objects.filter(subject__version=version):
        consent.answer(request, {SITE: "yes"}, seen={SITE: "0" * 64}, at=at, proof=factories.PROOF, days=days)


# -- the rules, end to end


def test_a_child_is_asked_through_the_guardian_whose_yes_ends_at_midnight_on_the_14th_birthday(carole):
    léo = represented(child(), carole)
    version = factories.ask(factories.portrait("Léo", people=[léo]), SITE, at=NOW)
    assert [letter.to for letter in Letter.objects.all()] == [carole.email]
    assert version.subjects.get().role == Subject.Role.MAIN
    say_yes(version)
    row = Consent.objects.get()
    assert row.actor == carole
    end = datetime(2026, 11, 1, tzinfo=HERE)
    assert row.ends_at == end
    assert [shown(end - timedelta(seconds=1)), shown(end)] == [1, 0]


def test_from_14_both_are_asked_and_one_yes_is_not_enough(carole):
    zoé = represented(
        child("Zoé", turns_14_on=date(2025, 2, 1), turns_18_on=date(2029, 2, 1), email="z@erables.example"), carole
    )
    version = factories.ask(factories.portrait("Zoé", people=[zoé]), SITE, at=NOW)
    assert sorted(letter.to for letter in Letter.objects.all()) == sorted([carole.email, zoé.email])
    roles = dict(version.subjects.values_list("person__first_name", "role"))
    assert roles == {"Zoé": "main", "Carole": "guardian"}
    factories.say(version, SITE, who=zoé, at=NOW)
    assert shown(NOW) == 0
    factories.say(version, SITE, who=carole, at=NOW)
    assert shown(NOW) == 1
    consent.withdraw(version.portrait, carole, [SITE], at=NOW + timedelta(days=1))
    assert shown(NOW + timedelta(days=2)) == 0


def test_the_guardians_yes_ends_on_the_18th_birthday_and_the_minors_own_goes_on(carole):
    zoé = represented(
        child("Zoé", turns_14_on=date(2022, 7, 1), turns_18_on=date(2026, 7, 1), email="z@erables.example"), carole
    )
    version = factories.ask(factories.portrait("Zoé", people=[zoé]), SITE, at=NOW)
    say_yes(version)
    end = datetime(2026, 7, 1, tzinfo=HERE)
    ends = dict(Consent.objects.values_list("subject__person__first_name", "ends_at"))
    assert ends == {"Carole": end, "Zoé": NOW + timedelta(days=365)}
    assert [shown(end - timedelta(seconds=1)), shown(end)] == [1, 0]
    grown = factories.ask(version.portrait, SITE, at=end)
    assert [subject.person.first_name for subject in grown.subjects.all()] == ["Zoé"]


def test_two_minors_with_the_same_guardian_ask_them_once_from_14_and_for_each_below(carole):
    young = [represented(child(name, email=f"{name}@erables.example"), carole) for name in ("leo", "mia")]
    version = factories.ask(
        factories.portrait(
            "Léo", people=young, partner_name="Mia", partner_photo=factories.photo(), partner_alt="Mia, debout."
        ),
        SITE,
        at=NOW,
    )
    assert ConsentRequest.objects.filter(recipient=carole).count() == 2
    assert version.subjects.count() == 2
    factories.say(version, SITE, who=young[0], at=NOW)
    assert shown(NOW) == 0
    factories.say(version, SITE, who=young[1], at=NOW)
    assert shown(NOW) == 1

    Person.objects.update(turns_14_on=None)
    again = factories.ask(version.portrait, SITE, at=NOW + timedelta(hours=1))
    assert sorted(again.subjects.values_list("role", flat=True)) == ["guardian", "main", "paired"]


def test_a_minor_whom_nobody_represents_is_not_asked(carole):
    desk = factories.portrait("Léo", people=[child()])
    with pytest.raises(asking.NotReady):
        factories.ask(desk, SITE, at=NOW)
    represented(desk.subjects.get().person, carole, until=NOW.date())  # it ends that day
    with pytest.raises(asking.NotReady):
        factories.ask(desk, SITE, at=NOW)


# -- the form


def test_a_minor_is_written_down_with_whoever_answers(rh, carole):
    léo = factories.person("Léo", kind="resident")
    assert errors(save(rh, léo, turns_14_on=FOURTEEN, turns_18_on=EIGHTEEN)) == {"representative"}
    response = save(rh, léo, turns_14_on=FOURTEEN, turns_18_on=EIGHTEEN, representative=carole)
    assert response.status_code == 302
    row = Representation.objects.get()
    assert (row.person, row.representative, row.valid_until) == (léo, carole, EIGHTEEN)
    assert LedgerEntry.objects.latest("seq").kind == "represented"
    page = rh.get(url("edit", léo.pk, model="person")).content.decode()
    assert "Carole" in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"turns_14_on": "2030-11-01", "turns_18_on": "2026-11-01"}, "turns_18_on"),
        ({"turns_14_on": "2026-11-01"}, "turns_18_on"),
        ({"turns_14_on": "2026-11-01", "turns_18_on": "2031-11-01"}, "turns_18_on"),
        ({"turns_14_on": "hier"}, "turns_14_on"),
        ({"reach": "sms", "phone": ""}, "phone"),
        ({"reach": "sms", "phone": "mon cellulaire"}, "phone"),
        ({"kind": "resident", "left_on": "2026-06-01"}, "left_on"),
    ],
)
def test_what_cannot_be_is_said_on_its_field(rh, values, field):
    nadia = factories.person("Nadia")
    assert errors(save(rh, nadia, **values)) == {field}
    nadia.refresh_from_db()
    assert (nadia.reach, nadia.left_on, nadia.turns_18_on) == ("email", None, None)


def test_nobody_is_given_a_minor_themselves_or_the_one_who_writes_as_representative(rh, carole):
    léo, mia = represented(child(), carole), child("Mia")
    for who in (léo, mia):
        assert errors(save(rh, léo, representative=who)) == {"representative"}
    Person.objects.filter(pk=carole.pk).update(user=rh.session["_auth_user_id"])
    josée = factories.person("Josée")
    assert save(rh, léo, representative=josée).status_code == 302
    assert errors(save(rh, represented(mia, josée), representative=carole)) == {"representative"}


def test_only_an_administrator_writes_down_a_mandate(rh, admin, carole):
    nadia = factories.person("Nadia")
    until = date(2027, 1, 1)
    assert errors(save(rh, nadia, representative=carole)) == {"quality", "represented_until"}
    mandate = {"representative": carole, "quality": "mandate", "represented_until": until}
    assert errors(save(rh, nadia, **mandate)) == {"representative"}
    assert save(admin, nadia, **mandate).status_code == 302
    assert guardians.recipient(nadia, at=NOW) == carole
    assert save(rh, nadia, last_name="Bélanger").status_code == 302  # the rest may still be corrected


def test_another_representative_ends_what_the_former_one_said(rh, carole):
    léo, ousmane = represented(child(), carole), factories.person("Ousmane", kind="resident")
    version = factories.ask(factories.portrait("Léo", people=[léo]), SITE, at=NOW)
    say_yes(version)
    assert shown(NOW) == 1
    assert save(rh, léo, representative=ousmane).status_code == 302
    assert shown(NOW) == 0
    assert guardians.recipient(léo, at=NOW) == ousmane
    assert LedgerEntry.objects.filter(kind="closed").count() == 1


def test_a_mandate_that_ends_sooner_and_a_birthday_corrected_bring_the_end_nearer(rh, admin, carole):
    léo = represented(child(), carole)
    say_yes(factories.ask(factories.portrait("Léo", people=[léo]), SITE, at=NOW))
    assert save(rh, léo, turns_14_on="2026-08-01", turns_18_on="2030-08-01").status_code == 302
    end = datetime(2026, 8, 1, tzinfo=HERE)
    assert [shown(end - timedelta(seconds=1)), shown(end)] == [1, 0]

    nadia = represented(factories.person("Nadia"), carole, until=date(2027, 1, 1), quality="mandate")
    say_yes(factories.ask(factories.portrait(people=[nadia]), SITE, at=NOW))
    assert save(admin, nadia, represented_until="2026-07-01").status_code == 302
    end = datetime(2026, 7, 1, tzinfo=HERE)
    assert [shown(end - timedelta(seconds=1)), shown(end)] == [2, 1]
    assert save(admin, nadia, represented_until="2027-01-01").status_code == 302
    assert shown(end) == 1  # never lengthened


def test_a_guardians_own_portrait_is_not_touched(rh, carole):
    léo = represented(child(), carole)
    factories.say(factories.ask(factories.portrait("Carole", people=[carole]), SITE, at=NOW), SITE, at=NOW)
    assert save(rh, léo, representative=factories.person("Ousmane")).status_code == 302
    assert shown(NOW) == 1


def test_only_an_administrator_gives_an_account_to_a_person(rh, admin, django_user_model):
    """An account proves somebody's yes: HR could give herself the one of anybody."""
    nadia = factories.person("Nadia")
    own = django_user_model.objects.get(username="rh")
    assert 'name="user"' not in rh.get(url("edit", nadia.pk, model="person")).content.decode()
    save(rh, nadia, user=own)
    rh.post(url("add", model="person"), {**form(nadia), "first_name": "Autre", "user": own.pk})
    rh.post(
        "/admin/snippets/choose/portraits/person/create/",
        {"first_name": "Tiers", "kind": "employee", "language": "fr-ca", "reach": "email", "user": own.pk},
    )
    assert Person.objects.count() == 3
    assert not Person.objects.filter(user__isnull=False).exists()
    own.user_permissions.set(Permission.objects.all())  # every right is not the administrator's
    save(rh, nadia, user=own)
    assert not Person.objects.filter(user__isnull=False).exists()
    save(admin, nadia, user=own)
    assert Person.objects.get(user=own) == nadia


def test_a_departure_ends_everything_at_midnight_that_day(rh):
    nadia = factories.person("Nadia")
    factories.say(factories.ask(factories.portrait(people=[nadia]), SITE, at=NOW), SITE, at=NOW)
    assert save(rh, nadia, left_on="2026-05-15").status_code == 302
    end = datetime(2026, 5, 15, tzinfo=HERE)
    assert [shown(end - timedelta(seconds=1)), shown(end)] == [1, 0]
    assert Consent.objects.get().end_reason == Consent.Reason.CLOSED
    assert save(rh, nadia, left_on="2026-04-01").status_code == 302
    assert shown(NOW) == 0
    assert save(rh, nadia, left_on="").status_code == 302
    assert shown(NOW) == 0  # somebody who stays after all is asked again


def test_the_former_address_and_number_are_told_once_the_person_was_asked(rh):
    nadia = factories.person("Nadia", email="nadia@erables.example", phone="514 555-0142")
    save(rh, nadia, phone="514 555-0100")
    factories.ask(factories.portrait(people=[Person.objects.get(pk=nadia.pk)]), SITE, at=NOW)
    Letter.objects.all().delete()
    nadia.refresh_from_db()
    save(rh, nadia, phone="(514) 555-0100")  # the same, written otherwise
    assert not Letter.objects.exists()
    nadia.refresh_from_db()
    save(rh, nadia, reach="sms", phone="514 555-0177")  # by another way: both former ones are told
    assert [letter.to for letter in Letter.objects.all()] == ["nadia@erables.example"]
    assert [text.to for text in Text.objects.all()] == ["+15145550100"]
    nadia.refresh_from_db()
    save(rh, nadia, phone="514 555-0199")
    assert Text.objects.latest("pk").to == "+15145550177"
    assert LedgerEntry.objects.filter(kind="readdressed").count() == 2


@pytest.mark.parametrize("born", [FOURTEEN, date(2026, 1, 1)], ids=["in the child’s place", "beside the youth"])
def test_an_employee_who_answers_for_a_minor_is_a_parent_everywhere(born):
    """The page, its notice and every mail say « vous »; about their own picture the same person is « tu »."""
    carole = factories.person("Carole", kind="employee")
    léo = represented(child(turns_14_on=born, email="leo@erables.example"), carole)
    factories.ask(factories.portrait("Léo", people=[léo]), SITE, at=NOW)
    request = next(one for one in ConsentRequest.objects.all() if one.addressee == carole)
    assert not request.tu
    Letter.objects.all().delete()
    invitation.send(request, "jeton")
    invitation.remind(request, "jeton")
    codes.send(request, at=NOW)
    say_yes(request.subject.version)
    for row in Receipt.objects.filter(request=request):
        receipts.work(row)
    ways_in.work(Enquiry.objects.create(email=carole.email))
    bodies = [row.body for row in Letter.objects.filter(to=carole.email).order_by("pk")]
    assert len(bodies) == 5
    for body in bodies:
        assert re.search(r"\b(vous|votre|vos|[A-Z]\w+ez)\b", body), body
        assert not re.search(r"\b(tu|ton|ta|tes|toi|te)\b", body), body

    factories.ask(factories.portrait("Carole", people=[carole]), SITE, at=NOW)
    assert ConsentRequest.objects.latest("pk").tu
    assert re.search(r"\b(tu|ton|ta|toi|te)\b", Letter.objects.filter(to=carole.email).latest("pk").body)
