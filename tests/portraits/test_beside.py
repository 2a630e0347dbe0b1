"""The person of a portrait sees the kind words beside their face, and takes each away with one button."""

import pytest
from django.utils import timezone

from portraits import gate, links
from portraits.models import ConsentRequest, Link, Person
from portraits.usages import Usage
from tests import factories
from tests.portraits.test_quotes import KIND, passed_on, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia():
    desk = factories.shown(Usage.SITE, Usage.INTRANET)
    return Person.objects.get(pk__in=desk.people())


def page(client, person, witness=None):
    request = ConsentRequest.objects.filter(subject__person=person, subject__version__portrait__isnull=False).latest(
        "pk"
    )
    token = links.make(request, Link.Kind.MANAGE, at=timezone.now(), witness=witness)
    client.post(f"/consentement/{token}/")
    return f"/consentement/{token}/etat/"


def quoted(*people, **fields):
    row = passed_on(*people, **fields)
    for one in people:
        say(row, one)
    return row


def test_they_are_read_there_and_hidden_with_one_button(client, nadia):
    row, other = quoted(nadia), quoted(nadia, words="Nadia, merci encore.")
    address = page(client, nadia)
    html = client.get(address).content.decode()
    assert KIND[:20] in html
    assert "merci encore" in html
    answer = client.post(address, {"geste": "taire", "mot": row.pk})
    assert answer.status_code == 303
    now = timezone.now()
    for usage in (Usage.SITE, Usage.INTRANET):
        assert [quote.key for quote in gate.quotes(usage, at=now)] == [other.pk]
    assert KIND[:20] not in client.get(address).content.decode()
    assert len(gate.capsules(Usage.SITE, at=now)) == 1  # the face stays


def test_words_quoted_nowhere_or_somebody_elses_are_not_there(client, nadia):
    passed_on(nadia)
    luc = factories.person("Luc")
    row = quoted(luc, words="Luc, merci.")
    address = page(client, nadia)
    html = client.get(address).content.decode()
    assert KIND[:20] not in html
    assert "Luc, merci" not in html
    client.post(address, {"geste": "taire", "mot": row.pk})
    assert [quote.key for quote in gate.quotes(Usage.SITE, at=timezone.now())] == [row.pk]


def test_a_link_that_staff_held_first_tells_nothing(client, nadia):
    quoted(nadia)
    assert KIND[:20] not in client.get(page(client, nadia, factories.staff())).content.decode()
