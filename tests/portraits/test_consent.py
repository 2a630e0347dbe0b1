"""The verbs: what they refuse, what they write, and what the database refuses behind them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from intranet.models import Letter
from portraits import asking, consent, gate, hiding, ledger, links
from portraits.models import Consent, ConsentRequest, DraftSubject, LedgerEntry, Link, Portrait, Version
from portraits.usages import Usage
from tests import factories

pytestmark = pytest.mark.django_db
SITE = Usage.SITE


def sentences(desk, *asked):
    with translation.override("fr-ca"), pytest.raises(asking.NotReady) as refusal:
        factories.ask(desk, *asked)
    assert (Version.objects.count(), ConsentRequest.objects.count(), Letter.objects.count()) == (0, 0, 0)
    return refusal.value.sentences


def test_an_unfinished_desk_is_not_asked():
    desk = Portrait.objects.create(first_name="Nadia", locale=factories.locale())
    assert sentences(desk) == [
        "Il reste à remplir\u00a0: métier, phrase, texte «\u00a0je\u00a0», photo, description de la photo, "
        "la personne du portrait."
    ]


def test_a_person_without_an_address_is_named():
    assert len(sentences(factories.portrait(people=[factories.person("Nadia", email="")]))) == 1


def without_morris(language):
    """Morris refused a portrait with two pictures; his stays, in this portrait or in its English one, and he does not."""
    nadia, morris, other = (factories.person(name) for name in ("Nadia", "Morris", "Rosa"))
    duo = {"partner_name": "Morris", "partner_photo": factories.photo((30, 60, 200)), "partner_alt": "Morris rit."}
    desk = factories.portrait(people=[nadia, morris], **duo)
    factories.say(factories.ask(desk, SITE), SITE, answer="no", who=morris)
    new = factories.photo((10, 200, 90))
    if language == "en":
        fields = {"translation_key": desk.translation_key, "photo": new, **duo}
        return factories.portrait(people=[nadia, other], language=language, **fields)
    again = desk.get_latest_revision_as_object()
    again.photo = new
    again.subjects = [DraftSubject(person=nadia, role="main"), DraftSubject(person=other, role="paired")]
    again.save_revision()
    return Portrait.objects.get(pk=desk.pk)


@pytest.mark.parametrize("language", ["fr-ca", "en"])
def test_nobody_is_dropped_from_a_picture_by_changing_the_other_one_or_the_language(language):
    with pytest.raises(asking.NotReady) as refusal:
        factories.ask(without_morris(language), SITE)
    assert "Morris" in str(refusal.value)


def test_each_person_receives_their_own_link_and_nothing_personal_else():
    nadia, morris = factories.person("Nadia"), factories.person("Morris", kind="resident")
    factories.ask(factories.portrait(people=[nadia, morris]), SITE)
    first, second = factories.tokens()
    assert first != second
    assert {letter.to for letter in Letter.objects.all()} == {nadia.email, morris.email}
    kept = " ".join(Link.objects.values_list("token_sha256", flat=True))
    assert first not in kept
    assert links.token_hash(first) in kept
    assert all("Horticultrice" not in letter.body + letter.subject for letter in Letter.objects.all())


def test_somebody_asked_before_cannot_be_left_out_for_the_same_photo():
    nadia, morris = factories.person("Nadia"), factories.person("Morris", kind="resident")
    desk = factories.portrait(people=[nadia, morris])
    factories.say(factories.ask(desk, SITE), SITE, answer="no", who=morris)
    desk.subjects.set([row for row in desk.subjects.all() if row.person_id == nadia.pk])
    desk.save()
    desk.save_revision()
    with pytest.raises(asking.NotReady, match="Morris"):
        factories.ask(desk, SITE)


def test_a_yes_keeps_the_hash_of_what_was_shown():
    version = factories.ask(factories.portrait(), SITE)
    request = ConsentRequest.objects.get()
    consent.answer(request, {SITE: "yes"}, seen={SITE: "a" * 64}, at=timezone.now(), proof=factories.PROOF)
    row = Consent.objects.get()
    assert (row.rendering_sha256, row.subject.version_id) == ("a" * 64, version.pk)


def test_a_yes_to_what_was_not_shown_is_refused_whole():
    factories.ask(factories.portrait(), SITE, Usage.ECRAN)
    request = ConsentRequest.objects.get()
    with pytest.raises(consent.Unseen):
        consent.answer(
            request, {SITE: "yes", Usage.ECRAN: "yes"}, seen={SITE: "a" * 64}, at=timezone.now(), proof=factories.PROOF
        )
    request.refresh_from_db()
    assert (Consent.objects.count(), request.answered_at) == (0, None)


def test_what_was_not_asked_is_not_granted():
    factories.ask(factories.portrait(), SITE)
    factories.say(Version.objects.get(), SITE, Usage.ECRAN)
    assert [row.usage for row in Consent.objects.all()] == [SITE]


def test_a_new_question_closes_the_former_one():
    desk = factories.portrait()
    first = factories.ask(desk, SITE)
    factories.ask(desk, SITE)
    with pytest.raises(consent.Closed):
        factories.say(first, SITE)


def test_a_second_yes_after_the_first_ran_out():
    at = timezone.now()
    version = factories.ask(factories.portrait(), SITE, at=at)
    factories.say(version, SITE, at=at, days=1)
    later = at + timedelta(days=2)
    factories.say(version, SITE, at=later, days=1)
    assert len(gate.capsules(SITE, at=later)) == 1
    assert gate.capsules(SITE, at=at + timedelta(days=1, hours=1)) == []


def test_the_slug_is_given_once_and_never_reused():
    desk = factories.shown(SITE)
    other = factories.ask(factories.portrait(), SITE)
    assert Version.objects.get(portrait=desk).slug == "nadia"
    assert other.slug.startswith("nadia-")
    desk.first_name = "Nadège"
    desk.save()
    desk.save_revision()
    assert factories.ask(desk, SITE).slug == "nadia"


def test_hidden_everywhere_is_hidden_in_both_languages():
    nadia = factories.person("Nadia")
    french = factories.shown(SITE, people=[nadia])
    factories.shown(SITE, people=[nadia], language="en", translation_key=french.translation_key)
    other = factories.shown(SITE, first_name="Rosa")
    row = hiding.hide(french, by=factories.staff(), at=timezone.now())
    assert row.portrait == french
    assert [one.key for one in gate.capsules(SITE, at=timezone.now())] == [other.pk]


# -- the ledger


def test_each_decision_leaves_a_line_without_a_name():
    desk = factories.portrait()
    version = factories.ask(desk, SITE, Usage.ECRAN)
    factories.say(version, SITE)
    factories.say(version, Usage.ECRAN, answer="no")
    factories.withdraw(desk, SITE)
    hiding.hide(desk, by=factories.staff(), at=timezone.now())
    lines = list(LedgerEntry.objects.all())
    assert [line.kind for line in lines] == ["asked", "granted", "refused", "withdrawn", "hidden"]
    written = " ".join(str(line.body) for line in lines)
    assert "Nadia" not in written
    assert "@" not in written
    assert ledger.broken() is None


@pytest.mark.django_db(transaction=True)
def test_a_line_belongs_to_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        ledger.append("asked", at=timezone.now())


# -- what the database refuses


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE portraits_ledgerentry SET kind = 'granted'",
        "DELETE FROM portraits_ledgerentry",
        "UPDATE portraits_version SET slug = 'autre'",
        "DELETE FROM portraits_version",
        "UPDATE portraits_subject SET role = 'background'",
        "DELETE FROM portraits_consent",
        "UPDATE portraits_consent SET ends_at = '2099-01-01'",
        "UPDATE portraits_consent SET usage = 'social'",
        "UPDATE portraits_consent SET rendering_sha256 = 'x'",
        "UPDATE portraits_consent SET ended_at = NULL",
    ],
)
def test_the_database_refuses_to_rewrite_history(sql):
    factories.withdraw(factories.shown(SITE))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_consent_is_never_open_ended_nor_longer_than_two_years():
    version = factories.ask(factories.portrait(), SITE)
    factories.say(version, SITE, days=800)
    row = Consent.objects.get()
    assert row.ends_at - row.starts_at == timedelta(days=730)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(ends_at=row.ends_at + timedelta(days=2))
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(ends_at=row.starts_at - timedelta(days=1))
    with pytest.raises(consent.Closed):
        factories.say(version, SITE, days=-1)
