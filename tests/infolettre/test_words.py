"""Kind words in an issue: the newest that everybody agrees to, recorded, and gone from what has not left yet."""

from functools import partial

import pytest
from django.utils import timezone

from infolettre import mail, send
from infolettre.assemble import assemble
from infolettre.deliver import deliver
from infolettre.models import Delivery
from infolettre.smtp import Line
from portraits import duty, inbox, quoting, recall, renderings, whereabouts
from portraits.models import Exposure, Recall, Version
from portraits.usages import Audience, Usage
from tests.infolettre import make
from tests.infolettre.make import factories
from tests.infolettre.test_send import html, text
from tests.portraits.test_quotes import KIND, passed_on, say

pytestmark = pytest.mark.django_db
COLLEAGUES = Audience.COLLEAGUES


def quoted(*people, **fields):
    row = passed_on(*people, **fields)
    for one in people:
        say(row, one)
    return row


def keys(issue, at=None):
    return [quote.key for quote in assemble(issue, at or timezone.now()).quotes]


def test_the_newest_come_by_themselves_as_many_as_asked():
    rows = [quoted() for _number in range(4)]
    issue = make.issue(kind=3)
    assert keys(issue) == [row.pk for row in reversed(rows[1:])]
    assert KIND[:20] in mail.html(assemble(issue, timezone.now()))
    assert KIND[:20] in mail.text(assemble(issue, timezone.now()))


def test_two_blocks_never_say_the_same_twice():
    rows = [quoted() for _number in range(3)]
    issue = make.issue(kind=2)
    issue.body = [*[(block.block_type, block.value) for block in issue.body]] * 2
    found = assemble(issue, timezone.now())
    assert [[quote.key for quote in block.quotes] for block in found.blocks] == [
        [rows[2].pk, rows[1].pk],
        [rows[0].pk],
    ]


def test_without_any_yes_there_is_no_block():
    passed_on(wishes={})
    assert assemble(make.issue(kind=3), timezone.now()).blocks == ()


def test_what_left_is_kept_and_nothing_newer_enters(post):
    make.list_of("Samir")
    first = quoted()
    issue = make.issue(kind=3)
    make.start(issue)
    quoted(words="Un mot arrivé après coup, merci !")
    make.drain()
    (one,) = post.mails()
    assert KIND[:20] in html(one)
    assert "après coup" not in html(one) + text(one)
    issue.refresh_from_db()
    assert keys(issue) == [first.pk]
    exposure = Exposure.objects.get()
    assert (exposure.version.compliment, exposure.locator) == (first, "infolettre:1")


@pytest.mark.parametrize("who", ["writer", "named"])
def test_taken_back_in_the_middle_it_is_in_no_mail_that_has_not_left(post, client, who):
    make.list_of("A", "B", "C", "D")
    nadia = factories.person()
    row, other = quoted(nadia), quoted(words="Et merci à celles qui déneigent.")
    issue = make.issue(kind=3)
    make.start(issue)
    sent = []

    def then_take_back(delivery, line):
        outcome = deliver(delivery, line)
        sent.append(delivery)
        if len(sent) == 2:
            person = row.writer if who == "writer" else nadia
            quoting.take_back(row, person, COLLEAGUES, at=timezone.now())
        return outcome

    with Line() as line:
        duty.drain(Delivery, partial(then_take_back, line=line))
    bodies = [html(one) + text(one) for one in post.mails()]
    assert [KIND[:20] in body for body in bodies] == [True, True, False, False]
    assert all("déneigent" in body for body in bodies)
    issue.refresh_from_db()
    assert keys(issue) == [other.pk]
    client.force_login(factories.user())
    assert KIND[:20] not in client.get("/infolettre/1/").content.decode()
    assert list(Recall.objects.values_list("exposure__version__compliment", flat=True)) == [row.pk]
    recall.owe(at=timezone.now())
    duty.drain(Recall, recall.work)
    owed = Recall.objects.get()
    assert owed.state == "done"
    assert "archive" in owed.proof
    (told,) = whereabouts.report(str(row.across), [Usage.INFOLETTRE], since=owed.owed_at, at=timezone.now(), words=True)
    assert told.removed_at
    assert told.remains


def test_words_taken_back_while_the_mail_was_leaving_are_composed_again(post):
    make.list_of("A")
    row = quoted()
    quoted(words="Et merci à celles qui déneigent.")
    issue = make.issue(kind=3)
    make.start(issue)
    found = assemble(make.row("A").issue, timezone.now())
    quoting.take_back(row, row.writer, COLLEAGUES, at=timezone.now())
    from infolettre.deliver import _begin

    with pytest.raises(duty.Retry):
        _begin(make.row("A"), found, "<1@x>", timezone.now())


def test_a_comment_from_a_network_has_no_author_and_is_here_alone():
    nadia = factories.person()
    writer = inbox.Writer("Gilles", "Émard", signature=inbox.Signature.FIRST_NAME)
    row = passed_on(nadia, channel=inbox.Channel.FACEBOOK, external_ref="https://www.facebook.com/1", writer=writer)
    say(row, nadia)
    issue = make.issue(kind=1)
    assert keys(issue) == [row.pk]
    body = mail.html(assemble(issue, timezone.now()))
    assert "Facebook" in body
    assert "Gilles" not in body


def test_what_people_read_before_saying_yes_is_the_mail_itself():
    quoted(factories.person("Nadia"))
    version = Version.objects.filter(compliment__isnull=False).latest("pk")
    body = renderings.render(Usage.INFOLETTRE, quoting.quote(version)).body.decode()
    sent = mail.html(assemble(make.issue(kind=1), timezone.now()))
    part = body[body.index("Nadia a aidé") : body.index("</p></div>")]
    assert part in sent
    assert body == renderings.render(Usage.INFOLETTRE, quoting.quote(version)).body.decode()


@pytest.mark.parametrize("count", [1, 6])
def test_assembling_takes_one_query_more(count, django_assert_num_queries):
    for _number in range(count):
        quoted()
    issue = make.issue(factories.shown(), kind=6)
    with django_assert_num_queries(2):
        assert len(keys(issue)) == count


def test_the_page_before_sending_names_them(client):
    from intranet import roles

    client.force_login(factories.user("redac", roles.COMMS))
    quoted()
    issue = make.issue(kind=2)
    assert send.obstacles(assemble(issue, timezone.now()), 1) == []
    page = client.get(f"/admin/infolettre/{issue.pk}/envoyer/").content.decode()
    assert KIND[:20] in page
