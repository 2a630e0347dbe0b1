"""« Dire bravo »: who may be thanked, who reads it, what is quoted, and how each of the three takes it away."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from intranet import roles
from intranet.models import Letter
from portraits import bravo, colleagues, forgetting, gate, inbox, ledger, proof, push, received, replay, slip, sorting
from portraits.models import (
    Compliment,
    Consent,
    ConsentRequest,
    LedgerEntry,
    Named,
    Person,
    Push,
    Team,
    Version,
)
from portraits.usages import Usage
from tests import factories
from tests.portraits.test_quotes import say

pytestmark = pytest.mark.django_db
BRAVO, MINE = "/intranet/bravo/", "/intranet/bravo/ecrits/"
WORDS = "Tu as couru après le bac, et toute la rue a applaudi."


@pytest.fixture
def nadia():
    one = factories.person(user=factories.user("nadia"))
    factories.shown(Usage.INTRANET, people=[one])
    return one


@pytest.fixture
def josee():
    return factories.person("Josée", user=factories.user("josee", first_name="Josée"))


@pytest.fixture
def me(josee):
    client = Client()
    client.force_login(josee.user)
    return client


@pytest.fixture
def moderator():
    client = Client()
    client.force_login(factories.user("moderatrice", roles.COMMS))
    return client


def form(client, **fields):
    page = client.get(BRAVO).content.decode()
    key = re.search(r'name="cle" value="([^"]+)"', page)[1]
    return {"geste": "envoyer", "cle": key, "mot": WORDS, "choix": "prive", **fields}


def send(client, **fields):
    return client.post(BRAVO, form(client, **fields))


def now():
    return timezone.now()


def wall():
    return [one.key for one in gate.quotes(Usage.INTRANET, at=now())]


def passed_on(row, *people):
    by = factories.staff()
    inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=now())
    return inbox.pass_on(row, people, by=by, at=now())


# -- whom


def test_one_signs_in(client):
    assert client.get(BRAVO).status_code == client.get(MINE).status_code == 302
    assert client.post(BRAVO, {"mot": WORDS}).status_code == 302
    assert not Compliment.objects.exists()


def test_only_those_whom_the_intranet_shows_are_proposed(josee, nadia):
    resident, gone, young = (
        factories.person("Morris", kind="resident"),
        factories.person("Thanh"),
        factories.person("Zoé"),
    )
    factories.shown(Usage.INTRANET, first_name="Ousmane", people=[ousmane := factories.person("Ousmane"), resident])
    for one in (gone, young):
        factories.shown(Usage.INTRANET, first_name=one.first_name, people=[one])
        Person.objects.filter(pk=one.pk).update(
            **{gone: {"left_on": date(2020, 1, 1)}}.get(one, {"turns_18_on": date(2999, 1, 1)})
        )
    factories.shown(Usage.SITE, first_name="Luc", people=[factories.person("Luc")])
    factories.person("Nadine")
    found = colleagues.shown(josee, at=now(), language="fr-ca")
    assert {one.key for one in found} == {nadia.pk, ousmane.pk}
    assert [one.key for one in colleagues.named(found, "na")] == [nadia.pk]
    assert colleagues.named(found, "") == []


def test_nobody_thanks_themselves(nadia):
    client = Client()
    client.force_login(nadia.user)
    assert colleagues.shown(nadia, at=now(), language="fr-ca") == []
    twin = factories.person("Nadia B", email=nadia.email)
    assert colleagues.shown(twin, at=now(), language="fr-ca") == []
    send(client, personne=nadia.pk)
    assert not Compliment.objects.exists()
    with pytest.raises(ValueError, match="themselves"):
        bravo.give(WORDS, writer=nadia, to=bravo.For(nadia), wall=False, key="k", language="fr-ca", at=now())


@pytest.mark.parametrize("key", ["{hidden}", "99999", "x"])
def test_somebody_who_is_not_on_the_wall_cannot_be_chosen_by_number(me, nadia, key):
    hidden = factories.person("Inès")
    answer = send(me, personne=key.format(hidden=hidden.pk))
    assert answer.status_code == 200
    assert "Inès" not in answer.content.decode()
    assert not Compliment.objects.exists()


def test_looking_for_somebody_sends_nothing_and_keeps_every_word(me, nadia):
    page = me.post(BRAVO, form(me, geste="chercher", nom="nad")).content.decode()
    assert f'name="personne" value="{nadia.pk}"' in page
    assert WORDS in page
    assert "checked" in re.search(r'value="prive"[^>]*', page)[0]
    assert not Compliment.objects.exists()


def test_from_a_capsule_its_person_is_chosen(me, nadia):
    slug = gate.capsules(Usage.INTRANET, at=now())[0].slug
    assert f"{BRAVO}?a={slug}" in me.get(f"/intranet/portraits/{slug}/").content.decode()
    assert re.search(rf'value="{nadia.pk}" checked', me.get(f"{BRAVO}?a={slug}").content.decode())
    assert "checked" not in me.get(f"{BRAVO}?a=personne").content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_it_costs_the_same(me, count, django_assert_max_num_queries):
    for number in range(count):
        factories.crowd(1, Usage.INTRANET, name=f"Nadia{number}")
    with django_assert_max_num_queries(12):
        page = me.get(f"{BRAVO}?nom=nadia").content.decode()
    assert page.count('name="personne"') == min(count, colleagues.MOST) + 1


# -- the form


@pytest.mark.parametrize(
    "wrong",
    [
        {"mot": "Merci beaucoup"},
        {"mot": "x " * 1001},
        {"choix": ""},
        {"choix": "autre"},
        {"personne": "", "nom": ""},
        {"personne": "", "nom": "Nadia"},
        {"personne": "", "nom": "Personne"},
    ],
)
def test_what_is_wrong_is_said_and_loses_nothing(me, nadia, wrong):
    answer = send(me, **{"personne": nadia.pk, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in page
    assert wrong.get("mot", WORDS).strip() in page
    assert not Compliment.objects.exists()


def test_a_person_and_a_team_are_not_chosen_together(me, nadia):
    team = Team.objects.create(name="Parcs", email="parcs@erables.example")
    assert 'id="equipe-faux"' in send(me, personne=nadia.pk, equipe=team.pk).content.decode()


def test_nothing_is_ticked_beforehand(me, nadia):
    page = me.get(BRAVO).content.decode()
    assert "checked" not in page
    assert "required data-most" not in page


def test_it_speaks_english_to_whoever_reads_english(me, nadia):
    page = me.get(f"{BRAVO}?langue=en").content.decode()
    assert 'lang="en-CA"' in page
    assert send(me, personne=nadia.pk, langue="en").status_code == 303
    assert Compliment.objects.get().language == "en"


def test_one_click_or_two_it_is_one_bravo(me, nadia):
    fields = form(me, personne=nadia.pk)
    assert me.post(BRAVO, fields).status_code == me.post(BRAVO, fields).status_code == 303
    assert Compliment.objects.count() == 1


def test_an_account_says_so_many_in_a_day(me, nadia, monkeypatch):
    monkeypatch.setattr(bravo, "A_DAY", 2)
    statuses = [send(me, personne=nadia.pk).status_code for _number in range(3)]
    assert statuses == [303, 303, 200]
    assert Compliment.objects.count() == 2


def test_an_account_without_a_person_gets_one_and_without_a_name_says_nothing(nadia):
    client = Client()
    client.force_login(factories.user("karim", first_name="Karim"))
    assert send(client, personne=nadia.pk).status_code == 303
    assert Compliment.objects.get().writer == Person.objects.get(user__username="karim")
    nameless = Client()
    nameless.force_login(factories.user("sans-nom"))
    assert send(nameless, personne=nadia.pk).status_code == 200
    assert Compliment.objects.count() == 1


# -- for them alone


def test_for_them_alone_it_is_theirs_at_once_and_no_moderator_reads_it(me, nadia, moderator, josee):
    assert send(me, personne=nadia.pk).url == f"{MINE}?note=remis"
    row = Compliment.objects.get()
    assert (row.channel, row.writer, row.private) == (Compliment.Channel.COLLEAGUE, josee, True)
    (word,) = received.words(nadia, at=now())
    assert word.quote.text == (WORDS,)
    assert word.quote.signature.startswith("Josée")
    assert not Letter.objects.filter(to=nadia.email, body__contains=WORDS).exists()
    assert [(one.kind, one.outcome) for one in push.told(nadia)] == [(Push.Kind.BRAVO, "")]
    asked = ConsentRequest.objects.get(subject__version__compliment=row, subject__person=nadia)
    assert asked.asked == []
    for address in ("", "rayon/tous/", f"{row.pk}/", f"?reference={row.reference}"):
        page = moderator.get(f"/admin/compliments/{address}")
        assert WORDS not in page.content.decode()
    assert moderator.get(f"/admin/compliments/{row.pk}/").status_code == 404
    assert sum(sorting.counts(at=now()).values()) == 0
    assert wall() == []
    assert list(proof.gaps()) == []


def test_without_an_account_it_is_the_mail_that_brings_it(me):
    luc = factories.person("Luc")
    factories.shown(Usage.INTRANET, first_name="Luc", people=[luc])
    send(me, personne=luc.pk)
    letter = Letter.objects.latest("pk")
    assert (letter.to, WORDS in letter.body) == (luc.email, True)
    assert "/consentement/" not in letter.body
    assert list(push.told(luc)) == list(slip.waiting()) == []


def test_whoever_has_neither_mail_nor_account_gets_a_slip(me):
    luc = factories.person("Luc", email="", reach="counter")
    factories.shown(Usage.INTRANET, first_name="Luc", people=[luc])
    send(me, personne=luc.pk)
    assert [one.person for one in slip.waiting()] == [luc]
    Person.objects.filter(pk=luc.pk).update(user=factories.user("luc"))
    assert list(slip.waiting()) == []


def test_a_team_gets_it_in_its_mailbox_and_without_one_is_not_left_in_the_dark(me, nadia):
    parks = Team.objects.create(name="Parcs", email="parcs@erables.example")
    bins = Team.objects.create(name="Collecte")
    assert send(me, equipe=parks.pk).status_code == 303
    assert (Letter.objects.latest("pk").to, Compliment.objects.get().team) == (parks.email, parks)
    assert 'id="equipe-faux"' in send(me, equipe=bins.pk).content.decode()
    assert send(me, equipe=bins.pk, choix="mur").status_code == 303


def test_somebody_whom_nobody_finds_is_looked_for_by_a_moderator(me, nadia, moderator):
    assert send(me, nom="Inès", personne="autre").url == f"{MINE}?note=recu"
    row = Compliment.objects.get()
    assert (row.private, row.to_whom, row.colleagues) == (False, "Inès", "no")
    ines = factories.person("Inès")
    assert str(ines) in moderator.get(f"/admin/compliments/{row.pk}/").content.decode()
    passed_on(row, ines)
    assert received.words(ines, at=now())
    assert wall() == []


# -- for the wall too


def test_for_the_wall_it_is_read_first_and_both_must_say_yes(me, nadia, moderator):
    assert send(me, personne=nadia.pk, choix="mur").url == f"{MINE}?note=recu"
    row = Compliment.objects.get()
    assert received.words(nadia, at=now()) == []
    assert WORDS in moderator.get(f"/admin/compliments/{row.pk}/").content.decode()
    row = passed_on(row, nadia)
    asked = ConsentRequest.objects.get(subject__version__compliment=row, subject__person=nadia).asked
    assert Usage.INTRANET in asked
    assert Usage.SITE not in asked
    assert wall() == []
    say(row, nadia)
    assert wall() == [row.pk]
    (quote,) = gate.quotes(Usage.INTRANET, at=now())
    assert quote.signature.startswith("Josée")
    assert gate.quotes(Usage.SITE, at=now()) == []


def test_passed_on_to_another_it_is_quoted_nowhere(me, nadia):
    luc = factories.person("Luc")
    send(me, personne=nadia.pk, choix="mur")
    row = passed_on(Compliment.objects.get(), luc)
    assert ConsentRequest.objects.get(subject__version__compliment=row, subject__person=luc).asked == []


def test_changed_words_are_put_to_their_writer(me, nadia, josee):
    send(me, personne=nadia.pk, choix="mur")
    row = Compliment.objects.get()
    inbox.triage(row, inbox.Kind.COMPLIMENT, by=factories.staff(), at=now())
    inbox.word(row, "Tu as rattrapé le bac.", reason="plus court", by=factories.staff(), at=now())
    inbox.pass_on(row, [nadia], by=factories.staff(), at=now())
    say(row, nadia)
    assert wall() == []
    assert Letter.objects.filter(to=josee.email).exclude(body__contains="/consentement/").exists()
    assert me.post(MINE, {"mot": row.pk, "geste": "ouvrir"}).url.startswith("/consentement/")
    say(row, josee)
    assert wall() == [row.pk]


# -- the three who may take it away


def given(me, nadia, choice="prive"):
    send(me, personne=nadia.pk, choix=choice)
    row = Compliment.objects.get()
    if choice == "mur":
        row = passed_on(row, nadia)
        say(row, nadia)
    return row


@pytest.mark.parametrize("choice", ["prive", "mur"])
def test_its_writer_takes_it_back(me, nadia, choice, moderator):
    row = given(me, nadia, choice)
    assert WORDS in me.get(MINE).content.decode()
    assert me.post(MINE, {"mot": row.pk, "geste": "reprendre"}).status_code == 303
    assert (wall(), received.words(nadia, at=now())) == ([], [])
    assert not any(one.outcome == "" for one in push.told(nadia))
    assert WORDS not in me.get(MINE).content.decode()
    assert moderator.get(f"/admin/compliments/{row.pk}/").status_code == 404
    forgetting.removed(at=now() + timedelta(days=400))
    assert Compliment.objects.get().original == ""
    assert list(proof.gaps()) == []


def test_taken_back_before_it_was_read_it_reaches_nobody(me, nadia):
    send(me, personne=nadia.pk, choix="mur")
    row = Compliment.objects.get()
    me.post(MINE, {"mot": row.pk, "geste": "reprendre"})
    with pytest.raises(inbox.NotNow):
        inbox.triage(row, inbox.Kind.COMPLIMENT, by=factories.staff(), at=now())
    forgetting.removed(at=now())
    assert Compliment.objects.get().original == ""


def test_nobody_takes_back_anothers(me, nadia):
    row = given(me, nadia)
    client = Client()
    client.force_login(nadia.user)
    assert client.post(MINE, {"mot": row.pk, "geste": "reprendre"}).status_code == 404
    assert received.words(nadia, at=now())


def test_a_restore_does_not_bring_it_back(me, nadia):
    row = given(me, nadia)
    me.post(MINE, {"mot": row.pk, "geste": "reprendre"})
    line = LedgerEntry.objects.get(kind="removed")
    Compliment.objects.filter(pk=row.pk).update(removed_at=None)
    replay._apply(next(one for one in LedgerEntry.objects.lines() if one.seq == line.seq), {}, replay.Report())
    assert Compliment.objects.get().removed_at == line.at


def test_whom_it_is_for_reports_it_and_a_moderator_removes_it(me, nadia, moderator):
    row = given(me, nadia)
    hers = Client()
    hers.force_login(nadia.user)
    assert hers.post("/intranet/mots/", {"mot": row.pk, "geste": "signaler"}).status_code == 303
    assert sorting.counts(at=now())["signales"] == 1
    page = moderator.get(f"/admin/compliments/{row.pk}/").content.decode()
    assert WORDS in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    assert moderator.post(f"/admin/compliments/{row.pk}/ecarter/", {"seen": seen}).status_code == 302
    assert received.words(nadia, at=now()) == []
    assert sorting.counts(at=now())["signales"] == 0
    assert list(proof.gaps()) == []


def test_only_whom_it_is_for_reports_it(me, nadia, josee):
    row = given(me, nadia)
    assert me.post("/intranet/mots/", {"mot": row.pk, "geste": "signaler"}).status_code == 404
    with pytest.raises(ValueError, match="whom the words are for"):
        bravo.report(row, josee, at=now())


def test_a_team_or_somebody_without_an_account_has_it_read_by_its_reference(me, nadia, moderator):
    parks = Team.objects.create(name="Parcs", email="parcs@erables.example")
    send(me, equipe=parks.pk)
    row, mail = Compliment.objects.get(), Letter.objects.latest("pk")
    assert mail.to == parks.email
    assert row.reference in mail.body
    found = moderator.get("/admin/compliments/rayon/tous/", {"reference": row.reference}).content.decode()
    assert WORDS not in found
    assert moderator.get(f"/admin/compliments/{row.pk}/").status_code == 404
    asked = {"reference": row.reference.lower().replace("-", " ")}
    assert me.post("/admin/compliments/signaler/", asked).status_code == 302
    assert not Compliment.objects.exclude(reported_at=None).exists()
    assert moderator.post("/admin/compliments/signaler/", asked).url == f"/admin/compliments/{row.pk}/"
    assert WORDS in moderator.get(f"/admin/compliments/{row.pk}/").content.decode()
    assert sorting.counts(at=now())["signales"] == 1
    line = LedgerEntry.objects.get(kind="reported")
    assert line.body["by"] == ledger.account(get_user_model().objects.get(username="moderatrice"))
    assert moderator.post("/admin/compliments/signaler/", asked).status_code == 302  # pressed twice
    assert LedgerEntry.objects.filter(kind="reported").count() == 1
    assert moderator.post("/admin/compliments/signaler/", {"reference": "ZZZZ-ZZZZ"}).status_code == 404
    assert list(proof.gaps()) == []


def test_no_moderator_opens_by_its_reference_what_its_person_reports_herself(me, nadia, moderator):
    row = given(me, nadia)
    assert moderator.post("/admin/compliments/signaler/", {"reference": row.reference}).status_code == 404
    found = moderator.get("/admin/compliments/rayon/tous/", {"reference": row.reference}).content.decode()
    assert "/admin/compliments/signaler/" not in found
    assert not LedgerEntry.objects.filter(kind="reported").exists()


def test_somebody_without_an_account_gives_the_reference_of_her_mail(me, nadia, moderator):
    Person.objects.filter(pk=nadia.pk).update(user=None)
    row = given(me, nadia)
    assert row.reference in Letter.objects.get(to=nadia.email, body__contains=WORDS).body
    assert moderator.post("/admin/compliments/signaler/", {"reference": row.reference}).status_code == 302
    assert WORDS in moderator.get(f"/admin/compliments/{row.pk}/").content.decode()


def test_a_reference_opens_no_words_that_were_taken_back(me, nadia, moderator):
    row = given(me, nadia)
    me.post(MINE, {"mot": row.pk, "geste": "reprendre"})
    assert moderator.post("/admin/compliments/signaler/", {"reference": row.reference}).status_code == 404


def test_whom_it_is_for_puts_it_away_and_gets_it_back(me, nadia):
    row = given(me, nadia, "mur")
    hers = Client()
    hers.force_login(nadia.user)
    hers.post("/intranet/mots/", {"mot": row.pk, "geste": "ranger"})
    assert wall() == []
    assert WORDS not in hers.get("/intranet/mots/").content.decode()
    assert Named.objects.get().put_away_at is not None
    assert WORDS in hers.get("/intranet/mots/?ranges=1").content.decode()
    hers.post("/intranet/mots/", {"mot": row.pk, "geste": "reposer"})
    assert WORDS in hers.get("/intranet/mots/").content.decode()
    assert wall() == []


def test_a_number_longer_than_any_is_no_team(me, nadia):
    assert send(me, equipe="9" * 5000).status_code == 200
    assert not Compliment.objects.exists()


def test_a_copied_form_is_another_accounts_own(me, nadia):
    fields = form(me, personne=nadia.pk, nom="Nadia")
    luc = Client()
    luc.force_login(factories.user("luc", first_name="Luc"))
    statuses = [one.post(BRAVO, fields).status_code for one in (me, luc, luc)]
    assert statuses == [303, 303, 303]
    assert Compliment.objects.count() == 2


@pytest.mark.parametrize("name", ["", "X", "7", "http://evil.example", "L" * 41])
def test_what_is_no_name_makes_nobody(nadia, name):
    client = Client()
    client.force_login(factories.user("neuf", first_name=name))
    assert send(client, personne=nadia.pk).status_code == 200
    assert not Person.objects.filter(user__username="neuf").exists()
    assert not Compliment.objects.exists()


@pytest.mark.parametrize("removed_by", ["moderator", "writer"])
def test_what_was_removed_is_erased_the_next_night_whatever_was_said(me, nadia, josee, removed_by):
    row = given(me, nadia, "mur")
    yes = Consent.objects.filter(subject__version__compliment=row, ended_at=None)
    assert set(yes.values_list("subject__person", flat=True)) == {nadia.pk, josee.pk}
    if removed_by == "moderator":
        bravo.remove(row, by=factories.staff(), at=now())
    else:
        bravo.take_back(row, josee, at=now())
    assert not yes.exists()
    closed = LedgerEntry.objects.filter(
        kind__in=replay.ENDS, body__portrait=str(row.across)
    )  # a restore ends them anew
    ended = {(line.body["person"], line.body["usage"]) for line in closed}
    said = Consent.objects.filter(subject__version__compliment=row).select_related("subject__person")
    assert {(ledger.pseudonym(one.subject.person), one.usage) for one in said} <= ended
    forgetting.removed(at=now() + timedelta(hours=12))
    row.refresh_from_db()
    assert (row.original, bool(row.erased_at)) == ("", True)
    assert not Version.objects.filter(compliment=row, purged_at=None).exists()
    assert list(proof.gaps()) == []
