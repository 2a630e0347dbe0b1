"""The fictive borough: what each usage shows, in which state each portrait is, and that its texts keep the house's rules."""

import json
import logging
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from ecrans import loop
from ecrans.models import Affiche, Ecran
from infolettre.assemble import assemble
from infolettre.models import Delivery, Infolettre
from intranet import dashboard
from intranet.demo import content, load, people, pictures, welcome
from intranet.models import Letter, User
from portraits import duty, gate, ledger, meeting, recall, sorting, state, tally
from portraits.models import Compliment, Consent, FigureImport, LedgerEntry, Person, Photo, Portrait, Version
from portraits.usages import Usage

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FRENCH, ENGLISH = "fr-ca", "en"
EVERYWHERE = {"Nadia", "Réjean", "Mei-Lin", "Ousmane", "Jean-Philippe", "Carole", "Gisèle", "Diego"}
SHOWN = {
    Usage.INTRANET: EVERYWHERE | {"Stéphanie"},
    Usage.INFOLETTRE: EVERYWHERE | {"Stéphanie"},
    Usage.ECRAN: EVERYWHERE,
    Usage.AFFICHE: EVERYWHERE,
    Usage.SITE: EVERYWHERE,
    Usage.INDEXATION: EVERYWHERE - {"Gisèle"},
    Usage.SOCIAL: EVERYWHERE,
    Usage.VITRINE: EVERYWHERE,
}


@pytest.fixture(scope="module")
def borough(django_db_setup, django_db_blocker):
    """Loaded once for this module, with small photographs; rolled back at its end."""
    with (
        django_db_blocker.unblock(),
        override_settings(EMAIL_BACKEND="intranet.mail.Rows"),
        transaction.atomic(),
        pictures.developing(width=800) as photographs,
    ):
        load.load(photographs)
        load.site(80)
        yield
        transaction.set_rollback(True)
    load.kept().unlink()


@pytest.fixture(autouse=True)
def loaded(borough, db):
    yield
    logging.disable(logging.NOTSET)  # the command keeps its console for what a newcomer reads


def desk(name, language=FRENCH):
    return Portrait.objects.get(first_name=name, locale__language_code=language)


def names(usage, language=FRENCH):
    return {one.first_name for one in gate.capsules(usage, at=timezone.now(), language=language)}


def words(name):
    return {one.usage: one.word for one in state.standings([desk(name).pk], at=timezone.now())[desk(name).pk]}


@pytest.mark.parametrize("usage", SHOWN)
def test_each_usage_shows_exactly_those_who_said_yes(usage):
    assert names(usage) == SHOWN[usage]
    assert names(usage, ENGLISH) == {"Nadia", "Mei-Lin", "Ousmane"}


def test_the_editors_see_three_words_and_no_refusal():
    assert set(words("Inès").values()) == {"asked"}
    assert (
        words("Samir") == words("Thanh") == words("Amira") == words("Benoît")
    )  # refused, over, withdrawn, never asked
    assert set(words("Samir").values()) == {"none"}
    assert set(words("Carole").values()) == {"consent"}
    assert [usage for usage, word in words("Stéphanie").items() if word == "consent"] == ["intranet", "infolettre"]
    assert state.stop(desk("Lucie").pk, at=timezone.now()).by == "Karim Haddad"


def test_one_consent_ends_in_twenty_days():
    (diego,) = (one for one in gate.capsules(Usage.SITE, at=timezone.now()) if one.first_name == "Diego")
    assert (diego.until - timezone.now()).days == 20


def test_the_wall_keeps_the_text_that_was_agreed_to():
    sentences = {one.first_name: one.sentence for one in gate.capsules(Usage.SITE, at=timezone.now(), language=FRENCH)}
    assert "1 400" in sentences["Nadia"]
    assert "1 500" in desk("Nadia").get_latest_revision_as_object().sentence
    assert "quatre-vingts appels" in sentences["Carole"]  # the newer text was asked, and closed in silence
    assert Version.objects.filter(portrait=desk("Carole")).count() == 2


