"""The language of a message, corrected by whoever sorts it: what follows it, and what was already read in another."""

import pytest
from django.utils import timezone

from intranet.roles import COMMS
from portraits import inbox, replying
from portraits.models import Compliment, Consent, ReplyTemplate, Version
from tests import factories
from tests.portraits.desk import signed_in
from tests.portraits.test_inbox_desk import do
from tests.portraits.test_quotes import passed_on, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(COMMS)


def test_it_is_corrected_for_the_words_the_mails_and_the_templates(client):
    english = ReplyTemplate.objects.create(theme="Thanks", language="en", body="Thank you, {first_name}.")
    row = received("Nadia was wonderful. Thank you!")
    do(client, row, "trier", kind="compliment", language="en")
    do(client, row, "trier", kind="compliment")  # from a page that does not say it
    row = Compliment.objects.get()
    assert (row.language, row.writer.language) == ("en", "en")
    inbox.pass_on(row, [factories.person()], by=factories.staff(), at=timezone.now())
    assert list(replying.templates(row)) == [english]
    assert Version.objects.latest("pk").language == "en"
    # The notice that its writer read before answering was the form's, in French: the proof says so.
    assert set(Consent.objects.filter(subject__role="writer").values_list("language", flat=True)) == {"fr-ca"}


def test_a_colleague_keeps_their_own(client):
    luc = factories.person("Luc")
    row = received("Thank you Nadia!", writer=inbox.Writer(colleague=luc))
    do(client, row, "trier", kind="compliment", language="en")
    luc.refresh_from_db()
    assert (Compliment.objects.get().language, luc.language) == ("en", "fr-ca")


def test_two_moderators_do_not_correct_over_each_other(client):
    row = received()
    held = client.get(f"/admin/compliments/{row.pk}/").context["seen"]
    Compliment.objects.update(language="en")
    assert do(client, row, "trier", held=held, kind="compliment", language="fr-ca").status_code == 409


def test_once_passed_on_it_stays(client):
    row = passed_on()
    do(client, row, "trier", kind="compliment", language="en")
    assert Compliment.objects.get().language == "fr-ca"
