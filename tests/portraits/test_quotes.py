"""Kind words through the door: shown in exactly one case, everybody's yes to these very words; gone with anybody's no."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from intranet.models import Letter
from portraits import consent, gate, hiding, inbox, masking, naming, own_words, proof, quoting
from portraits.models import (
    AddressChange,
    Compliment,
    Consent,
    ConsentRequest,
    LedgerEntry,
    Person,
    Representation,
    StandingAnswer,
    Version,
)
from portraits.usages import Audience, Usage
from tests import factories

pytestmark = pytest.mark.django_db
KIND = "Nadia a aidé ma mère à traverser la rue. Merci pour sa patience !"
YES = {Audience.COLLEAGUES: "yes", Audience.PUBLIC: "yes"}


def received(words=KIND, *, wishes=YES, at=None, **fields):
    fields.setdefault("writer", inbox.Writer("Huguette", "Émard", "huguette@voisine.example"))
    return inbox.receive(words, at=at or timezone.now(), wishes=wishes, **fields)[0]


def passed_on(*people, words=KIND, text="", kind=inbox.Kind.COMPLIMENT, at=None, **fields):
    at = at or timezone.now()
    row = received(words, at=at, **fields)
    by = factories.staff()
    inbox.triage(row, kind, by=by, at=at)
    if text:
        inbox.word(row, text, reason="", by=by, at=at)
    return inbox.pass_on(judged(row), people, by=by, at=at)


def judged(row):
    """What may be the name of nobody whom we know stays: here we look at what follows."""
    row = Compliment.objects.get(pk=row.pk)
    for one in naming.left(row, inbox.wording(row)):
        masking.dismiss(row, one.words, by=factories.staff(), at=timezone.now())
    return row


def say(compliment, person, answer="yes", *, usages=None, at=None):
    request = ConsentRequest.objects.filter(subject__version__compliment=compliment, subject__person=person).latest(
        "pk"
    )
    wanted = usages or [Usage(one) for one in request.asked]
    consent.answer(
        request,
        dict.fromkeys(wanted, answer),
        seen=dict.fromkeys(wanted, "0" * 64),
        at=at or timezone.now(),
        proof=factories.PROOF,
    )


def quoted(usage=Usage.SITE, at=None, **only):
    return [quote.key for quote in gate.quotes(usage, at=at or timezone.now(), **only)]


# -- both must say yes


def test_it_is_shown_once_both_say_yes_and_to_this_usage():
    nadia = factories.person()
    row = passed_on(nadia)
    assert quoted() == []
    say(row, nadia, usages=[Usage.SITE])
    assert quoted() == [row.pk]
    assert quoted(Usage.INTRANET) == []


@pytest.mark.parametrize("answer", ["no", ""])
def test_a_no_or_nothing_from_whom_it_names_shows_it_nowhere(answer):
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia, answer)
    assert quoted() == []


@pytest.mark.parametrize("wish", ["no", ""])
def test_a_no_or_nothing_from_the_writer_is_not_even_asked(wish):
    nadia = factories.person()
    row = passed_on(nadia, wishes={Audience.COLLEAGUES: "yes", Audience.PUBLIC: wish})
    request = ConsentRequest.objects.get(subject__version__compliment=row, subject__person=nadia)
    assert Usage.SITE not in request.asked
    assert Usage.INTRANET in request.asked


def test_all_whom_it_names_must_say_yes():
    nadia, luc = factories.person(), factories.person("Luc")
    row = passed_on(nadia, luc)
    say(row, nadia)
    assert quoted() == []
    say(row, luc)
    assert quoted() == [row.pk]


def test_thanks_to_a_whole_team_rest_on_the_writer_alone():
    row = passed_on()
    assert quoted() == [row.pk]


@pytest.mark.parametrize("kind", [inbox.Kind.MIXED])
def test_a_criticism_is_never_quoted(kind):
    nadia = factories.person()
    row = passed_on(nadia, kind=kind, text="Nadia a aidé ma mère.")
    assert ConsentRequest.objects.get(subject__version__compliment=row, subject__person=nadia).asked == []
    assert quoted() == []


def test_a_comment_from_a_network_is_quoted_without_its_author_in_the_infolettre_alone(monkeypatch):
    from portraits import renderings

    monkeypatch.setitem(renderings._quoting, Usage.INFOLETTRE, renderings._quoting[Usage.SITE])
    nadia = factories.person()
    row = passed_on(nadia, channel=inbox.Channel.FACEBOOK, external_ref="https://www.facebook.com/1")
    assert row.colleagues == row.public == ""
    say(row, nadia)
    assert quoted() == quoted(Usage.INTRANET) == []
    (quote,) = gate.quotes(Usage.INFOLETTRE, at=timezone.now())
    assert quote.signature == ""


# -- what was promised


def test_the_writers_yes_lasts_a_year_from_the_day_they_wrote():
    then = timezone.now() - timedelta(days=100)
    row = received(at=then)
    by, now = factories.staff(), timezone.now()
    inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=now)
    inbox.pass_on(judged(row), [], by=by, at=now)
    assert {one.ends_at for one in Consent.objects.all()} == {then + timedelta(days=365)}
    assert quoted(at=then + timedelta(days=364)) == [row.pk]
    assert quoted(at=then + timedelta(days=365)) == []


def test_words_left_out_keep_the_writers_yes_and_words_added_do_not():
    original = "Nadia, du 2980 25e Avenue, a aidé ma mère. Merci !"
    kept = passed_on(words=original, text="Nadia, du [adresse], a aidé ma mère. Merci !")
    masked = passed_on(words=original, text="[une employée], a aidé ma mère. […]")
    changed = passed_on(words=original, text="Nadia a toujours aidé ma mère. Merci !")
    assert quoted() == [masked.pk, kept.pk]
    question = Letter.objects.filter(to="huguette@voisine.example").latest("pk")
    assert "/consentement/" in question.body
    say(changed, changed.writer)
    assert quoted() == [changed.pk, masked.pk, kept.pk]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Merci, Nadia. Ma mère n'oubliera jamais votre sourire. Bravo !", True),
        ("MERCI Nadia… Ma mère n'oubliera jamais votre sourire", True),
        ("Ma mère n'oubliera jamais votre sourire.", True),
        ("Merci, Nadia. […] Bravo !", True),
        ("[…]", True),
        ("Merci, [une employée]. Bravo !", True),
        ("Nadia, merci.", False),
        ("Merci.", False),
        ("Ma mère oubliera votre sourire.", False),
        ("Ma mère n'oubliera […] votre sourire.", False),
        ("Bravo ! Merci, Nadia.", False),
        ("Merci, Nadine.", False),
        ("Merci, Nadia. Merci, Nadia.", False),
        ("Merci, Nadia. [mais quelle paresseuse]", False),
    ],
)
def test_what_is_faithful(text, same):
    original = "Merci, Nadia. Ma mère n'oubliera jamais votre sourire. Bravo !"
    assert own_words.faithful(text, original) is same


def test_an_unread_message_shows_nothing_and_its_promise_can_be_taken_back():
    row = received()
    assert quoted() == []
    now = timezone.now()
    quoting.take_back(row, row.writer, Audience.PUBLIC, at=now)
    by = factories.staff()
    inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=now)
    inbox.pass_on(judged(row), [], by=by, at=now)
    assert quoted() == []
    assert quoted(Usage.INTRANET) == [row.pk]


def test_a_promise_taken_back_by_a_slip_stands_again_within_ten_minutes():
    row, now = received(), timezone.now()
    quoting.take_back(row, row.writer, Audience.PUBLIC, at=now)
    row.refresh_from_db()
    assert row.public == "no"
    assert not quoting.undoable(row, row.writer, at=now + timedelta(minutes=11))
    assert quoting.undo(row, row.writer, at=now + timedelta(minutes=9))
    row.refresh_from_db()
    assert row.public == "yes"
    assert not quoting.undo(row, row.writer, at=now + timedelta(minutes=9))


# -- and taken back


@pytest.mark.parametrize("who", ["writer", "named"])
def test_either_takes_it_back_and_it_is_gone(who):
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia)
    assert quoted() == [row.pk]
    quoting.take_back(row, row.writer if who == "writer" else nadia, Audience.PUBLIC, at=timezone.now())
    assert quoted() == []
    assert quoted(Usage.INTRANET) == [row.pk]
    assert quoting.undo(row, row.writer if who == "writer" else nadia, at=timezone.now())
    assert quoted() == [row.pk]


def test_staff_hides_it_and_lifts_it():
    row = passed_on()
    hiding.hide(row, by=factories.staff(), at=timezone.now())
    assert quoted() == []
    hiding.lift(row, by=factories.staff(), at=timezone.now(), reason="")
    assert quoted() == [row.pk]


def test_the_ledger_tells_all_of_it():
    nadia = factories.person()
    row = passed_on(nadia)
    say(row, nadia)
    quoting.take_back(row, nadia, Audience.PUBLIC, at=timezone.now())
    hiding.hide(row, by=factories.staff(), at=timezone.now())
    kinds = LedgerEntry.objects.filter(body__portrait=str(row.across)).values_list("kind", flat=True)
    assert {"promised", "passed_on", "granted", "withdrawn", "hidden"} <= set(kinds)
    assert "Huguette" not in str(list(LedgerEntry.objects.values_list("body", flat=True)))
    assert list(proof.gaps()) == []


# -- said once for all


@pytest.mark.parametrize(
    ("answer", "shown"), [(StandingAnswer.Answer.ALWAYS, True), (StandingAnswer.Answer.NEVER, False), (None, False)]
)
def test_a_standing_answer(answer, shown):
    nadia = factories.person()
    if answer:
        StandingAnswer.objects.create(person=nadia, audience=Audience.PUBLIC, answer=answer, since=timezone.now())
    row = passed_on(nadia)
    assert quoted() == ([row.pk] if shown else [])
    assert quoted(Usage.INTRANET) == []


# -- whoever is named and was not asked


@pytest.mark.parametrize("words", ["Luc a été formidable.", "LUC, merci", "Merci à luc !"])
def test_an_employee_who_is_named_and_was_not_designated_is_quoted_nowhere(words):
    factories.person("Luc")
    row = passed_on(words=words)
    assert own_words.strangers(words, []) == ["Luc"]
    assert quoted() == []
    assert passed_on(words=words, text=words.replace("Luc", "[un employé]")).pk != row.pk


def test_a_masked_name_is_nobodys():
    factories.person("Luc")
    row = passed_on(words="Luc a été formidable.", text="[un employé] a été formidable.")
    assert quoted() == [row.pk]


def test_an_accent_hides_nobody():
    factories.person("Éloïse")
    assert own_words.strangers("Merci Eloise", []) == ["Éloïse"]
    assert own_words.strangers("Merci Eloise", [Person.objects.get()]) == []


DISGUISES = {
    "a joiner": "Na\u200ddia",
    "a soft hyphen": "Na\u00addia",
    "a filler": "Na\u3164dia",
    "a variation selector": "Na\ufe00dia",
    "a grapheme joiner": "Na\u034fdia",
    "a Cyrillic letter": "N\u0430dia",
    "a Greek letter": "\u039dadia",
    "letters of mathematics": "\U0001d40d\U0001d41a\U0001d41d\U0001d422\U0001d41a",
    "wide letters": "\uff2e\uff41\uff44\uff49\uff41",
    "an alpha": "N\u0251dia",
    "no dot": "Nad\u0131a",
    "capitals": "NADIA",
}


@pytest.mark.parametrize("name", DISGUISES.values(), ids=DISGUISES)
def test_a_disguised_name_keeps_words_from_being_quoted(name):
    luc = factories.person("Luc")
    factories.person("Nadia")
    row = passed_on(luc, words=f"Merci Luc, et surtout {name} qui a tout fait.")
    question = ConsentRequest.objects.get(subject__person=luc, subject__version__compliment=row)
    assert question.asked == []
    assert quoted() == []


def test_an_emoji_disguises_nothing():
    luc = factories.person("Luc")
    assert own_words.strangers("Merci Luc 👩\u200d🌾❤\ufe0f ! Dès la 2e neige, cœur d’or, Ångström.", [luc]) == []


def test_an_address_written_anew_receives_no_words():
    nadia = factories.person()
    nadia.email = "autre@erables.example"
    nadia.save()
    row = passed_on(nadia)
    assert not Letter.objects.filter(to="autre@erables.example").exists()
    assert row.named.get().told_at is None


def test_kind_words_do_not_hide_from_readers_that_an_address_changed():
    nadia = factories.person()
    nadia.email = "autre@erables.example"
    nadia.save()
    passed_on(nadia)
    assert AddressChange.unasked([nadia.pk]).count() == 2


def test_whoever_has_left_is_thanked_all_the_same():
    nadia = factories.person(left_on=timezone.localdate())
    StandingAnswer.objects.create(person=nadia, audience=Audience.PUBLIC, answer="always", since=timezone.now())
    row = passed_on(nadia)
    assert row.named.count() == 1
    assert quoted() == []


def test_a_guardian_answers_beside_somebody_of_fourteen():
    today = timezone.localdate()
    young = factories.person("Alix", turns_14_on=today - timedelta(days=500), turns_18_on=today + timedelta(days=961))
    parent = factories.person("Dominique", kind=Person.Kind.RESIDENT)
    Representation.objects.create(
        person=young, representative=parent, quality="parent", valid_until=today + timedelta(days=961)
    )
    row = passed_on(young)
    say(row, young)
    assert quoted() == []
    say(row, parent)
    assert quoted() == [row.pk]


def test_nobody_thanks_themselves():
    nadia = factories.person()
    row = passed_on(nadia, writer=inbox.Writer("Nadia", colleague=nadia), channel=inbox.Channel.COLLEAGUE)
    assert row.named.count() == 0


# -- words brought to somebody, whatever comes next


def test_the_words_reach_the_person_at_once():
    nadia = factories.person()
    row = passed_on(nadia)
    letter = Letter.objects.get(to=nadia.email)
    assert KIND[:30] in letter.body
    assert row.named.get().told_at


def test_quotes_beside_a_face_are_those_of_its_people():
    desk = factories.shown(Usage.SITE)
    nadia = Person.objects.get(pk__in=desk.people())
    for who in (nadia, factories.person("Luc")):
        say(passed_on(who, words="Merci pour votre patience !"), who)
    (capsule,) = gate.capsules(Usage.SITE, at=timezone.now())
    assert len(quoted()) == 2
    assert len(quoted(beside=capsule.version)) == 1


def test_no_quote_passes_for_a_portrait():
    passed_on()
    assert gate.capsules(Usage.SITE, at=timezone.now()) == []
    assert gate.photo(Usage.SITE, Version.objects.latest("pk").key, at=timezone.now()) is None


@pytest.mark.parametrize("count", [3, 30])
def test_one_query_however_many(count, django_assert_num_queries):
    for _number in range(count):
        passed_on()
    with django_assert_num_queries(1):
        assert len(gate.quotes(Usage.SITE, at=timezone.now())) == count


def test_what_somebody_wrote_never_changes():
    row = received()
    with pytest.raises(DatabaseError), transaction.atomic():
        Compliment.objects.filter(pk=row.pk).update(original="Autre chose")
    with pytest.raises(DatabaseError), transaction.atomic():
        Compliment.objects.filter(pk=row.pk).delete()


def test_thanks_is_nobodys_name():
    for name in ("Merci", "BRAVO", "", "A", "7"):
        factories.person(name, last_name="À")
    assert own_words.strangers("Un grand merci à toute l’équipe, bravo, 7 fois bravo !", []) == []
    factories.person("Jo")
    assert own_words.strangers("Jo, merci !", []) == ["Jo"]
