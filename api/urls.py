"""The addresses under /api/v1/."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from api import changes, checks, histogram, nouns, pages
from timeline.models import Actor, Contract, Source, Timeline

app_name = "api"

router = SimpleRouter()
router.register("events", nouns.EventView, basename="event")
router.register("actors", nouns.ActorView, basename="actor")
router.register("contracts", nouns.ContractView, basename="contract")
router.register("sources", nouns.SourceView, basename="source")
router.register("timelines", nouns.TimelineView, basename="timeline")
router.register("places", nouns.PlaceView, basename="place")
router.register("tags", nouns.TagView, basename="tag")
router.register("kinds", nouns.KindView, basename="kind")
router.register("roles", nouns.RoleView, basename="role")

# They are tried in their order: what is asked most often comes first.
urlpatterns = [
    *(
        re_path(
            rf"^{fixed}s/(?P<slug>[-\w]+)/events/$",
            nouns.EventsOfView.as_view({"get": "list"}, fixed=fixed, of=model),
            name=f"{fixed}-events",
        )
        for fixed, model in (
            ("actor", Actor),
            ("contract", Contract),
            ("source", Source),
            ("timeline", Timeline),
        )
    ),
    # Before the events by their slugs; no event may have this one.
    path("events/histogram/", histogram.HistogramView.as_view(), name="events-histogram"),
    *router.urls,
    path("", pages.RootView.as_view(nouns=[noun for noun, _, _ in router.registry]), name="root"),
    path("changes/", changes.ChangesView.as_view(), name="changes"),
    path("checks/", checks.ChecksView.as_view({"get": "list", "post": "mark"}), name="checks"),
    path("dates/read/", pages.DateReadView.as_view(), name="dates-read"),
    path("schema/", pages.SchemaView.as_view(), name="schema"),
    path("docs/", pages.DocsView.as_view(), name="docs"),
    # Only what ends in a slash: what does not is first led to the address that does. An address may have
    # line ends in it.
    re_path(r"^[\s\S]*/$", pages.NowhereView.as_view()),
]
