"""A special edition in an issue: its frame, its portraits through the door at each delivery, and nothing without anybody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from infolettre import mail, send
from infolettre.assemble import assemble
from infolettre.models import Infolettre
from portraits.models import Edition, Exposure
from portraits.usages import Usage
from tests.infolettre import make
from tests.infolettre.make import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MAIL = Usage.INFOLETTRE


def issue(edition, **fields):
    made = Infolettre(title="Elles", body=[("edition", edition.pk)], **fields)
    made.save()
    made.save_revision()
    return Infolettre.objects.get(pk=made.pk)


def now(row):
    return assemble(row, timezone.now())


def names(row):
    return [capsule.first_name for capsule in now(row).capsules]


@pytest.fixture
def two():
    return factories.shown(MAIL, first_name="Nadia"), factories.shown(MAIL, first_name="Inès")


def test_it_is_framed_in_both_parts_of_the_mail_and_in_the_archive(two, client):
    row = issue(factories.edition(*two, colour="piscine"))
    html, text = mail.html(now(row)), mail.text(now(row))
    assert mail.COLOURS["piscine"] in html
    for words in ("Elles travaillent pour vous", "Le 8 mars, elles racontent leur métier."):
        assert words in html
        assert words in text
    assert html.index("Elles travaillent pour vous") < html.index("Nadia") < html.index("Inès")
    assert "Nadia" in text
    make.list_of("Huguette")
    make.start(row)
    client.force_login(factories.staff())
    page = client.get(f"/infolettre/{row.number}/").content.decode()
    assert 'data-edition="piscine"' in page
    assert "Nadia" in page


def test_a_withdrawal_leaves_it_before_and_after_it_left(two):
    nadia, ines = two
    make.list_of("Huguette")
    row = issue(factories.edition(*two))
    make.start(row)
    row.refresh_from_db()
    assert names(row) == ["Nadia", "Inès"]
    factories.withdraw(nadia, MAIL)
    assert names(row) == ["Inès"]
    factories.withdraw(ines, MAIL)
    assert now(row).blocks == ()  # without anybody there is no title either
    assert "Elles travaillent" not in mail.html(now(row))


def test_what_left_does_not_change_with_the_edition(two):
    make.list_of("Huguette")
    edition = factories.edition(*two)
    row = issue(edition)
    make.start(row)
    assert Exposure.objects.filter(usage=MAIL).count() == 2
    edition.chosen.all().delete()
    Edition.objects.update(title="Autre chose")
    row.refresh_from_db()
    assert names(row) == ["Nadia", "Inès"]
    assert "Autre chose" not in mail.html(now(row))


def test_an_issue_may_announce_it_ahead_and_one_in_english_needs_english_words(two):
    today = timezone.localdate()
    later = {"first_day": today + timedelta(days=9), "last_day": today + timedelta(days=12)}
    row = issue(factories.edition(*two, title_en="", introduction_en="", **later))
    assert names(row) == ["Nadia", "Inès"]
    assert now(issue(Edition.objects.get(), language="en")).blocks == ()


def test_whoever_of_an_edition_does_not_leave_is_named_to_nobody(two):
    nadia, _ines = two
    row = issue(factories.edition(*two))
    factories.withdraw(nadia, MAIL)
    assert send.left_out(row, now(row)) == []


def test_an_edition_that_is_gone_leaves_no_block(two):
    edition = factories.edition(*two)
    row = issue(edition)
    edition.delete()
    assert now(row).blocks == ()


@pytest.mark.parametrize("count", [3, 30])
def test_assembling_costs_the_same(count, django_assert_num_queries):
    row = issue(factories.edition(*make.portraits(count)))
    with django_assert_num_queries(4):  # the edition, who was chosen, their keys, the door
        assert len(now(row).capsules) == count
