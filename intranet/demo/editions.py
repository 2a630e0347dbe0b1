"""Special editions of the fictive borough: one that is on, one that comes back every 8 March, one that waits to be filled."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from intranet.demo.events import Scene
from portraits import framing, proposing
from portraits.models import Edition, Person
from portraits.models.identity import Colour

Rule, Criterion = Edition.Rule, Edition.Criterion
OUTSIDE = ("rejean", "nadia", "jean-philippe", "ousmane")
WOMEN = ("mei-lin", "carole", "gisele", "nadia")
SINCE = {
    "rejean": 20,
    "carole": 15,
    "gisele": 35,
    "mei-lin": 5,
    "diego": 8,
}  # years of service in the year of the last edition


def load(scene: Scene) -> None:
    """The three editions, and since when some of the people work here."""
    _fill(scene, _outside(scene), OUTSIDE)
    _fill(scene, _women(), WOMEN)
    year = framing.next_days(_service(), timezone.localdate(scene.now))[0].year
    for key, years in SINCE.items():
        Person.objects.filter(pk=scene.people[key].pk).update(in_service_since=year - years)


def _outside(scene: Scene) -> Edition:
    today = timezone.localdate(scene.now)
    return Edition.objects.create(
        title="Dehors par tous les temps",
        introduction=(
            "La neige, la pluie, la canicule : leur bureau n’a pas de plafond.\n\nOn les croise sur un trottoir, dans un parc, "
            "au bout d’une corde ou au fond d’une ruelle. Cette semaine, on s’arrête pour leur dire bonjour."
        ),
        title_en="Outdoors, whatever the weather",
        introduction_en=(
            "Snow, rain, heat: their office has no ceiling.\n\nYou meet them on a sidewalk, in a park, at the end of a rope or "
            "down an alley. This week, we stop to say hello."
        ),
        colour=Colour.PISCINE,
        rule=Rule.DATES,
        first_day=today - timedelta(days=2),
        last_day=today + timedelta(days=12),
        criterion=Criterion.TAG,
        tag=scene.desks["nadia"].tags.get(name="dehors"),
    )


def _women() -> Edition:
    return Edition.objects.create(
        title="Elles travaillent pour vous !",
        introduction=(
            "Une serre, un comptoir, une salle des registres, un tapis plein d’enfants : c’est là qu’elles travaillent, et "
            "c’est là qu’on les a prises en photo.\n\nLe 8 mars, elles racontent leur métier avec leurs mots."
        ),
        title_en="They work for you!",
        introduction_en=(
            "A greenhouse, a counter, a room full of registers, a carpet full of children: this is where they work, and where "
            "their photos were taken.\n\nOn March 8, they tell about their job in their own words."
        ),
        colour=Colour.LILAS,
        rule=Rule.DAY,
        month=3,
        day=8,
        days_before=4,
        days_after=4,
    )


def _service() -> Edition:
    return Edition.objects.create(
        title="Ensemble depuis longtemps",
        introduction="Pendant la Semaine de la municipalité, on fête les années passées ensemble, cinq par cinq.",
        colour=Colour.AUTOBUS,
        rule=Rule.WEEK,
        month=9,
        week=2,
        criterion=Criterion.SERVICE,
    )


def _fill(scene: Scene, edition: Edition, keys: tuple[str, ...]) -> None:
    wanted = [str(scene.desks[key].translation_key) for key in keys]
    proposing.choose(edition, wanted, among=wanted)
