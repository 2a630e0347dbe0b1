"""Who lives and works in the fictive borough: accounts, people who can be depicted, and the staff list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from infolettre.models import Subscriber
from intranet import roles
from intranet.models import User
from portraits import meeting
from portraits.models import Brief, Headcount, Person

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
Dimension = Headcount.Dimension
HEADCOUNTS = {  # group: how many people, and who of ours is in it
    (Dimension.DEPARTMENT, "Travaux publics"): (320, "rejean diego thanh ousmane benoit"),
    (Dimension.DEPARTMENT, "Culture et bibliothèques"): (140, "amira gisele mei-lin ines lucie"),
    (Dimension.DEPARTMENT, "Sports et loisirs"): (180, "jean-philippe stephanie"),
    (Dimension.DEPARTMENT, "Parcs et verdure"): (90, "nadia samir"),
    (Dimension.DEPARTMENT, "Permis et inspections"): (45, "carole"),
    (Dimension.DEPARTMENT, "Greffe"): (4, ""),
    (Dimension.SHIFT, "Jour"): (560, "nadia carole amira gisele mei-lin ines lucie samir stephanie"),
    (Dimension.SHIFT, "Soir et fin de semaine"): (170, "jean-philippe diego benoit"),
    (Dimension.SHIFT, "Nuit"): (49, "rejean"),
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


def headcounts(cast: dict[str, Person]) -> None:
    """How many people work where, and the groups of ours."""
    for (dimension, name), (number, keys) in HEADCOUNTS.items():
        row = Headcount.objects.create(dimension=dimension, name=name, number=number, counted_on=date(2026, 9, 1))
        row.people.set([cast[key] for key in keys.split()])


def to_meet(users: dict[str, User], *, at: datetime) -> None:
    """An idea behind a criticism, whose month has come, and a group kept for the next one."""
    this, following, *_later = meeting.months(at=at)
    Brief.objects.create(
        theme="Le bruit du déneigement la nuit",
        trade="Conductrice de souffleuse",
        note="Par quelles rues elle commence, et pourquoi la nuit.",
        by=users["rh"],
        at=at,
        month=this,
        taken_by=users["comms"],
    )
    group = Headcount.objects.get(name="Permis et inspections")
    meeting.keep(group, month=following, taken_by_id=users["rh"].pk, by=users["rh"], at=at)


def staff_list(names: dict[str, str]) -> None:
    """The eight addresses that receive the infolettre."""
    for key in READERS:
        Subscriber.objects.create(email=f"{key}@erables.example", first_name=names[key])
    for one in ACCOUNTS[:2]:
        Subscriber.objects.create(email=f"{one.username}@erables.example", first_name=one.first_name)