def test_the_pair_rests_on_two_people():
    pair = Consent.objects.filter(subject__version__portrait=desk("Ousmane"), usage=Usage.SITE, ended_at=None)
    assert sorted(pair.values_list("subject__person__first_name", flat=True)) == ["Morris", "Ousmane"]


@pytest.mark.parametrize(
    ("slug", "status"),
    [("nadia", 200), ("ousmane", 200), ("amira", 410), ("thanh", 410), ("lucie", 410), ("samir", 404), ("ines", 404)],
)
def test_public_pages_answer_for_themselves(client, slug, status):
    assert client.get(f"/portraits/{slug}/").status_code == status


def test_every_yes_is_bound_to_what_was_shown_and_the_ledger_holds():
    hashes = Consent.objects.values_list("rendering_sha256", flat=True)
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes)
    assert ledger.broken() is None
    instants = list(LedgerEntry.objects.values_list("at", flat=True))
    assert instants == sorted(instants)


def test_photographs_came_through_the_upload_form():
    assert Photo.objects.count() == len(pictures.FRAMINGS) == 15
    assert set(Photo.objects.values_list("uploaded_by__username", flat=True)) == {"comms"}
    for photo in Photo.objects.all():
        with photo.file.open() as file:
            assert file.read(3) == b"\xff\xd8\xff"


def test_one_issue_left_for_eight_people_and_one_is_being_written():
    sent, draft = Infolettre.objects.order_by("number")
    assert (sent.state, draft.state) == (
        Infolettre.State.SENDING,
        Infolettre.State.DRAFT,
    )  # the worker will say « sent »
    assert Delivery.objects.filter(issue=sent).count() == 8
    shown = [one.first_name for one in assemble(sent, timezone.now()).capsules]
    assert shown == ["Ousmane", "Réjean", "Mei-Lin", "Diego"]  # Amira was in it, and withdrew since


def test_one_screen_plays_and_one_batch_of_posters_comes_down():
    screen = Ecran.objects.select_related("place").get()
    slides = loop.manifest(screen, timezone.now())["slides"]
    assert slides[0]["text"]["name"] == "Dehors par tous les temps"
    assert len([one for one in slides if not one["id"].startswith(("mots-", "edition-"))]) == len(EVERYWHERE)
    (owed,) = recall.called(hands=True, open_only=True)
    batch = Affiche.objects.select_related("place").get(code=owed.locator.removeprefix("affiche:"))
    assert (str(batch.place), batch.copies) == ("Mairie › 3e étage › Cuisine", 2)


def test_the_campaign_has_its_own_totals():
    total = tally.overall()
    assert (total.publications, total.reach.value) == (44, 562_460)
    assert (total.interactions.value, total.comments.value) == (36_408, 460)
    assert not FigureImport.objects.filter(done_at=None).exists()
    assert [one.refused for one in FigureImport.objects.all()] == [[], []]
    (share,) = tally.surveys()
    assert (round(share.percent), share.survey.answered) == (97, 200)


def test_only_the_awaited_invitation_is_left_to_send(client):
    letter = Letter.objects.get(state=Letter.State.DUE)
    assert letter.to == "ines@erables.example"
    link = json.loads(load.kept().read_text())["link"]
    assert link in letter.body
    assert client.get(welcome.link()).status_code == 200


def test_nothing_is_late_at_the_first_start():
    """A newcomer's first look at /readyz says that all is well."""
    loaded = User.objects.get(username="admin").date_joined
    due = [row for model in (Delivery, Letter) for row in duty.due(model, timezone.now())]
    assert len(due) == 9
    assert min(row.not_before for row in due) >= loaded


def test_the_five_logins_open():
    for one in people.ACCOUNTS:
        assert authenticate(username=one.username, password=people.PASSWORD), one
    assert Person.objects.get(user__username="employe").first_name == "Nadia"


def test_every_printed_address_leads_somewhere(client):
    client.login(username="comms", password=people.PASSWORD)
    answers = {path: client.get(path, follow=True).status_code for _, path in welcome.places()}
    assert answers.pop("/portraits/amira/") == 410
    assert set(answers.values()) == {200}
    assert any(path.startswith(reverse("ecran")) and "?" not in path for path in answers)


