"""The demo's mail server: real SMTP on this machine, each message kept as a file, nothing ever sent any further."""

from __future__ import annotations

import logging
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller


class Folder:
    """An SMTP handler that writes each message as <instant>-<random>.eml."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server, session, envelope):
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        part = self.folder / f"{name}.part"
        part.write_bytes(envelope.original_content)
        os.replace(part, self.folder / f"{name}.eml")  # readers never see half a message
        return "250 Kept"


class Sink(Controller):
    """A controller that also knows which port it was given when it asked for any."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def start(handler: Folder, *, host: str = "127.0.0.1", port: int = 0) -> Sink:
    """Listen in a thread; the caller stops it. Port 0 takes a free one: see `port`.

    Raises OSError when the port is taken.
    """
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every word of each conversation
    controller = Sink(handler, hostname=host, port=port, enable_SMTPUTF8=True)
    try:
        controller.start()
    except OSError:
        controller.loop.close()
        raise
    return controller


def port(controller: Sink) -> int:
    """The port a sink listens on."""
    return controller.port
