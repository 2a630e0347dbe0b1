"""Keep the demo's processes alive together, and end them together: none is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType

GRACE = 10  # seconds between « please stop » and « stop »
RESTARTS = 5  # of one process; more than that is not bad luck


class Failed(Exception):
    """The demo cannot go on. Its text says why."""


def port_is_free(port: int) -> bool:
    """Whether a web server could listen there, on this machine's own address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """One that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Processes:
    """A context: starts each command in a session of its own (Ctrl-C reaches this process alone), ends all on the way out."""

    def __init__(self, commands: Mapping[str, Sequence[str]], env: Mapping[str, str]):
        self.commands, self.env = commands, env
        self.running: dict[str, subprocess.Popen] = {}
        self.restarts = dict.fromkeys(commands, 0)

    def __enter__(self) -> Processes:
        for name in self.commands:
            self._start(name)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            _signal(process, signal.SIGKILL, group=True)  # its children too: a worker's child outlives it when it hangs
            process.wait()

    def look_after(self) -> None:
        """Start again what died. Raises Failed when something will not stay up."""
        for name, process in self.running.items():
            if process.poll() is None:
                continue
            self.restarts[name] += 1
            if self.restarts[name] > RESTARTS:
                raise Failed(f"« {name} » ended {RESTARTS + 1} times, with code {process.returncode} at last.")
            _signal(process, signal.SIGKILL, group=True)
            self._start(name)

    def wait_for(self, address: str, seconds: float) -> None:
        """Until this page answers 200. Raises Failed when it does not in time."""
        end = time.monotonic() + seconds
        while not _answers(address):
            if time.monotonic() > end:
                raise Failed(f"{address} did not answer within {seconds:.0f} seconds.")
            self.look_after()
            time.sleep(0.2)

    def _start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(  # noqa: S603  our own commands
            self.commands[name], env=dict(self.env), stdin=subprocess.DEVNULL, start_new_session=True
        )


def _signal(process: subprocess.Popen, number: int, *, group: bool = False) -> None:
    with suppress(ProcessLookupError):
        if group:
            os.killpg(process.pid, number)  # its session's group has its own number
        elif process.poll() is None:
            process.send_signal(number)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310  our own http:// address
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
