"""What a link tells of earlier answers: nothing, when staff held it first or when its addressee no longer answers."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portraits import asking, consent, counter, letter
from portraits.models import Consent, ConsentRequest, LedgerEntry, Representation
from portraits.usages import Usage
from tests import factories
from tests.portraits.consenting import answers, link, path_of, post, visit

pytestmark = pytest.mark.django_db
SITE, ECRAN = Usage.SITE, Usage.ECRAN
PAGES = ("", "choix/", "etat/")


def held(how, row):
    """The path of a link that staff just made."""
    if how == "counter":
        return f"/consentement/{counter.hand_over(row, witness=factories.staff(), at=timezone.now()).token}/"
    made = []
    with pytest.MonkeyPatch.context() as patch:  # the sheet itself is typeset elsewhere
        patch.setattr(letter, "compose_one", lambda _request, address, at: made.append(address))
        letter.print_one(row, by=factories.staff(), at=timezone.now())
    return "/" + made[0].split("/", 3)[3]


def texts(client, path):
    """What the pages behind a link say, without what differs between any two links."""
    said = []
    for page in PAGES:
        response = client.get(path + page, follow=True)
        said.append(response.content.decode().replace(path, "/"))
    receipt = [client.get(path + name).status_code for name in ("recu.json", "recu.pdf")]
    return [_plain(one) for one in said], receipt


def _plain(page):
    return re.sub(r'(value|nonce)="[\w=-]{20,}"', "", page)


@pytest.mark.parametrize("how", ["counter", "letter"])
@pytest.mark.parametrize("said", ["no", "withdrawn", "paused"])
def test_a_link_that_staff_held_first_tells_a_refusal_and_a_silence_alike(how, said):
    one = factories.person()
    seen = []
    for silent in (True, False):
        _path, row = link(SITE, ECRAN, people=[one], photo=factories.photo())
        path = held(how, row)  # made before the answer: HR keeps it
        if not silent and said == "no":
            factories.say(row.subject.version, SITE, ECRAN, answer="no")
        elif not silent:
            factories.say(row.subject.version, SITE)
            reason = consent.Reason.PAUSED if said == "paused" else consent.Reason.WITHDRAWN
            consent.withdraw(row.subject.version.portrait, one, [SITE], at=timezone.now(), reason=reason)
        first = texts(client := visit(path), path)
        assert first[1] == [404, 404]
        client.post(path + "etat/", {"geste": "annuler"})
        assert not LedgerEntry.objects.filter(kind="undone").exists()
        seen.append(first[0])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("how", ["counter", "letter"])
def test_it_withdraws_everything_without_knowing_and_tells_what_it_did(how):
    _path, row = link()
    factories.say(row.subject.version, SITE, ECRAN)
    path = held(how, row)
    client = visit(path)
    page = client.get(path + "etat/").content.decode()
    assert 'id="site"' not in page
    assert 'value="tout"' in page
    client.post(path + "choix/", answers(site="no"))
    page = client.get(path + "etat/").content.decode()
    assert 'id="site"' in page
    assert 'id="ecran"' not in page
    assert 'value="annuler"' in page  # its own slip, in this very visit
    assert 'value="annuler"' not in visit(path).get(path + "etat/").content.decode()
    client.post(path + "etat/", {"geste": "annuler"})
    assert Consent.objects.filter(ended_at=None).count() == 2
    client.post(path + "etat/", {"usage": "tout"})
    assert not Consent.objects.filter(ended_at=None).exists()


def test_the_code_opens_the_past_of_a_letter():
    _path, row = link(SITE, ECRAN)
    factories.say(row.subject.version, ECRAN)
    path = held("letter", row)
    client = visit(path)
    assert post(client, path, site="yes")["Location"] == path + "etat/?note=note"
    page = client.get(path + "etat/").content.decode()
    assert 'id="ecran" class="yes"' in page
    assert client.get(path + "recu.json").status_code == 200
    assert visit(path).get(path + "recu.json").status_code == 404  # in that visit only


# -- whose addressee no longer answers


@pytest.fixture
def parents():
    """A child below 14, asked through one parent; then another represents them. Returns the first one's path and request."""
    today = timezone.localdate()
    child = factories.person("Zoé", turns_14_on=today + timedelta(days=900), turns_18_on=today + timedelta(days=2400))
    old, new = factories.person("Paul"), factories.person("Carole")
    valid = {"person": child, "valid_until": today + timedelta(days=800)}
    Representation.objects.create(representative=old, **valid)
    desk = factories.portrait("Zoé", people=[child])
    version = factories.unread(desk, SITE, ECRAN)
    path = path_of(-1)
    Representation.objects.all().delete()
    Representation.objects.create(representative=new, **valid)
    row = ConsentRequest.objects.get(subject__version=version)
    return path, row


def test_the_link_of_a_former_parent_shows_nothing_and_undoes_nothing(parents):
    path, row = parents
    mine = visit(path)
    asking.again(row, [SITE, ECRAN], at=timezone.now())
    fresh, anew = path_of(-1), ConsentRequest.objects.latest("pk")
    assert anew.addressee.first_name == "Carole"
    consent.answer(anew, {SITE: "yes"}, seen={SITE: "0" * 64}, at=timezone.now(), proof=factories.PROOF)
    theirs = visit(fresh)
    theirs.post(fresh + "etat/", {"usage": "site"})
    assert theirs.get(fresh + "recu.json").status_code == 200
    for page in ("recu.json", "recu.pdf", "photo/p400.jpg", "rendu/site/"):
        assert mine.get(path + page).status_code == 404, page
    assert mine.get(path + "choix/")["Location"] == path + "etat/"
    page = mine.get(path + "etat/").content.decode()
    for told in ('id="site"', 'value="annuler"', "choix/", "recu.json"):
        assert told not in page
    mine.post(path + "etat/", {"geste": "annuler"})
    assert not LedgerEntry.objects.filter(kind="undone").exists()


def test_the_link_of_a_former_parent_says_no_yes(parents):
    path, _row = parents
    client = visit(path)
    for page in ("choix/", "code/"):
        client.post(path + page, answers(site="yes") | {"code": "123456"})
    assert not Consent.objects.exists()
    assert client.get(path + "photo/p400.jpg").status_code == 404


def test_a_former_parent_may_still_refuse_and_withdraw(parents):
    path, row = parents
    factories.say(row.subject.version, SITE, ECRAN)
    Client().post(path + "etat/", {"usage": "site"})
    assert list(Consent.objects.filter(ended_at=None).values_list("usage", flat=True)) == ["ecran"]
    Client().post(path + "choix/", {"tout": "non"})
    assert not Consent.objects.filter(ended_at=None).exists()
