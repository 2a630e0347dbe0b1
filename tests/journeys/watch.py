"""A machine that is shared stands still now and then, whatever the product does: nobody is late by that much."""

import threading
import time
from functools import cache


@cache
def watch():
    """The watch of this process."""
    return Watch()


class Watch:
    """A watch that stops while the whole machine does: `now` is in seconds, less every pause longer than PAUSE."""

    TICK, PAUSE = 0.01, 0.1  # seconds

    def __init__(self):
        self._lost, self._seen = 0.0, time.monotonic()
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self):
        while True:
            time.sleep(self.TICK)
            now = time.monotonic()
            if now - self._seen > self.PAUSE:
                self._lost += now - self._seen
            self._seen = now

    def now(self):
        now = time.monotonic()
        time.sleep(self.TICK * 2)  # a pause that has just ended is counted first
        return now - self._lost
