"""What is answered, noun by noun."""

from api.documents.actor import ACTOR
from api.documents.base import Document, Known, Viewer, reading, root_of
from api.documents.collection import KIND, ROLE, TAG, TIMELINE
from api.documents.contract import CONTRACT
from api.documents.event import EVENT, EVENT_IN_WINDOW
from api.documents.place import PLACE
from api.documents.source import SOURCE

__all__ = [
    "ACTOR",
    "CONTRACT",
    "EVENT",
    "EVENT_IN_WINDOW",
    "KIND",
    "PLACE",
    "ROLE",
    "SOURCE",
    "TAG",
    "TIMELINE",
    "Document",
    "Known",
    "Viewer",
    "reading",
    "root_of",
]
