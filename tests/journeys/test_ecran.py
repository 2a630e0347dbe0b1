"""A screen, in a real browser: what it plays, what it forgets, with and without network.

Durations are compared with the polling period of the same run, never with a figure from another machine.
"""

import io
import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from ecrans.models import Ecran, Place
from portraits import gate, quoting, renderings
from portraits.capsule import Quote
from portraits.usages import Audience, Usage
from tests import factories
from tests.journeys.watch import watch
from tests.portraits.test_quotes import passed_on

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.one_database]
ECRAN = Usage.ECRAN
RED, BLUE = (200, 40, 40), (30, 60, 200)

LOOK = """() => {
  const words = [...document.querySelectorAll('.slide [data-text], .slide .bandeau')].map(one => one.textContent).join('|');
  const pixels = [...document.querySelectorAll('.slide canvas')].map(canvas => {
    const one = new OffscreenCanvas(1, 1).getContext('2d');
    one.drawImage(canvas, 0, 0, 1, 1);
    return [...one.getImageData(0, 0, 1, 1).data];
  }).filter(pixel => pixel[3]);
  return {words, pixels, slide: document.querySelector('.stage').dataset.slide};
}"""
KEPT = "async () => (await (await caches.open('ecran-photos')).keys()).map(one => new URL(one.url).pathname)"
READY = """async () => {
  const open = indexedDB.open('ecran', 1);
  await new Promise(done => { open.onsuccess = done; });
  const read = open.result.transaction('kept').objectStore('kept').get('deck');
  await new Promise(done => { read.onsuccess = done; });
  open.result.close();
  return Boolean(read.result?.etag && navigator.serviceWorker?.controller);
}"""


@pytest.fixture
def ecran():
    place = Place.objects.create(building="Mairie", floor="3e étage", room="Cuisine", lease_hours=1)
    return Ecran.objects.create(name="Cuisine du 3e", place=place)


