"""The promise, checked by somebody outside: an answer by mail, fifteen places that show the person, and the dark."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from ecrans.models import Ecran, Place
from home.publish import open_site
from infolettre import send
from infolettre.models import Infolettre, Subscriber
from infolettre.tasks import deliveries
from intranet import roles
from intranet.demo import sink
from intranet.tasks import letters
from portraits.models import Portrait
from portraits.tasks import sweep
from tests import factories
from tests.journeys.outside import Mailbox, Outsider, PromiseBroken
from tests.portraits.gate_faults import planted

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAME, READER = "Zélie", "lectrice@erables.example"


@pytest.fixture
def worker(transactional_db):
    """What Celery runs, in a thread of its own."""
    over, problems = threading.Event(), []

    def work():
        try:
            while not over.wait(0.1):
                for task in (letters, deliveries, sweep):
                    task()
        except Exception as error:
            problems.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()
    assert problems == []


@pytest.fixture
def outsider(live_server, settings, tmp_path, worker):
    """Somebody outside a site that is open, has a screen, readers, and a portrait whose person was just asked."""
    folder = tmp_path / "courriel"
    inbox = sink.start(sink.Folder(folder))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port(inbox)
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    open_site("localhost", int(live_server.url.rsplit(":", 1)[1]))
    factories.user("comms", roles.COMMS)
    factories.user("employe", roles.EMPLOYEE)
    Subscriber.objects.create(email=READER, first_name="Lectrice")
    kitchen = Place.objects.create(building="Mairie", floor="3e étage", room="Cuisine")
    screen = Ecran.objects.create(name="Cuisine du 3e", place=kitchen)
    person = factories.person(NAME)
    desk = factories.portrait(NAME, people=[person], alt=f"{NAME} sourit.")
    factories.ask(desk)
    yield Outsider(
        url=live_server.url,
        mailbox=Mailbox(folder),
        name=NAME,
        address=person.email,
        screen=f"/ecran/{screen.public_id}/manifest",
        reader=READER,
        colleague=("employe", "motdepasse"),
        printer=("comms", "motdepasse"),
        portrait=str(desk.pk),
    )
    inbox.stop()


def an_issue_leaves():
    key = Portrait.objects.get().pk
    issue = Infolettre(title="Elle parle à ses semis", preheader="Et ils l’écoutent", body=[("feature", key)])
    issue.save()
    send.start(issue, by=factories.staff(), at=timezone.now())


def seen_everywhere(outsider):
    outsider.say_yes()
    an_issue_leaves()
    outsider.find()
    return outsider.shown_everywhere()


def test_from_a_yes_to_the_dark(outsider):
    lit = seen_everywhere(outsider)
    outsider.withdraw()
    found = outsider.dark(patience=10)
    outsider.promises_kept(lit, found)


def test_it_turns_red_when_the_door_ignores_a_withdrawal(outsider):
    lit = seen_everywhere(outsider)
    with planted("withdrawal ignored"):
        outsider.withdraw()
        found = outsider.dark(patience=0)
        with pytest.raises(PromiseBroken) as broken:
            outsider.promises_kept(lit, found)
    assert broken.value.args[0] == sorted([*lit, "take-down list"])
