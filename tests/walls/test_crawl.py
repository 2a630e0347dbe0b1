"""Every address of the house, walked by a passer-by, an employee and a screen: each person of the city is seen exactly
where a living consent allows it. A new URL pattern without a sample fails.

Presence is asserted as strictly as absence: sets are compared, and on eight situations at least somebody is seen.
"""

import email
import email.policy
import io
import re

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from pypdf import PdfReader

from ecrans import print as paper
from ecrans.models import Affiche, Ecran, Place
from home.publish import open_site
from infolettre import links, send
from infolettre.models import Delivery, Infolettre, Subscriber
from infolettre.tasks import deliveries
from intranet import roles
from intranet.demo import sink
from portraits import crops, inbox
from portraits.models import Edition
from portraits.usages import Audience, Usage
from portraits.views.media import BY_ADDRESS, IN_MAIL
from tests import factories
from tests.walls import city as a_city

pytestmark = pytest.mark.django_db
WORDS = "zqxmotszqx"
SITE, INTRANET, MAIL, ECRAN = Usage.SITE, Usage.INTRANET, Usage.INFOLETTRE, Usage.ECRAN


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The city on every channel, made once: site open, one issue really sent, one screen, posters ordered."""
    folder = tmp_path_factory.mktemp("courriel")
    inbox = sink.start(sink.Folder(folder))
    address = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": sink.port(inbox), "EMAIL_BACKEND": "intranet.mail.Rows"}
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(**address):
        open_site("testserver", 80)
        made = House(a_city.build(), folder)
        inbox.stop()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def house(built, db, settings):
    settings.DEMO_MAILBOX = built.mailbox
    return built


class House:
    """The city, and the addresses that lead to it."""

    def __init__(self, city, mailbox):
        self.city, self.mailbox = city, mailbox
        self.edition = f"/editions/{factories.edition(*[one.desk for one in city.values()]).slug}/"
        self.issue = self._send()
        kitchen = Place.objects.create(building="Mairie", floor="3e", room="Cuisine")
        self.screen = Ecran.objects.create(place=kitchen, name="Cuisine")
        self.posters = {name: self._poster(one, kitchen) for name, one in city.items() if Usage.AFFICHE in one.allowed}
        self.tokens, self.words = factories.tokens(), self._words()

    def _send(self):
        Subscriber.objects.create(email="lectrice@erables.example", first_name="Lectrice")
        body = [("feature", one.desk.pk) for one in self.city.values()]
        body.append(("edition", Edition.objects.get().pk))
        issue = Infolettre(title="Des prénoms", preheader="Et des métiers", body=body)
        issue.save()
        send.start(issue, by=factories.staff(), at=timezone.now())
        deliveries()
        issue.refresh_from_db()
        return issue

    def _poster(self, one, place):
        row = Affiche(portrait=one.desk.pk, place=place)
        capsule = paper.to_order(row, at=timezone.now())
        row.version, row.language = capsule.version, capsule.language
        row.save()
        return row

    def _words(self):
        """The links of kind words: their writer's, and the ones of somebody named."""
        now, by = timezone.now(), factories.staff()
        yes = dict.fromkeys(Audience, "yes")
        row, token = inbox.receive(f"Merci {WORDS}", at=now, wishes=yes, writer=inbox.Writer("Huguette"))
        inbox.triage(row, inbox.Kind.COMPLIMENT, by=by, at=now)
        inbox.pass_on(row, [factories.person("Inès")], by=by, at=now)
        return [token, factories.tokens()[-1]]

    def seen(self, text):
        return a_city.seen_in(text, self.city)

    def allowed(self, usage):
        return a_city.allowed(self.city, usage)

    def slugs(self):
        return {one.version.slug: one.name for one in self.city.values() if one.version}


def patterns(entries, prefix=""):
    """Every URL pattern as one route."""
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)
        else:
            yield from patterns(entry.url_patterns, prefix + str(entry.pattern))


def employee():
    client = Client()
    client.force_login(factories.user("employee", roles.EMPLOYEE))
    return client


# -- what each address may show: (client, house) → nothing, raising AssertionError


def nobody(*paths, statuses=(200, 301, 302, 303, 400, 403, 404, 405, 410)):
    """Addresses that never show anybody, to anybody."""

    def walk(house, passer_by, employee):
        for path in paths:
            for client in (passer_by, employee):
                response = client.get(path)
                assert response.status_code in statuses, (path, response.status_code)
                assert house.seen(read(response)) == set(), path

    return walk


def read(response):
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode(errors="replace")


def the_article(house, passer_by, employee):
    for client in (passer_by, employee):
        assert house.seen(read(client.get("/"))) == house.allowed(SITE)
        assert house.seen(read(client.get("/en/"))) == set()


