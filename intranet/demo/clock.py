"""The withdrawal's clock: a fictive person is shown on every channel, takes it all back, and each channel is timed until dark.

The verbs are the product's; the time is taken from outside, over HTTP, on the running site.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore

from intranet import roles
from intranet.models import User

LOGIN = "horloge"  # an account without a password: it lives in one session, and is closed with it
AT_ONCE, SCREEN, LIST = 1, 6, 60  # seconds: what DESIGN §10 promises at the source, on a screen, of the recall list
GONE = 410
PATIENCE = 90  # seconds; a channel that is still lit then has broken every promise


class NotLit(Exception):
    """The running site does not show the person: there is nothing to time. Its text says where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said, and the seconds it took."""

    status: int
    body: bytes
    seconds: float


Judge = Callable[[Answer], bool]


@dataclass(frozen=True, slots=True)
class Channel:
    """One place that shows the person. `lit` reads an answer; `later` is what the channel itself adds, in seconds."""

    name: str
    promise: str
    limit: float
    path: str
    lit: Judge
    later: float = 0


@dataclass(frozen=True, slots=True)
class Time:
    """How one channel kept its promise. `seconds` counts from the withdrawal, None when the channel never went dark.

    `look` is what the slowest look took before it, all channels being looked at at once as they are after it: a busy
    machine must not pass for a broken promise.
    """

    channel: str
    promise: str
    limit: float
    look: float
    seconds: float | None

    @property
    def kept(self) -> bool:
        return self.seconds is not None and self.seconds - self.look <= self.limit

    def row(self) -> dict:
        return asdict(self) | {"kept": self.kept}


def there(answer: Answer) -> bool:
    """A page or a picture of the person alone: there, or gone."""
    return answer.status != GONE


def naming(words: str) -> Judge:
    """A page that stays, with or without what shows the person: an address of theirs, rather than a name two people share."""
    return lambda answer: answer.status == 200 and words.encode() in answer.body


def same(before: bytes) -> Judge:
    """A mail's picture: always an image, not always this one."""
    return lambda answer: answer.body == before


class Site:
    """The running site, read by somebody who is signed in as an employee and a printer of posters."""

    def __init__(self, url: str, cookie: str = ""):
        self.url, self.cookie = url.rstrip("/"), cookie

    def get(self, path: str) -> Answer:
        """One request, 30 seconds at most. Raises NotLit when nobody answers."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        request = urllib.request.Request(self.url + path, headers=headers)  # noqa: S310  the operator's own address
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return Answer(response.status, response.read(), time.monotonic() - began)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), time.monotonic() - began)
        except OSError as error:
            raise NotLit(f"{self.url}{path} does not answer: {error}") from error


def sign_in() -> tuple[SessionStore, str]:
    """A session of the clock's own account, and its cookie."""
    user, _made = User.objects.get_or_create(username=LOGIN)
    user.set_unusable_password()
    user.is_active = True
    user.save()
    user.groups.set(Group.objects.filter(name__in=[roles.EMPLOYEE, roles.COMMS]))
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session, f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def sign_out(session: SessionStore) -> None:
    """The session ends, and the account is closed until the next run."""
    session.delete()
    User.objects.filter(username=LOGIN).update(is_active=False)


def look(site: Site, channels: Iterable[Channel]) -> list[Answer]:
    """All channels at once, as many people would look. Raises NotLit when one does not show the person."""
    channels = list(channels)
    with ThreadPoolExecutor(len(channels)) as crowd:
        answers = list(crowd.map(lambda channel: site.get(channel.path), channels))
    dark = [one.name for one, answer in zip(channels, answers, strict=True) if not one.lit(answer)]
    if dark:
        raise NotLit(f"{site.url} does not show this person on: {', '.join(dark)}.")
    return answers


def run(site: Site, channels: list[Channel], withdraw: Callable[[], datetime]) -> list[Time]:
    """Look, withdraw, and look again until each channel is dark."""
    before = look(site, channels)
    withdraw()
    since = time.monotonic()

    def until_dark(channel: Channel) -> float | None:
        while time.monotonic() - since < PATIENCE:
            if not channel.lit(site.get(channel.path)):
                return round(time.monotonic() - since + channel.later, 3)
            time.sleep(0.05)
        return None

    with ThreadPoolExecutor(len(channels)) as crowd:
        seconds = list(crowd.map(until_dark, channels))
    slowest = round(max(answer.seconds for answer in before), 3)
    return [
        Time(one.name, one.promise, one.limit, slowest, found) for one, found in zip(channels, seconds, strict=True)
    ]
