"""The strip above the list of events: it counts what the list shows, and each bar leads to its span."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from timeline.admin.density import MOST_BARS, ends_of, words_for
from timeline.dates.calendar import seconds
from timeline.models import Event

EVENTS = "/admin/timeline/event/"
FEW = ("2018", "2019-05", "2019-05-04", "2020~", "2021?", "1914/2022", "../2017", "../..", "")


class Links(HTMLParser):
    """What stands in the SVG: (where it leads, what it is called), in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.inside = self.inside or tag == "svg"
        if tag == "a" and self.inside:
            self.found.append((values["href"], values["aria-label"]))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "svg"


def events_at(dates: Iterable[Any], **fields: Any) -> list[Event]:
    kind = factories.a_kind()
    return [factories.an_event(kind=kind, date=date, **fields) for date in dates]


def strip(client: Client, query: str = "") -> Any:
    return client.get(EVENTS + query).context["cl"].density


def bars(client: Client, query: str = "") -> list[tuple[str, int]]:
    return [(bar.label, bar.count) for bar in strip(client, query).bars]


def test_it_counts_where_events_start_by_a_unit_that_fits(client: Client) -> None:
    events_at(["2018", "2018-03", "2020", "2020-12-31"])
    assert bars(client) == [
        ("January to March 2018", 2), ("April to June 2018", 0), ("July to September 2018", 0),
        ("October to December 2018", 0), ("January to March 2019", 0), ("April to June 2019", 0),
        ("July to September 2019", 0), ("October to December 2019", 0), ("January to March 2020", 1),
        ("April to June 2020", 0), ("July to September 2020", 0), ("October to December 2020", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [
        (["2020-03-01", "2020-03-09"], "24 February to 1 March 2020", "30 March to 5 April 2020"),
        (["2020-03-02", "2020-05-29"], "24 February to 1 March 2020", "25 to 31 May 2020"),
        (["2019-02", "2020-03"], "February 2019", "March 2020"),
        (["1990", "2020"], "1990 to 1991", "2020 to 2021"),
        (["-0043-03-15", "2020"], "101 to 2 BC", "2000 to 2099"),
        (["Y-13800000000", "2020"], "13,800,000,001 BC", "2020"),
        (["9998-05", "Y10001"], "9998", "AD 10,001"),
    ],
)
def test_a_bar_is_as_long_as_the_range_asks_for(
    client: Client, dates: list[str], first: str, last: str
) -> None:
    events_at(dates)
    found = bars(client, "?review__exact=draft")
    assert len(found) <= MOST_BARS
    assert sum(count for _, count in found) == 2
    if "Y-13800000000" not in dates:
        assert (found[0][0], found[-1][0]) == (first, last)
    else:
        assert found[0][0].startswith(first)
        assert found[-1][0].endswith(last)


def test_what_has_no_bar_is_told(client: Client) -> None:
    events_at([*FEW, {"text": "in a short time", "edtf": None}])
    found = strip(client)
    assert (found.total, found.undated, found.before, found.after) == (10, 2, 2, 0)
    html = client.get(EVENTS).content.decode()
    assert "2 began nobody knows when" in " ".join(html.split())
    assert 'href="?undated=only">2 undated</a>' in html
    found = strip(client, "?date_from=2018&date_to=2019")
    # 1914/2022 and the two open starts began before, 2020~ is searched from earlier on.
    assert (found.total, found.undated, found.before, found.after) == (6, 0, 2, 1)


def test_a_bar_leads_to_the_events_of_its_span(client: Client) -> None:
    events_at(["2018-02", "2018-03-31", "2020-12-31"], title="Signing")
    events_at(["2018-02"], title="Something else")
    response = client.get(EVENTS + "?q=signing&review__exact=draft")
    links = Links(response.content.decode()).found
    assert [label for _, label in links] == [
        "January to March 2018: 2 events",
        "October to December 2020: 1 event",
    ]
    response = client.get(EVENTS + links[0][0])
    assert response.context["cl"].result_count == 2
    assert {event.title for event in response.context["cl"].result_list} == {"Signing"}
    weeks = [bar for bar in bars(client, links[0][0]) if bar[1]]
    assert weeks == [("29 January to 4 February 2018", 1), ("26 to 31 March 2018", 1)]
    whole = re.search(r'href="([^"]*)">The whole range</a>', response.content.decode())
    assert whole is not None
    assert client.get(EVENTS + whole[1].replace("&amp;", "&")).context["cl"].result_count == 3


def test_every_bar_finds_at_least_what_it_counts(client: Client) -> None:
    events_at([*FEW, "Y-20000", "-0043-03-15", "2019-05-04T10:00:00"])
    for query in ("", "?date_from=2018", "?date_from=2019-05-04&date_to=2019-05-06"):
        for bar in strip(client, query).bars:
            if bar.count:
                assert strip(client, bar.address).total >= bar.count, bar


@pytest.mark.parametrize(
    "query",
    [
        "", "?q=event", "?q=nothing+has+this", "?date_from=2018", "?date_to=2019", "?date_to=1900",
        "?date_from=2019&date_to=2020&date_match=certain", "?date_from=2019-05-04T10:00:00&date_to=2019-05",
        "?actor=Turkey", "?undated=only", "?undated=exclude", "?review__exact=published",
        "?status__exact=planned", "?verification__exact=disputed", "?date_from=banana", "?p=2", "?o=-1",
    ],
)  # fmt: skip
def test_it_counts_exactly_what_the_list_shows(client: Client, query: str) -> None:
    turkey = factories.an_actor(name="Turkey")
    kind = factories.a_kind()
    for number, date in enumerate(FEW):
        make = factories.a_published_event if number % 2 else factories.an_event
        event = make(kind=kind, date=date, status="planned" if number % 3 else "occurred")
        if number < 4:
            factories.a_participation(event=event, actor=turkey)
    shown = client.get(EVENTS + query).context["cl"]
    found = shown.density
    in_bars = sum(bar.count for bar in found.bars)
    assert found.total == shown.queryset.count() == shown.result_count
    assert in_bars + found.undated + found.before + found.after == found.total


def test_each_bar_is_a_link_in_order_and_a_row_of_a_table(client: Client) -> None:
    events_at(["2018", "2019-05", "2019-05-04"])
    html = client.get(EVENTS).content.decode()
    assert [label for _, label in Links(html).found] == ["January 2018: 1 event", "May 2019: 2 events"]
    assert "<caption>How many of these events start when</caption>" in html
    rows = re.findall(r'<th scope="row">(?:<a href="[^"]*">)?([^<]*)(?:</a>)?</th><td>(\d+)</td>', html)
    assert [(label, int(count)) for label, count in rows] == bars(client)
    assert 'href="#density-end">Skip the bars</a>' in html
    assert 'id="density-end"' in html


def test_without_events_there_are_no_bars(client: Client) -> None:
    html = client.get(EVENTS).content.decode()
    assert "0 events." in " ".join(html.split())
    assert "density-bars" not in html


def test_a_list_to_choose_from_has_none(client: Client) -> None:
    events_at(["2018"])
    assert 'class="density"' not in client.get(EVENTS + "?_popup=1").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"), [("", 8), ("?date_from=2018", 7), ("?date_from=2018&date_to=2020", 7)]
)
def test_it_takes_the_same_queries_whatever_there_is(client: Client, query: str, expected: int) -> None:
    """Of which two count everything, or one what is filtered: the list itself is not counted again."""
    for number in (1, 20):
        actor = factories.an_actor()
        for event in events_at(
            [f"{year}-{month}" for year in (2018, 2019, 2020) for month in ("01", "11")] * number
        ):
            if number == 1:
                factories.a_participation(event=event, actor=actor)
        with CaptureQueriesContext(connection) as queries:
            client.get(EVENTS + query)
        assert len(queries) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected", "words"),
    [
        ((2015,), (2016,), ("2015", "2015"), "2015"),
        ((2015, 10), (2016,), ("2015-10", "2015-12"), "October to December 2015"),
        ((2015, 3, 2), (2015, 4, 1), ("2015-03-02", "2015-03-31"), "2 to 31 March 2015"),
        ((0,), (10,), ("0000", "0009"), "1 BC to AD 9"),
        ((-50,), (0,), ("-0050", "-0001"), "51 to 2 BC"),
        ((9_000,), (11_000,), ("9000", "Y10999"), "9000 to AD 10,999"),
        ((9_999, 12), (10_000,), ("9999-12", "9999-12"), "December 9999"),
        ((-14_000_000,), (-12_000_000,), ("Y-14000000", "Y-12000001"), "14,000,001 BC to 12,000,002 BC"),
        (
            (2020, 1, 1, 10), (2020, 1, 2), ("2020-01-01T10:00:00", "2020-01-01T23:59:59"),
            "1 January 2020, 10:00:00 to 1 January 2020, 23:59:59",
        ),
    ],
)  # fmt: skip
def test_a_span_is_written_as_short_as_it_can_be(
    start: tuple[int, ...], end: tuple[int, ...], expected: tuple[str, str], words: str
) -> None:
    found = ends_of(seconds(*start), seconds(*end) - 1)
    assert found == expected
    assert words_for(*found) == words


def test_months_too_many_to_list_are_counted_all_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    events_at(["1990", "1995-05", "2020"])
    before = bars(client, "?review__exact=draft")
    monkeypatch.setattr("timeline.histogram.MOST", 2)
    monkeypatch.setattr("timeline.admin.density.MOST_BARS", 2)
    assert before != bars(client, "?review__exact=draft") == [("1950 to 1999", 2), ("2000 to 2049", 1)]
