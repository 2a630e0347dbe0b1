"""An old backup is put back: until the ledger is replayed nobody says of a poster that it must go, nor of a post."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from home import post as posts
from home.models import Post
from intranet import roles
from portraits import replay, witness
from portraits.usages import Usage
from tests import factories
from tests.ecrans.printing import batch, place
from tests.portraits import backups

pytestmark = pytest.mark.django_db(transaction=True)


class Wall:
    """A poster that may hang, one that was called back before the backup, a post; somebody of Communications, signed in."""

    def __init__(self):
        self.still = batch(factories.shown(Usage.AFFICHE, Usage.SOCIAL), place=place())
        gone = factories.shown(Usage.AFFICHE, first_name="Diego")
        self.gone = batch(gone, place=place("Salle de repos"))
        factories.withdraw(gone, Usage.AFFICHE)
        self.client = Client()
        self.client.force_login(factories.user("comms", roles.COMMS))
        network = Post(portrait=self.still.portrait, network="facebook", address="https://reseau.example/1")
        posts.record(network, by=factories.staff(), at=timezone.now())

    def page(self, path):
        response = self.client.get(path)
        return response, response.content.decode()

    def code(self, row):
        return Client().get(f"/a/{row.code}/")


@pytest.fixture
def restored(settings, tmp_path):
    settings.LEDGER_COPY = str(tmp_path / "ailleurs" / "ledger.jsonl")
    wall = Wall()
    kept = backups.take(tmp_path)
    factories.shown(Usage.SITE, first_name="Zoé")  # people went on answering
    backups.restore(kept)
    assert witness.doubt() == witness.Doubt.BEHIND
    return wall


def test_the_code_says_neither_yes_nor_no(restored):
    for row in (restored.still, restored.gone):
        answer = restored.code(row)
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "300", "no-store")
        page = answer.content.decode()
        assert "affiche--unsaid" in page
        assert "affiche--gone" not in page
        assert "affiche--still" not in page
    replay.replay(at=timezone.now())
    assert "affiche--still" in restored.code(restored.still).content.decode()
    assert "affiche--gone" in restored.code(restored.gone).content.decode()


@pytest.mark.parametrize("path", ["/admin/retraits/", "/admin/affiches/a-poser/", "/admin/publications/partager/"])
def test_the_rounds_list_nothing_and_do_not_say_that_all_is_well(restored, path):
    answer, page = restored.page(path)
    assert answer.status_code == 503
    assert "portraits/admin/unsaid.html" in [one.name for one in answer.templates]
    assert "round-thing" not in page
    assert "round-images" not in page
    assert "help-critical" in page
    replay.replay(at=timezone.now())
    answer, page = restored.page(path)
    assert answer.status_code == 200
    assert "portraits/admin/unsaid.html" not in [one.name for one in answer.templates]


def test_the_lists_say_of_no_row_that_it_must_go(restored):
    for path, words in (
        ("/admin/affiches/", ("À retirer", "Plus autorisée")),
        ("/admin/publications/", ("À retirer",)),
    ):
        _answer, page = restored.page(path)
        rows = page.split("<tbody", 1)[1]
        assert not any(word in rows for word in words), path
    replay.replay(at=timezone.now())
    assert "À retirer" in restored.page("/admin/affiches/")[1].split("<tbody", 1)[1]


def test_nobody_is_told_to_tear_up_what_they_hold(restored):
    hangs = reverse("affiches:hung", args=[restored.still.pk])
    assert restored.client.post(hangs).status_code == 503
    pdf = reverse("affiches:pdf", args=[restored.still.pk, restored.still.size])
    assert restored.client.get(pdf).status_code == 503
    replay.replay(at=timezone.now())
    restored.client.post(hangs)
    restored.still.refresh_from_db()
    assert restored.still.hung_at is not None
    assert restored.client.get(pdf).status_code == 200
