"""Somebody from human resources, from nothing to a portrait that is asked for, through Wagtail's own views."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from intranet.models import Letter, User
from intranet.roles import COMMS, HR
from portraits import gate, ledger, reading
from portraits.models import ConsentRequest, Hidden, Person, Photo, Portrait, Version
from portraits.usages import ASKED, Usage
from tests import factories
from tests.portraits.desk import JSON, form, full, same, signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def asked_form(desk, *usages, **values):
    latest = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    return {"usages": [usage.value for usage in usages or ASKED], "fingerprint": latest.fingerprint(), **values}


def read_form(desk, decision="approve", **values):
    latest = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    recipients = reading.recipients(Person.objects.filter(pk__in=latest.people()), at=timezone.now())
    return {"fingerprint": latest.fingerprint(), "recipients": recipients, "decision": decision, **values}


def page_of(client, name, desk):
    return client.get(url(name, desk.pk)).content.decode()


def submitted_by(client, desk):
    """The page before the question, and its one button."""
    page = client.get(url("ask", desk.pk)).content.decode()
    assert "nadia@erables.example" in page
    assert "Je plante 1" in page
    assert "disabled" not in page
    assert client.post(url("ask", desk.pk), asked_form(desk)).status_code == 302


def read_by(client, desk):
    assert "nadia@erables.example" in page_of(client, "read", desk)
    assert client.post(url("read", desk.pk), read_form(desk)).status_code == 302


@pytest.mark.parametrize("role", [HR, COMMS])
def test_from_nothing_to_a_request_and_a_consent(role):
    client = signed_in(role)
    assert client.post(url("add"), form(first_name="Nadia")).status_code == 302
    desk = Portrait.objects.get()
    chosen = client.post(
        "/admin/photos/choisir/create/",
        {"title": "Serre", "file": factories.picture(), "focus_x": 60, "focus_y": 30, "zoom": 120},
    ).json()
    assert chosen["step"] == "chosen"
    photo = Photo.objects.get()
    assert (photo.crop, photo.uploaded_by.username) == ([60, 30, 120], "rh")
    added = client.post(
        "/admin/snippets/choose/portraits/person/create/",
        {
            "first_name": "Nadia",
            "email": "nadia@erables.example",
            "kind": "employee",
            "language": "fr-ca",
            "reach": "email",
        },
    ).json()
    assert added["step"] == "chosen"
    person = Person.objects.get()
    assert client.post(url("edit", desk.pk), full(photo.pk, [person.pk])).status_code == 302

    submitted_by(client, desk)
    assert not Version.objects.exists()
    assert page_of(client, "edit", desk).count("jtpv-state--asked") == 0
    read_by(signed_in({HR: COMMS, COMMS: HR}[role], username="autre"), desk)
    version = Version.objects.get()
    assert version.content["sentence"] == "Je plante 1400 vivaces."
    assert version.frozen_by.username == "rh"
    assert Letter.objects.get().to == "nadia@erables.example"
    page = client.get(url("edit", desk.pk)).content.decode()
    assert page.count("jtpv-state--asked") == len(ASKED)

    factories.say(version, *ASKED)
    page = client.get(url("edit", desk.pk)).content.decode()
    assert page.count("jtpv-state--consent") == len(ASKED)
    assert [capsule.first_name for capsule in gate.capsules(Usage.SITE, at=timezone.now())] == ["Nadia"]


def test_a_first_name_is_enough_to_start_and_is_needed():
    client = signed_in(HR)
    assert client.post(url("add"), form(first_name="")).status_code == 200
    assert not Portrait.objects.exists()
    assert client.post(url("add"), form(first_name="Nadia"), **JSON).json()["success"]
    assert client.get(url("edit", Portrait.objects.get().pk)).status_code == 200


def test_too_long_is_said_on_the_field():
    answer = signed_in(HR).post(url("add"), form(first_name="N" * 19))
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"first_name"}


def test_a_control_character_stops_at_the_desk():
    """Pasted from a slide show, it stopped the RSS and Atom feeds of everybody."""
    signed_in(HR).post(url("add"), form(first_name="Nadia", sentence="Je plante\x0bdes\u202e arbres."))
    assert Portrait.objects.get().sentence == "Je plante des arbres."


def test_counters_and_limits_are_in_the_page():
    page = signed_in(HR).get(url("add")).content.decode()
    for limit in ("18", "40", "90", "120", "10"):
        assert f'maxlength="{limit}"' in page
    assert page.count('data-counter="{&quot;') == 7


def test_the_title_of_a_page_is_set_as_french_is():
    desk, client = factories.portrait("Nadia"), signed_in(HR)
    titles = [
        re.search("<title>\\s*(.*?)\\s*</title>", page_of(client, name, desk), re.DOTALL)[1] for name in ("edit", "ask")
    ]
    assert all("\u00a0: Nadia" in title for title in titles), titles


def test_the_list_says_where_each_portrait_stands():
    client = signed_in(HR)
    factories.portrait("Diego")
    factories.shown(first_name="Nadia")
    factories.ask(factories.portrait("Morris"))
    page = client.get(url("list")).content.decode()
    assert [page.count(f"jtpv-state--{word}") for word in ("none", "consent", "asked")] == [1, 1, 1]
    found = client.get(url("list"), {"q": "morr"}).content.decode()
    assert "Morris" in found
    assert "Diego" not in found
    assert client.get(url("list"), {"ordering": "first_name"}).status_code == 200


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_3_and_30(count, django_assert_max_num_queries):
    photo, client = factories.photo(), signed_in(HR)
    for number in range(count):
        desk = Portrait.objects.create(locale=factories.locale(), first_name=f"N{number}", photo=photo)
        desk.save_revision()
    client.get(url("list"))
    with django_assert_max_num_queries(19):
        assert client.get(url("list")).content.decode().count("jtpv-state--none") == count


# -- asking


def test_what_is_missing_is_said_and_nothing_is_half_done():
    client = signed_in(HR)
    client.post(url("add"), form(first_name="Nadia"))
    desk = Portrait.objects.get()
    page = client.get(url("ask", desk.pk)).content.decode()
    assert f"{url('edit', desk.pk)}#id_job" in page
    assert "disabled" in page
    entries = ledger.LedgerEntry.objects.count()
    answer = client.post(url("ask", desk.pk), asked_form(desk))
    assert answer.status_code == 200
    assert (Version.objects.count(), Letter.objects.count(), ledger.LedgerEntry.objects.count()) == (0, 0, entries)
    assert not ModelLogEntry.objects.filter(action="portraits.ask").exists()


def test_somebody_without_an_address_is_said_by_name():
    client, nobody = signed_in(HR), factories.person("Morris", email="")
    desk = factories.portrait(people=[nobody])
    assert url("edit", nobody.pk, model="person") in client.get(url("ask", desk.pk)).content.decode()
    page = client.post(url("ask", desk.pk), asked_form(desk)).content.decode()
    assert "Morris" in page.partition("jtpv-alert")[2]
    assert not Version.objects.exists()


def test_no_usage_is_no_request():
    client, desk = signed_in(HR), factories.portrait()
    answer = client.post(url("ask", desk.pk), {"fingerprint": desk.fingerprint()})
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"usages"}
    assert not Version.objects.exists()


def test_a_usage_that_nothing_renders_cannot_be_asked():
    client, desk = signed_in(HR), factories.portrait()
    assert client.post(url("ask", desk.pk), asked_form(desk, Usage.OBJET)).status_code == 200
    assert not Version.objects.exists()


def test_only_the_chosen_usages_are_asked():
    client, desk = signed_in(HR), factories.portrait()
    client.post(url("ask", desk.pk), asked_form(desk, Usage.ECRAN))
    factories.read(desk)
    assert ConsentRequest.objects.get().asked == ["ecran"]


def test_what_a_colleague_changed_meanwhile_is_not_asked_unread():
    client, desk = signed_in(HR), factories.portrait()
    read = asked_form(desk)
    desk.job = "Autre chose"
    desk.save_revision()
    answer = client.post(url("ask", desk.pk), read)
    assert answer.status_code == 200
    assert "Autre chose" in answer.content.decode()
    assert not Version.objects.exists()
    assert client.post(url("ask", desk.pk), asked_form(desk)).status_code == 302


def test_a_get_asks_nothing():
    client, desk = signed_in(HR), factories.portrait()
    for name in ("ask", "hide"):
        assert client.get(url(name, desk.pk)).status_code == 200
    assert not Version.objects.exists()
    assert not Hidden.objects.exists()


# -- hiding


def test_hide_takes_a_reason_and_lasts_until_a_new_request():
    client, desk = signed_in(HR), factories.shown(Usage.SITE)
    assert client.post(url("hide", desk.pk), {"reason": ""}).status_code == 200
    assert gate.capsules(Usage.SITE, at=timezone.now())
    assert client.post(url("hide", desk.pk), {"reason": "Elle change de service."}).status_code == 302
    assert not gate.capsules(Usage.SITE, at=timezone.now())
    page = client.get(url("edit", desk.pk)).content.decode()
    assert "Elle change de service." in page
    assert page.count("jtpv-state--none") == len(ASKED)
    assert Hidden.objects.get().by.username == "rh"


# -- nothing tells a refusal


def everything_staff_reads(client, desk):
    client.force_login(User.objects.get(username="rh"))
    pages = [
        "/admin/",
        url("list"),
        url("edit", desk.pk),
        url("ask", desk.pk),
        url("history", desk.pk),
        url("usage", desk.pk),
    ]
    return {page: same(client.get(page).content.decode()) for page in pages}


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(days=20), timedelta(days=30)])
def test_no_page_changes_when_somebody_says_no(later, time_machine):
    """The same portrait, read at the same instant, once silent and once refused: the same bytes on every page."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    client, desk = signed_in(HR), factories.portrait()
    version = factories.ask(desk)
    time_machine.move_to(start + later, tick=False)
    silent = everything_staff_reads(client, desk)
    time_machine.move_to(start + timedelta(hours=1), tick=False)
    factories.say(version, *ASKED, answer="no")
    time_machine.move_to(start + later, tick=False)
    refused = everything_staff_reads(client, desk)
    for page, bytes_ in silent.items():
        assert "Nadia" in bytes_ or (page == "/admin/" and later.days == 30), page
        assert bytes_ == refused[page], page