@pytest.fixture
def opened(browser, live_server, ecran):
    """Open the player in a browser of its own; no error is left unseen."""
    contexts, errors = [], []

    def open_player(**options):
        context = browser.new_context(viewport={"width": 1280, "height": 720}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{live_server.url}/ecran/?e={ecran.public_id}")
        return page

    yield open_player
    for context in contexts:
        context.close()
    assert errors == []


def looks(page, colour):
    """Whether a face of this colour is anywhere in the page, seen or not."""
    return any(
        max(abs(a - b) for a, b in zip(pixel, colour, strict=False)) < 12 for pixel in page.evaluate(LOOK)["pixels"]
    )


def until(true, *, seconds, why):
    """Wait for it; return how long it took."""
    start = watch().now()
    while not true():
        assert watch().now() - start < seconds, why
        time.sleep(0.03)
    return watch().now() - start


def plays(page, words, seconds=15):
    return until(lambda: words in page.evaluate(LOOK)["words"], seconds=seconds, why=f"{words} never came")


def is_shielded(page):
    look = page.evaluate(LOOK)
    return look["slide"] == "" and not look["pixels"] and look["words"].strip("|") == ""


def test_it_plays_a_portrait(opened):
    factories.shown(ECRAN, colour=RED)
    page = opened()
    plays(page, "Nadia")
    assert looks(page, RED)
    until(
        lambda: page.evaluate("document.getAnimations().every(one => one.playState === 'finished')"),
        seconds=5,
        why="it never settles",
    )
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    assert max(abs(a - b) for a, b in zip(seen.getpixel((1000, 150)), RED, strict=True)) < 12
    assert seen.getpixel((300, 700)) == (255, 120, 38)  # the borough's orange, flat


def test_a_withdrawal_clears_the_screen_within_six_seconds(opened, client, settings):
    desks = {
        "Nadia": (factories.shown(ECRAN, first_name="Nadia", colour=RED), RED),
        "Diego": (factories.shown(ECRAN, first_name="Diego", colour=BLUE), BLUE),
    }
    page = opened()
    until(lambda: len(page.evaluate(KEPT)) == 2, seconds=15, why="the photographs never came")
    until(lambda: page.evaluate(LOOK)["slide"], seconds=5, why="nothing plays")
    shown = next(name for name in desks if name in page.evaluate(LOOK)["words"])
    (other,) = set(desks) - {shown}
    desk, colour = desks[shown]
    address = gate.capsules(ECRAN, at=timezone.now(), keys=[desk.pk])[0].picture.url("p864", "webp")
    assert looks(page, colour)
    assert address in page.evaluate(KEPT)

    factories.withdraw(desk, ECRAN)
    took = until(
        lambda: shown not in page.evaluate(LOOK)["words"] and not looks(page, colour), seconds=10, why="still there"
    )
    assert took < settings.SCREEN_POLL_SECONDS * 1.5 == 6
    plays(page, other, seconds=1)
    until(lambda: address not in page.evaluate(KEPT), seconds=2, why="its bytes are still kept")
    assert client.get(address).status_code == 410


def test_kind_words_play_and_go_as_fast_as_a_face(opened, settings):
    factories.shown(ECRAN, colour=RED)
    row = passed_on(words="Merci à toute l’équipe, chaque jour.")
    page = opened()
    plays(page, "toute l’équipe")
    assert not looks(page, RED)
    quoting.take_back(row, row.writer, Audience.COLLEAGUES, at=timezone.now())
    took = until(lambda: "toute l’équipe" not in page.evaluate(LOOK)["words"], seconds=10, why="still there")
    assert took < settings.SCREEN_POLL_SECONDS * 1.5
    plays(page, "Horticultrice", seconds=1)


def test_offline_it_plays_until_the_consent_ends_and_not_one_second_more(opened, settings):
    settings.SCREEN_POLL_SECONDS = 1
    now = timezone.now()
    version = factories.ask(factories.portrait(colour=RED), ECRAN, at=now - timedelta(days=2))
    factories.say(version, ECRAN, at=now - timedelta(days=1) + timedelta(seconds=12), days=1)
    end = (now + timedelta(seconds=12)).timestamp() * 1000
    page = opened()
    until(lambda: page.evaluate(READY), seconds=10, why="not ready to be cut off")

    page.context.set_offline(True)
    answer = page.reload()
    assert answer.from_service_worker
    plays(page, "Nadia", seconds=5)
    page.evaluate("""() => setInterval(() => {
      if (document.querySelector('.stage').innerText.includes('Nadia')) window.lastSeen = Date.now();
    }, 20)""")
    until(lambda: is_shielded(page), seconds=20, why="the face never goes")
    late = page.evaluate("window.lastSeen") - end
    assert -1000 < late < 1000, f"last seen {late} ms after the end of the consent"
    assert page.evaluate("document.querySelector('.shield').innerText").startswith("Je travaille")

    page.add_init_script("{ const real = Date.now; Date.now = () => real() - 5 * 365 * 86400e3; }")
    page.reload()  # the power comes back with the clock of another year
    time.sleep(1)
    assert is_shielded(page)


def test_offline_past_its_lease_it_shows_nobody_and_comes_back_with_the_network(opened, settings):
    settings.SCREEN_POLL_SECONDS = 1
    factories.shown(ECRAN, colour=RED)
    page = opened()
    until(lambda: page.evaluate(READY), seconds=10, why="not ready to be cut off")
    page.context.set_offline(True)
    page.reload()
    plays(page, "Nadia", seconds=5)

    page.add_init_script("{ const real = Date.now; Date.now = () => real() + 3601e3; }")  # the lease here is one hour
    page.reload()
    time.sleep(1)
    assert is_shielded(page)
    page.context.set_offline(False)
    plays(page, "Nadia", seconds=5)


def test_an_odd_answer_is_an_outage(opened, ecran, settings):
    """A portal, an error, an address that moved, an « empty » that is not said: the loop goes on."""
    settings.SCREEN_POLL_SECONDS = 1
    factories.shown(ECRAN, colour=RED)
    page = opened(service_workers="block")
    plays(page, "Nadia")
    now = str(int(time.time() * 1000))
    base = {"v": 1, "ecran": ecran.public_id, "state": "loop", "slides": []}
    odd = [
        {"status": 200, "body": "<p>Bienvenue sur le réseau des visiteurs</p>", "content_type": "text/html"},
        {"status": 200, "body": '{"items": null}', "headers": {"Ecran-Now": now}},
        {"status": 200, "body": json.dumps(base), "headers": {"Ecran-Now": now}},
        {"status": 500, "body": "x"},
        {"status": 404, "body": "<p>Introuvable</p>", "content_type": "text/html"},
        {"status": 302, "headers": {"Location": "/ecran/"}},
    ]
    given = iter(odd)
    left = []

    def answer(route):
        if (one := next(given, None)) is None:
            left.append(True)
            route.continue_()
        else:
            route.fulfill(**one)

    page.route("**/manifest", answer)
    seen = []
    until(
        lambda: seen.append("Nadia" in page.evaluate(LOOK)["words"]) or left, seconds=30, why="the polling has stopped"
    )
    assert all(seen)


def test_a_withdrawal_is_not_held_up_by_a_slow_download(opened, settings):
    settings.SCREEN_POLL_SECONDS = 1
    desk = factories.shown(ECRAN, first_name="Nadia", colour=RED)
    page = opened(service_workers="block")
    plays(page, "Nadia")
    asked = []
    page.route("**/m/ecran/**", lambda route: asked.append(route))  # never answered
    factories.shown(ECRAN, first_name="Diego", colour=BLUE)
    until(lambda: page.evaluate("1") and asked, seconds=6, why="the new photograph is never asked")
    factories.withdraw(desk, ECRAN)
    took = until(lambda: not looks(page, RED), seconds=6, why="still there")
    assert took < 3 * settings.SCREEN_POLL_SECONDS
    assert is_shielded(page)


def test_a_removed_screen_forgets_everything(opened, ecran, settings):
    settings.SCREEN_POLL_SECONDS = 1
    factories.shown(ECRAN, colour=RED)
    page = opened()
    plays(page, "Nadia")
    ecran.delete()
    until(lambda: is_shielded(page) and not page.evaluate(KEPT), seconds=5, why="still there")
    assert page.locator("[data-help=unknown]").is_visible()


def test_without_a_screen_the_page_says_how_to_open_one(opened, live_server):
    page = opened(service_workers="block")
    stranger = page.context.browser.new_page()
    stranger.goto(f"{live_server.url}/ecran/")
    stranger.locator("[data-help=none]").wait_for(state="visible", timeout=5000)
    stranger.close()
    page.goto(f"{live_server.url}/ecran/")  # this one remembers which screen it is
    factories.shown(ECRAN)
    plays(page, "Nadia")


# --- The slide itself -------------------------------------------------------------------------------------------------

BOXES = """root => Object.fromEntries(['name', 'job', 'sentence'].map(key => {
  const box = root.querySelector(`[data-text=${key}]`).getBoundingClientRect();
  return [key, [box.x, box.y, box.width, box.height].map(Math.round)];
}))"""
FITS = """() => {
  const words = [...document.querySelectorAll('.slide__words > *, .slide[data-layout=duo] .slide__caption')];
  const wide = words.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.className);
  const bottom = Math.max(0, ...words.map(one => one.getBoundingClientRect().bottom));
  const band = document.querySelector('.slide__bands').getBoundingClientRect();
  const brand = document.querySelector('.slide .brand').getBoundingClientRect();
  return {wide, bottom, band: band.top, brand: brand.top};
}"""


def show(page, body):
    page.route("**/rendu", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(page.url.split("/ecran/")[0] + "/rendu")
    page.evaluate("document.fonts.ready")
    page.unroute("**/rendu")


def test_what_the_person_sees_before_saying_yes_is_what_the_screen_plays(opened):
    factories.shown(ECRAN, colour=RED)
    page = opened(service_workers="block")
    plays(page, "Nadia")
    page.evaluate("document.fonts.ready")
    played = page.locator(".slide.over").evaluate(BOXES)
    (capsule,) = gate.capsules(ECRAN, at=timezone.now())
    show(page, renderings.render(ECRAN, capsule).body)
    assert page.locator(".slide").evaluate(BOXES) == played


def test_the_longest_words_stay_in_their_place_on_every_panel(opened):
    factories.shown(ECRAN, colour=RED)
    (capsule,) = gate.capsules(ECRAN, at=timezone.now())
    page = opened(service_workers="block")
    longest = replace(
        capsule,
        first_name="Marie-Wilhelmine-W",
        job="Coordonnatrice des matières résiduelles.",
        sentence="Je réponds aux mille questions que personne n’ose poser, et je garde le sourire jusqu’à 17",
    )
    assert [len(longest.first_name), len(longest.job), len(longest.sentence)] == [18, 40, 90]
    paired = replace(longest, partner_name="Wilhelmine", bandeau=("Je travaille", "pour vous…", "Wilhelmine\u202f!"))
    thanks = "Merci à toute l’équipe des parcs pour ce qu’elle fait chaque jour, par tous les temps, sans jamais se plaindre, "
    thanks = Quote.of(
        {
            "language": "fr-ca",
            "text": [f"{thanks}avec une gentillesse que nous n’oublierons pas de sitôt. Ma mère en parle encore !"],
            "signature": "Marie-Wilhelmine-Wilhelmine, Sainte-Anne-de-la-Pérade-du-Vieux-Moulin",
            "to": ["Marie-Wilhelmine-W", "Jean-Philippe"],
            **dict.fromkeys(("team", "source", "when"), ""),
            "where": "Bibliothèque du Vieux-Moulin",
        },
        **dict.fromkeys(("key", "version", "across", "fingerprint"), 1),
    )
    large = "Carole m’a rappelée elle-même le lendemain pour s’assurer que tout était réglé. Je n’en revenais pas."
    large = replace(thanks, text=(large,), to=("Carole",), signature="", where="Mairie")
    for one in (longest, replace(longest, first_name="Lia"), paired, thanks, large):
        show(page, renderings.render(ECRAN, one).body)
        for width, height in ((1920, 1080), (1280, 720), (3840, 2160), (1080, 1920), (480, 270), (344, 194)):
            page.set_viewport_size({"width": width, "height": height})
            fits = page.evaluate(FITS)
            assert fits["wide"] == [], (one, width)
            alone = width > height and one not in (paired, thanks, large)
            assert fits["bottom"] <= fits["band" if alone else "brand"], (one, width)
