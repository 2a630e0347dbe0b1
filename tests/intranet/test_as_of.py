"""« Voir au… »: what was shown then, with a silhouette in place of whoever may not be shown now."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from intranet import roles
from portraits import crops, hiding, quoting
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits import test_quotes as quotes
from tests.portraits.desk import signed_in

pytestmark = pytest.mark.django_db
SITE, AFFICHE = Usage.SITE, Usage.AFFICHE
DAY = timedelta(days=1)


@pytest.fixture
def rh():
    return signed_in(roles.HR)


def look(client, at, usage=SITE, **more):
    moment = f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"
    return client.get(reverse("portraits_as_of"), {"at": moment, "usage": usage.value, **more})


def faces(page):
    return [card.capsule.first_name for card in page.context["page"]]


def test_past_present_and_future(rh):
    now = timezone.now()
    factories.shown(SITE, first_name="Amira", at=now - 10 * DAY)
    factories.shown(SITE, first_name="Réjean", at=now - 5 * DAY)
    assert faces(look(rh, now - 11 * DAY)) == []
    assert faces(look(rh, now - 7 * DAY)) == ["Amira"]
    assert faces(rh.get(reverse("portraits_as_of"))) == ["Réjean", "Amira"]
    assert faces(look(rh, now + 358 * DAY)) == ["Réjean"]
    assert faces(look(rh, now + 400 * DAY)) == []
    assert faces(look(rh, now, AFFICHE)) == []


@pytest.mark.parametrize("stop", ["withdraw", "hide", "replace"])
def test_whoever_may_not_be_shown_now_is_a_silhouette(rh, stop):
    now = timezone.now()
    desk = factories.shown(SITE, first_name="Amira", at=now - 10 * DAY, alt="Amira rit zqx.", job="Métier zqx")
    factories.shown(SITE, first_name="Réjean", at=now - 10 * DAY)
    version = desk.versions.get().pk
    if stop == "withdraw":
        factories.withdraw(desk)
    elif stop == "hide":
        hiding.hide(desk, by=factories.staff(), at=timezone.now())
    else:  # a newer Version is shown in its place
        factories.say(factories.ask(desk, SITE), SITE)
    page = look(rh, now - 2 * DAY)
    words = page.content.decode()
    assert faces(page) == ["Réjean"]
    assert len(page.context["gone"]) == 1
    assert words.count("jtpv-asof-gone") == 1
    assert "zqx" not in words
    assert f"/{version}/" not in words
    picture = rh.get(reverse("portraits_as_of_photo", args=["site", version, "p400", "webp"]))
    assert picture.status_code == 410
    assert picture.content == b""


@pytest.mark.parametrize("stop", ["writer", "named", "hide"])
def test_words_that_may_not_be_quoted_now_are_a_blank_that_tells_nothing(rh, stop):
    now = timezone.now()
    nadia, rejean = factories.person("Nadia"), factories.person("Réjean")
    gone = quotes.passed_on(nadia, words="Nadia a été zqx avec ma mère. Merci !", at=now - 10 * DAY)
    kept = quotes.passed_on(rejean, words="Réjean a dégagé ma rue. Merci !", at=now - 10 * DAY)
    quotes.say(gone, nadia, at=now - 9 * DAY)
    quotes.say(kept, rejean, at=now - 9 * DAY)
    page = look(rh, now - 2 * DAY)
    assert {quote.key for quote in page.context["words"]} == {gone.pk, kept.pk}
    assert "zqx" in page.content.decode()
    assert look(rh, now - 11 * DAY).context["quoted"] == 0
    assert look(rh, now - 2 * DAY, AFFICHE).context["quoted"] == 2
    assert look(rh, now - 2 * DAY, Usage.SOCIAL).context["quoted"] == 0
    if stop == "hide":
        hiding.hide(gone, by=factories.staff(), at=timezone.now(), reason="raison zqx")
    else:
        quoting.take_back(gone, gone.writer if stop == "writer" else nadia, Audience.PUBLIC, at=timezone.now())
    page = look(rh, now - 2 * DAY)
    words = page.content.decode()
    assert [quote.key for quote in page.context["words"]] == [kept.pk]
    assert (page.context["quoted"], page.context["silent_count"]) == (2, 1)
    assert words.count("jtpv-asof-silent") == 1
    assert not any(
        one in words for one in ("zqx", "Nadia", "Huguette, Émard · Nadia", gone.reference, str(gone.across))
    )
    assert look(rh, timezone.now() + DAY / 24).context["silent_count"] == 0


def test_pictures_are_asked_of_the_gate_now(rh):
    desk = factories.shown(AFFICHE, colour=(10, 200, 30))  # a usage whose pictures have no address of their own
    version = desk.versions.get().pk
    answer = rh.get(reverse("portraits_as_of_photo", args=["affiche", version, "p400", "webp"]))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert rh.get(reverse("portraits_as_of_photo", args=["site", version, "p400", "webp"])).status_code == 410
    assert rh.get(reverse("portraits_as_of_photo", args=["affiche", version, "duo-p400", "webp"])).status_code == 410
    for wrong in (["partout", version, "p400", "webp"], ["affiche", version, "p9", "webp"]):
        assert rh.get(reverse("portraits_as_of_photo", args=wrong)).status_code == 404
    assert "p400" in crops.SPECS


@pytest.mark.parametrize("role", [roles.HR, roles.COMMS, roles.CONSENT_OFFICER])
def test_who_has_the_right(role):
    client = signed_in(role)
    assert client.get(reverse("portraits_as_of")).status_code == 200
    assert reverse("portraits_as_of") in client.get("/admin/").content.decode()


def test_who_has_not():
    version = factories.shown(SITE).versions.get().pk
    client = signed_in(roles.TECHNICIAN)
    for address in (
        reverse("portraits_as_of"),
        reverse("portraits_as_of_photo", args=["site", version, "p400", "webp"]),
    ):
        assert client.get(address).status_code in {302, 403}
    assert reverse("portraits_as_of") not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("wrong", [{"at": "hier"}, {"at": "2026-03-08T02:30"}, {"usage": "partout"}, {"at": ""}])
def test_a_wrong_date_gets_a_sentence(rh, wrong):
    page = rh.get(reverse("portraits_as_of"), {"at": "2026-05-01T08:00", "usage": "site"} | wrong)
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert "page" not in page.context


def test_queries_do_not_grow(rh, django_assert_num_queries):
    now = timezone.now()

    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            look(rh, now + DAY)
        return len(queries)

    factories.crowd(3, SITE)
    count()
    few = count()
    factories.crowd(27, SITE)
    assert len(faces(look(rh, now + DAY))) == 30
    assert count() == few
    asked = {}
    for number in range(1, 31):
        named = factories.person(f"Nadia{number}")
        quotes.say(quotes.passed_on(named, words=f"Nadia{number} est formidable."), named)
        asked[number] = count() if number in {3, 30} else 0
    assert asked[3] == asked[30] == few + 1  # which of them may be quoted now: not asked when there was none
    page = look(rh, now + DAY)
    assert (page.context["quoted"], len(page.context["words"])) == (30, 24)
    assert len(look(rh, now + DAY, m=2).context["words"]) == 6


@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "0001-01-01T00:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_the_calendar_are_refused_in_words(rh, moment):
    page = rh.get(reverse("portraits_as_of"), {"at": moment, "usage": SITE.value})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"at"}
