"""Who lives and works in the fictive borough: accounts, people who can be depicted, and the staff list."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from infolettre.models import Subscriber
from intranet import roles
from intranet.models import User
from portraits.models import Person

PASSWORD = "demo"  # noqa: S105  printed on the console: it opens a fictive borough only


@dataclass(frozen=True, slots=True)
class Account:
    """One login of the demo, and what it is for."""

    username: str
    first_name: str
    last_name: str
    group: str
    what: str


ACCOUNTS = (
    Account("rh", "Josée", "Lavoie", roles.HR, "human resources: writes portraits, submits them to be read"),
    Account("comms", "Karim", "Haddad", roles.COMMS, "communications: the same, and issues, screens, posters"),
    Account("accords", "Bernadette", "Roy", roles.CONSENT_OFFICER, "consent officer"),
    Account("ecrans", "Luc", "Ménard", roles.TECHNICIAN, "screen technician: places, screens, posters"),
    Account("employe", "Nadia", "Bélanger", roles.EMPLOYEE, "employee: /intranet/ only; she is Nadia"),
    Account("admin", "Félix", "Paré", "", "administrator"),
)
FAMILY_NAMES = {
    "nadia": "Bélanger",
    "rejean": "Gagnon",
    "mei-lin": "Zhao",
    "diego": "Rojas",
    "thanh": "Nguyen",
    "carole": "Pelletier",
    "ousmane": "Diallo",
    "amira": "Benali",
    "gisele": "Thibodeau",
    "ines": "Baptiste",
    "jean-philippe": "Caron",
    "stephanie": "Fortin",
    "samir": "Khoury",
    "lucie": "Desrosiers",
    "benoit": "Lapointe",
}
READERS = ("rejean", "mei-lin", "diego", "carole", "ousmane", "gisele")  # on the staff list, with rh and comms


def accounts() -> dict[str, User]:
    """Every login, by its name."""
    secret, made = make_password(PASSWORD), {}
    for one in ACCOUNTS:
        boss = not one.group
        made[one.username] = User.objects.create(
            username=one.username,
            first_name=one.first_name,
            last_name=one.last_name,
            email=f"{one.username}@erables.example",
            password=secret,
            is_superuser=boss,
            is_staff=boss,
        )
        made[one.username].groups.set(Group.objects.filter(name=one.group))
    return made


def people(names: dict[str, str], nadia: User) -> dict[str, Person]:
    """Every employee by key, from key → first name, and Morris, who lives on the lane."""
    made = {
        key: Person.objects.create(
            first_name=names[key],
            last_name=family,
            email=f"{key}@erables.example",
            user=nadia if key == "nadia" else None,
        )
        for key, family in FAMILY_NAMES.items()
    }
    made["morris"] = Person.objects.create(
        kind=Person.Kind.RESIDENT, first_name="Morris", last_name="Clarke", email="morris@courriel.example"
    )
    return made


def staff_list(names: dict[str, str]) -> None:
    """The eight addresses that receive the infolettre."""
    for key in READERS:
        Subscriber.objects.create(email=f"{key}@erables.example", first_name=names[key])
    for one in ACCOUNTS[:2]:
        Subscriber.objects.create(email=f"{one.username}@erables.example", first_name=one.first_name)
