"""Comments in the margin: beside their field, through a submission and back, until somebody settles them. Words only: nothing
that is frozen, read or asked depends on them."""

import re

import pytest
from django.utils import timezone
from wagtail.models import Comment, ModelLogEntry, Page

from intranet.roles import COMMS, HR
from portraits import annotating, reading
from portraits.models import Annotation, DraftSubject, LedgerEntry, Person, Portrait, Version
from portraits.usages import Usage
from tests import factories
from tests.portraits.desk import full, signed_in, url

pytestmark = pytest.mark.django_db
SITE = Usage.SITE
NAMES = ("first_name", "job", "sentence", "story", "photo", "alt", "partner_name")


@pytest.fixture
def josee():
    return signed_in(HR, username="josee", first_name="Josée")


@pytest.fixture
def lise():
    return signed_in(COMMS, username="lise", first_name="Lise")


@pytest.fixture
def desk(josee):
    """Submitted by its author, to be read."""
    by = josee.get("/admin/").wsgi_request.user
    made = factories.portrait()
    made.save_revision(user=by)
    factories.submit(made, SITE, by=by)
    return Portrait.objects.get(pk=made.pk)


def form(desk, decision="annotate", **notes):
    latest = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    people = Person.objects.filter(pk__in=latest.people())
    seen = {"fingerprint": latest.fingerprint(), "recipients": reading.recipients(people, at=timezone.now())}
    return {**seen, "decision": decision, "comment": "", **{f"note_{name}": words for name, words in notes.items()}}


def said(page, place):
    """What stands in the margin of one place of a page."""
    return re.findall(r"<q>(.*?)</q>", page.partition(f'id="{place}"')[2].partition('id="champ-')[0])


def read(client, desk):
    return client.get(url("read", desk.pk)).content.decode()


def test_wagtails_own_comments_are_for_pages():
    """Why these are ours: the day it is no longer so, ours may go."""
    assert Comment._meta.get_field("page").remote_field.model is Page
    assert not hasattr(Portrait, "wagtail_admin_comments")


def test_each_field_that_is_read_has_a_place_of_its_own_without_a_script(desk, lise):
    page = read(lise, desk)
    assert re.findall(r'<textarea name="note_(\w+)"', page) == ["photo", *NAMES[:4], "partner_name", "alt"]
    assert page.count('<details class="jtpv-comment"') == len(NAMES)


def test_a_comment_stands_beside_its_field_for_the_other_readers_and_for_the_author(desk, lise, josee):
    assert lise.post(url("read", desk.pk), form(desk, job="Trop <long>", story="Un détail"))["Location"] == url(
        "read", desk.pk
    )
    rows = Annotation.objects.all()
    assert [(row.field, row.words, row.by.username) for row in rows] == [
        ("job", "Trop <long>", "lise"),
        ("story", "Un détail", "lise"),
    ]
    for client in (lise, josee, signed_in(COMMS, username="autre")):
        page = read(client, desk)
        assert said(page, "champ-job") == ["Trop &lt;long&gt;"]
        assert said(page, "champ-story") == ["Un détail"]
        assert said(page, "champ-sentence") == []
    editor = josee.get(url("edit", desk.pk)).content.decode()
    first, second = (editor.index(f'name="{name}"') for name in ("job", "sentence"))
    assert first < editor.index("Trop &lt;long&gt;", first) < second
    assert ModelLogEntry.objects.get(action="portraits.annotate").data == {}


def test_open_comments_are_listed_at_the_top_with_links_and_travel_with_each_submission(desk, lise, josee):
    lise.post(url("read", desk.pk), form(desk, "changes", job="Trop long"))
    assert reading.stages()[desk.pk] == "changes"
    editor = josee.get(url("edit", desk.pk)).content.decode()
    assert editor.index('href="#id_job"') < editor.index('name="job"')
    again = josee.get(url("ask", desk.pk)).content.decode()
    assert again.index('href="#champ-job"') < again.index('id="champ-job"')
    factories.submit(desk, SITE, by=josee.get("/admin/").wsgi_request.user)
    assert 'href="#champ-job"' in read(lise, desk)


