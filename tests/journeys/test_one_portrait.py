"""The main job, end to end, as people do it: an editor writes a portrait, the person says yes on a phone, the same content
appears on the four channels, and a withdrawal takes it off all four within seconds.

A real browser, a real server, real SMTP. Only the worker is rung by hand, between two steps.
"""

import email
import email.policy
import io
import re

import pytest
from django.utils import timezone
from PIL import Image, ImageDraw
from pypdf import PdfReader

from ecrans.models import Affiche, Ecran, Place
from home.publish import open_site
from infolettre import links, send
from infolettre.models import Delivery, Infolettre, Subscriber
from infolettre.tasks import deliveries
from intranet import roles
from intranet.demo import sink
from intranet.tasks import letters
from portraits.models import Consent, ConsentRequest, Portrait, Recall
from portraits.tasks import sweep
from portraits.usages import ASKED
from tests import factories
from tests.journeys.eyes import violations
from tests.journeys.watch import watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAME, JOB, SENTENCE = "Solène", "Jardinière, serre municipale", "Je parle à mes semis avant de les planter."
STORY = "J'arrive à sept heures. La serre est encore tiède.\n\nLes enfants demandent le nom des vers de terre."
ALT = "Solène, tablier vert, sourit entre deux rangs de semis."
EDITING = re.compile(r"/admin/portraits/(edit/)?\d+/")
PROMISE = 6  # seconds: what the consent page says of a screen, the slowest of the pages


def from_a_phone(path):
    """24 megapixels held upright: the sensor's frame lies on its side (orientation 6) and knows where it was taken."""
    image = Image.new("RGB", (6000, 4000), (36, 120, 70))
    draw = ImageDraw.Draw(image)
    draw.ellipse((1500, 1200, 3300, 2800), fill=(214, 160, 120))
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "CANARI-AUTEUR"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 30.0, 12.0), 3: "W", 4: (73.0, 33.0, 9.0)})
    image.save(path, "JPEG", quality=90, exif=exif.tobytes())
    return path


@pytest.fixture
def town(live_server, settings, tmp_path):
    """The site open at the live server's address, a mailbox, a kitchen screen, one subscriber, and people who sign in."""
    inbox = sink.start(sink.Folder(tmp_path / "courriel"))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port(inbox)
    settings.WAGTAILADMIN_BASE_URL = live_server.url
    open_site("localhost", int(live_server.url.rsplit(":", 1)[1]))
    factories.user("rh", roles.HR, first_name="Josée")
    factories.user("comms", roles.COMMS)
    factories.user("employe", roles.EMPLOYEE)
    Subscriber.objects.create(email="lectrice@erables.example", first_name="Lectrice")
    place = Place.objects.create(building="Mairie", floor="3e étage", room="Cuisine")
    yield Town(live_server.url, tmp_path, Ecran.objects.create(name="Cuisine du 3e", place=place), place)
    inbox.stop()


class Town:
    def __init__(self, url, folder, screen, place):
        self.url, self.folder, self.screen, self.place = url, folder, screen, place

    def mails(self):
        files = sorted((self.folder / "courriel").glob("*.eml"))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]

    def in_mail_to(self, address, pattern):
        """What this pattern finds in the mails to somebody, once the worker was rung."""
        letters()
        words = [mail.get_body(("plain",)).get_content() for mail in self.mails() if mail["To"] == address]
        return re.findall(pattern, "\n".join(words).replace("\r", ""), re.M)[-1]


