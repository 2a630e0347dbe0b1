"""How each usage's channel shows a Capsule. Previews and the consent page use these, never look-alikes.

Channels register their renderer when the apps are ready; `manage.py check` says which asked usage has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from portraits.capsule import Capsule, Quote
from portraits.usages import Usage


@dataclass(frozen=True, slots=True)
class Rendering:
    """The bytes of one usage's rendering. `shape` tells a page how to frame it: "page", "mail", "stage" (16:9), "sheet" (Letter)
    or "post" (4:5)."""

    body: bytes
    content_type: str
    shape: str

    @property
    def sha256(self) -> str:
        return sha256(self.body).hexdigest()


class CannotRender(Exception):
    """A channel cannot show this capsule; its text says why, in the reader's language (a missing glyph, for example)."""


Renderer = Callable[[Capsule], Rendering]
QuoteRenderer = Callable[[Quote], Rendering]
_renderers: dict[Usage, Renderer] = {}
_quoting: dict[Usage, QuoteRenderer] = {}


def renderer(*usages: Usage) -> Callable[[Renderer], Renderer]:
    """Declare the function that renders a capsule for these usages. Raises ValueError when one is already taken."""
    return _declare(_renderers, usages)


def quote_renderer(*usages: Usage) -> Callable[[QuoteRenderer], QuoteRenderer]:
    """The same for kind words. They can be quoted on the usages that have one, and on no other (`quoted`)."""
    return _declare(_quoting, usages)


def _declare(taken: dict, usages: tuple[Usage, ...]):
    def declare(function):
        for usage in usages:
            if usage in taken:
                raise ValueError(f"{usage} has two renderers")
            taken[usage] = function
        return function

    return declare


def registered() -> frozenset[Usage]:
    return frozenset(_renderers)


def quoted() -> tuple[Usage, ...]:
    """The usages where kind words can be shown, in their order."""
    return tuple(usage for usage in Usage if usage in _quoting)


def render(usage: Usage, shown: Capsule | Quote) -> Rendering:
    """The channel's own rendering. Raises KeyError when the usage has none: it cannot be asked then."""
    return (_quoting if isinstance(shown, Quote) else _renderers)[usage](shown)
