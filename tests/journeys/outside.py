"""Somebody outside: HTTP, a mailbox and printed sheets. Nothing of the product's code is known here, addresses excepted.

One person says yes through their link, is seen on every channel, takes it back, and each channel is timed until it is dark.
A machine that is shared stands still now and then: a clock beside counts for how long, and a look does not pay for it.
"""

import email
import email.policy
import io
import re
import subprocess
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin

import cv2
import numpy
import requests
from PIL import Image

from tests.journeys.forms import Forms
from tests.journeys.watch import watch

PATIENCE = 30  # seconds for a mail to come
SCREEN = 6  # seconds: the promise for a screen that is online
CACHE = 60  # seconds: the promise for a browser or a shared cache
GONE = 410


class Mailbox:
    """What an SMTP server kept, one file per message."""

    def __init__(self, folder):
        self.folder = folder

    def wait_for(self, address, pattern):
        """The last message to this address whose plain text holds the pattern, and what the pattern caught."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for path in sorted(self.folder.glob("*.eml"), reverse=True):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
                if address in mail["To"] and (found := re.search(pattern, text, re.M)):
                    return mail, found
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address} with {pattern}")


class PromiseBroken(AssertionError):
    """`args[0]`: the channels, in alphabetical order."""


@dataclass
class Dark:
    """How a channel went dark: how many looks it took, how long the last one was, and what a page about nobody cost then."""

    looks: int
    cost: float
    lag: float


@dataclass
class Outsider:
    """The journey of one person of this name, seen from outside. `colleague` and `printer` are logins: name, password."""

    url: str
    mailbox: Mailbox
    name: str
    address: str
    screen: str
    reader: str
    colleague: tuple[str, str]
    printer: tuple[str, str]
    portrait: str  # what the editor who prints picks in the form
    seen: dict = field(default_factory=dict)  # channel → its address
    caching: dict = field(default_factory=dict)  # channel → Cache-Control when it was lit

    def __post_init__(self):
        self.passer_by = requests.Session()
        self.desk = self.signed_in(*self.printer)
        self.employee = self.signed_in(*self.colleague)

    # -- HTTP

    def get(self, path, who=None):
        return (who or self.passer_by).get(urljoin(self.url, path), timeout=30, allow_redirects=False)

    def submit(self, who, form, **values):
        page = who.post(form["action"], data=form["values"] | values, timeout=60)
        assert page.status_code == 200, (form["action"], page.status_code)
        return page

    def signed_in(self, name, password):
        who = requests.Session()
        page = who.get(f"{self.url}/connexion/?next=/intranet/", timeout=30)
        form = Forms(page.text, page.url).having("username")
        self.submit(who, form, username=name, password=password)
        return who

    # -- saying yes

    def say_yes(self):
        """The link of the mail, a yes to each question, and the six digits of the second mail."""
        _mail, found = self.mailbox.wait_for(self.address, r"http\S+/consentement/\S+")
        self.link, person = found.group(), requests.Session()
        page = person.get(self.link, timeout=30)
        assert self.name not in page.text.split("<main")[1]
        questions = self.submit(person, Forms(page.text, page.url).having("csrfmiddlewaretoken"))
        form = Forms(questions.text, questions.url).having("enregistrer")
        asked = [name for name in form["choices"] if name.startswith("reponse-")]
        assert len(asked) >= 6
        assert not set(asked) & set(form["values"])  # nothing is ticked beforehand
        page = self.submit(person, form, **dict.fromkeys(asked, "yes"), enregistrer="1")
        for path in ("/", self.screen, "/flux/rss.xml"):
            assert self.name not in self.get(path).text  # six digits are still missing
        digits = self.mailbox.wait_for(self.address, r"^(\d{6})$")[1].group(1)
        page = self.submit(person, Forms(page.text, page.url).having("code"), code=digits)
        assert "note=note" in page.url
        return asked

    def withdraw(self):
        """Two taps after the link, from a browser that knows nothing: « Continue », « Withdraw everything »."""
        person = requests.Session()
        page = person.get(self.link, timeout=30)
        page = self.submit(person, Forms(page.text, page.url).having("csrfmiddlewaretoken"))
        form = next(one for one in Forms(page.text, page.url).found if ("usage", "tout") in one["buttons"])
        self.submit(person, form, usage="tout")

    # -- looking

    def find(self):
        """Where the person is shown now: addresses taken from pages, mails and paper, as anybody finds them."""
        article = self.get("/").text
        page = re.search(r'href="((?:http://[^"/]+)?/portraits/[\w-]+/)"', article).group(1)
        picture = re.search(r'(?:src|srcset)="([^" ]*/m/site/[^" ]+)', self.get(page).text).group(1)
        wall = self.get("/intranet/", self.employee).text
        manifest = self.get(self.screen).text
        mail, _found = self.mailbox.wait_for(self.reader, re.escape(self.name))
        html = mail.get_body(("html",)).get_content()
        sheet, code = self.printed()
        self.seen = {
            "article": "/",
            "page": page,
            "media": picture,
            "rss": "/flux/rss.xml",
            "atom": "/flux/atom.xml",
            "json": "/flux/feed.json",
            "wall": "/intranet/",
            "colleague": re.search(r'href="(/intranet/portraits/[^"]+)"', wall).group(1),
            "wall media": re.search(r'(?:src|srcset)="([^" ]*/m/intranet/[^" ]+)', wall).group(1),
            "manifest": self.screen,
            "screen media": re.search(r'/m/ecran/[^" ]+', manifest).group(),
            "archive": re.search(r'href="([^"]*/infolettre/\d+/\?lien=[^"]+)"', html).group(1).replace("&amp;", "&"),
            "mail picture": re.search(r'src="([^"]+/m/infolettre/[^"]+)"', html).group(1),
            "poster": sheet,
            "QR": code,
        }
        self.before = self.pixels(self.get(self.seen["mail picture"]))

    def printed(self):
        """A poster is ordered and its sheet printed. Returns the sheet's address, and the one that its code holds."""
        page = self.get("/admin/affiches/new/", self.desk)
        form = Forms(page.text, page.url).having("copies")
        place = next(value for value in form["choices"]["place"] if value)
        self.submit(self.desk, form, portrait=self.portrait, place=place, copies="2", size="letter")
        listed = self.get("/admin/affiches/", self.desk).text
        sheet = re.search(r'href="(/admin/affiches/\d+/letter\.pdf)"', listed).group(1)
        png = subprocess.run(
            ["pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", "-"],
            input=self.get(sheet, self.desk).content,
            capture_output=True,
            check=True,
        ).stdout
        found = cv2.QRCodeDetectorAruco().detectAndDecode(cv2.imdecode(numpy.frombuffer(png, numpy.uint8), 0))[0]
        assert found.startswith("http"), found
        return sheet, found

    def lit(self):
        """The channels that show the person now, each with what a look cost."""
        return {channel: cost for channel in self.seen if (cost := self.look(channel)) is not None}

    def look(self, channel):
        """What a look cost when the person is shown there; None when the channel is dark. Anything else fails."""
        who = {"wall": self.employee, "colleague": self.employee, "wall media": self.employee, "poster": self.desk}
        began = watch().now()
        response = self.get(self.seen[channel], who.get(channel))
        self.cost = cost = watch().now() - began
        self.caching[channel] = response.headers.get("Cache-Control", "")
        return cost if getattr(self, READ.get(channel, "names"))(response) else None

    def lag(self):
        """What a page about nobody costs, now, on this machine."""
        began = watch().now()
        self.get("/robots.txt")
        return watch().now() - began

    def names(self, response):
        """A page that may stay, without the person."""
        assert response.status_code in {200, GONE}, response.status_code
        return response.status_code == 200 and self.name in response.text

    def answers(self, response):
        """A page or a picture of the person: there, or gone."""
        assert response.status_code in {200, GONE}, response.status_code
        assert not (response.status_code == GONE and self.name in response.text)
        return response.status_code == 200

    def is_the_picture(self, response):
        """In a mail: always an image of the same size."""
        now = self.pixels(response)
        assert now[0] == self.before[0]
        return now == self.before

    def pixels(self, response):
        assert response.status_code == 200
        with Image.open(io.BytesIO(response.content)) as image:
            return image.size, image.convert("RGB").resize((4, 4)).tobytes()

    def may_hang(self, response):
        """The page behind a poster's code, which names nobody."""
        assert response.status_code == 200
        assert self.name not in response.text
        return "toujours autorisée" in response.text

    def words_on_paper(self, response):
        if response.status_code == GONE:
            return False
        text = subprocess.run(["pdftotext", "-", "-"], input=response.content, capture_output=True, check=True).stdout
        return self.name in text.decode()

    # -- what was promised

    def shown_everywhere(self):
        """Each channel shows the person, and lets no cache keep them longer than was promised."""
        lit = self.lit()
        assert set(lit) == set(self.seen), set(self.seen) - set(lit)
        kept = {channel: re.search(r"max-age=(\d+)", said) for channel, said in self.caching.items()}
        long = {channel for channel, found in kept.items() if found and int(found.group(1)) > CACHE}
        assert not long, long
        mute = {channel for channel, found in kept.items() if not found and "no-" not in self.caching[channel]}
        assert not mute, {channel: self.caching[channel] for channel in mute}
        return lit

    def dark(self, *, patience):
        """Each channel looked at until it is dark, `patience` seconds at most. Returns channel → Dark, None when it never was."""
        found = {}
        for channel in self.seen:
            looks, end = 1, time.monotonic() + patience
            while (still := self.look(channel)) is not None and time.monotonic() < end:
                looks += 1
                time.sleep(0.1)
            found[channel] = None if still is not None else Dark(looks, self.cost, self.lag())
        return found

    def promises_kept(self, lit, found):
        """Raises PromiseBroken with the channels that broke theirs. What is computed at each request is dark at the first
        look, which costs what a look costs; a screen asks again after the seconds that its own page says."""
        broken = {channel for channel, one in found.items() if one is None or one.looks > 1}
        broken |= {
            channel for channel, one in found.items() if one and one.cost > max(1, 5 * lit[channel], 10 * one.lag)
        }
        poll = float(re.search(r'data-poll="([\d.]+)"', self.get("/ecran/").text).group(1))
        if found["manifest"] and poll + found["manifest"].cost > SCREEN + found["manifest"].lag:
            broken.add("manifest")
        batch = self.seen["poster"].split("/")[3]
        if f"/admin/affiches/retiree/{batch}/" not in self.get("/admin/retraits/", self.desk).text:
            broken.add("take-down list")
        if broken:
            raise PromiseBroken(sorted(broken))


READ = {
    "page": "answers",
    "media": "answers",
    "colleague": "answers",
    "wall media": "answers",
    "screen media": "answers",
    "mail picture": "is_the_picture",
    "QR": "may_hang",
    "poster": "words_on_paper",
}
