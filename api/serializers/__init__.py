"""What may be written, noun by noun; the schema also takes from here what is answered."""

from api.serializers.actor import ActorSerializer
from api.serializers.collection import KindSerializer, RoleSerializer, TagSerializer, TimelineSerializer
from api.serializers.contract import ContractSerializer
from api.serializers.event import EventSerializer
from api.serializers.place import PlaceSerializer
from api.serializers.source import SourceSerializer

__all__ = [
    "ActorSerializer",
    "ContractSerializer",
    "EventSerializer",
    "KindSerializer",
    "PlaceSerializer",
    "RoleSerializer",
    "SourceSerializer",
    "TagSerializer",
    "TimelineSerializer",
]
