"""What the inbox costs with 100,000 messages in it, and whether a burst of thanks loses any. `make bench-compliments`.

On a database of its own, embedded, whatever DATABASE says; the burst is real HTTP against gunicorn, as `make demo` runs it.
"""

import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ |= {"DJANGO_SETTINGS_MODULE": "intranet.settings.dev", "BROKER": "filesystem://"}
os.environ["VAR"] = tempfile.mkdtemp(prefix="jtpv-bench-")
os.environ.pop("DATABASE", None)

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.measuring import by_turns, figure, publish, seconds  # noqa: E402
from intranet.demo.supervise import free_port  # noqa: E402
from intranet.roles import COMMS  # noqa: E402
from portraits import alike, doubting  # noqa: E402
from portraits.models import Compliment, Person, Spot, Team  # noqa: E402

MESSAGES, SPOTS, OPEN = 100_000, 40, 2_000
YEARS = timedelta(days=3 * 365)
RATE, BURST = 20, 60  # posts a second, seconds
NOW = timezone.now()
WORDS = (
    *("merci", "bravo", "grâce", "à", "votre", "équipe", "la", "patinoire", "était", "belle", "ce", "matin", "une"),
    *("dame", "du", "comptoir", "a", "trouvé", "mon", "dossier", "en", "cinq", "minutes", "et", "souri", "quand", "il"),
    *("neigeait", "fort", "le", "col", "bleu", "de", "notre", "rue", "nous", "avons", "pu", "sortir", "les", "enfants"),
)


def text(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(8, 60))).capitalize() + "."


def fill() -> list[Spot]:
    """Three years of messages, of which 2,000 are still to be worked on."""
    chance = random.Random(20261122)  # noqa: S311
    spots = Spot.objects.bulk_create(Spot(name=f"Lieu {one}") for one in range(SPOTS))
    team = Team.objects.create(name="Parcs")
    people = Person.objects.bulk_create(
        (Person(kind=Person.Kind.WRITER, first_name="") for _ in range(MESSAGES)), batch_size=500
    )
    stages, rows = Compliment.Stage, []
    for number, writer in enumerate(people):
        at = NOW - YEARS * (1 - number / MESSAGES)
        waiting = number >= MESSAGES - OPEN
        rows.append(
            Compliment(
                writer=writer,
                original=text(chance),
                received_at=at,
                spot=chance.choice(spots),
                team=team,
                contact_key=secrets.token_hex(32) if number % 3 else "",
                stage=chance.choice([stages.RECEIVED, stages.TRIAGED]) if waiting else stages.CLOSED,
                kind="" if waiting else Compliment.Kind.COMPLIMENT,
                passed_on_at=None if waiting else at + timedelta(days=1),
                answered_at=None if waiting else at + timedelta(days=2),
                closed_at=None if waiting else at + timedelta(days=3),
            )
        )
    Compliment.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return spots


def moderator() -> Client:
    user = get_user_model().objects.create_user("comms", password=secrets.token_hex())
    user.groups.add(Group.objects.get(name=COMMS))
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def of_the_list(client):
    unit, shell = "ms of processor", reverse("portraits_to_meet")
    for shelf in ("a-trier", "tous"):
        address = reverse("portraits_inbox_shelf", args=[shelf])
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if answer.status_code != 200 or answer.content.count(b"inbox-words") != 50:
            raise SystemExit(f"The shelf {shelf} answered {answer.status_code}.")
        name = f"inbox, fifty messages of {MESSAGES:,}, shelf « {shelf} »"
        yield figure(name, "queries", len(asked), "<= 12")
        spent, empty = (one * 1000 for one in by_turns(lambda a=address: client.get(a), lambda: client.get(shell), 21))
        yield figure(name, unit, spent, "<= 300")
        yield figure(name, unit, spent, "<= 5", "a page of the CMS with an empty list", empty)


def of_a_search(client):
    """The dearest: words that are rare together, on no shelf in particular, which nothing but reading every message finds."""
    address = f"{reverse('portraits_inbox_search')}?mots=Patinoire+dossier+pelle"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    if answer.status_code != 200 or b"data-inbox" in answer.content:
        raise SystemExit(f"The search answered {answer.status_code}.")
    name = f"inbox, words looked for among {MESSAGES:,} and not found"
    yield figure(name, "queries", len(asked), "<= 16")
    yield figure(name, "ms of processor", seconds(lambda: client.get(address), time.process_time) * 1000, "<= 300")


