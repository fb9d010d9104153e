"""T14: drafts never leak. Every address that the OpenAPI document tells of answers everybody byte by byte
the same, whether there are drafts in the database or not.

Routes, parameters and their values come from the document. A parameter for which no value is known here
fails the test, and so does one that is refused with all its values: nothing new goes unasked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.apps import apps
from django.db import models as columns
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.api.test_visibility import NAMES as HIDDEN_NAMES
from tests.api.test_visibility import at_one_moment, tie, words
from tests.api.world import a_world
from timeline import kept, models
from timeline.fields import TimeSpanField
from timeline.models.revision import Past, Revision

pytestmark = pytest.mark.django_db

API = "/api/v1/"
# In every text of the drafts, and in their slugs.
MARKS = (b"zqxmark", b"idden")
MARK = "zqxmark"
WORLDS = 100

# Values to ask with where the schema names none: of the public world, of the drafts, and of nothing.
SLUGS = {
    name: (f"{noun}-one", f"{noun}-hidden", f"{noun}-nowhere")
    for name, noun in {
        "actor": "person",
        "actor_all": "state",
        "contract": "contract",
        "source": "source",
        "timeline": "timeline",
        "tag": "tag",
        "place": "city",
        "part_of": "country",
        "role": "role",
        "kind": "kind",
        "publisher": "paper",
    }.items()
}
DATES = ("2020", "1999", "[2020-03-01..2020-03-31]")
VALUES: dict[str, tuple[str, ...]] = {
    **SLUGS,
    "date": DATES,
    "date_from": DATES,
    "date_to": DATES,
    "known_by": DATES,
    "as_of": ("2021-01-01T00:00Z", "2019-01-01T00:00Z"),
    "since": ("0.0.0",),
    "q": ("one", "hidden", "signed", MARK, f"-{MARK}", f'"{MARK}"', "event"),
    "limit": ("1", "2", "500"),
    "bins": ("1", "7"),
    "text": ("mid-March 2020",),
    "reference": ("2020-01-01",),
    "cursor": (),  # taken from the pages
    "If-None-Match": (),  # asked with the ETag of each answer
}
# What a parameter, or one of its values, cannot do without.
WITH: dict[str, dict[str, str]] = {
    "date_match": {"date": "2020"},
    "members": {"actor": "state-one"},
    "order=relevance": {"q": "one"},
    "include=snippets": {"q": "one"},
    "include=snippet": {"q": "one"},
    "include=highlights": {"q": "one"},
    "include=match": {"date": "2020"},
    "fields=match": {"date": "2020"},
    "reference": {"text": "yesterday"},
    "spread=even": {"date": "2020"},
}
# The events of one thing are the list of all with one more filter: the first values do.
OF_ONE, FIRST = "{slug}/events/", 2
# What an address cannot do without.
NEEDED = {"events/histogram/": {"bucket": "year"}, "dates/read/": {"text": "2020"}}
# The names of a thing in its noun: two that are public, one that is a draft, one that is not there.
NAMES = {**HIDDEN_NAMES, "kinds": "kind", "roles": "role"}


# --- The drafts ---


def rows_of(model: Any) -> set[Any]:
    return set(model._default_manager.values_list("pk", flat=True))


def draft_worlds(first: int, last: int) -> None:
    """Worlds of drafts, each tied to the public one, with the mark in all their texts."""
    # What things were is as hidden as they are.
    nouns = [
        model
        for model in apps.get_app_config("timeline").get_models()
        if not issubclass(model, (Past, Revision, models.Changeset))
    ]
    before = {model: rows_of(model) for model in nouns}
    for number in range(first, last):
        hidden = a_world(f"Hidden {number}" if number else "Hidden", review="draft", with_words=False)
        factories.a_tag(name=f"More hidden {number}")
        factories.a_timeline(hidden, title=f"More hidden {number}")
        factories.a_place(name=f"More hidden {number}")
        if number and models.Event.objects.filter(slug="event-one").exists():
            bind(hidden)
    for model in nouns:
        mark(model, rows_of(model) - before[model])


def bind(hidden: models.Event) -> None:
    """Ties a draft to what is public, so that counts, filters and lists would show it."""
    person = models.Actor.objects.get(slug="person-one")
    source = models.Source.objects.get(slug="source-one")
    factories.a_participation(event=hidden, actor=person, role=models.Role.objects.get(slug="role-one"))
    factories.a_citation(event=hidden, source=source, attributed_to=person, position=7)
    factories.a_citation(contract=models.Contract.objects.filter(review="draft").last(), source=source)
    models.Contract.objects.get(slug="contract-one").events.add(hidden)
    timeline = models.Timeline.objects.get(slug="timeline-one")
    models.TimelineEntry.objects.create(timeline=timeline, event=hidden)
    hidden.tags.add(models.Tag.objects.get(slug="tag-one"))
    hidden.place = models.Place.objects.get(slug="city-one")
    hidden.save()


def mark(model: Any, keys: set[Any]) -> None:
    """Writes the mark into every text of these rows that may hold any words."""
    rows = model._default_manager.filter(pk__in=keys)
    for field in model._meta.concrete_fields:
        if isinstance(field, TimeSpanField):
            rows.update(**{field.name: {"text": MARK, "edtf": "[2020-03-11..2020-03-20]"}})
        elif isinstance(field, columns.URLField):
            rows.update(**{field.name: f"https://example.org/{MARK}"})
        elif is_text(field):
            rows.update(**{field.name: MARK})


def is_text(field: Any) -> bool:
    """Not slugs, which have the name; not codes, of which the databases know the form."""
    codes = ("currency", "language", "text_sha256", "digest", "body", "quote_status", "field", "value")
    is_free = isinstance(field, columns.CharField | columns.TextField) and not field.choices
    is_kept = isinstance(field, columns.SlugField | columns.GeneratedField) or field.unique
    return is_free and not is_kept and field.name not in codes and getattr(field, "editable", True)


# --- What can be asked ---


def values_of(name: str, schema: dict[str, Any]) -> Iterator[str]:
    one = schema.get("items", schema)
    if name in VALUES and not one.get("enum"):
        yield from VALUES[name]
    elif one.get("enum"):
        yield from map(str, one["enum"])
    elif one.get("type") == "boolean":
        yield from ("true", "false")
    else:
        raise AssertionError(f"Say with which values to ask for {name}.")


def requests_of(path: str, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(parameter, address) of each request: each value of each parameter alone, with what it needs."""
    parameters = {
        one["name"]: one["schema"] for one in operation.get("parameters", ()) if one["in"] == "query"
    }
    needed = NEEDED.get(path, {})
    counted = {"count": "exact"} if "count" in parameters else {}
    yield "", address(path, needed)
    for name, schema in parameters.items():
        for value in islice(values_of(name, schema), FIRST if path.endswith(OF_ONE) else None):
            wanted = WITH.get(f"{name}={value}", WITH.get(name, {}))
            more = {one: wanted[one] for one in wanted if one in parameters}
            yield name, address(path, {**needed, **counted, **more, name: value})
    if "include" in parameters:
        extras = [key for key in parameters["include"]["items"]["enum"] if f"include={key}" not in WITH]
        for form in parameters["format"]["enum"]:
            yield "include", address(path, {"include": ",".join(extras), "format": form})


