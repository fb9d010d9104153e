"""The histogram of events: every event is in it once, under every filter, as in the list of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from rest_framework.test import APIClient

from tests import factories
from tests.api.world import a_world
from tests.test_querysets import dates
from timeline import counts, kept
from timeline.buckets import CALENDAR, SHOWN
from timeline.dates import OPEN_PAST
from timeline.dates.calendar import iso_bound
from timeline.models import Actor, Event, EventChange, EventCount, EventDocument, EventKind, Participation

PATH = "/api/v1/events/histogram/"


def histogram(client: APIClient, query: str) -> Any:
    response = client.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.content
    return response.json()


def filled(found: Any) -> dict[str, Any]:
    return {one["start"]: one["count"] for one in found["buckets"] if one["count"]}


def actor_called(slug: str) -> Actor:
    return Actor.objects.filter(slug=slug).first() or factories.an_actor(slug=slug, is_public=True)


def dated(*given: Any) -> list[Event]:
    return [factories.a_published_event(date=date) for date in given]


# --- The rules, by example ---


@pytest.mark.django_db
def test_what_the_client_has_is_not_sent_again(anyone: APIClient) -> None:
    dated("2020-03-05")
    first = anyone.get(f"{PATH}?bucket=year")
    known = {"if-none-match": first["ETag"]}
    again = anyone.get(f"{PATH}?bucket=year", headers=known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    dated("2020-04-05")
    assert anyone.get(f"{PATH}?bucket=year", headers=known).status_code == 200


@pytest.mark.django_db
def test_events_are_counted_where_they_start(anyone: APIClient) -> None:
    dated("2020-03-05", "2020-03", "2020-03-31/2020-05", "2020-05~", "2020", None, "../2019")
    factories.an_event(date="2020-03-05")
    assert histogram(anyone, "bucket=month") == {
        "bucket": "month",
        "bins": None,
        "spread": "start",
        "total": 7,
        "undated": 1,
        "before": 1,
        "after": 0,
        "buckets": [
            {"start": "2020-01-01", "end": "2020-01-31", "count": 1},
            {"start": "2020-03-01", "end": "2020-03-31", "count": 3},
            {"start": "2020-05-01", "end": "2020-05-31", "count": 1},
        ],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("spread", ["start", "even"])
def test_a_window_is_filled_and_cuts_its_first_and_last_bucket(anyone: APIClient, spread: str) -> None:
    dated("2020-03-20", "2020-05-10")
    found = histogram(anyone, f"bucket=month&date_from=2020-03-15&date_to=2020-05-20&spread={spread}")
    assert found["buckets"] == [
        {"start": "2020-03-15", "end": "2020-03-31", "count": 1},
        {"start": "2020-04-01", "end": "2020-04-30", "count": 0},
        {"start": "2020-05-01", "end": "2020-05-20", "count": 1},
    ]


@pytest.mark.django_db
def test_what_reaches_into_the_window_is_counted_apart(anyone: APIClient) -> None:
    dated("2019/2020", "../2020", "2020-06", "2021~", "2022")
    found = histogram(anyone, "bucket=year&date=2020")
    assert (found["before"], found["after"], filled(found)) == (2, 1, {"2020-01-01": 1})
    assert found["total"] == anyone.get("/api/v1/events/?date=2020&count=exact").json()["count"] == 4


@pytest.mark.django_db
def test_even_spreads_over_the_time_that_an_event_may_take(anyone: APIClient) -> None:
    dated("[2019-12-01..2020-01-31]", "2020-01", "2020-02/..", "../2019-11", None)
    found = histogram(anyone, "bucket=month&spread=even")
    assert filled(found) == {"2019-12-01": 0.5, "2020-01-01": 1.5}
    assert (found["before"], found["after"], found["undated"], found["total"]) == (1, 1, 1, 5)
    inside = histogram(anyone, "bucket=month&spread=even&date_from=2020-01&date_to=2020-02")
    assert filled(inside) == {"2020-01-01": 2, "2020-02-01": 1}
    assert (inside["before"], inside["after"], inside["total"]) == (0, 0, 3)


@pytest.mark.django_db
def test_bins_cut_the_window_or_the_time_of_what_is_found(anyone: APIClient) -> None:
    dated("2020-01-01", "2020-01-10", "2020-01-04/..", None)
    found = histogram(anyone, "bins=2")
    assert (found["bucket"], found["bins"], found["undated"]) == (None, 2, 1)
    assert found["buckets"] == [
        {"start": "2020-01-01", "end": "2020-01-05", "count": 2},
        {"start": "2020-01-06", "end": "2020-01-10", "count": 1},
    ]
    even = histogram(anyone, "bins=2&spread=even")
    assert even["buckets"][1]["count"] == pytest.approx(1 + 5 / 7, abs=1 / SHOWN)
    day = histogram(anyone, "bins=3&date=2020-01-10")
    assert [one["start"] for one in day["buckets"]] == [
        "2020-01-10T00:00:00",
        "2020-01-10T08:00:00",
        "2020-01-10T16:00:00",
    ]
    assert [one["count"] for one in day["buckets"]] == [1, 0, 0]
    later = histogram(anyone, "bins=1&date_from=2020-02-01")
    assert (later["before"], later["buckets"][0]["start"]) == (1, "2020-02-01")


@pytest.mark.django_db
@pytest.mark.parametrize("spread", ["start", "even"])
@pytest.mark.parametrize("query", ["bins=5", "bucket=day", "bins=5&actor=nobody"])
def test_nothing_found_is_no_buckets(anyone: APIClient, query: str, spread: str) -> None:
    factories.an_actor(slug="nobody", is_public=True)
    dated("../..")
    found = histogram(anyone, f"{query}&spread={spread}")
    assert (found["buckets"], found["before"]) == ([], 0 if "nobody" in query else 1)


@pytest.mark.django_db
@pytest.mark.parametrize("spread", ["start", "even"])
def test_the_beginning_of_everything_makes_no_billion_buckets(anyone: APIClient, spread: str) -> None:
    dated("Y-13800000000", "2020-03-15")
    found = histogram(anyone, f"bucket=year&spread={spread}")
    assert filled(found) == {"-13800000000-01-01": 1, "2020-01-01": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("", "bucket", "required"),
        ("bucket=fortnight", "bucket", "invalid_choice"),
        ("bucket=", "bucket", "empty"),
        ("bucket=day&bucket=day", "bucket", "repeated"),
        ("bins=0", "bins", "invalid_number"),
        ("bins=1001", "bins", "invalid_number"),
        ("bucket=day&bins=5", "bins", "excluded_by_another_parameter"),
        ("bucket=day&spread=odd", "spread", "invalid_choice"),
        ("bucket=day&limit=5", "limit", "unknown_parameter"),
        ("bucket=day&order=date", "order", "unknown_parameter"),
        ("bucket=day&date_from=2020&date_to=2019", "date_to", "reversed_window"),
        ("bucket=day&date_match=certain", "date_match", "needs_another_parameter"),
        ("bucket=day&date_from=1900&date_to=2020", "bucket", "too_many_buckets"),
        ("bucket=century&date_from=Y-13800000000&date_to=2020", "bucket", "too_many_buckets"),
        ("bucket=day&date_from=1900&date_to=2020&spread=even", "bucket", "too_many_buckets"),
        ("bins=100&date=2020-03-15T12:00:00", "bins", "too_many_buckets"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(anyone: APIClient, query: str, name: str, code: str) -> None:
    response = anyone.get(f"{PATH}?{query}")
    assert response.status_code == 400
    assert response.json()[name][0]["code"] == code


@pytest.mark.django_db
def test_too_many_buckets_are_refused_with_a_coarser_one(anyone: APIClient) -> None:
    dated("1000/2000")
    message = anyone.get(f"{PATH}?bucket=day&spread=even").json()["bucket"][0]["message"]
    assert "`week`" in message


@pytest.mark.django_db
def test_nothing_is_written_there(editor: APIClient) -> None:
    assert editor.post(PATH, {}).status_code == 405
    assert editor.delete(PATH).status_code == 405


@pytest.mark.django_db
def test_no_event_gets_this_address(editor: APIClient) -> None:
    kind = factories.a_kind().slug
    refused = editor.post("/api/v1/events/", {"title": "It", "kind": kind, "slug": "histogram"})
    assert (refused.status_code, refused.json()["slug"][0]["code"]) == (400, "slug_is_reserved")
    made = editor.post("/api/v1/events/", {"title": "Histogram", "kind": kind})
    assert made.json()["slug"] == "histogram-2"


@pytest.mark.django_db
@pytest.mark.parametrize("narrow", ["", "&actor=ann", "&undated=exclude"])
def test_a_window_without_ends_has_nothing_undated(anyone: APIClient, narrow: str) -> None:
    for event in dated("2020-03-05", "../2019", "2017/..", None):
        Participation.objects.create(event=event, actor=actor_called("ann"), role=factories.a_role())
    found = histogram(anyone, f"bucket=year&date=../..{narrow}")
    assert (found["total"], found["undated"], found["before"]) == (3, 0, 1)


@pytest.mark.django_db
def test_an_event_in_which_an_actor_has_two_roles_is_counted_once(anyone: APIClient) -> None:
    for event in (*dated("2020-03-05", "2020-03-05", None, "../2019"), factories.an_event(date="2020")):
        for role in (factories.a_role(), factories.a_role()):
            Participation.objects.create(event=event, actor=actor_called("ann"), role=role)
    for query in (
        "bucket=year",
        "bins=3",
        "bucket=year&date=2020",
        "bucket=year&date=2020&date_match=starts",
    ):
        with CaptureQueriesContext(connection) as asked:
            found = histogram(anyone, f"{query}&actor=ann")
        assert sum(filled(found).values()) == 2
        assert not any('"timeline_event"' in query["sql"] for query in asked.captured_queries[1:])


# --- Against the list and against plain Python ---

WINDOWS = ("", "date_from=1900", "date_to=1950-06", "date_from=-0020&date_to=0040", "date=1914~/2001-05-07")
FILTERS = ("", "undated=exclude", "status=planned", "actor=ann", "date_match=certain", "date_match=starts")
CUTS = (*(f"bucket={unit}" for unit in CALENDAR), "bins=1", "bins=7", "bins=1000")
old = st.sampled_from(
    ["Y-13800000000", "[Y-13800000000..2020]", "Y17000", "Y-70000~", "../..", "2020-03-15T10:30:00"]
)


def made(dates: list[str | None], kind: EventKind, first: int = 0) -> list[Event]:
    """Events, every other one planned, every fifth a draft."""
    return Event.objects.bulk_create(
        Event(
            slug=f"event-{number}",
            title="Event",
            kind=kind,
            date=date,
            status="planned" if number % 2 else "occurred",
            review="draft" if number % 5 == 4 else "published",
        )
        for number, date in enumerate(dates, first)
    )


class AllAddsUp(HypothesisTestCase):
    @given(
        st.lists(st.one_of(dates(), old), max_size=8),
        st.sampled_from(WINDOWS),
        st.sampled_from(FILTERS),
        st.sampled_from(CUTS),
        st.booleans(),
    )
    def test_to_the_count_of_the_list(
        self, given: list[str | None], window: str, narrow: str, cut: str, even: bool
    ) -> None:
        ann, kind, role = (
            factories.an_actor(slug="ann", is_public=True),
            factories.a_kind(),
            factories.a_role(),
        )
        events = made(given, kind)
        Participation.objects.bulk_create(
            Participation(event=event, actor=ann, role=role)
            for number, event in enumerate(events)
            if number % 3
        )
        query = "&".join(part for part in (window, narrow) if part and (window or "match" not in part))
        anyone, viewer = APIClient(), APIClient()
        viewer.force_authenticate(factories.an_editor())
        for client in (anyone, viewer):
            response = client.get(
                f"{PATH}?{cut}&{query}&spread={'even' if even else 'start'}".replace("&&", "&")
            )
            listed = client.get(f"/api/v1/events/?count=exact&limit=1&{query}".rstrip("&")).json()["count"]
            found = response.json()
            if response.status_code == 400:
                assert next(iter(found.values()))[0]["code"] == "too_many_buckets"
                continue
            apart = found["before"] + found["after"] + found["undated"]
            assert sum(one["count"] for one in found["buckets"]) + apart == listed == found["total"]
            if even and "date_from" in query and "date_to" in query:
                assert apart == found["undated"]


def counted_plainly(unit: str) -> dict[str, Any]:
    """The histogram of everything that is public, by start, counted one by one."""
    found: dict[str, Any] = {"undated": 0, "before": 0}
    for event in Event.objects.filter(review="published"):
        if event.date.edtf is None:
            found["undated"] += 1
        elif event.date_earliest <= OPEN_PAST:
            found["before"] += 1
        else:
            division = CALENDAR[unit]
            start = str(iso_bound(division.first(division.place(event.date_sort_at))))
            found[start] = found.get(start, 0) + 1
    return found


def is_right(client: APIClient) -> None:
    for unit in CALENDAR:
        found = histogram(client, f"bucket={unit}")
        assert {**filled(found), "undated": found["undated"], "before": found["before"]} == counted_plainly(
            unit
        )


def kept_is_right() -> None:
    """What is kept adds up to the documents, by day and by month."""
    for by in EventCount.By.values:
        rows = EventCount.objects.filter(by=by).values_list("events", flat=True)
        assert sum(rows) == EventDocument.objects.exclude(starts_on=None).count()


def settle() -> None:
    list(kept.settle_all())


GIVEN = (
    "2020-03-05",
    "2020-03",
    "1917~",
    "-0043-03-15",
    "Y-13800000000",
    None,
    "../2019",
    "../..",
    "2017/..",
)


def move(event: Event) -> None:
    event.date = "1999-12-31"
    event.save()


def raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


EDITS: dict[str, Callable[[list[Event]], object]] = {
    "a date": lambda events: move(events[0]),
    "undated": lambda events: Event.objects.filter(pk=events[0].pk).update(date=None),
    "update": lambda events: Event.objects.update(date="1815-06-18"),
    "retracted": lambda events: Event.objects.filter(pk__gt=events[2].pk).update(review="retracted"),
    "raw SQL": lambda events: raw("UPDATE timeline_event SET review = 'draft'"),
    "raw deletion": lambda events: raw("DELETE FROM timeline_citation"),
    "deleted": lambda events: events[0].delete(),
    "all deleted": lambda events: Event.objects.all().delete(),
    "bulk": lambda events: Event.objects.bulk_create(
        Event(slug=f"b-{n}", title="B", kind=events[0].kind, date=f"20{n}", review="published")
        for n in range(10, 30)
    ),
    "nothing of this": lambda events: Event.objects.update(title="Another"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("edit", EDITS)
def test_what_is_kept_is_never_stale(anyone: APIClient, edit: str) -> None:
    events = dated(*GIVEN)
    factories.an_event(date="2020")
    is_right(anyone)  # nothing is kept yet
    settle()
    kept_is_right()
    is_right(anyone)
    EDITS[edit](events)
    is_right(anyone)  # overtaken and not yet rendered
    settle()
    kept_is_right()
    assert not EventChange.objects.exists()
    is_right(anyone)
    counts.add_up(*EventCount.By.values)
    kept_is_right()
    is_right(anyone)


class EverythingInAWindow(HypothesisTestCase):
    @given(
        st.lists(st.one_of(dates(), old), max_size=12),
        st.integers(0, 12),
        st.sampled_from([*WINDOWS, "date_from=1500-03-15&date_to=2001-05-07", "date=2020-03-15T10"]),
        st.sampled_from(["year", "decade", "quarter", "month", "week", "day"]),
    )
    def test_is_what_a_scan_finds(
        self, given: list[str | None], settled: int, window: str, unit: str
    ) -> None:
        kind = factories.a_kind()
        made(given[:settled], kind)
        settle()
        made(given[settled:], kind, first=settled)
        client = APIClient()
        known = client.get(f"{PATH}?bucket={unit}&{window}".rstrip("&"))
        scanned = client.get(f"{PATH}?bucket={unit}&{window}&kind={kind.slug}".replace("&&", "&"))
        assert known.status_code == scanned.status_code
        assert known.json() == scanned.json()


@pytest.mark.django_db
def test_many_small_differences_are_added_up_on_the_way(
    anyone: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "ADDED_UP_AFTER", {EventCount.By.DAY: 8, EventCount.By.MONTH: 4})
    events = dated("2020-03-05", "2020-04-05")
    for year in range(1900, 1930):
        Event.objects.filter(pk=events[0].pk).update(date=str(year))
        settle()
    assert EventCount.objects.count() < 20
    kept_is_right()
    is_right(anyone)


@pytest.mark.django_db
def test_refill_mends_the_counts(anyone: APIClient) -> None:
    dated(*GIVEN)
    call_command("refill", verbosity=0)
    EventCount.objects.all().delete()
    call_command("refill", "--all", verbosity=0)
    kept_is_right()
    is_right(anyone)


@pytest.mark.django_db
def test_everything_is_one_query_however_much_is_pending(anyone: APIClient) -> None:
    a_world()
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            histogram(anyone, "bucket=month")
        assert len(asked) == 1
        settle()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("bucket=month&date=2020", 1),
        ("bucket=day&tag=tag-one&undated=exclude", 2),
        ("bucket=year&actor=person-one&spread=even&date_from=2000&date_to=2030", 2),
        ("bins=50", 2),
        ("bins=50&spread=even", 2),
        ("bins=50&date=2020", 1),
    ],
)
def test_a_histogram_runs_few_queries(anyone: APIClient, query: str, queries: int) -> None:
    a_world("One")
    with CaptureQueriesContext(connection) as asked:
        assert histogram(anyone, query)["total"] >= 1
    assert len(asked) == queries


@pytest.mark.django_db
def test_drafts_are_counted_for_those_who_may_see_them(anyone: APIClient, editor: APIClient) -> None:
    dated("2020")
    factories.an_event(date="2020")
    for query in ("bucket=year", "bucket=year&spread=even", "bins=1", "bucket=year&date=2020"):
        assert (histogram(anyone, query)["total"], histogram(editor, query)["total"]) == (1, 2)