def one_page_each(house, passer_by, employee):
    the_article(house, passer_by, employee)
    an_edition(house, passer_by, employee)
    for slug, name in house.slugs().items():
        for client in (passer_by, employee):
            response = client.get(f"/portraits/{slug}/")
            seen = house.seen(read(response))
            if name in house.allowed(SITE):
                assert response.status_code == 200
                assert name in seen
                assert seen <= house.allowed(SITE)  # its neighbours
            else:
                assert response.status_code in {404, 410}
                assert seen == set(), name
            assert client.get(f"/en/portraits/{slug}/").status_code == 404


def an_edition(house, passer_by, employee):
    """Everybody of the city was chosen for it: it shows those who say yes, and is not there without anybody."""
    for client in (passer_by, employee):
        response = client.get(house.edition)
        assert response.status_code == (200 if house.allowed(SITE) else 404)
        assert house.seen(read(response)) == house.allowed(SITE)
        assert house.seen(read(client.get(f"/en{house.edition}"))) == set()


def feed(path, usage=SITE):
    def walk(house, passer_by, employee):
        for client in (passer_by, employee):
            assert house.seen(read(client.get(path))) == house.allowed(usage)

    return walk


def the_wall(house, passer_by, employee):
    assert passer_by.get("/intranet/").status_code == 302
    assert house.seen(read(employee.get("/intranet/"))) == house.allowed(INTRANET)


def the_wall_of_words(house, passer_by, employee):
    for page in ("", "?p=2", "?p=x"):
        assert passer_by.get(f"/intranet/mur/{page}").status_code == 302
        html = read(employee.get(f"/intranet/mur/{page}"))
        assert house.seen(html) == house.allowed(INTRANET)
        assert WORDS not in html  # their person has not answered


def whom_to_thank(house, passer_by, employee):
    """Only those whom the intranet shows are proposed, whatever is typed."""
    pages = ["", "?nom=zqx", *(f"?a={slug}" for slug in house.slugs())]
    for page in pages:
        assert passer_by.get(f"/intranet/bravo/{page}").status_code == 302
        assert house.seen(read(employee.get(f"/intranet/bravo/{page}"))) == house.allowed(INTRANET)


def colleagues(house, passer_by, employee):
    for slug, name in house.slugs().items():
        path = f"/intranet/portraits/{slug}/"
        assert passer_by.get(path).status_code == 302
        response = employee.get(path)
        assert (response.status_code == 200) == (name in house.allowed(INTRANET))
        seen = house.seen(read(response))
        assert (name in seen) == (name in house.allowed(INTRANET))
        assert seen <= house.allowed(INTRANET)


def pictures(house, passer_by, employee):
    """Read by their colour. A mail's picture that may not be shown is grey."""
    for usage in Usage:
        for one in house.city.values():
            if one.version is None:
                continue
            for client, signed_in in ((passer_by, False), (employee, True)):
                for extension in crops.TYPES:
                    response = client.get(f"/m/{usage.value}/{one.version.key}/p240.{extension}")
                    reached = usage in BY_ADDRESS and (usage != INTRANET or signed_in)
                    shown = reached and usage in one.allowed
                    assert (response.status_code == 200) == (shown or usage in IN_MAIL), (usage, one.name)
                    if response.status_code == 200:
                        expected = {one.name} if shown else set()
                        assert a_city.seen_on(response.content, house.city) == expected, (usage, one.name)


def the_archive(house, passer_by, employee):
    path = f"/infolettre/{house.issue.number}/"
    assert passer_by.get(path).status_code == 302
    assert house.seen(read(employee.get(path))) == house.allowed(MAIL)
    signed = links.archive(house.issue.number, Delivery.objects.get().pk)
    assert house.seen(read(passer_by.get(signed))) == house.allowed(MAIL)
    assert passer_by.get(signed[:-3] + "xxx").status_code == 404


def the_screen(house, passer_by, employee):
    response = passer_by.get(f"/ecran/{house.screen.public_id}/manifest")
    assert house.seen(read(response)) == house.allowed(ECRAN)
    slides = response.json()["slides"]
    found = set()
    for slide in slides:
        for url in re.findall(r'"(/m/[^"]+)"', str(slide).replace("'", '"')):
            found |= a_city.seen_on(passer_by.get(url).content, house.city)
    assert found == house.allowed(ECRAN)
    assert passer_by.get("/ecran/0000000000000000/manifest").status_code == 404


def the_code_on_a_poster(house, passer_by, employee):
    for poster in house.posters.values():
        nobody(f"/a/{poster.code}/", statuses=(200,))(house, passer_by, employee)
    assert passer_by.get("/a/inconnu2/").status_code == 404


