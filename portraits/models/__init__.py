"""The nouns of the heart. Channels never import them: they get Capsules from the gate."""

from .consent import Consent, ConsentRequest
from .exposure import Exposure, Recall
from .identity import Identity
from .ledger import LedgerEntry
from .person import Person
from .photo import Photo
from .portrait import DraftSubject, Portrait, PortraitTag
from .version import Hidden, Subject, Version

__all__ = [
    "Consent",
    "ConsentRequest",
    "DraftSubject",
    "Exposure",
    "Hidden",
    "Identity",
    "LedgerEntry",
    "Person",
    "Photo",
    "Portrait",
    "PortraitTag",
    "Recall",
    "Subject",
    "Version",
]