def of_duplicates(spots):
    chance = random.Random(7)  # noqa: S311
    fresh = [
        Compliment(original=text(chance), spot=chance.choice(spots), received_at=NOW, contact_key=secrets.token_hex(32))
        for _ in range(101)
    ]
    turn = iter(fresh * 4)
    found = len(alike.near(fresh[0]))
    name = f"near-duplicates of a new message among {MESSAGES:,}, {found} of its place and month"
    spent, read = (
        one * 1000 for one in by_turns(lambda: alike.suggest(next(turn)), lambda: list(alike.near(next(turn))), 101)
    )
    yield figure(name, "ms of processor", spent, "<= 10")
    yield figure(name, "ms of processor", spent, "<= 5", "reading them without comparing", read)


def of_a_burst():
    """Twenty posts a second for a minute, of forms opened a minute before; every fifth writer leaves an address."""
    port = free_port()
    quiet = ["--log-level", "error", "--workers", "2", "--threads", "4", "--worker-class", "gthread"]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "gunicorn", *quiet, "--bind", f"127.0.0.1:{port}", "intranet.wsgi"],
        cwd=Path(__file__).resolve().parent.parent,
    )
    try:
        site = f"http://127.0.0.1:{port}"
        _wait(f"{site}/livez")
        before, answers = Compliment.objects.count(), []
        connections.close_all()
        began = time.monotonic()
        with ThreadPoolExecutor(RATE * 2) as pool:
            for number in range(RATE * BURST):
                time.sleep(max(0, began + number / RATE - time.monotonic()))
                pool.submit(_post, site, number, answers)
        lasted = time.monotonic() - began
        alive = sorted(seconds(lambda: _get(f"{site}/livez"), time.monotonic) for _ in range(21))[10]
    finally:
        server.terminate()
        server.wait(20)
    kept = Compliment.objects.count() - before
    name = f"burst of {RATE} posts a second for {BURST} s"
    answers.sort()
    yield figure(f"{name}: lost, of {RATE * BURST}", "messages", RATE * BURST - kept, "<= 0")
    yield figure(f"{name}: not thanked", "answers", RATE * BURST - len(answers), "<= 0")
    yield figure(f"{name}: from the first to the last answer", "s", lasted, "<= 1.1", "the minute asked for", BURST)
    half, ninth = answers[len(answers) // 2], answers[len(answers) * 99 // 100]
    yield figure(f"{name}: one answer, half of them", "ms", half * 1000, "<= 100", "/livez afterwards", alive * 1000)
    yield figure(f"{name}: one answer, ninety-nine in a hundred", "ms", ninth * 1000, "<= 2000")


_kept = threading.Lock()


def _post(site: str, number: int, answers: list[float]) -> None:
    """Times one post whose answer is the page of thanks; any other answer is not counted."""
    ticket = doubting.ticket(at=timezone.now() - timedelta(minutes=1))
    words = {"mot": f"{text(random.Random(number))} ({number})", "billet": ticket, "colleagues": "yes"}  # noqa: S311
    if number % 5 == 0:
        words["contact"] = f"voisine{number}@exemple.example"
    began = time.monotonic()
    request = urllib.request.Request(f"{site}/merci/", urllib.parse.urlencode(words).encode())  # noqa: S310
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            code = answer.status
    except OSError as error:
        code = getattr(error, "code", 0)
    if code == 303:
        with _kept:
            answers.append(time.monotonic() - began)


class _Stay(urllib.request.HTTPRedirectHandler):
    """The page of thanks is not fetched: only the post is timed."""

    def redirect_request(self, *args):
        return None


def _get(address: str) -> None:
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
        answer.read()


def _wait(address: str) -> None:
    for _ in range(150):
        try:
            return _get(address)
        except OSError:
            time.sleep(0.2)
    raise SystemExit("gunicorn did not start.")


def figures():
    spots = fill()
    yield from of_the_list(moderator())
    yield from of_duplicates(spots)
    yield from of_a_burst()


def main() -> None:
    try:
        call_command("migrate", verbosity=0)
        held = publish("compliments", figures(), connection.vendor)
    finally:
        connections.close_all()
        shutil.rmtree(os.environ["VAR"], ignore_errors=True)
    sys.exit(not held)


if __name__ == "__main__":
    main()
