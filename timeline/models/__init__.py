"""The nouns of the chronology, one file each."""

from timeline.models.actor import Actor, Affiliation, Alias, Identifier
from timeline.models.check import CheckNote
from timeline.models.collection import EventKind, Role, Tag, Timeline, TimelineEntry
from timeline.models.contract import Contract, ContractItem, ContractParty, Milestone, PaymentTerm
from timeline.models.erasure import Erasure
from timeline.models.event import Event, EventRelation, Participation, Review
from timeline.models.identity import Distinction, FormerSlug, Merge
from timeline.models.kept import EventChange, EventCount, EventDocument, EventSince
from timeline.models.place import Place
from timeline.models.revision import Changeset, Revision
from timeline.models.source import Citation, Source
from timeline.models.upload import Upload
from timeline.models.user import IdempotencyKey, Token, User

__all__ = [
    "Actor",
    "Affiliation",
    "Alias",
    "Changeset",
    "CheckNote",
    "Citation",
    "Contract",
    "ContractItem",
    "ContractParty",
    "Distinction",
    "Erasure",
    "Event",
    "EventChange",
    "EventCount",
    "EventDocument",
    "EventKind",
    "EventRelation",
    "EventSince",
    "FormerSlug",
    "IdempotencyKey",
    "Identifier",
    "Merge",
    "Milestone",
    "Participation",
    "PaymentTerm",
    "Place",
    "Review",
    "Revision",
    "Role",
    "Source",
    "Tag",
    "Timeline",
    "TimelineEntry",
    "Token",
    "Upload",
    "User",
]
