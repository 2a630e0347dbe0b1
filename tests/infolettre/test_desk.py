"""The CMS: compose, look, test, send, follow."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from infolettre.models import Delivery, Infolettre, Subscriber
from intranet.models import Letter, User
from tests.infolettre import make
from tests.infolettre.make import State, factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LIST = "/admin/snippets/infolettre/infolettre/"


@pytest.fixture
def editor(client):
    """Somebody of communications: may change issues, nothing more."""
    group = Group.objects.create(name="Bulletin")
    codes = ["access_admin", "add_infolettre", "change_infolettre", "view_infolettre", "view_subscriber"]
    group.permissions.set(Permission.objects.filter(codename__in=codes))
    user = factories.user("comms", email="comms@erables.example")
    user.groups.add(group)
    client.force_login(user)
    return client


def test_numbers_follow_each_other():
    assert [make.issue(words={}, title=title).number for title in "abc"] == [1, 2, 3]


def test_an_editor_composes_an_issue(editor):
    desk = factories.shown(first_name="Ousmane")
    fields = {
        "title": "Bonjour",
        "preheader": "",
        "language": "fr-ca",
        "body-count": "2",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "feature",
        "body-0-id": "",
        "body-0-value": str(desk.pk),
        "body-1-deleted": "",
        "body-1-order": "1",
        "body-1-type": "shorts",
        "body-1-id": "",
        "body-1-value-count": "1",
        "body-1-value-0-deleted": "",
        "body-1-value-0-order": "0",
        "body-1-value-0-type": "item",
        "body-1-value-0-id": "",
        "body-1-value-0-value": str(desk.pk),
    }
    answer = editor.post(f"{LIST}add/", fields)
    assert answer.status_code == 302
    issue = Infolettre.objects.get()
    assert (issue.number, issue.state, issue.live) == (1, "draft", False)
    assert issue.composed()["blocks"] == [{"kind": "feature", "keys": [desk.pk]}, {"kind": "shorts", "keys": [desk.pk]}]
    assert editor.get(f"{LIST}edit/{issue.pk}/").status_code == 200


def test_a_link_needs_its_words():
    from infolettre.blocks import TextBlock

    block = TextBlock()
    with pytest.raises(ValidationError):
        block.clean(block.to_python({**make.WORDS, "link": "https://erables.example/"}))
    block.clean(block.to_python({**make.WORDS, "link": "https://erables.example/", "link_text": "Lire"}))


def test_previews_are_the_mail_itself():
    issue = make.issue(factories.shown(first_name="Ousmane"), factories.portrait("Réjean"), title="Bonjour")
    page = issue.make_preview_request(preview_mode="html")
    assert "Ousmane" in page.content.decode()
    assert "Réjean" not in page.content.decode()
    assert "'unsafe-inline'" in page["Content-Security-Policy"].partition("style-src")[2].split(";")[0]
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].partition("script-src")[2].split(";")[0]
    words = issue.make_preview_request(preview_mode="text")
    assert words["Content-Type"].startswith("text/plain")
    assert "Ousmane\n-------" in words.content.decode()


def test_the_page_before_sending_says_what_leaves(editor):
    make.list_of("Samir", "Julie")
    Subscriber.objects.create(email="partie@erables.example", active=False)
    issue = make.issue(factories.shown(first_name="Ousmane"), factories.portrait("Réjean"), title="Bonjour")
    page = editor.get(f"/admin/infolettre/{issue.pk}/envoyer/").content.decode()
    assert "Ousmane" in page
    assert page.count('class="leaving-out"') == 1
    assert "<span>Réjean" in page
    assert f"/admin/infolettre/{issue.pk}/apercu/" in page
    assert "disabled" not in page.partition("/depart/")[2].partition("</form>")[0]
    look = editor.get(f"/admin/infolettre/{issue.pk}/apercu/")
    assert "Ousmane" in look.content.decode()
    assert "Réjean" not in look.content.decode()
    assert "'unsafe-inline'" not in look["Content-Security-Policy"].partition("script-src")[2].split(";")[0]


def test_posting_starts_and_get_does_not(editor):
    make.list_of("Samir")
    issue = make.issue(words={})
    assert editor.get(f"/admin/infolettre/{issue.pk}/depart/").status_code == 405
    answer = editor.post(f"/admin/infolettre/{issue.pk}/depart/")
    assert answer.url == f"/admin/infolettre/{issue.pk}/envois/"
    issue.refresh_from_db()
    assert issue.state == Infolettre.State.SENDING
    assert issue.started_by.username == "comms"
    assert Delivery.objects.count() == 1
    assert editor.post(f"/admin/infolettre/{issue.pk}/depart/").status_code == 409
    assert Delivery.objects.count() == 1
    assert editor.get(f"/admin/infolettre/{issue.pk}/envoyer/").status_code == 302


def test_nobody_else_sends(client):
    make.list_of("Samir")
    issue = make.issue(words={})
    rh = factories.user("rh")
    rh.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(rh)
    for page in ("envoyer", "apercu", "envois"):
        assert client.get(f"/admin/infolettre/{issue.pk}/{page}/").status_code in {302, 403}
    for page in ("depart", "essai"):
        assert client.post(f"/admin/infolettre/{issue.pk}/{page}/").status_code in {302, 403}
    assert not Delivery.objects.exists()
    assert not Letter.objects.exists()


def test_a_test_goes_to_the_editor_only(editor):
    make.list_of("Samir")
    issue = make.issue(factories.shown(first_name="Ousmane"), title="Bonjour !")
    editor.post(f"/admin/infolettre/{issue.pk}/essai/")
    letter = Letter.objects.get(to="comms@erables.example")
    assert letter.subject.endswith("] Bonjour!")
    assert "Ousmane" in letter.body
    assert "Ousmane" in letter.html
    assert "desabonnement" not in letter.body + letter.html
    assert not Delivery.objects.exists()


def test_what_left_is_not_edited_any_more(editor):
    make.list_of("Samir")
    issue = make.issue(words={}, title="Bonjour")
    make.start(issue)
    editor.post(f"{LIST}edit/{issue.pk}/", {"title": "Récrit", "preheader": "", "language": "fr-ca", "body-count": "0"})
    issue.refresh_from_db()
    assert issue.get_latest_revision_as_object().title == "Bonjour"
    assert issue.get_lock().for_user(User(is_superuser=True)) is True


def test_an_old_revision_does_not_bring_the_draft_back():
    make.list_of("Samir")
    issue = make.issue(words={})
    make.start(issue)
    issue.refresh_from_db()
    again = issue.latest_revision.as_object()
    assert (again.state, again.number, again.composition) == ("sending", 1, issue.composition)


def test_an_issue_is_neither_published_nor_deleted(client):
    User.objects.create_superuser("root", "root@erables.example", "root")
    client.force_login(User.objects.get(username="root"))
    issue = make.issue(words={})
    page = client.get(f"{LIST}edit/{issue.pk}/").content.decode()
    assert "action-publish" not in page
    assert f"/admin/infolettre/{issue.pk}/envoyer/" in page
    client.post(f"{LIST}delete/{issue.pk}/")
    assert Infolettre.objects.filter(pk=issue.pk).exists()


def test_the_deliveries_page_gives_the_reasons(editor):
    make.list_of("Absente", "Perdue", "Samir")
    issue = make.issue(words={})
    make.start(issue)
    issue.deliveries.filter(first_name="Absente").update(state=State.REFUSED, error="550 5.1.1 Boîte inconnue")
    issue.deliveries.filter(first_name="Perdue").update(state=State.UNCERTAIN, error="Connection lost")
    issue.deliveries.filter(first_name="Samir").update(state=State.DONE)
    page = editor.get(f"/admin/infolettre/{issue.pk}/envois/").content.decode()
    assert "550 5.1.1 Boîte inconnue" in page
    assert "perdue@erables.example" in page
    assert "samir@erables.example" not in page


def test_addresses_are_kept_once_in_small_letters():
    Subscriber.objects.create(email=" Samir@Erables.example ")
    assert Subscriber.objects.get().email == "samir@erables.example"
    with pytest.raises(ValidationError):
        Subscriber(email="SAMIR@erables.example").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.bulk_create([Subscriber(email="Julie@erables.example")])


def queries(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_lists_do_not_cost_more_with_more_rows(editor):
    make.list_of("Samir", "Julie")
    counts = []
    for wanted in (3, 30):
        while Infolettre.objects.count() < wanted:
            issue = make.issue(words={}, title=f"Numéro {Infolettre.objects.count()}")
            make.start(issue, at=timezone.now())
        while Subscriber.objects.count() < wanted:
            make.list_of(f"P{Subscriber.objects.count()}")
        Delivery.objects.bulk_create(
            [
                Delivery(issue=issue, address=f"r{n}@erables.example", state=State.REFUSED, error="550 no")
                for n in range(wanted)
            ],
            ignore_conflicts=True,
        )
        pages = (LIST, "/admin/snippets/infolettre/subscriber/", f"/admin/infolettre/{issue.pk}/envois/")
        counts.append([queries(editor, address) for address in pages])
    assert counts[0] == counts[1]


def test_the_page_before_sending_does_not_cost_more_with_more_portraits(editor):
    make.list_of("Samir")
    counts = []
    for wanted in (3, 30):
        some = [factories.portrait(f"Q{n}") for n in range(wanted // 3)] + make.portraits(wanted - wanted // 3)
        counts.append(queries(editor, f"/admin/infolettre/{make.issue(*some).pk}/envoyer/"))
    assert counts[0] == counts[1]
