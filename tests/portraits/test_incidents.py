"""A missed promise opens an incident, once; the registers are the consent officer's, kept, and exported without a trap."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from intranet import roles
from portraits import gate, ledger, recall, registers, vigil
from portraits.models import Consent, Exposure, Incident, LedgerEntry, Person, Recall
from portraits.tasks import sweep
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
AFFICHE, SITE = Usage.AFFICHE, Usage.SITE
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
FORM = {
    "happened_on": "le 3 mai",
    "usage": "affiche",
    "what": "Une affiche est restée au mur.",
    "information": "Photo et prénom.",
    "people": "1",
    "serious_risk": "",
    "assessment": "",
    "measures": "",
    "notified_at": "",
    "told_at": "",
    "closed_at": "",
}


def hung(*places, at=None, **fields):
    """A portrait on paper at these places, withdrawn at once. Returns its recalls."""
    at = at or timezone.now()
    desk = factories.shown(AFFICHE, at=at, **fields)
    (capsule,) = gate.capsules(AFFICHE, at=at, keys=[desk.pk])
    for place in places:
        recall.record(AFFICHE, capsule, locator=f"affiche:{place}", at=at)
    factories.withdraw(desk, AFFICHE, at=at + SECOND)
    return list(Recall.objects.filter(exposure__version__portrait=desk).order_by("pk"))


def officer():
    client = Client()
    client.force_login(factories.user("accords", roles.CONSENT_OFFICER))
    return client


def test_a_missed_promise_opens_one_draft_once_per_cause():
    one, other = hung("aaa", "bbb")
    assert one.due_at == other.due_at
    assert vigil.watch(at=one.due_at) == 0
    assert [vigil.watch(at=one.due_at + n * SECOND) for n in (1, 2, 86400)] == [2, 0, 0]
    assert {row.cause for row in Incident.objects.all()} == {f"recall:{one.pk}", f"recall:{other.pk}"}
    draft = Incident.objects.get(cause=f"recall:{one.pk}")
    assert (draft.usage, draft.people, draft.serious_risk, draft.closed_at) == ("affiche", 1, None, None)
    assert draft.exposure in Exposure.objects.all()
    assert "aaa" in draft.what
    assert "Nadia" not in draft.what + draft.information
    lines = LedgerEntry.objects.filter(kind="incident")
    assert [line.body["cause"] for line in lines] == [f"recall:{one.pk}", f"recall:{other.pk}"]


def test_what_is_taken_down_in_time_opens_nothing_and_what_is_late_stays_in_the_register():
    one, other = hung("aaa", "bbb")
    recall.cleared("affiche:aaa", at=one.due_at - SECOND)
    assert vigil.watch(at=one.due_at + SECOND) == 1
    recall.cleared("affiche:bbb", at=other.due_at + DAY)
    assert vigil.watch(at=other.due_at + 2 * DAY) == 0
    assert Incident.objects.count() == 1


def test_everybody_in_the_picture_is_counted():
    (row,) = hung("aaa", people=[factories.person(), factories.person("Ali", kind="resident")])
    vigil.watch(at=row.due_at + SECOND)
    assert Incident.objects.get().people == 2


def test_the_sweep_watches():
    hung("aaa", at=timezone.now() - 10 * DAY)
    sweep()
    sweep()
    assert Incident.objects.count() == 1


def test_one_query_when_nothing_is_missed_two_when_all_is_known(django_assert_num_queries):
    rows = hung(*(f"p{n}" for n in range(30)))
    with django_assert_num_queries(1):
        assert vigil.watch(at=rows[0].due_at - SECOND) == 0
    assert vigil.watch(at=rows[0].due_at + SECOND) == 30
    with django_assert_num_queries(2):
        assert vigil.watch(at=rows[0].due_at + SECOND) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM portraits_incident",
        "UPDATE portraits_incident SET opened_at = '2020-01-01 00:00:00+00:00'",
        "UPDATE portraits_incident SET cause = 'autre'",
        "UPDATE portraits_incident SET closed_at = '2027-01-01'",  # neither assessed nor with measures
    ],
)
def test_the_database_keeps_the_register(sql):
    (row,) = hung("aaa")
    vigil.watch(at=row.due_at + SECOND)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# -- in the CMS


def test_the_officer_keeps_the_register_by_hand_too():
    client = officer()
    assert client.get("/admin/incidents/").status_code == 200
    assert client.post("/admin/incidents/new/", FORM).status_code == 302
    row = Incident.objects.get()
    assert row.cause == ""
    assert LedgerEntry.objects.get(kind="incident").body["incident"] == row.pk
    assert client.post("/admin/incidents/new/", FORM).status_code == 302  # two without a cause are two
    path = f"/admin/incidents/edit/{row.pk}/"
    assert client.get(path).status_code == 200
    closing = FORM | {"closed_at": "2027-01-04"}
    assert client.post(path, closing).status_code == 200  # refused, with a sentence
    assert client.post(path, closing | {"serious_risk": "True", "measures": "Retirée."}).status_code == 200
    assert client.post(path, closing | {"serious_risk": "False", "measures": "Retirée."}).status_code == 302
    row.refresh_from_db()
    assert (str(row.closed_at), row.serious_risk) == ("2027-01-04", False)


def test_the_page_says_it_well_with_nothing_to_say():
    client, address = officer(), reverse("portraits_registers")
    with translation.override("fr-ca"):
        assert "Aucun incident au registre." in client.get(address).content.decode()
        client.post("/admin/incidents/new/", FORM)
        assert "1 incident au registre. 1 n’est pas fermé." in client.get(address).content.decode()
        closing = FORM | {"closed_at": "2027-01-04", "serious_risk": "False", "measures": "Retirée."}
        client.post(f"/admin/incidents/edit/{Incident.objects.get().pk}/", closing)
        assert "1 incident au registre. Tout est fermé." in client.get(address).content.decode()


def test_nobody_deletes_an_incident_the_administrator_included():
    (row,) = hung("aaa")
    vigil.watch(at=row.due_at + SECOND)
    client = Client()
    client.force_login(factories.user("chef", is_superuser=True, is_staff=True))
    assert client.post(f"/admin/incidents/delete/{Incident.objects.get().pk}/").status_code in {302, 403, 404}
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("role", [roles.HR, roles.COMMS])
def test_the_registers_are_nobody_elses(role):
    client = Client()
    client.force_login(factories.user("autre", role))
    before = LedgerEntry.objects.count()
    assert client.get("/admin/registres/").status_code in {302, 403}
    assert client.get("/admin/incidents/").status_code in {302, 403}
    for register in registers.Register:
        assert client.post(f"/admin/registres/{register}.csv").status_code in {302, 403}
    assert LedgerEntry.objects.count() == before


def test_the_administrator_sees_incidents_and_never_who_withdrew():
    client = Client()
    client.force_login(factories.user("chef", is_superuser=True, is_staff=True))
    page = client.get("/admin/registres/").content.decode()
    assert "incidents.csv" in page
    assert "consents.csv" not in page
    assert client.post("/admin/registres/consents.csv").status_code in {302, 403}
    assert client.post("/admin/registres/incidents.csv").status_code == 200


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_consents_leave_as_a_file_and_leave_a_line():
    at = timezone.now() - 40 * DAY
    factories.withdraw(factories.shown(SITE, AFFICHE, first_name="Zoé", at=at), SITE, at=at + DAY)
    client = officer()
    page = client.get("/admin/registres/")
    assert page.status_code == 200
    assert client.get("/admin/registres/consents.csv").status_code == 405  # it writes
    response = client.post("/admin/registres/consents.csv")
    assert response["Content-Type"].startswith("text/csv")
    assert "no-store" in response["Cache-Control"]
    head, *rows = rows_of(response)
    assert len(rows) == Consent.objects.count() == 2
    assert len({len(row) for row in (head, *rows)}) == 1
    ended = [row for row in rows if row[6]]
    assert len(ended) == 1
    assert ended[0][7] != ""
    assert all(row[0] == "Zoé" for row in rows)
    line = LedgerEntry.objects.get(kind="exported")
    assert (line.body["register"], line.body["rows"]) == ("consents", 2)
    assert "accords" not in str(line.body)
    assert ledger.broken() is None


def test_the_incidents_leave_as_a_file():
    (row,) = hung("aaa")
    vigil.watch(at=row.due_at + SECOND)
    head, *rows = rows_of(officer().post("/admin/registres/incidents.csv"))
    assert len(rows) == 1
    assert len(head) == len(rows[0])
    assert LedgerEntry.objects.get(kind="exported").body["rows"] == 1
    assert officer_gets_404()


def officer_gets_404():
    client = Client()
    client.force_login(factories.user("chef", is_superuser=True, is_staff=True))
    return client.post("/admin/registres/autre.csv").status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start):
    factories.shown(SITE, people=[factories.person(f"{start}HYPERLINK(1)")])
    Incident.objects.create(
        opened_at=timezone.now(), happened_on="x", what=f"{start}cmd|' /C calc'!A0", information="y"
    )
    for register in registers.Register:
        _head, row = rows_of_bytes(registers.export(register, by=factories.staff(), at=timezone.now()))
        assert not [cell for cell in row if cell.startswith(registers.FORMULA)]
        blank = start.isspace() and register == registers.Register.CONSENTS  # a name is shown without its blanks
        assert blank or [cell for cell in row if cell.startswith(f"'{start}")]


def rows_of_bytes(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize("many", [3, 30])
def test_the_file_costs_the_same_queries_whatever_its_length(many, django_assert_num_queries):
    version = factories.shown(SITE).versions.get()
    one = Consent.objects.get()
    people = Person.objects.bulk_create(Person(first_name=f"N{n}") for n in range(many))
    for person in people:
        with transaction.atomic():
            entry = ledger.append("granted", at=one.starts_at, person=ledger.pseudonym(person))
        subject = version.subjects.create(person=person, role="background")
        Consent.objects.create(
            subject=subject,
            request=one.request,
            usage=SITE,
            usage_number=1,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            method="code",
            language="fr-ca",
            rendering_sha256="0" * 64,
            ledger_entry=entry,
        )
    staff = factories.staff()
    lock = connection.vendor == "postgresql"
    with transaction.atomic(), django_assert_num_queries(5 + lock):  # a savepoint, the rows, the ledger’s head and line
        registers.export(registers.Register.CONSENTS, by=staff, at=timezone.now())
