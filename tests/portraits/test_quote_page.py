"""Kind words behind their link: read by whoever they are for, and by who wrote them."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from intranet.models import Letter
from portraits import attest, consent, gate, inbox, links, proof, receipts, replay, standing
from portraits.models import Consent, ConsentRequest, LedgerEntry, Link, StandingAnswer
from portraits.usages import Audience, Usage
from tests import factories
from tests.portraits.consenting import tables, visit
from tests.portraits.test_quotes import KIND, YES, judged, passed_on, quoted

pytestmark = pytest.mark.django_db
BOTH = {"reponse-colleagues": "yes", "reponse-public": "yes"}


def to_named(nadia=None, **fields):
    """Words passed on to one person: (path of their page, compliment, person)."""
    nadia = nadia or factories.person()
    row = passed_on(nadia, **fields)
    request = ConsentRequest.objects.filter(subject__person=nadia, subject__version__compliment=row).latest("pk")
    token = links.make(request, Link.Kind.RESPOND, at=timezone.now())
    return f"/consentement/{token}/", row, nadia


def to_writer(**fields):
    """Words that somebody has just sent: (path of their page, compliment)."""
    writer = inbox.Writer("Huguette", "Émard", "huguette@voisine.example")
    row, token = inbox.receive(KIND, at=timezone.now(), wishes=YES, **{"writer": writer, **fields})
    return f"/consentement/{token}/", row


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


# -- whoever they are for


def test_the_words_come_first_and_nothing_is_ticked(client):
    path, _row, _nadia = to_named()
    assert KIND[:20] not in text(client.get(path))
    visit(path, client)
    html = text(client.get(path + "choix/"))
    assert html.index(KIND[:20]) < html.index("<form")
    assert "checked" not in html
    for audience in Audience:
        assert html.count(f'name="reponse-{audience}"') == 2
        assert html.count(f'name="toujours-{audience}"') == 3
    for usage in (Usage.SITE, Usage.INTRANET):
        rendering = client.get(f"{path}rendu/{usage}/")
        assert KIND[:20] in text(rendering)
        assert client.post(f"{path}voir/{usage}/").status_code == 303
    assert text(client.get(f"{path}voir/site/"))


def test_whoever_cannot_see_the_sheet_hears_its_words(client):
    """It may be cut, and it is a picture."""
    path, _row, _nadia = to_named(words=f"{KIND} {'Et pour son rire, qui fait du bien à toute la file. ' * 4}")
    visit(path, client)
    alt = re.search(r'<img src="[^"]*rendu/affiche/" alt="([^"]+)"', text(client.get(path + "choix/")))[1]
    assert KIND.replace(" !", "\u202f!") in alt
    assert alt.endswith("[…]")


def test_a_yes_takes_the_code(client):
    path, row, _nadia = to_named()
    visit(path, client)
    response = client.post(path + "choix/", BOTH)
    assert response.headers["Location"] == path + "code/"
    assert quoted() == []
    assert text(client.get(path + "code/"))
    assert client.post(path + "code/", {"code": factories.code()}).status_code == 303
    assert quoted() == quoted(Usage.INTRANET) == [row.pk]
    assert text(client.get(path + "etat/")).count('class="yes"') == 2


def test_ones_own_session_is_a_proof(client):
    user = factories.user("nadia")
    path, row, _nadia = to_named(factories.person(user=user))
    client.force_login(user)
    visit(path, client)
    client.post(path + "choix/", {"reponse-public": "yes", "reponse-colleagues": "no"})
    assert quoted() == [row.pk]
    assert quoted(Usage.INTRANET) == []


def test_a_no_takes_the_link_alone_and_a_blank_is_no(client):
    path, _row, _nadia = to_named()
    visit(path, client)
    client.post(path + "choix/", {"reponse-public": "no"})
    assert quoted() == quoted(Usage.INTRANET) == []
    assert LedgerEntry.objects.filter(kind="refused").exists()
    assert "undo" in text(client.get(path + "etat/"))


def test_a_robot_that_follows_links_grants_nothing(client):
    path, _row, _nadia = to_named()
    before = tables()
    for page in ("", "choix/", "etat/", "code/", "voir/site/", "rendu/site/", "photo/p400.jpg", "recu.pdf"):
        assert KIND[:20] not in client.get(path + page).content.decode()
    assert tables() == before
    visit(path, client)
    client.post(path + "choix/", {**BOTH, "toujours-public": "always"})
    assert not Consent.objects.filter(subject__role="named").exists()
    assert not StandingAnswer.objects.exists()


@pytest.mark.parametrize("wish", ["colleagues", "public"])
def test_taken_back_by_audience_and_undone(client, wish):
    path, row, nadia = to_named()
    for usages in (Usage.SITE, Usage.INTRANET):
        request = ConsentRequest.objects.get(subject__person=nadia)
        seen = {usages: "0" * 64}
        consent.answer(request, {usages: "yes"}, seen=seen, at=timezone.now(), proof=factories.PROOF)
    visit(path, client)
    client.post(path + "etat/", {"public": wish})
    assert quoted() == ([row.pk] if wish == "colleagues" else [])
    assert quoted(Usage.INTRANET) == ([row.pk] if wish == "public" else [])
    client.post(path + "etat/", {"geste": "annuler"})
    assert quoted() == quoted(Usage.INTRANET) == [row.pk]


def test_what_nobody_asks_is_a_gift_alone(client):
    path, _row, _nadia = to_named(wishes={})
    visit(path, client)
    assert client.get(path, follow=True).redirect_chain[-1][0] == path + "etat/"
    html = text(client.get(path + "etat/"))
    assert KIND[:20] in html
    assert "reponse-" not in html


def test_the_words_are_still_there_once_the_time_to_answer_is_over(client):
    path, _row, _nadia = to_named()
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        visit(path, client)
        assert KIND[:20] in text(client.get(path + "etat/"))
        assert client.post(path + "choix/", BOTH).headers["Location"].startswith(path + "etat/")
    assert quoted() == []


def test_a_link_that_staff_printed_tells_no_answer(client):
    _path, _row, nadia = to_named()
    request = ConsentRequest.objects.get(subject__person=nadia)
    seen = dict.fromkeys((Usage.SITE, Usage.INTRANET), "0" * 64)
    consent.answer(request, dict.fromkeys(seen, "yes"), seen=seen, at=timezone.now(), proof=factories.PROOF)
    token = links.make(request, Link.Kind.RESPOND, at=timezone.now(), witness=factories.staff())
    printed = visit(f"/consentement/{token}/")
    html = text(printed.get(f"/consentement/{token}/etat/"))
    assert 'class="standings"' not in html
    printed.post(f"/consentement/{token}/etat/", {"public": "tout"})
    assert quoted() == quoted(Usage.INTRANET) == []


# -- once and for all


def test_never_and_ask_take_the_link_alone(client):
    path, _row, nadia = to_named()
    visit(path, client)
    client.post(path + "choix/", {"toujours-public": "never"})
    assert standing.answers(nadia) == {"public": "never"}
    assert "demandez" in text(client.get(path + "etat/"))
    client.post(path + "etat/", {"demandez": "public"})
    assert standing.answers(nadia) == {}


def test_always_takes_the_code_and_answers_the_next_time(client):
    path, _row, nadia = to_named()
    visit(path, client)
    response = client.post(path + "choix/", {"toujours-public": "always", "reponse-colleagues": "no"})
    assert response.headers["Location"] == path + "code/"
    assert standing.answers(nadia) == {}
    assert text(client.get(path + "code/"))
    client.post(path + "code/", {"code": factories.code()})
    assert standing.answers(nadia) == {"public": "always"}
    assert quoted() == []
    following = passed_on(nadia)
    assert quoted() == [following.pk]
    assert quoted(Usage.INTRANET) == []
    with pytest.raises(consent.Unproven):
        standing.stand(nadia, Audience.PUBLIC, StandingAnswer.Answer.ALWAYS, at=timezone.now())


@pytest.mark.parametrize(("answer", "after"), [("never", {"public": "never"}), ("ask", {})])
def test_a_restore_brings_back_the_no_and_never_the_yes(answer, after):
    nadia = factories.person()
    standing.stand(nadia, Audience.PUBLIC, answer, at=timezone.now())
    line = next(one for one in LedgerEntry.objects.lines() if one.kind == "standing")
    StandingAnswer.objects.update_or_create(
        person=nadia, audience="public", defaults={"answer": "always", "since": timezone.now()}
    )
    replay._apply(line, replay._people(), replay.Report())
    assert standing.answers(nadia) == after
    assert list(proof.gaps()) == []


# -- who wrote them


def test_the_writer_sees_what_became_of_it_and_never_an_answer(client):
    path, row = to_writer()
    assert KIND[:20] not in text(client.get(path))
    visit(path, client)
    before = text(client.get(path + "etat/"))
    assert row.reference in before
    assert before.count('class="yes"') == 2
    by, nadia = factories.staff(), factories.person()
    inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=timezone.now())
    inbox.pass_on(row, [nadia], by=by, at=timezone.now())
    silent = text(client.get(path + "etat/"))
    request = ConsentRequest.objects.get(subject__person=nadia)
    consent.answer(request, {Usage.SITE: "no"}, seen={}, at=timezone.now())
    assert plain(text(client.get(path + "etat/"))) == plain(silent) != plain(before)


def plain(html):
    import re

    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", html)


@pytest.mark.parametrize("passed", [False, True])
def test_the_writer_takes_back_and_undoes(client, passed):
    path, row = to_writer()
    by = factories.staff()

    def pass_on():
        inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=timezone.now())
        inbox.pass_on(judged(row), [], by=by, at=timezone.now())

    if passed:
        pass_on()
        assert quoted() == [row.pk]
    visit(path, client)
    client.post(path + "etat/", {"public": "public"})
    assert gate.quotes(Usage.SITE, at=timezone.now()) == []
    assert "annuler" in text(client.get(path + "etat/"))
    client.post(path + "etat/", {"geste": "annuler"})
    if not passed:
        row.refresh_from_db()
        pass_on()
    assert quoted() == [row.pk]
    client.post(path + "etat/", {"public": "tout"})
    assert quoted() == quoted(Usage.INTRANET) == []
    assert text(client.get(path + "etat/")).count('class="yes"') == 0


def test_changed_words_are_put_to_the_writer_who_answers_with_the_code(client):
    row = passed_on(text="Nadia a toujours aidé ma mère.", writer=inbox.Writer("Huguette", "", "h@voisine.example"))
    request = ConsentRequest.objects.filter(subject__person=row.writer).latest("pk")
    path = f"/consentement/{links.make(request, Link.Kind.RESPOND, at=timezone.now())}/"
    visit(path, client)
    html = text(client.get(path + "choix/"))
    assert "toujours aidé" in html
    assert "toujours-public" not in html
    client.post(path + "choix/", BOTH)
    client.post(path + "code/", {"code": factories.code()})
    assert quoted() == [row.pk]


def test_an_anonymous_writer_has_a_page_and_a_receipt(client):
    path, row = to_writer(writer=inbox.Writer(email="h@voisine.example"))
    by = factories.staff()
    inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=timezone.now())
    inbox.pass_on(judged(row), [], by=by, at=timezone.now())
    visit(path, client)
    assert text(client.get(path + "etat/"))
    receipt = receipts.last(row, row.writer)
    read = attest.read(receipt, language="fr-ca")
    values = json.loads(attest.data(read))
    assert values["services"][0]["purposes"][0]["piiCategory"] == ["words"]
    assert attest.page(read, "").startswith(b"%PDF")
    receipts.work(receipt)
    assert "Bonjour ,\n" not in Letter.objects.latest("pk").body


def test_a_call_for_help_arrives(client):
    path, _row, _nadia = to_named()
    visit(path, client)
    assert client.post(path + "mot/", {"sujet": "mot", "message": "Une question"}).status_code == 303
    assert Client().get("/consentement/inconnu/").status_code == 404
