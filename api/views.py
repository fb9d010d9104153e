"""What every noun's addresses do: list, read, create, replace, change and delete, each in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.functional import cached_property
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from api.conditional import Answer, check_version, etag_of, unless_known
from api.documents import Document, Viewer, root_of
from api.exceptions import Moved
from api.filters import Choice, Keys, Parameter, narrowed, read_parameters
from api.idempotency import once
from api.moments import AS_OF, Judged, judged, refuse_search
from api.pagination import PAGE_PARAMETERS, Cursors, by_slug, page_of
from api.parsers import check_length
from api.renderers import OrjsonRenderer, json_of
from api.search import leave_out_quotes
from api.writing import MESSAGE, Result, by_number, check_number, tried
from timeline.history.changesets import changeset
from timeline.identity.former import leading_to

FORMAT = Choice("format", "The form of the answer.", choices=("json",))


def the_one(rows: QuerySet[Any], slug: str) -> Any:
    """The row with this slug, or Http404.

    As of a moment there may be several, of transactions that overlapped; then the last is meant.
    """
    found = max(rows.filter(slug=slug).order_by(), key=lambda row: row.pk, default=None)
    if found is None:
        raise Http404(f"No {rows.model._meta.object_name} matches the given query.")
    return found


class ToldInJSON(APIView):
    """A view that says in JSON what goes wrong, whatever was asked for."""

    def handle_exception(self, exc: Exception) -> Any:
        self.request.accepted_renderer = OrjsonRenderer()
        self.request.accepted_media_type = OrjsonRenderer.media_type
        return super().handle_exception(exc)


class AskedView(ToldInJSON):
    """A view that refuses parameters it does not know."""

    asked: dict[str, Any]
    as_of: Judged
    # What a view that is no noun answers, in JSON Schema.
    answer: ClassVar[dict[str, Any]]

    def parameters(self) -> list[Parameter]:
        """All that this address takes for this method."""
        return [FORMAT]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # What `as_of` asks about lasts as long as the request, or as what a stream is read from.
        with ExitStack() as self.moment:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_length(request.META)
        self.asked = {}
        # A method that there is not is refused as such, whatever its parameters.
        if request.method != "OPTIONS" and hasattr(self, str(request.method).lower()):
            self.as_of = judged(request)
            self.ask(request)
            refuse_search(self.asked)
            leave_out_quotes(self.asked)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        # One address has several answers: by form, and by who asks. All of them are asked for again, by ETag.
        patch_vary_headers(response, ("Accept", "Authorization", "Cookie"))
        known = bool(request.META.get("HTTP_AUTHORIZATION") or request.COOKIES)
        response.headers.setdefault("Cache-Control", "private, no-cache" if known else "no-cache")
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What may be done here is in the header Allow, which every answer has."""
        return Response(status=status.HTTP_204_NO_CONTENT)

    def ask(self, request: Request) -> None:
        """Read the parameters into `asked`, as of the moment that is one of them."""
        known = self.parameters()
        if AS_OF in known:
            self.moment.enter_context(self.as_of.then())
            known[known.index(AS_OF)] = self.as_of
        self.asked = read_parameters(request.query_params, known, request.user)

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.request.user, self.root, self.asked.get("known_by"))

    @cached_property
    def root(self) -> str:
        return root_of(self.request)


