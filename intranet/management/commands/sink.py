"""Run the demo's mail server in the foreground."""

import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from intranet.demo import sink


class Command(BaseCommand):
    help = "Receive the demo's mails by SMTP and keep them in a folder; nothing goes any further."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("The sink belongs to the demo: a real installation names its own EMAIL_HOST.")
        try:
            controller = sink.start(sink.Folder(settings.DEMO_MAILBOX), port=settings.EMAIL_PORT)
        except OSError as error:
            raise CommandError(f"Port {settings.EMAIL_PORT} cannot be used: {error}.") from error
        self.stdout.write(f"Mails to 127.0.0.1:{settings.EMAIL_PORT} are kept in {settings.DEMO_MAILBOX}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            controller.stop()