@pytest.fixture
def visitor(browser):
    """A browser of one's own, at a size; every error of a page is remembered."""
    contexts, errors = [], []

    def come(width=1440, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-CA", **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield come
    for context in contexts:
        context.close()
    assert errors == []


def sign_in(page, url, name):
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", "motdepasse")
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def write_the_portrait(page, url, photo):
    """From nothing: words, a photo from a phone, a person who was not in the system."""
    page.goto(f"{url}/admin/portraits/add/")
    for field, text in {"first_name": NAME, "job": JOB, "sentence": SENTENCE, "story": STORY, "alt": ALT}.items():
        page.fill(f"#id_{field}", text)
    page.get_by_role("button", name="Choisir ou ajouter une photo").click()
    modal = page.locator(".modal.in, .modal-dialog").last
    modal.get_by_role("tab", name="Ajouter une photo").click()
    modal.locator("input[type=file]").set_input_files(str(photo))
    modal.locator("[name=title]").fill("Serre, 12 mai")
    modal.locator("#tab-create button[type=submit]").click()
    page.locator(".modal").wait_for(state="hidden", timeout=60_000)
    page.locator("#id_subjects-ADD").click()
    page.locator("#id_subjects-0-person-chooser, [id*=subjects-0-person]").get_by_role("button").first.click()
    modal = page.locator(".modal.in, .modal-dialog").last
    modal.get_by_role("tab", name="Nouvelle personne").click()
    modal.locator("[name=first_name]").fill(NAME)
    modal.locator("[name=email]").fill("solene@erables.example")
    modal.locator("#tab-create button[type=submit]").click()
    page.locator(".modal").wait_for(state="hidden")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.wait_for_url(EDITING)
    assert Portrait.objects.count() == 1


def submit(page):
    """One button for the author: another service reads first."""
    page.get_by_role("link", name="Soumettre à la relecture").first.click()
    page.wait_for_url("**/accord/")
    assert "solene@erables.example" in page.content()
    page.locator(".jtpv-actions button").click()
    page.wait_for_url(EDITING)
    assert not ConsentRequest.objects.exists()  # nobody is asked about what nobody has read


def read(page, url):
    """Another pair of eyes: words, people, and where the request goes."""
    page.goto(f"{url}/admin/")
    page.get_by_role("link", name=re.compile("À relire")).or_(page.get_by_role("link", name="Relire")).first.click()
    page.wait_for_url("**/relire/")
    assert "solene@erables.example" in page.content()
    page.locator("button[value=approve]").click()
    page.wait_for_load_state()


def test_from_a_blank_page_to_four_channels_and_back(town, visitor, tmp_path):
    editor = visitor()
    sign_in(editor, town.url, "rh")
    write_the_portrait(editor, town.url, from_a_phone(tmp_path / "IMG_0001.jpg"))
    submit(editor)
    reader = visitor()
    sign_in(reader, town.url, "comms")
    read(reader, town.url)
    link = town.in_mail_to("solene@erables.example", r"http\S+/consentement/\S+")

    early = visitor()
    early.goto(f"{town.url}/")
    assert NAME not in early.content()  # nothing before the answer

    phone = visitor(390, 844, has_touch=True)
    say_yes_to_everything(phone, link, town)

    seen = Channels(town, visitor)
    seen.everywhere()

    withdraw_everything(phone, link)
    seen.nowhere(visitor(), since=watch().now())


def say_yes_to_everything(phone, link, town):
    phone.goto(link)
    assert NAME not in phone.locator("main").inner_text()  # a mail scanner learns nothing
    assert violations(phone) == []
    phone.locator("main button").first.click()
    phone.wait_for_url("**/choix/")
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator("input[name^=reponse]:checked").count() == 0
    yeses = phone.locator("input[type=radio][value=yes]")
    assert yeses.count() == len(ASKED)
    for box in yeses.all():
        box.check(force=True)
    phone.get_by_role("button", name="Enregistrer mes choix").click()
    phone.wait_for_url("**/code/**")
    assert not Consent.objects.exists()  # the link alone grants nothing
    assert violations(phone) == []
    phone.fill("[name=code]", town.in_mail_to("solene@erables.example", r"^\d{6}$"))
    phone.get_by_role("button", name="Confirmer mon oui").click()
    phone.wait_for_url("**/etat/**")
    assert violations(phone) == []


def withdraw_everything(phone, link):
    """Two taps after the link: « Continuer », « Tout retirer »."""
    phone.goto(link)
    if "/etat/" not in phone.url:
        phone.locator("main button").first.click()
        phone.wait_for_url("**/etat/**")
    phone.get_by_role("button", name="Tout retirer").click()
    phone.wait_for_url("**/etat/**note=retire**")


class Channels:
    """The four channels, looked at before and after."""

    def __init__(self, town, visitor):
        self.town, self.passer_by = town, visitor()
        self.colleague, self.kitchen, self.comms = visitor(), visitor(1280, 720), visitor()
        self.key = Portrait.objects.get().pk
        sign_in(self.comms, town.url, "comms")
        self.colleague.goto(f"{town.url}/connexion/?next=/intranet/")
        assert violations(self.colleague) == []
        self.colleague.fill("[name=username]", "employe")
        self.colleague.fill("[name=password]", "motdepasse")
        self.colleague.locator("main form button").first.click()
        self.colleague.wait_for_url("**/intranet/")

    def everywhere(self):
        began = watch().now()
        self.passer_by.goto(f"{self.town.url}/")
        self.lag = watch().now() - began  # what one page costs in this run, on this machine
        self.on_the_site()
        self.among_colleagues()
        self.in_the_mail()
        self.on_the_screen()
        self.on_paper()

    def on_the_site(self):
        page, url = self.passer_by, self.town.url
        page.goto(f"{url}/")
        assert NAME in page.locator("main").inner_text()
        assert violations(page) == []
        page.goto(f"{url}/portraits/solene/")
        assert page.locator("h1").inner_text() == NAME
        assert violations(page) == []
        self.pictures = page.evaluate("[...document.images].map(one => one.currentSrc)")
        assert self.pictures
        for address in self.pictures:
            response = page.request.get(address)
            assert response.status == 200
            with Image.open(io.BytesIO(response.body())) as image:
                assert image.height > image.width  # upright
                assert not image.getexif()
                assert b"CANARI" not in response.body()

    def among_colleagues(self):
        self.colleague.reload()
        assert NAME in self.colleague.locator("main").inner_text()
        assert violations(self.colleague) == []

    def in_the_mail(self):
        issue = Infolettre(title="Elle parle à ses semis", preheader="Et ils l’écoutent", body=[("feature", self.key)])
        issue.save()
        send.start(issue, by=factories.staff(), at=timezone.now())
        deliveries()
        mail = self.town.mails()[-1]
        assert mail["To"].endswith("lectrice@erables.example") or "lectrice@erables.example" in mail["To"]
        html = mail.get_body(("html",)).get_content()
        assert NAME in html
        assert NAME in mail.get_body(("plain",)).get_content()
        self.mailed = re.search(r'src="(http[^"]+/m/infolettre/[^"]+)"', html).group(1)
        self.colours = self.colour(self.mailed)
        self.archive = self.town.url + links.archive(issue.number, Delivery.objects.get().pk)
        self.passer_by.goto(self.archive)
        assert NAME in self.passer_by.content()
        assert violations(self.passer_by) == []

    def colour(self, address):
        """(size, colour of one corner) of a picture."""
        response = self.passer_by.request.get(address)
        assert response.status == 200
        with Image.open(io.BytesIO(response.body())) as image:
            return image.size, image.convert("RGB").getpixel((5, 5))

    def on_the_screen(self):
        self.kitchen.goto(f"{self.town.url}/ecran/?e={self.town.screen.public_id}")
        self.kitchen.get_by_text(NAME).first.wait_for(timeout=20_000)

    def on_paper(self):
        new = f"{self.town.url}/admin/affiches/new/"
        self.comms.goto(new)
        token = self.comms.locator("[name=csrfmiddlewaretoken]").first.input_value()
        form = {"portrait": self.key, "place": self.town.place.pk, "size": "letter", "copies": "2"}
        self.comms.request.post(new, form=form | {"csrfmiddlewaretoken": token}, headers={"Referer": new})
        self.poster = Affiche.objects.get()
        self.pdf = f"{self.town.url}/admin/affiches/{self.poster.pk}/letter.pdf"
        sheet = self.comms.request.get(self.pdf)
        assert sheet.headers["content-type"] == "application/pdf"
        assert NAME in PdfReader(io.BytesIO(sheet.body())).pages[0].extract_text()
        assert b"CANARI" not in sheet.body()
        self.code = f"{self.town.url}/a/{self.poster.code}/"
        self.passer_by.goto(self.code)
        assert "toujours autorisée" in self.passer_by.content()
        assert violations(self.passer_by) == []

    def nowhere(self, page, since):
        """Each within the promise, counted from the withdrawal. `page` is somebody who comes now: a browser that has
        the article already may keep it for a minute, as the person was told."""
        within = PROMISE + self.lag
        self.kitchen.wait_for_function(
            "name => !document.body.innerText.includes(name)", arg=NAME, timeout=within * 1000
        )
        assert watch().now() - since < within
        url, self.passer_by = self.town.url, page
        page.goto(f"{url}/")
        assert NAME not in page.content()
        assert page.goto(f"{url}/portraits/solene/").status == 410
        assert violations(page) == []
        for address in self.pictures:
            assert page.request.get(address).status == 410
        page.goto(self.archive)
        assert NAME not in page.content()
        size, colour = self.colour(self.mailed)
        assert size == self.colours[0]
        assert colour != self.colours[1]
        self.colleague.reload()
        assert NAME not in self.colleague.locator("main").inner_text()
        assert self.comms.request.get(self.pdf).status == 410
        page.goto(self.code)
        assert "à retirer" in page.content()
        assert watch().now() - since < PROMISE + 30 * self.lag  # a dozen pages and pictures, one after the other
        sweep()
        found = {row.exposure.usage: row.state for row in Recall.objects.all()}
        assert found == {"infolettre": "done", "ecran": "done", "affiche": "waiting"}  # paper waits for hands
