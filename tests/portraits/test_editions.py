"""Special editions: on which days they are on, whom they propose, and that nobody without a living consent is ever listed."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from intranet import roles
from portraits import framing, hiding, proposing, recall
from portraits.models import Edition, Framed, Portrait
from portraits.usages import Usage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SITE, ECRAN = Usage.SITE, Usage.ECRAN
Rule, Criterion = Edition.Rule, Edition.Criterion
ALONE = {"title_en": "", "introduction_en": ""}


def noon(*day):
    return datetime(*day, 12, tzinfo=timezone.get_default_timezone())


def on(at, language="fr-ca"):
    return [frame.title for frame in framing.frames(at=at, languages=[language])]


def rule(kind, **fields):
    return factories.edition(rule=kind, first_day=None, last_day=None, **fields)


# -- its days


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ((2027, 3, 4, 23, 59, 59), False),
        ((2027, 3, 5, 0, 0), True),
        ((2027, 3, 11, 23, 59, 59), True),
        ((2027, 3, 12, 0, 0), False),
    ],
)
def test_a_day_of_the_year_with_the_days_around_it_from_midnight_to_midnight(at, shown):
    rule(Rule.DAY, month=3, day=8, days_before=3, days_after=3)
    assert bool(on(datetime(*at, tzinfo=timezone.get_default_timezone()))) == shown


def test_it_comes_back_every_year_and_crosses_the_new_year():
    rule(Rule.DAY, month=1, day=1, days_before=5, days_after=2)
    for year in (2027, 2028):
        assert on(noon(year - 1, 12, 27))
        assert on(noon(year, 1, 3))
        assert not on(noon(year, 1, 4))


def test_february_29_is_the_28th_in_other_years():
    rule(Rule.DAY, month=2, day=29, days_before=0, days_after=0)
    assert on(noon(2028, 2, 29))
    assert not on(noon(2028, 2, 28))
    assert on(noon(2027, 2, 28))


@pytest.mark.parametrize(
    ("month", "week", "monday"),
    [(9, 2, (2027, 9, 13)), (9, 1, (2027, 9, 6)), (6, 5, (2027, 6, 28)), (2, 5, (2027, 2, 22)), (2, 4, (2027, 2, 22))],
)
def test_a_week_goes_from_its_monday_to_its_sunday(month, week, monday):
    rule(Rule.WEEK, month=month, week=week)
    start = noon(*monday)
    assert [bool(on(start + timedelta(days=days))) for days in (-1, 0, 6, 7)] == [False, True, True, False]


def test_chosen_days_once():
    factories.edition(first_day=date(2027, 2, 10), last_day=date(2027, 2, 14))
    assert [bool(on(noon(2027, 2, day))) for day in (9, 10, 14, 15)] == [False, True, True, False]
    assert not on(noon(2028, 2, 12))


def test_it_is_over_only_after_having_been_on():
    today = timezone.localdate()
    past = factories.edition(first_day=today - timedelta(days=5), last_day=today - timedelta(days=1))
    Edition.objects.update(created_on=today - timedelta(days=9))
    at = timezone.now()
    assert framing.is_over(past.slug, at=at, language="fr-ca")
    ahead = factories.edition(first_day=today + timedelta(days=1), last_day=today + timedelta(days=2))
    assert not framing.is_over(ahead.slug, at=at, language="fr-ca")
    running = factories.edition()
    assert not framing.is_over(running.slug, at=at, language="fr-ca")
    yesterday = today - timedelta(days=1)
    yearly = rule(Rule.DAY, month=yesterday.month, day=yesterday.day, days_before=0, days_after=0)
    assert not framing.is_over(yearly.slug, at=at, language="fr-ca")  # written today: it was never on
    Edition.objects.filter(pk=yearly.pk).update(created_on=today - timedelta(days=9))
    assert framing.is_over(yearly.slug, at=at, language="fr-ca")
    assert not framing.is_over("inconnue", at=at, language="fr-ca")


def test_the_next_midnight_that_changes_something():
    factories.edition(first_day=date(2027, 2, 10), last_day=date(2027, 2, 14))
    midnight = datetime(2027, 2, 10, tzinfo=timezone.get_default_timezone())
    assert framing.next_boundary(at=noon(2027, 2, 1)) == midnight
    assert framing.next_boundary(at=midnight) == midnight + timedelta(days=5)
    assert framing.next_boundary(at=midnight + timedelta(days=5)) is None


@pytest.mark.parametrize("fields", [{"last_day": date.max}, {"first_day": date.min, "last_day": date.max}])
def test_a_row_that_ends_with_the_calendar_is_on_all_the_same(fields):
    edition = factories.edition()
    Edition.objects.update(**fields)
    (frame,) = framing.frames(at=timezone.now(), languages=["fr-ca"])
    assert frame.until.date() == date.max
    assert framing.next_boundary(at=timezone.now()).date() == date.max
    assert not framing.is_over(edition.slug, at=timezone.now(), language="fr-ca")


def test_one_language_only_and_how_its_days_are_said():
    factories.edition(first_day=date(2027, 3, 1), last_day=date(2027, 3, 12), **ALONE)
    assert on(noon(2027, 3, 5), "en") == []
    (frame,) = framing.frames(at=noon(2027, 3, 5), languages=["fr-ca"])
    assert frame.days == "du 1er au 12 mars 2027".replace(" ", "\u00a0")
    assert frame.introduction == ("Le 8 mars, elles racontent leur métier.", "À la première personne.")
    Edition.objects.update(title_en="A", introduction_en="B", first_day=date(2027, 3, 28), last_day=date(2027, 4, 2))
    (frame,) = framing.frames(at=noon(2027, 4, 1), languages=["en"])
    assert frame.days == "March 28 to April 2, 2027".replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("fields", "lacking"),
    [
        ({"first_day": None}, "first_day"),
        ({"first_day": date(2027, 2, 2), "last_day": date(2027, 2, 1)}, "last_day"),
        ({"last_day": date(9999, 12, 31)}, "last_day"),
        ({"rule": Rule.DAY, "month": 3}, "day"),
        ({"rule": Rule.DAY, "month": 2, "day": 30}, "day"),
        ({"rule": Rule.DAY, "month": 3, "day": 8, "days_after": 61}, "days_after"),
        ({"rule": Rule.WEEK, "month": 9}, "week"),
        ({"introduction_en": ""}, "introduction_en"),
        ({"criterion": Criterion.TAG}, "tag"),
    ],
)
def test_what_is_not_whole_is_refused_beside_its_field(fields, lacking):
    with pytest.raises(ValidationError) as refused:
        factories.edition(**fields)
    assert set(refused.value.message_dict) == {lacking}


def test_two_editions_of_one_title_have_two_addresses_that_stay():
    one, other = factories.edition(), factories.edition()
    assert (one.slug, other.slug) == ("elles-travaillent-pour-vous", "elles-travaillent-pour-vous-2")
    one.title = "Autrement"
    one.save()
    assert one.slug == "elles-travaillent-pour-vous"


# -- whom it proposes


def names(edition, usage=SITE):
    return [one.capsule.first_name for one in proposing.proposals(edition, usage, at=timezone.now())]


def test_only_a_living_consent_for_the_usage_asked_is_proposed():
    factories.shown(SITE, first_name="Nadia")
    factories.shown(ECRAN, first_name="Diego")
    factories.ask(factories.portrait("Jamais"), SITE)
    factories.say(factories.ask(factories.portrait("Refus"), SITE), SITE, answer="no")
    gone, hidden = factories.shown(SITE, first_name="Partie"), factories.shown(SITE, first_name="Cachée")
    factories.withdraw(gone)
    hiding.hide(hidden, by=factories.staff(), at=timezone.now(), reason="x")
    edition = factories.edition(gone, hidden)  # chosen before
    assert names(edition) == ["Nadia"]
    assert names(edition, ECRAN) == ["Diego"]


def test_the_least_shown_come_first():
    often, once, never = (factories.shown(SITE, first_name=name) for name in ("Souvent", "Une fois", "Jamais"))
    at = timezone.now()
    for desk, count in ((often, 3), (once, 1)):
        (version,) = desk.versions.all()
        for number in range(count):
            recall.record(Usage.SOCIAL, _capsule(version), locator=f"post:{desk.pk}{number}", at=at)
    edition = factories.edition()
    assert names(edition) == ["Jamais", "Une fois", "Souvent"]
    factories.edition(never, title="Une autre")  # to have been in another edition counts too
    factories.edition(never, title="Une autre encore")
    assert names(edition) == ["Une fois", "Jamais", "Souvent"]
    proposing.choose(edition, [str(often.translation_key)], among=[str(often.translation_key)])
    assert names(edition) == ["Souvent", "Une fois", "Jamais"]


def _capsule(version):
    from portraits import gate

    return gate.capsules(SITE, at=timezone.now(), version=version.pk)[0]


def test_by_theme_as_it_is_written_on_the_newest_draft():
    desk, other = factories.shown(SITE, first_name="Nadia"), factories.shown(SITE, first_name="Diego")
    draft = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    draft.tags.add("parcs")
    draft.save_revision()
    tag = draft.tags.get()
    assert names(factories.edition(criterion=Criterion.TAG, tag=tag)) == ["Nadia"]
    assert other.pk


def test_couples_and_duos():
    factories.shown(SITE, first_name="Seule")
    people = [factories.person("Ousmane"), factories.person("Morris")]
    factories.shown(SITE, first_name="Ousmane", people=people, partner_name="Morris")
    assert names(factories.edition(criterion=Criterion.PAIRS)) == ["Ousmane"]


def test_years_of_service_by_fives_in_the_year_of_the_edition():
    for name, since in (("Dix", 2017), ("Quinze", 2012), ("Onze", 2016), ("Neuve", 2027), ("Inconnue", None)):
        factories.shown(SITE, first_name=name, people=[factories.person(name, in_service_since=since)])
    days = {"first_day": date(2027, 5, 1), "last_day": date(2027, 5, 9)}
    edition = factories.edition(criterion=Criterion.SERVICE, **days)
    assert {one.capsule.first_name: one.years for one in proposing.proposals(edition, SITE, at=timezone.now())} == {
        "Dix": 10,
        "Quinze": 15,
    }


def test_one_row_for_two_languages():
    desk = factories.shown(SITE, first_name="Nadia")
    other = factories.portrait("Nadia", language="en", people=[factories.person()])
    Portrait.objects.filter(pk=other.pk).update(translation_key=desk.translation_key)
    factories.say(factories.ask(Portrait.objects.get(pk=other.pk), SITE), SITE)
    (found,) = proposing.proposals(factories.edition(), SITE, at=timezone.now())
    assert found.languages == ("fr-ca", "en")
    assert found.capsule.language == "fr-ca"
    assert Locale.objects.count() == 2


@pytest.mark.parametrize("count", [3, 30])
def test_the_proposals_cost_the_same_for_few_and_for_many(count, django_assert_num_queries):
    factories.crowd(count, SITE)
    edition = factories.edition()
    with django_assert_num_queries(5):  # the door, who is chosen, photographs, places, other editions
        assert len(proposing.proposals(edition, SITE, at=timezone.now())) == count


# -- its page in the CMS


@pytest.fixture
def page(client):
    client.force_login(factories.user("comms", roles.COMMS))
    return client


def address(edition):
    return reverse("wagtailsnippets_portraits_edition:propositions", args=[edition.pk])


def test_one_tick_chooses_in_the_order_of_the_ranks(page):
    one, two, three = (factories.shown(SITE, first_name=name) for name in ("Une", "Deux", "Trois"))
    edition = factories.edition()
    keys = {desk.first_name: str(desk.translation_key) for desk in (one, two, three)}
    post = {
        "usage": "site",
        "offered": list(keys.values()),
        "chosen": [keys["Une"], keys["Trois"]],
        f"rank-{keys['Trois']}": "1",
        f"rank-{keys['Une']}": "٣",
    }
    assert page.post(address(edition), post).status_code == 302
    assert [str(row.across) for row in edition.chosen.all()] == [keys["Trois"], keys["Une"]]
    html = page.get(address(edition)).content.decode()
    assert html.index("Trois") < html.index("Une") < html.index("Deux")
    assert html.count(" checked") == 2


def test_what_is_ticked_for_one_use_does_not_undo_what_was_for_another(page):
    public, screen = factories.shown(SITE, first_name="Nadia"), factories.shown(ECRAN, first_name="Diego")
    edition = factories.edition(screen)
    key = str(public.translation_key)
    page.post(address(edition), {"usage": "site", "offered": [key], "chosen": [key]})
    assert {str(row.across) for row in edition.chosen.all()} == {key, str(screen.translation_key)}
    page.post(address(edition), {"usage": "site", "offered": [key]})
    assert [row.across for row in edition.chosen.all()] == [screen.translation_key]


def test_nobody_without_a_consent_gets_in_by_a_forged_form_nor_is_listed(page):
    silent = factories.portrait("Secrète")
    factories.ask(silent, SITE)
    edition = factories.edition()
    key = str(silent.translation_key)
    page.post(address(edition), {"usage": "site", "offered": [key, "x"], "chosen": [key, "x"]})
    assert not Framed.objects.exists()
    for usage in ("", "site", "ecran", "infolettre", "objet"):
        assert "Secrète" not in page.get(address(edition), {"usage": usage}).content.decode()


def test_who_withdraws_leaves_the_list_and_nobody_tells_why(page):
    desk = factories.shown(SITE, first_name="Nadia")
    edition = factories.edition(desk)
    assert "Nadia" in page.get(address(edition)).content.decode()
    factories.withdraw(desk)
    gone = page.get(address(edition)).content.decode()
    assert "Nadia" not in gone
    Framed.objects.all().delete()
    assert _same(page.get(address(edition)).content.decode()) == _same(gone)  # chosen or not, nothing tells them apart


def _same(html):
    import re

    return re.sub(r"csrf[^>]*|nonce=\"[^\"]*\"|name=\"csrfmiddlewaretoken\"[^>]*", "", html.split("jtpv-edition")[1])


def test_an_edition_is_written_then_filled(page):
    form = {
        "title": "Semaine de la municipalité",
        "introduction": "Une semaine pour les voir.",
        "colour": "autobus",
        "rule": "week",
        "month": "9",
        "week": "2",
        "days_before": "3",
        "days_after": "3",
        "criterion": "all",
    }
    response = page.post(reverse("wagtailsnippets_portraits_edition:add"), form)
    made = Edition.objects.get()
    assert response["Location"] == address(made)
    assert page.get(reverse("wagtailsnippets_portraits_edition:list")).status_code == 200
    refused = page.post(reverse("wagtailsnippets_portraits_edition:add"), {**form, "week": ""})
    assert refused.status_code == 200
    assert Edition.objects.count() == 1
