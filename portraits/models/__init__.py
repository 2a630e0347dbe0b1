"""The nouns of the heart. Channels never import them: they get Capsules from the gate."""

from .absence import Absence
from .address import AddressChange
from .annotation import Annotation
from .compliment import Compliment, Happening, Named, Reply, ReplyTemplate, Spot, StandingAnswer, Team, Wording
from .consent import Consent
from .edition import Edition, Framed
from .enquiry import Enquiry
from .evidence import Evidence
from .exposure import Exposure, Recall
from .figure import ColumnName, Figure, FigureImport, Publication, Survey
from .headcount import Headcount
from .identity import Identity
from .incident import Incident
from .kindness import Confidence, Reaction
from .ledger import LedgerEntry
from .message_file import ColumnChoice, MessageFile
from .moderation import Brief, Dismissal, KeptSearch
from .notice import NoticeText
from .person import Person
from .photo import Photo
from .portrait import DraftSubject, Portrait, PortraitTag
from .push import Push
from .readers import Circle, Why
from .receipt import Closing, Receipt
from .representation import Representation
from .request import Code, ConsentRequest, Handover, Link, Remark
from .tasks import ConsentTask, DistinctReadingTask, ReadingRule, ReadingState, Submission
from .text import Text
from .throttle import Throttle
from .version import Exemption, Hidden, Subject, Version

__all__ = [
    "Absence",
    "AddressChange",
    "Annotation",
    "Brief",
    "Circle",
    "Closing",
    "Code",
    "ColumnChoice",
    "ColumnName",
    "Compliment",
    "Confidence",
    "Consent",
    "ConsentRequest",
    "ConsentTask",
    "Dismissal",
    "DistinctReadingTask",
    "DraftSubject",
    "Edition",
    "Enquiry",
    "Evidence",
    "Exemption",
    "Exposure",
    "Figure",
    "FigureImport",
    "Framed",
    "Handover",
    "Happening",
    "Headcount",
    "Hidden",
    "Identity",
    "Incident",
    "KeptSearch",
    "LedgerEntry",
    "Link",
    "MessageFile",
    "Named",
    "NoticeText",
    "Person",
    "Photo",
    "Portrait",
    "PortraitTag",
    "Publication",
    "Push",
    "Reaction",
    "ReadingRule",
    "ReadingState",
    "Recall",
    "Receipt",
    "Remark",
    "Reply",
    "ReplyTemplate",
    "Representation",
    "Spot",
    "StandingAnswer",
    "Subject",
    "Submission",
    "Survey",
    "Team",
    "Text",
    "Throttle",
    "Version",
    "Why",
    "Wording",
]