def address(path: str, parameters: dict[str, str]) -> str:
    # One of the two is what the histogram is divided by.
    if "bins" in parameters:
        parameters = {name: value for name, value in parameters.items() if name != "bucket"}
    return f"{path}?{urlencode(parameters)}" if parameters else path


def all_requests(client: Client) -> list[tuple[str, str, str]]:
    """(route, parameter, address) of all that there is to ask."""
    document = client.get(f"{API}schema/?format=json").json()
    found = []
    for route, operations in document["paths"].items():
        if "get" not in operations:
            continue
        path = route.removeprefix(API)
        public, *others = slugs_for(path)
        asked = requests_of(path, operations["get"])
        found += [(path, name, one.replace("{slug}", quote(public))) for name, one in asked]
        found += [(path, "", path.replace("{slug}", quote(slug))) for slug in others]
    return found


def slugs_for(path: str) -> tuple[str, ...]:
    if "{slug}" not in path:
        return ("",)
    name = NAMES[path.partition("/")[0]]
    return (f"{name}-one", f"{name}-hidden", f"{name}-nowhere")


# --- What is answered ---

Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


def answer(client: Client, method: str, path: str, **headers: str) -> Answer:
    response: Any = client.generic(method, path, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, tuple(sorted(response.headers.items())), body


def answers(client: Client, paths: list[str]) -> dict[tuple[str, str], Answer]:
    """What everybody is told: by GET and on the pages that follow, by HEAD and OPTIONS."""
    found = {}
    for path in paths:
        page: str | None = API + path
        for number in range(60):
            if page is None:
                break
            found[f"GET {number}", path] = told = answer(client, "GET", page)
            page = next_page(told)
        if "?" not in path:
            found["HEAD", path] = answer(client, "HEAD", API + path)
            found["OPTIONS", path] = answer(client, "OPTIONS", API + path)
    return found


def next_page(told: Answer) -> str | None:
    status, headers, body = told
    if status != 200 or dict(headers).get("Content-Type") != "application/json":
        return None
    found = json.loads(body)
    return found.get("next") if isinstance(found, dict) else None


def public_worlds(*names: str) -> None:
    for name in names:
        a_world(name, with_words=False)


@pytest.mark.long
def test_every_answer_is_the_same_with_and_without_two_hundred_drafts(settings: Settings) -> None:
    settings.RATES = dict.fromkeys(settings.RATES)
    client = Client()
    with transaction.atomic():
        words()
        public_worlds("One", "Two", "Three")
        at_one_moment()
        list(kept.settle_all())
        requests = all_requests(client)
        paths = list(dict.fromkeys(path for _, _, path in requests))
        before = answers(client, paths)
        transaction.set_rollback(True)
    words()
    draft_worlds(0, WORLDS // 3)
    public_worlds("One")
    draft_worlds(WORLDS // 3, WORLDS // 2)
    public_worlds("Two", "Three")
    draft_worlds(WORLDS // 2, WORLDS)
    tie(models.Event.objects.get(slug="event-hidden"))
    at_one_moment()
    assert hidden_rows() >= 200
    bare = [path for path in paths if "?" not in path]
    differences(before, answers(client, bare))  # while documents are rendered
    list(kept.settle_all())
    after = answers(client, paths)
    assert after.keys() == before.keys()
    differences(before, after)
    nothing_is_sent_again(client, before)
    every_parameter_was_taken(requests, after)


def hidden_rows() -> int:
    """The least number of drafts of any noun that can be one."""
    nouns = (
        models.Event,
        models.Contract,
        models.Timeline,
        models.Actor,
        models.Source,
        models.Place,
        models.Tag,
    )
    return min(model._default_manager.filter(slug__contains="hidden").count() for model in nouns)


def differences(before: dict[Any, Answer], after: dict[Any, Answer]) -> None:
    different = {key: (before[key], told) for key, told in after.items() if before[key] != told}
    assert different == {}
    marked = [
        (key, told)
        for key, told in after.items()
        if any(mark in told[2] for mark in MARKS) and "idden" not in key[1] and MARK not in key[1]
    ]
    assert marked == []


def every_parameter_was_taken(requests: list[tuple[str, str, str]], told: dict[Any, Answer]) -> None:
    taken = {(route, name) for route, name, path in requests if told["GET 0", path][0] == 200}
    # These answer nobody who is not known.
    closed = {route for route, name, path in requests if not name and told["GET 0", path][0] == 401}
    assert {(route, name) for route, name, _ in requests if route not in closed} - taken == set()
    assert closed == {"changes/"}


def nothing_is_sent_again(client: Client, before: dict[tuple[str, str], Answer]) -> None:
    """With the ETags from before the drafts came."""
    etags = {
        path: dict(headers)["ETag"]
        for (method, path), (status, headers, _) in before.items()
        if method == "GET 0" and status == 200 and "ETag" in dict(headers)
    }
    assert etags
    told = {
        path: answer(client, "GET", API + path, **{"if-none-match": etag}) for path, etag in etags.items()
    }
    assert [path for path, (status, _, body) in told.items() if status != 304 or body] == []