def test_the_author_settles_it_and_the_readers_see_that(desk, lise, josee):
    lise.post(url("read", desk.pk), form(desk, job="Trop long", alt="Qui ?"))
    job, alt = Annotation.objects.all()
    assert josee.post(url("settle", desk.pk, job.pk))["Location"] == url("read", desk.pk)
    job.refresh_from_db()
    assert (job.settled_by.username, alt.settled_at) == ("josee", None)
    editor = josee.get(url("edit", desk.pk)).content.decode()
    assert ("Trop long" in editor, "Qui ?" in editor) == (False, True)
    page = read(lise, desk)
    assert 'href="#champ-job"' not in page
    assert 'href="#champ-alt"' in page
    assert "jtpv-margin--settled" in page.partition('id="champ-job"')[2].partition('id="champ-sentence"')[0]
    when = job.settled_at
    lise.post(url("settle", desk.pk, job.pk))
    job.refresh_from_db()
    assert (job.settled_at, ModelLogEntry.objects.filter(action="portraits.settle").count()) == (when, 1)


def test_from_the_form_a_script_settles_it_without_leaving(desk, lise, josee):
    lise.post(url("read", desk.pk), form(desk, job="Trop long"))
    row = Annotation.objects.get()
    address = url("settle", desk.pk, row.pk)
    editor = josee.get(url("edit", desk.pk)).content.decode()
    assert editor.count(f'data-settle="{address}"') == 2  # at the top, and beside the field
    assert "<form" not in editor.partition('id="commentaires"')[2].partition("</section>")[0]
    ajax = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
    assert signed_in(username="personne").post(address, **ajax).status_code in {302, 403}
    assert josee.post(address, **ajax).status_code == 204
    assert annotating.margin(desk)["job"][0].settled_by.username == "josee"


def test_a_comment_of_another_portrait_is_not_settled_from_here(desk, lise, josee):
    lise.post(url("read", desk.pk), form(desk, job="Trop long"))
    other = factories.portrait("Morris")
    assert josee.post(url("settle", other.pk, Annotation.objects.get().pk)).status_code == 404
    assert Annotation.objects.get().settled_at is None


def test_giving_back_needs_a_word_and_one_beside_a_field_is_one(desk, lise):
    answer = lise.post(url("read", desk.pk), form(desk, "changes"))
    assert answer.context["form"].errors.keys() == {"comment"}
    assert lise.post(url("read", desk.pk), form(desk)).context["form"].non_field_errors()
    assert not Annotation.objects.exists()
    lise.post(url("read", desk.pk), form(desk, "changes", sentence="Plus précis"))
    assert (reading.stages()[desk.pk], Annotation.objects.count()) == ("changes", 1)


def test_nothing_that_was_written_is_lost_when_the_portrait_changed_meanwhile(desk, lise):
    sent = form(desk, "approve", job="Trop long") | {"fingerprint": "0" * 64}
    page = lise.post(url("read", desk.pk), sent).content.decode()
    assert not Annotation.objects.exists()
    assert "Trop long</textarea>" in page
    assert (
        '<details class="jtpv-comment" open' in page.partition('id="champ-job"')[2].partition('id="champ-sentence"')[0]
    )


@pytest.mark.parametrize("words", ["x" * 1001, "x" * 1000])
def test_a_comment_is_a_thousand_characters_at_most(words, desk, lise):
    answer = lise.post(url("read", desk.pk), form(desk, job=words))
    assert Annotation.objects.exists() == (len(words) == 1000)
    assert (answer.status_code == 200) == (len(words) > 1000)


def test_what_is_not_read_any_more_takes_no_comment_and_gives_the_words_back(desk, lise):
    sent = form(desk, job="Trop long")
    factories.read(desk, by=factories.reader("autre"))
    answer = lise.post(url("read", desk.pk), sent)
    assert "Trop long</textarea>" in answer.content.decode()
    assert answer.context["form"].non_field_errors()
    assert not Annotation.objects.exists()
    with pytest.raises(annotating.NotReading):
        annotating.annotate(factories.portrait(), {"job": "x"}, by=factories.staff(), at=timezone.now())


def test_an_approval_goes_with_its_comments_and_they_never_enter_what_is_frozen(desk, lise):
    fingerprint, content = desk.fingerprint(), desk.content()
    lise.post(url("read", desk.pk), form(desk, "approve", job="zqxmarge"))
    version = Version.objects.get()
    assert (version.fingerprint, version.content) == (fingerprint, content)
    assert Annotation.objects.get().words == "zqxmarge"
    assert "zqxmarge" not in str(list(LedgerEntry.objects.values_list("kind", "body")))
    assert "zqxmarge" not in str(list(Portrait.objects.get().revisions.values_list("content")))
    assert (desk.fingerprint(), desk.content()) == (fingerprint, content)


