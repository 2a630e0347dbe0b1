"""Sending through a real SMTP server: everybody receives it once, a refusal says why, a withdrawal works in the middle."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings as live_settings
from django.db import connection
from django.utils import timezone

from infolettre import send
from infolettre.deliver import deliver
from infolettre.models import Delivery, Infolettre, Subscriber
from infolettre.smtp import Line
from intranet.demo import sink
from portraits import duty, recall
from portraits.models import Exposure, Incident, Recall
from portraits.usages import Usage
from tests.infolettre import make
from tests.infolettre.make import State, factories
from tests.infolettre.smtp import html, text

pytestmark = pytest.mark.django_db


def test_everybody_receives_both_parts_once(post):
    make.list_of("Samir", "Julie", "Alexe")
    issue = make.issue(factories.shown(first_name="Ousmane"))
    assert make.start(issue) == 3
    make.drain()
    make.drain()
    assert post.addresses() == ["alexe@erables.example", "julie@erables.example", "samir@erables.example"]
    for mail in post.mails():
        assert mail.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert "Ousmane" in html(mail)
        assert "Ousmane" in text(mail)
    issue.refresh_from_db()
    assert issue.state == Infolettre.State.SENT
    assert issue.sent_at is not None


def test_one_connection_serves_everybody(post):
    make.list_of(*(f"P{number}" for number in range(8)))
    make.start(make.issue(factories.shown()))
    make.drain()
    assert len(post.mails()) == 8
    assert post.connections == 1


def test_the_headers(post):
    make.list_of("Samir")
    issue = make.issue(factories.shown(), title="Un bonjour de la serre !")
    make.start(issue)
    make.drain()
    (mail,) = post.mails()
    assert mail["Subject"] == "Un bonjour de la serre!"
    assert str(mail["To"]) == "Samir <samir@erables.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr-CA"
    assert mail["List-Id"] == "<infolettre.erables.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http://127.0.0.1:8000/infolettre/desabonnement/")
    assert mail["Message-ID"] == make.row("Samir").message_id
    assert mail["Message-ID"].startswith(f"<{issue.number}.")
    assert mail["Date"].datetime - timezone.now() < timedelta(minutes=1)
    assert mail["Precedence"] is None


@pytest.mark.parametrize("where", ["refuse", "at_body"])
def test_a_refusal_says_why_and_holds_nobody_up(post, where):
    make.list_of("Samir", "Absente", "Pleine", "Julie")
    answers = getattr(post, where)
    answers["absente@erables.example"] = "550 5.1.1 Boite inconnue"
    answers["pleine@erables.example"] = "451 4.2.2 Boite pleine"
    issue = make.issue(factories.shown())
    make.start(issue)
    make.drain()
    assert post.addresses() == ["julie@erables.example", "samir@erables.example"]
    refused, later = make.row("Absente"), make.row("Pleine")
    assert (refused.state, refused.error) == (State.REFUSED, "550 5.1.1 Boite inconnue")
    assert (later.state, later.error, later.begun_at) == (State.DUE, "451 4.2.2 Boite pleine", None)
    issue.refresh_from_db()
    assert issue.state == Infolettre.State.SENDING

    answers.clear()
    Delivery.objects.filter(pk=later.pk).update(not_before=timezone.now())
    make.drain()
    assert "pleine@erables.example" in post.addresses()
    assert "absente@erables.example" not in post.addresses()
    issue.refresh_from_db()
    assert issue.state == Infolettre.State.SENT


def test_no_server_is_a_later_try(settings):
    settings.EMAIL_PORT = 1
    make.list_of("Samir")
    make.start(make.issue(factories.shown()))
    make.drain()
    row = make.row("Samir")
    assert row.state == State.DUE
    assert row.begun_at is None
    assert "refused" in row.error.lower()


def test_a_withdrawal_in_the_middle_drops_the_portrait_from_what_is_not_sent(post):
    make.list_of("A", "B", "C", "D")
    ousmane = factories.shown(first_name="Ousmane")
    make.start(make.issue(ousmane, shorts=[factories.shown(first_name="Diego")], title="Bonjour"))
    sent = []

    def then_withdraw(row, line):
        outcome = deliver(row, line)
        sent.append(row)
        if len(sent) == 2:
            factories.withdraw(ousmane)
        return outcome

    with Line() as line:
        duty.drain(Delivery, partial(then_withdraw, line=line))
    bodies = [html(mail) + text(mail) for mail in post.mails()]
    assert ["Ousmane" in body for body in bodies] == [True, True, False, False]
    assert all("Diego" in body for body in bodies)


def test_a_newer_version_that_leaves_is_remembered_too(post):
    make.list_of("A", "B")
    desk = factories.shown(first_name="Ousmane")
    make.start(make.issue(desk))
    assert Exposure.objects.count() == 1
    desk.first_name = "Ousmane-Amadou"
    desk.save_revision()
    factories.say(factories.ask(desk), Usage.INFOLETTRE)
    make.drain()
    assert all("Ousmane-Amadou" in html(mail) for mail in post.mails())
    assert Exposure.objects.filter(locator="infolettre:1").count() == 2


def test_start_freezes_words_and_who_goes(post):
    make.list_of("Samir")
    late = factories.portrait("Réjean")
    issue = make.issue(factories.shown(first_name="Ousmane"), late, words={})
    make.start(issue)
    factories.say(factories.ask(late), Usage.INFOLETTRE)  # says yes after the issue started leaving
    issue.refresh_from_db()
    issue.title, issue.body = "Récrit", []
    issue.save_revision().publish()
    make.drain()
    (mail,) = post.mails()
    assert mail["Subject"] == "Ousmane a commencé à cinq heures ce matin"
    assert "Ousmane" in html(mail)
    assert "déménage" in html(mail)
    assert "Réjean" not in html(mail)


def test_exposures_are_recorded_with_the_rows():
    make.list_of("Samir")
    ousmane, diego = factories.shown(first_name="Ousmane"), factories.shown(first_name="Diego")
    make.start(make.issue(ousmane, shorts=[diego], words={}))
    shown = Exposure.objects.filter(usage=Usage.INFOLETTRE, locator="infolettre:1")
    assert set(shown.values_list("version__portrait", flat=True)) == {ousmane.pk, diego.pk}


def test_an_issue_leaves_once():
    make.list_of("Samir")
    issue = make.issue(factories.shown())
    make.start(issue)
    with pytest.raises(send.NotReady):
        make.start(issue)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("lacking", ["readers", "content"])
def test_what_cannot_leave_writes_nothing(lacking):
    if lacking == "content":
        make.list_of("Samir")
    issue = make.issue(factories.shown() if lacking == "readers" else factories.portrait())
    with pytest.raises(send.NotReady) as problem:
        make.start(issue)
    assert len(problem.value.sentences) == 1
    issue.refresh_from_db()
    assert issue.state == Infolettre.State.DRAFT
    assert not Delivery.objects.exists()
    assert not Exposure.objects.exists()


def test_whoever_unsubscribes_meanwhile_receives_nothing(post):
    make.list_of("Samir", "Julie")
    make.start(make.issue(factories.shown()))
    Subscriber.objects.filter(first_name="Samir").update(active=False)
    make.drain()
    assert post.addresses() == ["julie@erables.example"]
    assert make.row("Samir").state == State.CANCELLED


def test_an_issue_that_lost_everything_is_not_sent_empty(post):
    make.list_of("Samir")
    desk = factories.shown()
    make.start(make.issue(desk))
    factories.withdraw(desk)
    make.drain()
    assert post.mails() == []
    assert make.row("Samir").state == State.CANCELLED


def test_a_connection_lost_after_the_body_is_uncertain_and_never_sent_again(post):
    make.list_of("Coupe", "Samir")
    post.hang_up.add("coupe@erables.example")
    issue = make.issue(factories.shown())
    make.start(issue)
    make.drain()
    row = make.row("Coupe")
    assert row.state == State.UNCERTAIN
    assert row.error
    make.drain()
    assert post.addresses() == ["coupe@erables.example", "samir@erables.example"]
    issue.refresh_from_db()
    assert issue.state == Infolettre.State.SENT


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_leaves_an_uncertain_row(settings, tmp_path):
    """kill -9 between the body and the answer: the mail may have arrived; it is shown, and not sent twice."""
    from tests.infolettre.smtp import Post

    post = Post(tmp_path / "courriel")
    post.stalls.add("a@erables.example")
    controller = sink.start(post)
    settings.EMAIL_PORT = sink.port(controller)
    try:
        make.list_of("A", "B")
        make.start(make.issue(factories.shown()))
        worker = subprocess.Popen([sys.executable, "-c", WORKER], env=_environment(settings.EMAIL_PORT))
        assert post.stall.wait(60)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        row = make.row("A")
        assert row.state == State.CLAIMED
        assert row.begun_at is not None
        Delivery.objects.filter(pk=row.pk).update(lease_until=timezone.now())
        make.drain()
        assert make.row("A").state == State.UNCERTAIN
        assert post.addresses() == ["a@erables.example", "b@erables.example"]
    finally:
        controller.stop()


@pytest.mark.parametrize("seconds", [5, 125])
def test_what_a_worker_that_died_may_have_sent_after_an_end_opens_an_incident(seconds, time_machine):
    """As long as that worker could hold the row: what was withdrawn later had left before its end."""
    make.list_of("A", "B")
    stays, leaves = factories.shown(first_name="Diego"), factories.shown(first_name="Ousmane")
    make.start(make.issue(stays, shorts=[leaves]))
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    Delivery.objects.filter(address="a@erables.example").update(
        state=State.CLAIMED, begun_at=begun, lease_until=begun + timedelta(seconds=1)
    )
    time_machine.shift(timedelta(seconds=seconds))
    factories.withdraw(leaves)
    time_machine.shift(timedelta(seconds=1))
    (row,) = duty.due(Delivery, timezone.now()).filter(address="a@erables.example")
    for _twice in range(2):
        assert deliver(row, line=None)["state"] == State.UNCERTAIN
    found = [one.cause for one in Incident.objects.all()]
    assert found == ([f"delivery:{row.pk}:{leaves.versions.get().pk}"] if seconds == 5 else [])


WORKER = "import django; django.setup(); from infolettre.tasks import deliveries; deliveries()"


def _environment(port):
    values = connection.settings_dict
    address = f"sqlite:///{values['NAME']}"
    if connection.vendor == "postgresql":
        host = f"{values['HOST']}:{values['PORT']}" if values["PORT"] else values["HOST"]
        address = f"postgres://{values['USER']}:{values['PASSWORD']}@{host}/{values['NAME']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "intranet.settings.dev",
        "SECRET_KEY": live_settings.SECRET_KEY,
        "DATABASE": address,
        "VAR": str(live_settings.VAR),
        "LEDGER_COPY": "",  # as in this process
        "EMAIL_PORT": str(port),
    }


def test_a_recall_says_what_was_done(post):
    make.list_of("Samir", "Julie")
    post.refuse["julie@erables.example"] = "451 later"
    desk = factories.shown()
    make.start(make.issue(desk, words={}))
    make.drain()
    factories.withdraw(desk)
    recall.owe(at=timezone.now())
    duty.drain(Recall, recall.work)
    (owed,) = Recall.objects.all()
    assert owed.state == State.DONE
    assert "1 courriel" in owed.proof or "1 mail" in owed.proof
    assert len(owed.proof) < 200


def test_the_price_of_one_delivery_does_not_grow_with_the_portraits(post, django_assert_num_queries):
    make.list_of("A", "B")
    for count in (3, 30):
        desks = make.portraits(count)
        make.start(make.issue(*desks))
        row = duty.claim(Delivery, "test")
        with Line() as line, django_assert_num_queries(11):
            # the issue, the subscriber, the gate three times, three times the identity, and the mark « begun » in its savepoint
            deliver(row, line)
        Delivery.objects.all().delete()
