"""What watches every test: the walls of the house, the network, skipped tests, and what a test leaves behind."""

import functools
import gc
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import transaction
from django.db.models import Model
from django.template.base import Node, Variable
from django.test import TransactionTestCase
from django.utils import translation

from tests import migrated

ROOMS = ("intranet", "home", "infolettre", "ecrans", "portraits", "tests")
CHANNELS = ("home", "infolettre", "ecrans")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # a third-party request fails
]


# --- The walls, at run time -------------------------------------------------------------------------------------------


def heart() -> list[type[Model]]:
    """Every model of the heart."""

    return list(apps.get_app_config("portraits").get_models())


def is_bare(value) -> bool:
    """A model of the heart, or a queryset or manager of one."""
    model = getattr(value, "model", type(value)) if not isinstance(value, str) else str
    return isinstance(model, type) and issubclass(model, Model) and model._meta.app_label == "portraits"


def room_of(frame) -> str | None:
    """The room whose code or template is running in this frame, if it is one of ours."""
    if frame.f_code is Node.render_annotated.__code__:
        origin = getattr(frame.f_locals["self"], "origin", None)
        name = (getattr(origin, "template_name", None) or "").split("/")[0]
        return name if name in ROOMS else None
    return room_of_file(frame.f_code.co_filename)


@functools.cache
def room_of_file(name: str) -> str | None:
    """The room that a source of ours is in."""
    path = Path(name)
    if path == Path(__file__) or not path.is_relative_to(settings.BASE_DIR):
        return None
    first = path.relative_to(settings.BASE_DIR).parts[0]
    return first if first in ROOMS else None


def nearest_room(*, templates_only: bool = False) -> str | None:
    """The room of the closest code or template of ours that is asking."""
    frame = sys._getframe(2)
    while frame:
        is_template = frame.f_code is Node.render_annotated.__code__
        if (is_template or not templates_only) and (room := room_of(frame)):
            return room
        frame = frame.f_back
    return None


@pytest.fixture(autouse=True, scope="session")
def templates_of_channels_only_see_capsules():
    """A template of a channel that is given a model of the heart, or reaches one, fails."""
    resolve = Variable.resolve

    def guarded(self, context):
        value = resolve(self, context)
        root = context.get(self.lookups[0]) if self.lookups else None
        if is_bare(value) or is_bare(root):
            room = nearest_room(templates_only=True)
            if room in CHANNELS:
                raise AssertionError(f"A template of {room} touches a bare model through « {self.var} »")
        return value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Variable, "resolve", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def channels_never_load_a_row_of_the_heart():
    """Import contracts do not see a relation named by a string; this does."""
    with pytest.MonkeyPatch.context() as patch:
        for model in heart():

            def guarded(cls, *args, _load=model.from_db.__func__, **kwargs):
                room = nearest_room()
                if room in CHANNELS:
                    raise AssertionError(f"{room} loads a bare {cls.__name__}")
                return _load(cls, *args, **kwargs)

            patch.setattr(model, "from_db", classmethod(guarded))
        yield


# --- What a test leaves behind ----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_lingers():
    """Wagtail keeps the sites' roots in the cache, where rows that were rolled back must not live on; a request leaves its
    language in the thread, where the next test would find it; random histories raise the numbers of usages, at dates to come."""
    from portraits import usages

    yield
    for usage in usages.Usage:
        usages._numbers[usage] = [(usages.EPOCH, 1)]
    cache.clear()
    translation.deactivate()


@pytest.fixture(autouse=True, scope="module")
def every_file_counts_from_one():
    from tests import factories  # models are not loaded yet when this file is

    factories.count_anew()


@pytest.fixture(autouse=True, scope="session")
def garbage_is_looked_for_less_often():
    """Everything that is loaded stays: looking through it again and again is an eighth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_keepdb():
    """SQLite finds its file already migrated, in a folder that goes with the process."""
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def turn_to_migrate(django_db_modify_db_settings):
    """Our turn to start from what another process migrated, if any did."""
    return migrated.Turn(settings.DATABASES["default"])


@pytest.fixture(scope="session")
def django_db_setup(turn_to_migrate, django_db_setup, django_db_blocker):
    """After a transactional test (a live server), the database is again as the migrations left it.

    SQLite copies its pages back, twenty times faster than a flush. Elsewhere the ledger and the Versions refuse DELETE:
    their triggers are lifted for the flush, and for nothing else.
    """
    from django.db import connection

    from portraits import triggers

    with django_db_blocker.unblock():
        turn_to_migrate.end(connection)
        kept = pages(connection) if connection.vendor == "sqlite" else rows(connection)

    def as_migrated(self):
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            kept.backup(connection.connection)
            return
        triggers.remove(connection)
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        put_back(connection, kept)
        triggers.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", as_migrated)
        yield
    if (
        connection.vendor == "postgresql"
    ):  # threads of a live server may still hold theirs, and the database is dropped next
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def pages(connection) -> sqlite3.Connection:
    """A copy of an SQLite database, in memory."""
    kept = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(kept)
    return kept


def rows(connection) -> dict[str, tuple[list[str], list[tuple]]]:
    """Every row of the tables of ours: table → columns, rows."""
    kept = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if found := cursor.fetchall():
                kept[table] = ([column[0] for column in cursor.description], found)
    return kept


def put_back(connection, kept) -> None:
    """The opposite of `rows`, on empty tables."""
    quote = connection.ops.quote_name
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, found) in kept.items():
            names, places = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", found)
        # Rows came back with their numbers: PostgreSQL must count on from there.
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(sql)


@pytest.fixture(autouse=True)
def mails_are_rows(settings):
    """Django's test runner puts a mailbox in memory; here a mail is a row, as it is for everybody."""
    settings.EMAIL_BACKEND = "intranet.mail.Rows"


# --- The browser ------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever drives the browser is a journey: those run apart (`make test`). Whatever has no database is not played again
    on another one."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        parameters = getattr(item, "callspec", None) and item.callspec.params
        if "browser" in names and "browser" not in (parameters or ()):
            item.add_marker("journey")
        if not item.get_closest_marker("django_db") and "db" not in names:
            item.add_marker("one_database")


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, driven by playwright. It can reach this machine only."""
    if CHROMIUM is None:
        pytest.skip("needs chromium on the PATH")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps an event loop running in this thread
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


# --- Under CI=true a skipped test is a failure ------------------------------------------------------------------------

SKIPPED: list[str] = []


def _note(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        SKIPPED.append(f"{report.nodeid} ({why})")


def pytest_runtest_logreport(report):
    _note(report)


def pytest_collectreport(report):
    _note(report)


def skips_are_failures() -> bool:
    return os.environ.get("CI") == "true"


def pytest_sessionfinish(session, exitstatus):
    if settings.VAR.name.startswith("jtpv-tests-"):  # made by intranet.settings.test, for this process alone
        shutil.rmtree(settings.VAR, ignore_errors=True)
    if SKIPPED and skips_are_failures() and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if SKIPPED and skips_are_failures():
        terminalreporter.section("skipped tests are failures under CI=true", red=True)
        for line in SKIPPED:
            terminalreporter.line(line)