def change_address(client, person, address):
    values = {
        "first_name": person.first_name,
        "last_name": "",
        "email": address,
        "kind": "employee",
        "reach": "email",
        "language": "fr-ca",
    }
    return client.post(url("edit", person.pk, model="person"), {**values, "user": ""}, follow=True)


def test_the_former_address_is_told_when_a_person_who_was_asked_is_moved():
    """A link sent elsewhere would let somebody answer in their place."""
    inès = factories.person("Inès", email="ines@erables.example")
    factories.ask(factories.portrait("Inès", people=[inès]), Usage.SITE)
    asked = Letter.objects.count()
    assert change_address(signed_in(HR), inès, "quelqu-un@ailleurs.example").status_code == 200
    inès.refresh_from_db()
    assert inès.email == "quelqu-un@ailleurs.example"
    (told,) = Letter.objects.order_by("pk")[asked:]
    assert told.to == "ines@erables.example"
    assert "vient d’être changée" in told.body
    assert "ailleurs" not in told.body
    assert ledger.LedgerEntry.objects.last().kind == "readdressed"


def test_nobody_is_told_of_an_address_that_was_never_used():
    morris = factories.person("Morris", email="moris@erables.example")
    client = signed_in(HR)
    change_address(client, morris, "morris@erables.example")
    factories.ask(factories.portrait("Morris", people=[morris]), Usage.SITE)
    asked = Letter.objects.count()
    change_address(client, morris, "MORRIS@erables.example")
    assert Letter.objects.count() == asked == 1