def the_way_to_thanks(house, passer_by, employee):
    """Under somebody's name for those whom the public site shows; for the others, without."""
    ways = {
        name: passer_by.get(f"/a/{poster.code}/merci/").headers["Location"] for name, poster in house.posters.items()
    }
    public = house.allowed(Usage.SITE)
    assert {name for name, way in ways.items() if way not in {"/merci/", "/en/merci/"}} == public & set(house.posters)
    for name, way in ways.items():
        assert house.city[name].version.slug in way or way in {"/merci/", "/en/merci/"}
    assert passer_by.get("/a/inconnu2/merci/").status_code == 404


def the_mailbox(house, passer_by, employee):
    """The demo's only: it holds the mails themselves, hence what the mails hold."""
    listing = read(passer_by.get("/demo/courriel/"))
    assert house.seen(listing) == set()
    for name in re.findall(r"/demo/courriel/([^/\"]+)/", listing):
        for path in (f"/demo/courriel/{name}/", f"/demo/courriel/{name}/html/"):
            assert house.seen(read(passer_by.get(path))) <= house.allowed(MAIL)


def the_persons_page(house, passer_by, employee):
    """Without a visit opened by a POST, the link itself shows nobody."""
    for token in house.tokens:
        paths = ["", "choix/", "etat/", "voir/site/", "rendu/site/", "photo/p400.jpg", "recu.pdf", "recu.json"]
        nobody(*[f"/consentement/{token}/{path}" for path in paths])(house, passer_by, employee)


def the_quote_pages(house, passer_by, employee):
    """Somebody named by kind words, and who wrote them: behind each link, nothing before a visit is opened by a POST."""
    for token in house.words:
        paths = ["", "choix/", "code/", "etat/", "voir/site/", "rendu/site/", "photo/p400.jpg", "recu.pdf", "recu.json"]
        for path in paths:
            for client in (passer_by, employee):
                response = client.get(f"/consentement/{token}/{path}")
                assert response.status_code in {200, 302, 303, 404}
                assert WORDS not in read(response), path


def a_word_for_somebody(house, passer_by, employee):
    """The form of thanks shows the face of whoever is on the site, and of nobody else."""
    for slug, name in house.slugs().items():
        for client in (passer_by, employee):
            response = client.get(f"/merci/{slug}/")
            assert response.status_code == 200
            assert house.seen(read(response)) == ({name} & house.allowed(SITE)), name


SAMPLES = {
    "livez": nobody("/livez"),
    "readyz": nobody("/readyz", statuses=(200, 503)),
    "connexion/": nobody("/connexion/"),
    "deconnexion/": nobody("/deconnexion/"),
    "intranet/": the_wall,
    "intranet/portraits/<slug:slug>/": colleagues,
    "guichet/": nobody("/guichet/"),
    "consentement/": nobody("/consentement/", "/consentement/?note=parti&langue=en"),
    "charte/": nobody("/charte/", "/en/charte/"),
    "charte.pdf": nobody("/charte.pdf", "/en/charte.pdf"),
    "intranet/mes-accords/": nobody("/intranet/mes-accords/"),
    "intranet/bravo/": whom_to_thank,
    "intranet/bravo/ecrits/": nobody("/intranet/bravo/ecrits/"),
    "intranet/mur/reagir/": nobody("/intranet/mur/reagir/"),
    "intranet/mur/": the_wall_of_words,
    "intranet/mots/": nobody("/intranet/mots/"),
    "intranet/mots/dossier-<slug:size>.pdf": nobody("/intranet/mots/dossier-letter.pdf"),
    "consentement/<str:token>/": the_persons_page,
    "consentement/<str:token>/choix/": the_persons_page,
    "merci/": nobody("/merci/", "/en/merci/"),
    "merci/recu/<str:key>/": nobody("/merci/recu/x/", "/en/merci/recu/x/"),
    "merci/<slug:slug>/": a_word_for_somebody,
    "consentement/<str:token>/code/": the_quote_pages,
    "consentement/<str:token>/mot/": nobody("/consentement/x/mot/"),
    "consentement/<str:token>/etat/": the_persons_page,
    "consentement/<str:token>/voir/<slug:usage>/": the_persons_page,
    "consentement/<str:token>/rendu/<slug:usage>/": the_persons_page,
    "consentement/<str:token>/photo/<slug:spec>.<slug:extension>": the_persons_page,
    "consentement/<str:token>/recu.pdf": the_persons_page,
    "consentement/<str:token>/recu.json": the_persons_page,
    "consentement/<path:rest>/": nobody("/consentement/n/importe/quoi/"),
    "m/<slug:usage>/<slug:key>/<slug:spec>.<slug:extension>": pictures,
    "infolettre/<int:number>/": the_archive,
    "infolettre/desabonnement/<str:token>/": nobody("/infolettre/desabonnement/x/"),
    "a/<slug:code>/": the_code_on_a_poster,
    "a/<slug:code>/merci/": the_way_to_thanks,
    "ecran/": nobody("/ecran/"),
    "ecran/sw.js": nobody("/ecran/sw.js"),
    "ecran/<slug:public_id>/": nobody("/ecran/0000000000000000/"),
    "ecran/<slug:public_id>/manifest": the_screen,
    "flux/rss.xml": feed("/flux/rss.xml"),
    "flux/atom.xml": feed("/flux/atom.xml"),
    "flux/feed.json": feed("/flux/feed.json"),
    "sitemap.xml": feed("/sitemap.xml", Usage.INDEXATION),
    "robots.txt": nobody("/robots.txt"),
    "images/<int:pk>/": nobody("/images/1/"),
    "demo/courriel/": the_mailbox,
    "demo/courriel/<str:name>/": the_mailbox,
    "demo/courriel/<str:name>/html/": the_mailbox,
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": nobody(
        "/_util/authenticate_with_password/1/1/", "/en/_util/authenticate_with_password/1/1/"
    ),
    "_util/login/": nobody("/_util/login/", "/en/_util/login/"),
    r"^((?:[\w\-]+/)*)$": one_page_each,
}


