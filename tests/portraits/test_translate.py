"""The other language is a portrait of its own: its own text, its own readings, its own consents."""

import pytest
from django.utils import timezone
from wagtail.models import Locale

from intranet.roles import HR
from portraits import gate, translate
from portraits.models import Portrait, Version
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import signed_in, url

pytestmark = pytest.mark.django_db
SITE = Usage.SITE


def test_an_adaptation_starts_from_the_last_draft_and_from_nothing_else():
    desk = factories.shown(SITE)
    desk.get_latest_revision().publish()
    draft = Portrait.objects.get().get_latest_revision_as_object()
    draft.sentence = "Je suis un brouillon."
    draft.tags.add("parc", "serre")
    draft.save_revision()
    josee = factories.user("josee", HR)
    made = Portrait.objects.get(pk=translate.adapt(Portrait.objects.get(), by=josee).pk)
    source = Portrait.objects.get(pk=desk.pk)
    assert (made.locale.language_code, made.translation_key) == ("en", source.translation_key)
    assert (made.live, made.live_revision, made.locked, made.first_published_at) == (False, None, False, None)
    assert made.latest_revision.object_id == str(made.pk)
    assert made.latest_revision.user == josee
    latest = made.get_latest_revision_as_object()
    assert latest.sentence == "Je suis un brouillon."
    assert latest.people() == source.people()
    assert {str(tag) for tag in latest.tags.all()} == {"parc", "serre"}
    assert latest.fingerprint() != draft.fingerprint()
    assert source.live
    assert made.current_workflow_state is None
    assert len(gate.capsules(SITE, at=timezone.now())) == 1


def test_each_language_is_read_asked_and_shown_on_its_own():
    desk = factories.shown(SITE)
    made = translate.adapt(desk, by=None)
    assert gate.capsules(SITE, at=timezone.now(), language="en") == []
    version = factories.ask(made, SITE)
    assert version.language == "en"
    assert gate.capsules(SITE, at=timezone.now(), language="en") == []
    factories.say(version, SITE)
    assert len(gate.capsules(SITE, at=timezone.now(), language="en")) == 1
    assert Version.objects.values("language").distinct().count() == 2


def test_the_button_makes_one_and_then_leads_to_it():
    client, desk = signed_in(HR), factories.portrait()
    assert url("adapt", desk.pk) in client.get(url("edit", desk.pk)).content.decode()
    assert client.get(url("adapt", desk.pk)).status_code == 200
    assert Portrait.objects.count() == 1  # a GET makes nothing
    answer = client.post(url("adapt", desk.pk))
    made = Portrait.objects.get(locale__language_code="en")
    assert answer.url == url("edit", made.pk)
    assert client.post(url("adapt", desk.pk)).url == url("edit", made.pk)
    assert Portrait.objects.count() == 2
    page = client.get(url("edit", desk.pk)).content.decode()
    assert url("edit", made.pk) in page
    assert url("adapt", desk.pk) not in page
    assert url("edit", desk.pk) in client.get(url("edit", made.pk)).content.decode()


def test_and_back_to_french():
    english = factories.portrait(language="en")
    made = translate.adapt(english, by=None)
    assert made.locale.language_code == "fr-ca"
    assert translate.existing(made) == english
    assert Locale.objects.count() == 2


def test_while_the_source_is_asked_its_adaptation_is_free():
    desk = factories.portrait()
    factories.ask(desk, SITE)
    made = translate.adapt(Portrait.objects.get(pk=desk.pk), by=None)
    assert Portrait.objects.get(pk=made.pk).get_lock() is None