def test_what_was_settled_before_people_were_asked_is_not_told_again(desk, lise, josee):
    lise.post(url("read", desk.pk), form(desk, job="Trop long", alt="Qui ?"))
    annotating.settle(Annotation.objects.get(field="job"), by=factories.staff(), at=timezone.now())
    assert set(annotating.margin(desk)) == {"job", "alt"}
    factories.read(desk)
    assert set(annotating.margin(desk)) == {"alt"}  # still open


def test_saving_the_form_keeps_the_comments(desk, lise, josee):
    lise.post(url("read", desk.pk), form(desk, "changes", job="Trop long"))
    kept = list(desk.subjects.model.objects.filter(portrait=desk).values_list("pk", flat=True))
    values = full(desk.photo_id, [next(iter(desk.people()))], kept=kept, job="Jardinière")
    assert josee.post(url("edit", desk.pk), values).status_code == 302
    assert Portrait.objects.get().get_latest_revision().content["job"] == "Jardinière"
    assert Annotation.objects.get().settled_at is None


@pytest.mark.parametrize("count", [3, 30])
def test_the_margin_costs_one_query(count, desk, django_assert_num_queries):
    for number in range(count):
        annotating.annotate(desk, {NAMES[number % 7]: f"N{number}"}, by=factories.staff(), at=timezone.now())
    with django_assert_num_queries(1):
        found = annotating.margin(desk)
        assert {row.by.username for rows in found.values() for row in rows} == {"equipe"}
    assert sum(map(len, found.values())) == count


# -- what a reader sees before deciding


def changed(page):
    """Field → (before, now), as the reading page tells what changed."""
    table = page.partition('class="jtpv-changes"')[2].partition("</table>")[0].partition("<tbody>")[2]
    rows = [re.split(r"<t[hd][^>]*>", row)[1:] for row in table.split("<tr>")[1:]]
    plain = [[" / ".join(re.findall(r"[^<>\s][^<>]*(?=</)", cell)) or "—" for cell in row] for row in rows]
    return {label: (before, now) for label, before, now in plain}


def rewritten(desk, **values):
    row = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    for name, value in values.items():
        setattr(row, name, value)
    row.save_revision()
    factories.submit(desk, SITE)


def test_a_reader_sees_field_by_field_what_changed_since_what_is_on_the_walls(lise):
    desk = factories.shown(SITE)
    story = Portrait.objects.get(pk=desk.pk).story
    kept = story.partition("\n\n")[0]
    rewritten(desk, sentence="Je plante 1500 vivaces.", story=f"{kept}\n\nEn mai, je sors.", photo=factories.photo())
    told = changed(read(lise, desk))
    assert list(told) == ["Phrase", "Texte «\xa0je\xa0»", "Photo"]
    assert [words.replace("\u202f", "").replace("\xa0", " ") for words in told["Phrase"]] == [
        "Je plante 1400 vivaces par printemps.",
        "Je plante 1500 vivaces.",
    ]
    assert kept not in "".join(told["Texte «\xa0je\xa0»"])
    assert told["Texte «\xa0je\xa0»"][1] == "En mai, je sors."


def test_who_is_in_the_picture_and_how_it_is_cut_are_told_too(lise):
    desk = factories.shown(SITE)
    row = Portrait.objects.get(pk=desk.pk).get_latest_revision_as_object()
    row.photo.focus_x = 20
    row.photo.save()
    row.subjects.add(DraftSubject(person=factories.person("Morris", kind="resident"), role="background"))
    row.save_revision()
    factories.submit(desk, SITE)
    told = changed(read(lise, desk))
    assert told["Photo"] == ("—", "La même photo, cadrée autrement.")
    assert told["Personnes dans l’image"] == ("Nadia", "Morris / Nadia")


@pytest.mark.parametrize("state", ["nothing on the walls", "the same", "withdrawn"])
def test_without_a_change_or_a_wall_nothing_is_compared(state, lise):
    desk = factories.portrait() if state == "nothing on the walls" else factories.shown(SITE)
    if state == "withdrawn":
        factories.withdraw(desk)
    rewritten(desk, **({} if state == "the same" else {"sentence": "Je sors."}))
    assert "jtpv-changes" not in read(lise, desk)


def test_approving_with_open_comments_is_said_before_the_button(desk, lise):
    words = "commentaire reste à régler"
    assert words not in read(lise, desk)
    lise.post(url("read", desk.pk), form(desk, sentence="Dis laquelle."))
    page = read(lise, desk)
    assert 0 < page.index(words) < page.index('value="approve"')


def test_the_text_comes_before_the_decision(desk, lise):
    """On a phone and by keyboard alike: one reads, then decides."""
    page = read(lise, desk)
    assert page.index('id="champ-story"') < page.index('value="approve"')