def test_every_pattern_has_a_sample():
    routes = {route for route in patterns(get_resolver().url_patterns) if not route.startswith("admin/")}
    assert routes == set(SAMPLES)


def everywhere(house, but=None):
    """Each walk once: several patterns may share one."""
    passer_by, signed_in = Client(), employee()
    for walk, route in {walk: route for route, walk in SAMPLES.items()}.items():
        try:
            if walk is not but:
                walk(house, passer_by, signed_in)
        except AssertionError as error:
            raise AssertionError(f"{route}: {error}") from error


def test_each_person_is_seen_exactly_where_they_said_yes(house):
    everywhere(house)
    for usage, number in {SITE: 5, MAIL: 3, ECRAN: 4, INTRANET: 3}.items():
        assert len(house.allowed(usage)) == number  # presence was asserted, not only absence


def test_the_mail_that_was_sent_holds_who_said_yes(house):
    (path,) = house.mailbox.glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for kind in ("plain", "html"):
        assert house.seen(message.get_body((kind,)).get_content()) == house.allowed(MAIL)


def test_the_posters_hold_who_said_yes(house):
    """A PDF is printed for those who agreed, and for nobody else."""
    for name, poster in house.posters.items():
        words = PdfReader(io.BytesIO(paper.sheet(poster))).pages[0].extract_text()
        assert house.seen(words.replace("\n", "").replace(" ", "")) == {name}
    for one in house.city.values():
        if one.version and Usage.AFFICHE not in one.allowed:
            assert paper.to_order(Affiche(portrait=one.desk.pk), at=timezone.now()) is None


def test_after_a_withdrawal_nobody_is_left_anywhere(house, monkeypatch):
    for one in house.city.values():
        if one.allowed:
            factories.withdraw(one.desk)
            monkeypatch.setattr(one, "allowed", set())
    everywhere(house, but=the_mailbox)  # a mail that was received stays where it is: its pictures are asked from /m/
    for poster in house.posters.values():
        with pytest.raises(paper.NotAllowed):
            paper.sheet(poster)


DUMMY = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}
OPEN = ("admin/login/", "admin/password_reset/", "admin/jsi18n/", "admin/sprite/", "admin/logout/")


def concrete(route):
    """An address that this route matches, its converters filled; None for a regular expression we cannot fill."""
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda found: DUMMY.get(found.group(1) or "str", "1"), route)
    path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", path).replace("^", "").replace("$", "").replace("\\", "")
    return "/" + path


def test_the_cms_is_closed_to_all_but_staff(house):
    passer_by, signed_in = Client(), employee()
    routes = [route for route in patterns(get_resolver().url_patterns) if route.startswith("admin/")]
    assert len(routes) > 200
    for route in routes:
        path = concrete(route)
        for client in (passer_by, signed_in):
            response = client.get(path)
            seen = house.seen(read(response))
            assert seen == set(), path
            if not route.startswith(OPEN):
                assert response.status_code in {301, 302, 403, 404, 405}, (path, response.status_code)
    photo = house.city["tout"].version.photo_id
    for client in (passer_by, signed_in):
        assert client.get(f"/admin/photos/{photo}/p400.jpg").status_code in {302, 403, 404}
