"""Every address of the CMS × every role × the states of a portrait. A new address without a row here fails.

`TABLE` is the expectation, in one place: a pattern of names → who gets in. Whoever is not in the row must be turned away,
whatever the address is filled with; whoever is in it must not be, where the address is one of ours (`STATES`).
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from ecrans.models import Ecran, Place
from intranet import roles
from intranet.models import User
from portraits import asking, hiding, recording, unlock
from portraits.models import Annotation, Consent, ConsentRequest, Evidence, Exemption, Hidden, LedgerEntry, Person
from portraits.usages import Usage
from portraits.views.intake import seen_now
from tests import factories

pytestmark = pytest.mark.django_db
SITE = Usage.SITE
DAY = timedelta(days=1)
GROUPS = {
    "employee": roles.EMPLOYEE,
    "hr": roles.HR,
    "comms": roles.COMMS,
    "officer": roles.CONSENT_OFFICER,
    "technician": roles.TECHNICIAN,
}
ALL = frozenset({"anonymous", *GROUPS, "admin"})
STAFF = frozenset({"hr", "comms", "officer", "technician", "admin"})
READERS = frozenset({"hr", "comms", "officer", "admin"})
WRITERS = frozenset({"hr", "comms", "admin"})
COMMS = frozenset({"comms", "admin"})
WALLS = frozenset({"comms", "technician", "admin"})
ROUND = frozenset({"comms", "officer", "technician", "admin"})
ADMIN = frozenset({"admin"})
OFFICER = frozenset({"officer"})  # and not the administrator
GUARDS = frozenset({"officer", "admin"})
NOBODY = frozenset()

TABLE = [
    # -- ours
    (r"portraits_(officer|notice|evidence).*", OFFICER),
    (r"portraits_incident:delete", NOBODY),
    (r"portraits_(registers?|incident:.*)", GUARDS),
    (r"portraits_(publication|survey):delete", NOBODY),
    (r"portraits_(figures.*|publication:.*|survey:.*|columnname:.*)", WRITERS),
    (r"portraits_as_of.*", READERS),
    (r"portraits_(equity|headcounts|to_meet)", WRITERS),
    (r"portraits_(thumbnail|photo_whole)", READERS),
    (r"portraits_takedown.*", ROUND),
    (r"portraits_inbox.*", WRITERS),
    (r"portraits_slips", WRITERS),
    (r"wagtailsnippets_portraits_(team|spot|replytemplate|edition):delete", NOBODY),
    (r"wagtailsnippets_portraits_(team|spot|replytemplate|edition):.*", WRITERS),
    (r"wagtailsnippets_portraits_portrait:(delete|unpublish|revisions_unschedule)", NOBODY),
    (r"wagtailsnippets_portraits_portrait:(list|list_results|usage)", READERS),
    # Wagtail sends everybody back to the form, or answers that there is nothing; the form itself is closed.
    (
        r"wagtailsnippets_portraits_portrait:(.*workflow_action.*|confirm_workflow_cancellation|workflow_history.*)",
        STAFF,
    ),
    (r"wagtailsnippets_portraits_portrait:.*", WRITERS),
    (r"wagtailsnippets_portraits_person:(delete)", NOBODY),
    (r"wagtailsnippets_portraits_person:(list|list_results|usage|history|history_results)", READERS),
    (r"wagtailsnippets_portraits_person:.*", WRITERS),
    (r"wagtailsnippetchoosers_portraits_(portrait|person):create", WRITERS),
    (r"wagtailsnippetchoosers_portraits_(portrait|person):.*", READERS),
    (r"portraits_photo:delete", NOBODY),
    (r"portraits_photo:(index|index_results|usage|history|history_results)", READERS),
    (r"portraits_photo(_chooser)?:.*", WRITERS),
    (r"portraits_absence:.*", WRITERS),
    (r"infolettre-.*|wagtailsnippets_infolettre_.*", COMMS),
    (r"(wagtailsnippets_ecrans_|affiches:|ecrans?[-_:]).*", WALLS),
    (r"publications:.*", COMMS),
    (r"wagtailsnippetchoosers_.*", STAFF),
    (r"wagtailsettings:.*", COMMS),
    # -- Wagtail's own, by prefix
    (r"wagtailadmin_(login|logout|password_reset.*|javascript_catalog|sprite)", ALL),
    (r"wagtailadmin_(home|account|api:.*|tag_.*|choose_page.*|dismissibles|editing_sessions:.*|block_preview)", STAFF),
    (r"wagtailadmin_(userbar.*|error_test)|wagtail_bulk_action", STAFF),
    (r"wagtailadmin_pages:(move_confirm|confirm_workflow_cancellation|.*workflow_action.*|revisions_index)", STAFF),
    (r"wagtailadmin_(pages:.*|explore.*)", COMMS),
    (r"wagtailadmin_workflows:task_ch.*", STAFF),
    (r"wagtailadmin_(workflows|collections):.*", ADMIN),
    (r"wagtailadmin_reports:site_history.*", STAFF),
    (r"wagtailadmin_reports:.*", COMMS),
    (r"wagtailimages:.*|wagtailimages_chooser:.*", STAFF),
    (r"wagtaildocs:.*|wagtaildocs_chooser:.*|wagtailembeds:.*", STAFF),
    (r"wagtailsnippets:index", STAFF),
    (r"wagtail(users|redirects|sites|locales|forms|searchpicks|contentimport|frontendcache).*:.*", ADMIN),
]
# Addresses where whoever is in the row does get in, with a real object in each state: name → method.
DOORS = {
    "wagtailsnippets_portraits_portrait:edit": "get",
    "wagtailsnippets_portraits_portrait:history": "get",
    "wagtailsnippets_portraits_portrait:hide": "get",
    "portraits_officer_portrait": "get",
}
LEAVES_THE_SESSION = {"wagtailadmin_logout", "wagtailadmin_error_test"}  # the second raises on purpose


def patterns(entries, prefix="", space=""):
    """(route, qualified name) of every address of the CMS."""
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), f"{space}{entry.name or ''}"
        else:
            names = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry.url_patterns, prefix + str(entry.pattern), names)


def addresses():
    found = [one for one in patterns(get_resolver().url_patterns) if one[0].startswith("admin/")]
    return [(route, name) for route, name in found if name]  # the nameless ones are catch-alls: 404, or a slash


def row(name):
    """Who gets in, by the first row that matches; None without one."""
    return next((allowed for pattern, allowed in TABLE if re.fullmatch(pattern, name)), None)


FILLED = {"usage": "site", "spec": "p240", "extension": "jpg", "code": "employee", "size": "letter"}


def concrete(route, pk):
    """An address that this route matches."""

    def value(found):
        kind, name = found.group(1) or "str", found.group(2)
        return str(pk) if kind == "int" or name in {"pk", "object_id"} else FILLED.get(name, "x")

    path = re.sub(r"<(?:(\w+):)?(\w+)>", value, route)
    path = path.replace("(?:live|earliest|\\d+)", "1").replace("(?:live|latest|\\d+)", "1")
    return "/" + re.sub(r"\(\?P\w[^)]*\)|\([^)]*\)", "1", path).replace("^", "").replace("$", "").replace("\\", "")


def turned_away(response):
    if response.status_code in {403, 404, 405, 410}:
        return True
    address = response.headers.get("Location", "")
    return response.status_code in {301, 302} and (address == "/admin/" or address.startswith("/admin/login/"))


class Town:
    """One portrait in each state, and one client per role."""

    def __init__(self):
        then = timezone.now() - 2 * DAY
        self.states = {name: factories.portrait(f"Nadia{name}") for name in ("draft", "asked")}
        factories.ask(self.states["asked"], SITE, at=then)
        for name in ("shown", "withdrawn", "hidden"):
            self.states[name] = factories.shown(SITE, first_name=f"Nadia{name}", at=then)
        factories.withdraw(self.states["withdrawn"])
        hiding.hide(self.states["hidden"], by=factories.staff(), at=timezone.now(), reason="x")
        place = Place.objects.create(building="Mairie", floor="3e", room="Cuisine")
        Ecran.objects.create(place=place, name="Cuisine")
        self.clients = {"anonymous": Client()}
        for name, group in GROUPS.items():
            self.clients[name] = self._client(factories.user(name, group))
        self.clients["admin"] = self._client(factories.user("admin", is_superuser=True, is_staff=True))

        self.hr = User.objects.get(username="hr")

    def _client(self, user):
        client = Client()
        client.force_login(user)
        return client


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Town()
        transaction.set_rollback(True)


@pytest.fixture
def town(built, db):
    return built


def test_every_address_has_a_row():
    assert len(addresses()) > 250
    assert [name for _route, name in addresses() if row(name) is None] == []


def test_every_row_is_of_use():
    names = [name for _route, name in addresses()]
    first = {next(number for number, one in enumerate(TABLE) if re.fullmatch(one[0], name)) for name in names}
    assert [TABLE[number][0] for number in range(len(TABLE)) if number not in first] == []


def test_whoever_is_not_in_the_row_is_turned_away(town):
    shown = town.states["shown"]
    wrong = []
    for route, name in addresses():
        if name in LEAVES_THE_SESSION:
            continue
        path = concrete(route, shown.pk if "portrait" in name else 1)
        for role in sorted(ALL - row(name)):
            response = town.clients[role].get(path)
            if not turned_away(response):
                wrong.append((name, role, path, response.status_code))
    assert wrong == []


def test_whoever_is_in_the_row_gets_in_whatever_the_state(town):
    wrong = []
    for name in DOORS:
        for state, desk in town.states.items():
            if name == "portraits_officer_portrait" and state == "draft":
                continue  # nobody was asked: nothing to read
            for role, client in town.clients.items():
                response = client.get(reverse(name, args=[desk.pk]))
                if (response.status_code == 200) != (role in row(name)):
                    wrong.append((name, state, role, response.status_code))
    assert wrong == []


def facts():
    """What a verb of consent leaves behind."""
    return (
        ConsentRequest.objects.count(),
        Consent.objects.filter(ended_at__isnull=True).count(),
        Hidden.objects.count(),
        Hidden.objects.filter(to_at__isnull=True).count(),
        LedgerEntry.objects.count(),
    )


VERBS = {
    "wagtailsnippets_portraits_portrait:hide": {"reason": "Une faute"},
    "portraits_officer_portrait": {},
    "portraits_officer_lift": {"reason": "Corrigée"},
    "wagtailsnippets_portraits_portrait:delete": {},
    "wagtailsnippets_portraits_portrait:unpublish": {},
}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_done_by_those_of_its_row_only(town, name):
    desk = town.states["hidden"]
    for role, client in town.clients.items():
        with transaction.atomic():
            before = facts()
            client.post(reverse(name, args=[desk.pk]), VERBS[name])
            assert (facts() != before) == (role in row(name)), role
            transaction.set_rollback(True)


# -- confirm: what a colleague recorded of an answer, in each of its states

CONFIRMS = {
    "opened": WRITERS,  # recorded by a colleague, about somebody else, and opened by whoever confirms
    "not opened": NOBODY,
    "opened by another since": NOBODY,
    "recorded by oneself": NOBODY,
    "about oneself": NOBODY,
    "confirmed": NOBODY,
    "set aside": NOBODY,
    "closed": NOBODY,
}


def a_record(state, by):
    """A yes that was recorded, about a person of its own, as it stands in this state for this account (None: nobody's)."""
    desk = factories.portrait("Inès", people=[factories.person("Inès", user=by if state == "about oneself" else None)])
    asked_at = timezone.now() - 2 * DAY
    version = factories.unread(desk, SITE, at=asked_at)
    request = ConsentRequest.objects.get(subject__version=version)
    said = recording.Said(Evidence.Kind.PHONE, {SITE: "yes"}, asked_at + DAY, 30, "fr-ca", note="x")
    recorder = by if by and state == "recorded by oneself" else factories.staff()
    row = recording.record(request, said, seen=seen_now(request), by=recorder, at=asked_at + DAY)
    if state in {"confirmed", "set aside"}:
        second = factories.user("second")
        recording.show(row, by=second, at=timezone.now())
        settle = {"confirmed": recording.confirm, "set aside": recording.dismiss}[state]
        settle(row, by=second, at=timezone.now(), **({"seen": seen_now(request)} if state == "confirmed" else {}))
    return desk, row


@pytest.mark.parametrize("state", CONFIRMS)
@pytest.mark.parametrize("role", sorted(ALL))
def test_a_record_is_confirmed_by_those_of_its_row_only(town, role, state):
    by = User.objects.filter(username=role).first()
    desk, row = a_record(state, by)
    address = reverse("wagtailsnippets_portraits_portrait:confirm", args=[desk.pk, row.pk])
    if state != "not opened":
        town.clients[role].post(address, {"geste": "ouvrir"})
    if state == "opened by another since":
        recording.show(row, by=factories.user("autre"), at=timezone.now())
    if state == "closed":
        asking.close(desk, at=timezone.now())
    before = Consent.objects.count()
    town.clients[role].post(address, {"geste": "confirmer"})
    assert (Consent.objects.count() > before) == (role in CONFIRMS[state])


# -- comments in the margin: written while it is read, settled at any time

ANNOTATES = dict.fromkeys(("draft", "asked", "shown", "withdrawn", "hidden"), NOBODY) | {"read": WRITERS}


@pytest.mark.parametrize("state", ANNOTATES)
@pytest.mark.parametrize("role", sorted(ALL))
def test_a_field_is_annotated_by_those_of_its_row_only_while_it_is_read(town, role, state):
    desk = town.states["draft" if state == "read" else state]
    if state == "read":
        factories.submit(desk, SITE, by=factories.staff())
    form = {"decision": "annotate", "note_job": "Trop long", "comment": "", "fingerprint": "x", "recipients": "x"}
    town.clients[role].post(reverse("wagtailsnippets_portraits_portrait:read", args=[desk.pk]), form)
    assert Annotation.objects.exists() == (role in ANNOTATES[state])


@pytest.mark.parametrize("state", ["draft", "asked", "shown", "withdrawn", "hidden"])
@pytest.mark.parametrize("role", sorted(ALL))
def test_a_comment_is_settled_by_those_of_its_row_whatever_the_state(town, role, state):
    desk = town.states[state]
    row = Annotation.objects.create(portrait=desk, field="job", words="Trop long", at=timezone.now())
    address = reverse("wagtailsnippets_portraits_portrait:settle", args=[desk.pk, row.pk])
    assert town.clients[role].get(address).status_code in {302, 405}
    town.clients[role].post(address)
    assert Annotation.objects.filter(settled_at__isnull=False).exists() == (role in WRITERS)


# -- exempt: the officer alone, about somebody who was asked

EXEMPTS = {
    "draft": NOBODY,  # nobody was asked about it
    "asked": OFFICER,
    "shown": OFFICER,
    "withdrawn": OFFICER,
    "hidden": OFFICER,
    "exempted": NOBODY,  # already
}


@pytest.mark.parametrize("state", EXEMPTS)
@pytest.mark.parametrize("role", sorted(ALL))
def test_somebody_is_exempted_by_those_of_its_row_only(town, role, state):
    desk = town.states["shown" if state == "exempted" else state]
    person = Person.objects.get(pk=next(iter(desk.people())))
    if state == "exempted":
        asking.exempt(person, desk.photo, by=factories.staff(), reason="x", at=timezone.now())
    before = Exemption.objects.count()
    form = {"who": f"{person.pk}-{desk.photo_id}", "reason": "On ne voit que son dos"}
    town.clients[role].post(reverse("portraits_officer_exempt", args=[desk.pk]), form)
    assert (Exemption.objects.count() > before) == (role in EXEMPTS[state])


def test_nobody_says_yes_from_the_cms(town):
    """No address of the CMS, posted to by anybody, makes a consent."""
    desk = town.states["asked"]
    for name in ("ask", "read", "take_back", "hide", "edit"):
        for role, client in town.clients.items():
            with transaction.atomic():
                client.post(
                    reverse(f"wagtailsnippets_portraits_portrait:{name}", args=[desk.pk]), {"action-publish": "1"}
                )
                assert not Consent.objects.filter(subject__version__portrait=desk).exists(), (name, role)
                transaction.set_rollback(True)


def test_the_register_of_consents_leaves_with_the_officer_only(town):
    for role, client in town.clients.items():
        with transaction.atomic():
            found = client.post(reverse("portraits_register", args=["consents"]))
            assert (found.status_code == 200) == (role == "officer"), role
            transaction.set_rollback(True)


# -- human resources cannot tell a refusal, a silence and an end apart


def plain(response, word):
    """A page without what is its own: numbers, tokens, and the word that tells the portrait."""
    text = response.content.decode().replace(word, "MOT")
    return re.sub(r"\b[A-Za-z0-9]{64}\b|[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", text)


def visited(town, said, asked_at, word):
    """Every page of one portrait that human resources can open, the list first, in a session of its own. `said`: what its
    person answered."""
    client = Client()
    client.force_login(town.hr)
    people = [factories.person("Morris")]
    desk = factories.portrait("Morris", people=people, job=f"Métier {word}")
    version = factories.ask(desk, SITE, at=asked_at)
    if said:
        factories.say(version, SITE, answer=said, days=1, at=asked_at)
    unlock.sweep(at=timezone.now())
    base, person = "wagtailsnippets_portraits_portrait", "wagtailsnippets_portraits_person"
    paths = [
        reverse(f"{base}:list") + f"?q={word}",
        *(reverse(f"{base}:{name}", args=[desk.pk]) for name in ("edit", "history", "usage", "hide", "ask")),
        *(reverse(f"{person}:{name}", args=[people[0].pk]) for name in ("edit", "history", "usage")),
        reverse("portraits_photo:edit", args=[desk.photo_id]),
        reverse("portraits_as_of") + "?usage=site&at=2026-01-05T08:00",
    ]
    return [(path, plain(client.get(path), word)) for path in paths]


@pytest.mark.parametrize("days", [5, 40])
def test_a_refusal_and_a_silence_are_the_same_pages(town, days):
    """While the question is open, and once it is closed: page by page, to the last character."""
    with time_machine.travel(timezone.now(), tick=False):  # « two minutes ago » on both
        then = timezone.now() - days * DAY
        refused, silent = visited(town, "no", then, "zqxa"), visited(town, "", then, "zqxb")
    assert [one[0] for one, two in zip(refused, silent, strict=True) if one[1] != two[1]] == []
    assert "MOT" in refused[0][1]


def test_an_end_reads_like_them_where_consent_is_told(town):
    """Whoever was shown was seen by everybody, and the history of the desk says so; where consent stands does not."""
    with time_machine.travel(timezone.now(), tick=False):
        then = timezone.now() - 40 * DAY
        ended, silent = visited(town, "yes", then, "zqxa"), visited(town, "", then, "zqxb")
    assert ended[0][1] == silent[0][1]  # the list, with its three words
