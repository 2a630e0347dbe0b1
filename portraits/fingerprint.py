"""One hash of everything of a portrait that can be seen or heard. A consent is bound to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def fingerprint(content: Mapping, pictures: list[str]) -> str:
    """sha256 (hex) of the canonical JSON of the frozen words, crops and alternatives, and of each picture's own sha256."""
    seen = json.dumps([content, pictures], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(seen.encode()).hexdigest()
