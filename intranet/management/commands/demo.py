"""The whole product on one machine, with a fictive borough: `manage.py demo`."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from intranet import celery
from intranet.demo import load, pictures, sink, supervise, welcome

FIRST_PAGE = 60  # seconds
KEPT = "services"  # a folder of VAR that belongs to `make services`


class Command(BaseCommand):
    help = "Load a fictive borough once, start web, worker and mailbox together, and print addresses and logins."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="of the web server, on 127.0.0.1 (default: 8000)")
        parser.add_argument("--reset", action="store_true", help="forget the demo first: its database, photos and mail")
        parser.add_argument("--load-only", action="store_true", help="migrate and load, start nothing")

    def handle(self, *args, port, reset, load_only, **options):
        if not settings.DEMO:
            raise CommandError(
                "The demo does not run with production settings: it would add accounts with a known password."
            )
        if reset:
            self._reset()
        if load_only:
            self._load(port)
            return
        if not supervise.port_is_free(port):
            raise CommandError(f"Port {port} is taken. Stop what uses it, or take another: PORT={port + 1} make demo")
        for known in (signal.SIGTERM, signal.SIGINT):
            signal.signal(known, _stop)
        try:
            self._run(port)
        except KeyboardInterrupt:
            self.stdout.write("\nThe demo is stopped. « make demo » starts it again as it was.")
        except supervise.Failed as failure:
            raise CommandError(str(failure)) from failure

    def _reset(self):
        """Empty the folder. Only an embedded database lies in it."""
        if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
            raise CommandError("--reset knows the embedded SQLite database only: empty the other one yourself.")
        connections.close_all()
        for path in settings.VAR.glob("*"):
            if path.name != KEPT:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _load(self, port):
        """Migrate, load unless it is done, and open the site at this port. Photographs are drawn during the migrations."""
        logging.disable(logging.WARNING)  # a year of saved drafts has much to say
        celery.folders()
        if load.kept().exists():
            call_command("migrate", verbosity=0)
        if not load.kept().exists() or not load.is_loaded():
            with pictures.developing() as photographs:
                call_command("migrate", verbosity=0)
                if not load.is_loaded():
                    load.load(photographs)
        load.site(port)

    def _run(self, port):
        begun = time.monotonic()
        if not load.kept().exists():
            self.stdout.write(
                "First start: making the database and a fictive borough. It takes about a minute and a half…"
            )
        address = f"http://127.0.0.1:{port}"
        mailbox = _mailbox()
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            "BASE_URL": address,  # links in mails and on posters
            "EMAIL_PORT": str(sink.port(mailbox)),
        }
        try:
            self._prepare(port, env)
            with supervise.Processes(_commands(port), env) as processes:
                processes.wait_for(f"{address}/", FIRST_PAGE)
                self.stdout.write(welcome.text(address, seconds=time.monotonic() - begun))
                self.stdout.flush()
                while True:
                    time.sleep(0.5)
                    processes.look_after()
        finally:
            mailbox.stop()

    def _prepare(self, port, env):
        """In a process of its own: it must know the address it writes in mails, and be gone before the others start."""
        command = [sys.executable, sys.argv[0], "demo", "--load-only", "--port", str(port)]
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        if done.returncode:
            raise supervise.Failed(
                "The fictive borough could not be loaded; the lines above say why. Nothing was kept."
            )


def _mailbox():
    try:
        return sink.start(sink.Folder(settings.DEMO_MAILBOX), port=supervise.free_port())
    except OSError as error:  # too slow to listen, too
        raise supervise.Failed(f"The demo’s mail server did not start: {error}") from error


def _commands(port):
    quiet = [sys.executable, "-W", "ignore"]  # a newcomer reads addresses, not remarks about being root
    web = ["-m", "gunicorn", "--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "warning"]
    web += ["--graceful-timeout", "2"]
    worker = ["-m", "celery", "-q", "-A", "intranet", "worker", "-B", "--concurrency", "1", "--loglevel", "WARNING"]
    return {
        "web": [*quiet, *web, "--bind", f"127.0.0.1:{port}", "intranet.wsgi"],
        "worker": [*quiet, *worker],
    }


def _stop(number, frame):
    """Once: asking twice must not interrupt the stopping itself."""
    for known in (signal.SIGTERM, signal.SIGINT):
        signal.signal(known, signal.SIG_IGN)
    raise KeyboardInterrupt
