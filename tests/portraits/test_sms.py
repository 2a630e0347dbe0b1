"""Whoever has a mobile number and no mailbox: the question and the code by text message, as durable rows."""

import logging
import re

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from intranet.models import Letter
from portraits import asking, codes, duty, gate, invitation, links, texting
from portraits.models import Consent, Link, Person, Text
from portraits.tasks import texts
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import answers

pytestmark = pytest.mark.django_db
SENT = []
SITE = Usage.SITE


def keep(to, body):
    SENT.append((to, body))


def no_such_number(to, body):
    raise duty.Refused("no such number")


def cut_off(to, body):
    raise ConnectionError("cut off")


@pytest.fixture(autouse=True)
def sender(settings):
    settings.SMS_BACKEND = f"{__name__}.keep"
    SENT.clear()


def by_text(first_name="Réjean", **fields):
    return factories.person(first_name, **{"email": "", "phone": "514 555-0142", "reach": Person.Reach.SMS, **fields})


def ask(*people, usages=(SITE,)):
    return factories.unread(factories.portrait(people=list(people) or [by_text()]), *usages)


def path():
    return re.search(r"/consentement/[\w-]+/", Text.objects.filter(body__contains="/consentement/").latest("pk").body)[
        0
    ]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("514 555-0142", "+15145550142"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("1 (514) 555-0142", "+15145550142"),
        ("", ""),
    ],
)
def test_a_number_is_written_as_networks_want_it(typed, sent):
    assert texting.number(typed) == sent


def test_the_question_and_the_code_go_by_text_and_a_yes_counts():
    version = ask()
    assert not Letter.objects.exists()
    page, client = path(), Client()
    client.post(page)
    response = client.post(page + "choix/", answers(site="yes"))
    assert response["Location"].endswith("/code/")
    assert "0142" in client.get(page + "code/").content.decode()
    assert not Consent.objects.exists()
    digits = re.search(r"\d{6}", Text.objects.latest("pk").body)[0]
    client.post(page + "code/", {"code": digits})
    consent = Consent.objects.get()
    assert (consent.method, consent.subject.version_id) == (Consent.Method.CODE, version.pk)
    assert [capsule.first_name for capsule in gate.capsules(SITE, at=timezone.now())] == ["Nadia"]
    assert not Letter.objects.filter(body__contains=digits).exists()


def test_a_message_is_short_has_one_link_and_names_nobody():
    ask(by_text("Réjean", last_name="Gagnon"), by_text("Ousmane", phone="514 555-0199"))
    first, second = Text.objects.order_by("pk")
    for text in (first, second):
        assert text.body.count("http") == 1
        assert len(text.body) <= 240
        assert not {"Réjean", "Gagnon", "Ousmane", "Nadia"} & set(re.findall(r"\w+", text.body))
    assert (first.to, second.to) == ("+15145550142", "+15145550199")


def test_nothing_is_sent_inside_the_transaction_and_the_words_are_forgotten_once_sent():
    with transaction.atomic():
        ask()
        assert SENT == []
    assert SENT == []  # the bell rings after the commit; the sweep is called here
    texts()
    ((to, body),) = SENT
    assert to == "+15145550142"
    assert "/consentement/" in body
    row = Text.objects.get()
    assert (row.state, row.body) == (Text.State.DONE, "")
    texts()
    assert len(SENT) == 1


def test_a_question_that_is_taken_back_sends_nothing():
    with transaction.atomic():
        ask()
        assert Text.objects.exists()
        transaction.set_rollback(True)
    assert not Text.objects.exists()


def test_a_number_that_does_not_exist_is_said_and_a_failure_is_tried_again(settings):
    ask()
    settings.SMS_BACKEND = f"{__name__}.cut_off"
    texts()
    row = Text.objects.get()
    assert (row.state, row.attempts) == (Text.State.DUE, 1)
    assert row.body
    Text.objects.update(not_before=timezone.now())
    settings.SMS_BACKEND = f"{__name__}.no_such_number"
    texts()
    row.refresh_from_db()
    assert (row.state, row.error) == (Text.State.REFUSED, "no such number")


def test_the_default_sender_writes_no_secret_in_the_log(caplog):
    caplog.set_level(logging.INFO)
    texting.console("+15145550142", "482913 est ton code. http://x/consentement/Abc-def_1/ 514 555-0199")
    assert "0142" in caplog.text
    for secret in ("482913", "Abc-def_1", "+1514555"):
        assert secret not in caplog.text


def test_the_demo_keeps_messages_beside_the_mails(settings, client):
    from intranet.demo import sink

    settings.SMS_BACKEND = "intranet.demo.mailbox.keep_text"
    controller = sink.start(sink.Folder(settings.DEMO_MAILBOX))
    try:
        settings.EMAIL_PORT = sink.port(controller)
        ask()
        sent = path()
        texts()
    finally:
        controller.stop()
    listing = client.get("/demo/courriel/").content.decode()
    assert "+15145550142@sms" in listing
    name = re.search(r"/demo/courriel/([^/\"]+)/", listing)[1]
    assert sent in client.get(f"/demo/courriel/{name}/").content.decode()


@pytest.mark.parametrize(
    ("fields", "way"),
    [
        ({"email": "n@erables.example", "phone": "5145550142", "reach": "email"}, "mail"),
        ({"email": "n@erables.example", "phone": "5145550142", "reach": "sms"}, "text"),
        ({"email": "", "phone": "5145550142", "reach": "email"}, "text"),
        ({"email": "", "phone": "5145550142", "reach": "letter"}, ""),
    ],
)
def test_each_person_is_written_to_their_own_way(fields, way):
    ask(factories.person("Nadia", **fields))
    assert (Letter.objects.count(), Text.objects.count()) == (way == "mail", way == "text")


def test_without_any_number_nobody_can_be_asked_by_text():
    with pytest.raises(asking.NotReady):
        factories.ask(factories.portrait(people=[by_text(phone="")]), SITE)


def test_a_code_and_the_ways_in_reach_whoever_gets_letters_but_has_a_telephone():
    version = ask(by_text(reach=Person.Reach.LETTER))
    request = version.subjects.get().requests.get()
    codes.send(request, at=timezone.now())
    assert re.match(r"\d{6}", Text.objects.get().body)
    tokens = [links.make(request, Link.Kind.MANAGE, at=timezone.now()) for _ in range(2)]
    invitation.send_ways_in(request.addressee, tokens, tu=request.tu)
    bodies = list(Text.objects.order_by("pk").values_list("body", flat=True))[1:]
    assert [tokens[0] in bodies[0], tokens[1] in bodies[1]] == [True, True]
    assert all(body.count("http") == 1 for body in bodies)


def test_the_former_number_is_told_and_learns_neither_the_name_nor_the_new_number():
    person = by_text()
    ask(person)
    Text.objects.all().delete()
    person.phone = "514 555-0177"
    person.save()
    with transaction.atomic():
        asking.readdress(person, former=["514 555-0142"], at=timezone.now())
    text = Text.objects.get()
    assert text.to == "+15145550142"
    assert "0177" not in text.body
    assert "Réjean" not in text.body


def test_english_is_spoken_to_whoever_reads_english():
    with translation.override("fr-ca"):
        ask(by_text(language="en"))
    assert "has a question for you" in Text.objects.get().body


def test_the_sweep_knows_the_duty():
    from intranet.celery import app

    app.finalize()
    assert "portraits.texts" in app.conf.beat_schedule
    assert app.conf.beat_schedule["portraits.texts"]["schedule"] <= 5  # seconds
