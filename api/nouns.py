"""The addresses under /api/v1/, noun by noun: what each shows, takes, and is filtered by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api import documents, public, serializers, streams
from api.documents import Document
from api.event_filters import PARAMETERS as EVENT_FILTERS
from api.event_filters import events_asked_for, has_date_filter
from api.exceptions import refusal
from api.filters import Choices, Keys, Parameter, Refused, Slugs, among
from api.known import KNOWN_BY
from api.moments import AS_OF
from api.reviewed import ReviewedView
from api.search import COLUMNS, by_relevance, kept_documents, passages
from api.views import RecordView, the_one
from timeline.models import Actor, Contract, Event, EventKind, Place, Role, Source, Tag, Timeline


class EventView(ReviewedView):
    """Events: what happened, when, who took part, and which source says so."""

    queryset = Event.objects.all()
    serializer_class = serializers.EventSerializer
    document = documents.EVENT
    filters = EVENT_FILTERS
    takes_lists = True
    orders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "date": lambda rows: rows.in_order(),
        "-date": lambda rows: rows.newest_first(),
        "updated": lambda rows: rows.by_change(),
        "-updated": lambda rows: rows.by_change(descending=True),
        # In a QuerySet for each tier: `ordered` makes them.
        "relevance": lambda rows: rows,
    }
    order_description = (
        "`date` (the default) and `-date`: by date, undated last both ways; "
        "`updated` and `-updated`: by the last change; `relevance`, with `q`: first what has all of it in "
        "the title, then with the names of who took part, the summary, the quotes; each by date."
    )

    # The answer where there was one without reading the parameters one by one.
    at_once: HttpResponse | None = None

    def ask(self, request: Request) -> None:
        if (
            self.action in ("list", "retrieve")
            and request.accepted_renderer.format == "json"
            and public.sees_what_everybody_sees(request.user)
            and not isinstance(self.as_of.outcome, Refused)
        ):
            self.at_once = self.answered_at_once(request)
        if self.at_once is None:
            super().ask(request)

    def answered_at_once(self, request: Request) -> HttpResponse | None:
        if self.action == "list":
            if "q" in request.query_params:
                return public.hits_at_once(request)
            return public.page_at_once(request, moment=self.as_of.moment)
        return public.one_at_once(request, self.kwargs["slug"], self.as_of.moment)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.at_once or super().retrieve(request, *args, **kwargs)

    def get_renderers(self) -> list[BaseRenderer]:
        found = super().get_renderers()
        return [*found, *(make() for make in streams.RENDERERS)] if self.action == "list" else found

    def parameters(self) -> list[Parameter]:
        found = super().parameters()
        return [*found[:-1], streams.FORMAT] if self.action == "list" else found

    def shape_parameters(self) -> list[Parameter]:
        parameters = super().shape_parameters()
        if self.action == "list":
            keys = tuple(documents.EVENT_IN_WINDOW.parts)
            parameters[0] = Keys("fields", "Only these keys, separated by commas.", keys=keys)
            keys = (*documents.EVENT.extras, "snippets")
            parameters[1] = Keys("include", "These keys too; `snippets` with `q`.", keys=keys)
        return parameters

    def shown(self) -> Document:
        if has_date_filter(self.asked):
            return documents.EVENT_IN_WINDOW
        if "match" in self.asked.get("fields", ()):
            raise refusal("fields", "`match` needs a date filter.", "needs_another_parameter")
        return self.document

    @property
    def with_snippets(self) -> bool:
        return "snippets" in self.asked.get("include", ())

    def keys(self) -> list[str]:
        if self.with_snippets and "q" not in self.asked:
            raise refusal("include", "`snippets` needs `q`.", "needs_another_parameter")
        keys = super().keys()
        return [key for key in keys if key != "snippets"]

    @property
    def is_kept(self) -> bool:
        """Whether a list is made of kept documents, which have all that is asked for."""
        is_of_now = "known_by" not in self.asked and AS_OF.name not in self.asked
        return self.action == "list" and is_of_now and public.is_kept(self.request.user, self.keys())

    def prepared(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        self.keys()
        return rows.only(*COLUMNS) if self.is_kept else super().prepared(rows)

    def rendered(self, rows: list[Any]) -> list[dict[str, Any]]:
        if self.is_kept:
            found = kept_documents(rows, self.keys(), self.viewer)
        else:
            found = dict(zip((row.pk for row in rows), super().rendered(rows), strict=True))
        if self.with_snippets:
            for event, snippets in passages(rows, self.asked["q"], self.viewer).items():
                found.get(event, {})["snippets"] = snippets
        return [found[row.pk] for row in rows if row.pk in found]

    def ordered(self, rows: Any) -> Any:
        if self.asked.get("order") != "relevance":
            return super().ordered(rows)
        # Each tier is a search of its own, so the rows are taken before they are searched.
        asked = {name: value for name, value in self.asked.items() if name != "q"}
        rows = self.prepared(events_asked_for(self.get_queryset(), asked))  # type: ignore[arg-type]
        return by_relevance(rows, self.asked.get("q"))

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return events_asked_for(rows, self.asked)  # type: ignore[arg-type]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        form = str(request.accepted_renderer.format)
        if form != "json":
            return streams.stream(self, form)
        return self.at_once or super().list(request, *args, **kwargs)


class EventsOfView(EventView):
    """The events of one actor, contract, source or timeline: the events list with that filter set."""

    fixed: str = "actor"
    of: type[Any] = Actor

    def parameters(self) -> list[Parameter]:
        return [parameter for parameter in super().parameters() if parameter.name != self.fixed]

    def ask(self, request: Request) -> None:
        super().ask(request)
        if self.at_once is None:
            seen = self.of._default_manager.visible_to(request.user)
            try:
                self.asked[self.fixed] = [the_one(seen, self.kwargs["slug"])]
            except Http404:
                self.lead_on(self.of)
                raise

    def answered_at_once(self, request: Request) -> HttpResponse | None:
        if self.of is not Actor:
            return None
        return public.page_at_once(request, self.kwargs["slug"], self.as_of.moment)


class ActorView(RecordView):
    """Actors: persons, states, companies, forces and groups, with the offices they held."""

    queryset = Actor.objects.all()
    serializer_class = serializers.ActorSerializer
    document = documents.ACTOR
    filters = (
        Choices("kind", "Actors of any of these kinds.", among("kind"), choices=tuple(Actor.Kind.values)),
    )


def _with_party(rows: QuerySet[Any], actors: list[Any]) -> QuerySet[Any]:
    return rows.filter(pk__in=Contract.objects.filter(parties__actor__in=actors).values("pk"))


class ContractView(ReviewedView):
    """Contracts: deals with their parties, items, price, payment terms and milestones."""

    queryset = Contract.objects.all()
    serializer_class = serializers.ContractSerializer
    document = documents.CONTRACT
    filters = (
        Slugs("actor", "Contracts to which any of these is a party.", _with_party, model=Actor),
        Choices(
            "kind", "Contracts of any of these kinds.", among("kind"), choices=tuple(Contract.Kind.values)
        ),
        Choices(
            "status", "Contracts with any of these.", among("status"), choices=tuple(Contract.Status.values)
        ),
        KNOWN_BY,
    )


class SourceView(RecordView):
    """Sources: where facts come from."""

    queryset = Source.objects.all()
    serializer_class = serializers.SourceSerializer
    document = documents.SOURCE
    filters = (
        Choices("kind", "Sources of any of these kinds.", among("kind"), choices=tuple(Source.Kind.values)),
        Slugs("publisher", "Sources that any of these published.", among("publisher"), model=Actor),
    )


class TimelineView(RecordView):
    """Timelines: curated selections of events, in the order of their dates."""

    queryset = Timeline.objects.all()
    serializer_class = serializers.TimelineSerializer
    document = documents.TIMELINE


def _within(rows: QuerySet[Any], places: list[Any]) -> QuerySet[Any]:
    return rows.inside(*(place.slug for place in places)).exclude(pk__in=[place.pk for place in places])  # type: ignore[attr-defined, no-any-return]


class PlaceView(RecordView):
    """Places, which may be parts of larger ones."""

    queryset = Place.objects.all()
    serializer_class = serializers.PlaceSerializer
    document = documents.PLACE
    filters = (Slugs("part_of", "Parts of any of these places, at any depth.", _within, model=Place),)


class TagView(RecordView):
    """Tags: subjects under which events are found."""

    queryset = Tag.objects.all()
    serializer_class = serializers.TagSerializer
    document = documents.TAG


class KindView(RecordView):
    """Kinds: the vocabulary for what sort of event something is."""

    queryset = EventKind.objects.all()
    serializer_class = serializers.KindSerializer
    document = documents.KIND


class RoleView(RecordView):
    """Roles: the vocabulary for the part that an actor has in an event."""

    queryset = Role.objects.all()
    serializer_class = serializers.RoleSerializer
    document = documents.ROLE
