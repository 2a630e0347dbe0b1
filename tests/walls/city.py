"""A small city for the crawl: one portrait per situation, each with a word and a colour found nowhere else."""

import io
from colorsys import hsv_to_rgb
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from PIL import Image

from portraits import hiding
from portraits.usages import ASKED, Usage
from tests import factories

USAGES = {
    "tout": set(ASKED),
    "site": {Usage.SITE},
    "indexe": {Usage.SITE, Usage.INDEXATION},
    "intranet": {Usage.INTRANET},
    "infolettre": {Usage.INFOLETTRE},
    "ecran": {Usage.ECRAN},
    "affiche": {Usage.AFFICHE},
    "modifie": set(ASKED),  # its desk says something else since
    "duo": {Usage.SITE, Usage.ECRAN},
    "demi": set(),  # two people, one yes
    "refuse": set(),
    "demande": set(),
    "expire": set(),
    "retire": set(),
    "cache": set(),
    "brouillon": set(),
}
SECRET = "zqxbureauzqx"  # written on the desk only, never asked


@dataclass
class Citizen:
    """One portrait of the city: what must be seen of it, and where."""

    name: str
    word: str
    colour: tuple[int, int, int]
    allowed: set
    desk: object = None

    @property
    def version(self):
        return self.desk.versions.order_by("-pk").first()


def colour(number: int, total: int) -> tuple[int, int, int]:
    """Well apart on the wheel, in two brightnesses: JPEG cannot confuse two of them."""
    return tuple(round(255 * part) for part in hsv_to_rgb(number / total, 0.95, 0.95 if number % 2 else 0.6))


def build() -> dict[str, Citizen]:
    """Every situation, through the product's own verbs."""
    city = {}
    for number, (name, allowed) in enumerate(USAGES.items()):
        one = Citizen(name, f"zqx{name}zqx", colour(number, len(USAGES)), allowed)
        one.desk = portrait_of(one)
        _live(one)
        city[name] = one
    return city


def portrait_of(one: Citizen):
    people = [factories.person(one.word)]
    fields = {}
    if one.name in {"duo", "demi"}:
        people.append(factories.person("Morris", kind="resident"))
        fields = {"partner_name": "Morris", "partner_photo": factories.photo(one.colour), "partner_alt": one.word}
    return factories.portrait(
        one.word,
        people=people,
        colour=one.colour,
        job=f"Métier {one.word}",
        sentence=f"Je dis {one.word}.",
        story=f"Mon récit {one.word}.\n\nLa suite {one.word}.",
        alt=f"Photo décrite {one.word}.",
        **fields,
    )


def _live(one: Citizen) -> None:
    now = timezone.now()
    if one.name == "brouillon":
        return
    asked_at = now - timedelta(days=2)
    version = factories.ask(one.desk, *ASKED, at=asked_at)
    if one.name == "refuse":
        factories.say(version, *ASKED, answer="no", at=asked_at)
    elif one.name == "expire":
        factories.say(version, *ASKED, at=asked_at, days=1)
    elif one.name == "demi":
        factories.say(version, *ASKED, at=asked_at, who=version.subjects.first().person)
    elif one.name in {"retire", "cache"}:
        factories.say(version, *ASKED, at=asked_at)
    elif one.allowed:
        factories.say(version, *one.allowed, at=asked_at)
    if one.name == "retire":
        factories.withdraw(one.desk)
    if one.name == "cache":
        hiding.hide(one.desk, by=factories.staff(), at=now)
    if one.name == "modifie":
        for field in ("job", "sentence", "story", "alt"):
            setattr(one.desk, field, f"Texte {SECRET}.")
        one.desk.photo = factories.photo((255, 255, 255))
        one.desk.save()
        one.desk.save_revision()


def seen_in(text: str, city: dict[str, Citizen]) -> set[str]:
    """The names of the citizens whose word stands in a text."""
    assert SECRET not in text, "the desk is shown"
    return {one.name for one in city.values() if one.word in text.lower()}


def seen_on(data: bytes, city: dict[str, Citizen]) -> set[str]:
    """The names of the citizens whose colour fills a picture."""
    with Image.open(io.BytesIO(data)) as image:
        pixel = image.convert("RGB").getpixel((image.width // 3, image.height // 3))
    return {one.name for one in city.values() if max(abs(a - b) for a, b in zip(pixel, one.colour, strict=True)) < 14}


def allowed(city: dict[str, Citizen], usage: Usage) -> set[str]:
    return {one.name for one in city.values() if usage in one.allowed}