class RecordView(AskedView, GenericViewSet):
    """The addresses of a noun. Reading shows everybody what is public; writing needs the permission."""

    lookup_field = "slug"
    # No dot, no slash and no NUL: what cannot be a slug is no address.
    lookup_value_regex = r"[-\w]+"

    serializer_class: Any
    document: ClassVar[Document]
    filters: ClassVar[tuple[Parameter, ...]] = ()
    # Those that one thing is asked for with.
    of_one: ClassVar[tuple[Parameter, ...]] = ()
    # The first is the default. Only where there are several can one be asked for.
    # A list in tiers is several QuerySets.
    orders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"slug": by_slug}
    order_description: ClassVar[str] = ""
    # Whether a POST may bring a list of them.
    takes_lists: ClassVar[bool] = False

    def parameters(self) -> list[Parameter]:
        if self.action == "list":
            order = (
                [Choice("order", self.order_description, choices=tuple(self.orders))]
                if len(self.orders) > 1
                else []
            )
            return [*self.filters, *order, AS_OF, *PAGE_PARAMETERS, *self.shape_parameters(), FORMAT]
        if self.action == "retrieve":
            return [*self.of_one, AS_OF, *self.shape_parameters(), FORMAT]
        return [MESSAGE, FORMAT]

    def shape_parameters(self) -> list[Parameter]:
        keys = Keys("fields", "Only these keys, separated by commas.", keys=tuple(self.document.parts))
        extras = tuple(self.document.extras)
        return [keys, Keys("include", "These keys too.", keys=extras)] if extras else [keys]

    def get_queryset(self) -> QuerySet[Any]:
        user = getattr(self.request, "user", None) or AnonymousUser()
        model: Any = self.serializer_class.Meta.model
        return model._default_manager.visible_to(user)  # type: ignore[no-any-return]

    def shown(self) -> Document:
        """The document that answers here."""
        return self.document

    def keys(self) -> list[str]:
        asked = [*self.asked.get("fields", self.shown().standard), *self.asked.get("include", ())]
        return list(dict.fromkeys(asked))

    def prepared(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return self.shown().prepared(rows, self.keys(), self.viewer)

    def rendered(self, rows: list[Any]) -> list[dict[str, Any]]:
        return self.shown().of(rows, self.keys(), self.viewer)

    def ordered(self, rows: Any) -> Any:
        return self.orders[self.asked.get("order", next(iter(self.orders)))](rows)

    def narrowed(self, rows: QuerySet[Any]) -> Any:
        return narrowed(rows, self.asked, self.filters)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.narrowed(self.get_queryset())
        rows = self.ordered(self.prepared(asked))
        cursors = Cursors(request)
        position = cursors.position(self.asked["cursor"]) if "cursor" in self.asked else None
        page = page_of(rows, self.asked.get("limit", 50), position)
        counted = {"count": asked.count()} if "count" in self.asked else {}
        links = {"next": cursors.address(page.next), "previous": cursors.address(page.previous)}
        body = json_of({**counted, **links, "results": self.rendered(page.rows)})
        return unless_known(request, Answer(body, etag=etag_of(None, body)))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.one(self.prepared(narrowed(self.get_queryset(), self.asked, self.of_one)))
        body = json_of(self.rendered([row])[0])
        return unless_known(request, Answer(body, etag=etag_of(row.version, body)))

    def written(self, record: Any) -> Any:
        """What was just written with all that its document needs, also where its author may not read it."""
        if getattr(record, "is_fetched", False):
            return record
        return self.prepared(type(record)._default_manager.filter(pk=record.pk)).get()

    def told(self, record: Any, code: int) -> Answer:
        """The document of what was just written."""
        row = self.written(record)
        body = json_of(self.rendered([row])[0])
        location = self.viewer.url(self.document.noun, row.slug) if code == status.HTTP_201_CREATED else ""
        return Answer(body, code, etag_of(row.version, body), location)

    def one(self, rows: QuerySet[Any]) -> Any:
        try:
            return the_one(rows, self.kwargs["slug"])
        except Http404:
            # Only who reads is led on: what is deleted or overwritten is named by the address that it has.
            if self.action == "retrieve":
                self.lead_on(rows.model)
            raise

    def lead_on(self, model: Any) -> None:
        """Raise Moved where the slug of the address was that of something that now has another."""
        slug = self.kwargs["slug"]
        rows = model._default_manager.visible_to(self.request.user)
        found = leading_to(rows.only("slug").order_by(), [slug])
        if slug in found:
            raise Moved(found[slug].slug)

    def handle_exception(self, exc: Exception) -> Any:
        response = super().handle_exception(exc)
        if isinstance(exc, Moved):
            match: Any = self.request.resolver_match
            path = reverse(match.view_name, kwargs={**self.kwargs, "slug": exc.slug})
            query = self.request.META.get("QUERY_STRING", "")
            place = self.request.build_absolute_uri(path) + (f"?{iri_to_uri(query)}" if query else "")
            response["Location"] = response.data["url"] = place
        return response

    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.data  # read before any transaction: who sends slowly keeps nobody else from writing
        items = data if self.takes_lists and isinstance(data, list) else None
        return once(request, data, lambda: self.made(data) if items is None else self.made_all(items))

    def saved(self, write: Callable[[bool], Result]) -> Result:
        return tried(write, by=self.request.user, message=self.asked.get("message", ""))

    def made(self, data: Any) -> Answer:
        with self.serializer_class.lent(self.request, data=data) as serializer:
            attrs = serializer.run_validation(data)
            model = serializer.Meta.model
            record = self.saved(lambda asked: serializer.written(model(), attrs, asked=asked))
        return self.told(record, status.HTTP_201_CREATED)

    def made_all(self, items: Sequence[Any]) -> Answer:
        """All of the list or nothing. What is wrong is told by the number of the item, from 0."""
        check_number(items)
        with self.serializer_class.lent(self.request) as serializer:
            serializer.look_up(items)
            attrs = by_number(serializer.run_validation, items)
            model = serializer.Meta.model
            records = self.saved(
                lambda asked: by_number(lambda one: serializer.written(model(), one, asked=asked), attrs)
            )
        rows = [self.written(record) for record in records]
        return Answer(json_of(self.rendered(rows)), status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> HttpResponse:
        data = request.data

        def changed(asked: bool) -> Answer:
            # Locked, so that what is read here and merged is not changed by somebody else meanwhile. Not as
            # for a deletion: two events that name each other may be written at the same moment.
            record = self.one(self.get_queryset().select_for_update(no_key=True))
            check_version(request, record.version)
            with self.serializer_class.lent(request, record, data, partial=partial) as serializer:
                serializer.written(record, serializer.run_validation(data), asked=asked)
            return self.told(record, status.HTTP_200_OK)

        return self.saved(changed).response()

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.update(request, *args, partial=True, **kwargs)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with changeset(by=request.user, message=self.asked.get("message", "")):
            record = self.one(self.get_queryset().select_for_update())
            check_version(request, record.version)
            record.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
