"""The statements for pages find what the QuerySets find: the same events, in the same order, page by page."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories as make
from timeline import pages
from timeline.dates import OPEN_FUTURE, OPEN_PAST, parse_edtf
from timeline.models import Actor, Event, Participation
from timeline.pages import Edge, Question
from timeline.querysets import MATCHES, Window

# Spans of every class, many of them tied, around the years that are asked for.
DATES = (
    "2019", "2020", "2020~", "2020?", "2020-03", "2020-03-11", "2020-03-12", "[2020-03-11..2020-03-20]",
    "2020-21", "2020-03-11T10:00:00", "2018/2021", "1990/2020", "1995/2020", "2005/2020", "202X", "20XX",
    "1XXX", "19XX~", "Y-13800000000", "-0043-03-15", "2019/..", "../2020", "../..", "1917~/..", "/2019",
    "2020-12/2021-01", "1500/2500", "2019-03~/..", "../2020-03~", None,
)  # fmt: skip
ACTORS = ("anna", "boris")


@pytest.fixture
def chronology(db: None) -> None:
    """Some hundred events, every fourth a draft, in which the actors have none, one or several roles."""
    numbers = random.Random(7)
    kind, roles = make.a_kind(), [make.a_role() for _ in range(2)]
    actors = [make.an_actor(slug=slug) for slug in ACTORS]
    Event.objects.bulk_create(
        Event(
            title=f"Event {number}",
            slug=f"event-{number}",
            kind=kind,
            date=None if date is None else {"text": date, "edtf": date},
            review="draft" if number % 4 == 0 else "published",
        )
        for number, date in enumerate(numbers.choices(DATES, k=250))
    )
    Participation.objects.bulk_create(
        Participation(event=event, actor=actor, role=role, position=position)
        for event in Event.objects.all()
        for actor in actors
        for position, role in enumerate(roles)
        if numbers.random() < 0.4
    )


def expected(question: Question) -> list[int]:
    rows = Event.objects.public()
    if question.actor is not None:
        rows = rows.involving(Actor.objects.filter(slug=question.actor))
    if question.window is not None:
        rows = rows.during(question.window, question.match)
    tiers = rows.newest_first() if question.descending else [rows.in_order()]
    return [event for tier in tiers for event in tier.values_list("id", flat=True)]


def edge_at(event: int, *, backwards: bool) -> Edge:
    row: Any = Event.objects.get(pk=event)
    return Edge(row.date_sort_at, row.slug, row.created_at, backwards=backwards)


def instants() -> st.SearchStrategy[int]:
    """The bounds of the dates themselves, where mistakes by one second would show, and what lies open."""
    known = {
        instant
        for date in DATES
        if date is not None
        for span in [parse_edtf(date)]
        for instant in (span.earliest, span.latest, span.earliest - 1, span.latest + 1)
    }
    return st.sampled_from(sorted(known | {OPEN_PAST, OPEN_FUTURE}))


def questions() -> st.SearchStrategy[Question]:
    windows = st.tuples(instants(), instants()).map(lambda ends: Window(min(ends), max(ends)))
    return st.builds(
        Question,
        limit=st.integers(1, 60),
        actor=st.none() | st.sampled_from(ACTORS),
        window=st.none() | windows,
        match=st.sampled_from(MATCHES),
        descending=st.booleans(),
    )


@pytest.mark.django_db
def test_pages_are_those_of_the_queryset_from_any_edge_in_both_directions(chronology: None) -> None:
    @settings(max_examples=150)
    @given(question=questions(), at=st.floats(0, 1, exclude_max=True))
    def check(question: Question, at: float) -> None:
        every = expected(question)
        assert ids(question) == every[: question.limit]
        if every:
            place = int(at * len(every))
            after = replace(question, edge=edge_at(every[place], backwards=False))
            assert ids(after) == every[place + 1 :][: question.limit]
            before = replace(question, edge=edge_at(every[place], backwards=True))
            assert ids(before) == every[:place][-question.limit :]

    check()


def ids(question: Question) -> list[int]:
    return [row.id for row in pages.page(question)]


@pytest.mark.django_db
def test_each_event_of_a_window_says_whether_it_meets_it_for_certain(chronology: None) -> None:
    window = Window(parse_edtf("2020-03-11").earliest, parse_edtf("2020-03-15").latest)
    rows: Any = Event.objects.public().with_match(window)
    match = dict(rows.values_list("id", "match"))
    found = pages.page(Question(limit=500, window=window))
    assert {row.certain for row in found} == {0, 1}
    assert {row.id: "certain" if row.certain else "possible" for row in found}.items() <= match.items()


@pytest.mark.django_db
def test_when_the_event_at_the_edge_is_gone_what_is_tied_with_it_comes_again(chronology: None) -> None:
    question = Question(limit=500)
    every = expected(question)
    place = len(every) // 2
    edge = edge_at(every[place], backwards=False)
    tied = list(
        Event.objects.public().filter(date_sort_at=edge.sort_at).order_by("id").values_list("id", flat=True)
    )
    assert len(tied) > 2
    Event.objects.filter(pk=every.pop(place)).delete()
    assert ids(replace(question, edge=edge)) == every[every.index(tied[0] if tied[0] in every else tied[1]) :]


@pytest.mark.django_db
def test_nobody_has_events_whom_nobody_knows(chronology: None) -> None:
    assert pages.page(Question(limit=5, actor="nobody")) == []