def test_loading_again_changes_nothing():
    tables = (Portrait, Version, Consent, Photo, Person, LedgerEntry, Letter, Infolettre, Ecran)
    before = [table.objects.count() for table in tables]
    kept = load.kept().read_text()
    call_command("demo", "--load-only", "--port", "8000")
    assert [table.objects.count() for table in tables] == before
    assert load.kept().read_text() == kept


@override_settings(DEMO=False)
def test_production_settings_are_refused():
    with pytest.raises(CommandError, match="production settings"):
        call_command("demo", "--load-only")


TEXTS = [(*pair, "Je ") for pair in content.FRENCH.items()] + [(*pair, "I ") for pair in content.ENGLISH.items()]


@pytest.mark.parametrize(("key", "text", "start"), [one for one in TEXTS if one[1].story])
def test_texts_keep_the_limits_that_editors_are_given(key, text, start):
    story = " ".join(text.story)
    sentences = [one.split() for one in re.split(r"(?<=[.!?])\s", story)]
    count = sum(bool(re.search(r"\w", word)) for word in story.split())
    assert text.sentence.startswith(start)
    assert len(text.sentence) <= 90
    assert len(text.job) <= 40
    assert len(text.story) == 3
    assert 80 <= count <= 120
    assert max(sum(bool(re.search(r"\w", word)) for word in one) for one in sentences) <= 20
    for alt in filter(None, (text.alt, text.partner_alt)):
        assert 40 <= len(alt) <= 120
    assert not re.search(r"héros|dévoué|passionné|hero|dedicated|passionate", story + text.sentence, re.IGNORECASE)


# -- kind words


def test_the_inbox_is_alive_and_some_of_it_is_quoted():
    now = timezone.now()
    stages = set(Compliment.objects.values_list("stage", flat=True))
    assert stages == set(Compliment.Stage)
    assert len(set(Compliment.objects.values_list("channel", flat=True))) >= 6
    waiting = sorting.counts(at=now)
    assert all(waiting[name] for name in ("a-trier", "a-transmettre", "a-repondre", "en-retard", "indesirables"))
    assert {quote.to for quote in gate.quotes(Usage.SITE, at=now)} == {("Nadia",), ("Réjean",), ("Mei-Lin",)}
    assert ("Ousmane",) in {quote.to for quote in gate.quotes(Usage.INTRANET, at=now)}


def test_somebody_is_to_be_met_this_month():
    karim, now = User.objects.get(username="comms"), timezone.now()
    assert [task.title.endswith("Conductrice de souffleuse") for task in dashboard.to_meet(karim, at=now)] == [True]
    assert [row.trade for row in meeting.waiting()] == ["Conductrice de souffleuse", "Permis et inspections"]


# -- every link leads somewhere


LEAVES = ("/logout/",)


def walk(client, start):
    """Follow every link, twice for each shape of address, as somebody who clicks on everything. Address → status, if it broke."""
    waiting, seen, shapes, broken = [*start], set(), Counter(), {}
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        shape = re.sub(r"\d+", "1", path)
        if address in seen or shapes[shape] >= 2 or path.endswith(LEAVES):
            continue
        seen.add(address)
        shapes[shape] += 1
        answer = client.get(address)
        if answer.status_code >= 500:
            broken[address] = answer.status_code
        if answer.streaming:
            b"".join(answer.streaming_content)
        elif "html" in answer.headers.get("Content-Type", ""):
            found = (urljoin(address, link) for link in re.findall(r'href="([^"#]+)', answer.content.decode()))
            waiting += [link.replace("&amp;", "&") for link in found if link.startswith("/")]
    return broken, seen


@pytest.mark.parametrize("login", [one.username for one in people.ACCOUNTS])
def test_no_link_leads_to_a_page_that_breaks(login):
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=login))
    broken, seen = walk(client, ["/admin/", "/intranet/", "/"])
    assert broken == {}
    assert len(seen) > 25
