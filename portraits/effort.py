"""A sum that a browser does while somebody writes: a second for a person, a price for whoever sends thousands. Only where the
city asks for it (PROOF_OF_WORK); whoever has no script is read later, never refused. ALTCHA's challenge and verification
(version 1), no third party, nothing kept: the solution holds for one copy of the form.
"""

from __future__ import annotations

import base64
import json

from altcha import v1
from django.conf import settings
from django.utils.crypto import salted_hmac

HARDEST = 30_000  # hashes; half of them on average: about a second on a telephone
LONGEST = 2_000  # characters of a solution


def asked() -> bool:
    """Whether this installation asks for it."""
    return settings.PROOF_OF_WORK


def puzzle(key: str) -> str:
    """The challenge of one copy of the form, whose one-use key this is, in JSON; "" where none is asked for."""
    if not asked():
        return ""
    made = v1.create_challenge(hmac_key=_secret(), max_number=HARDEST, params={"key": key})
    return json.dumps({"challenge": made.challenge, "salt": made.salt, "signature": made.signature, "most": HARDEST})


def done(solution: str, key: str) -> bool:
    """Whether somebody's browser did the sum of this copy of the form."""
    if len(solution) > LONGEST:
        return False
    try:
        said = json.loads(base64.b64decode(solution, validate=True))
        proven, _why = v1.verify_solution(said, _secret())
        return bool(proven) and v1.extract_params(said).get("key") == [key]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # anybody may send anything
        return False


def _secret() -> bytes:
    return salted_hmac("portraits.effort", "", algorithm="sha256").digest()
