"""The questions asked of events: the same answers on both databases as a plain reading of the formulas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tests import factories as make
from timeline.dates import OPEN_FUTURE, OPEN_PAST, parse_edtf
from timeline.fields import conventions
from timeline.models import (
    Actor,
    Citation,
    Contract,
    Event,
    EventKind,
    Place,
    Role,
    Source,
    Tag,
    Timeline,
)
from timeline.querysets import MATCHES, Window, during

years = st.integers(-60, 2100)


def _year(number: int) -> str:
    return f"-{-number:04}" if number < 0 else f"{number:04}"


@st.composite
def dates(draw: st.DrawFn) -> str | None:
    """EDTF of most shapes: points, durations, sets, open ends, qualified, BC, or None for undated."""
    year, later = sorted((draw(years), draw(years)))
    month = draw(st.integers(1, 12))

    return draw(
        st.sampled_from(
            [
                None,
                _year(year),
                f"{_year(year)}-{month:02}",
                f"{_year(year)}-{month:02}-15",
                f"{_year(year)}~",
                f"{_year(year)}?",
                f"{_year(year)}-{month:02}%",
                f"{_year(year)}/{_year(later)}",
                f"{_year(year)}~/{_year(later)}",
                f"[{_year(year)}..{_year(later)}]",
                f"{{{_year(year)}..{_year(later)}}}",
                f"[{_year(year)}..]",
                f"[..{_year(year)}]",
                f"{_year(year)}/..",
                f"../{_year(year)}",
                f"/{_year(year)}",
                f"{_year(year)}/",
                "../..",
                f"{_year(year)}-24",
                "19XX",
                "Y-13800000000",
                "Y17000",
            ]
        )
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Windows with both ends, one or none."""
    first, last = sorted((draw(years), draw(years)))
    start, end = parse_edtf(_year(first)).earliest, parse_edtf(_year(last)).latest
    return Window(
        draw(st.sampled_from([start, start, OPEN_PAST])),
        draw(st.sampled_from([end, end, OPEN_FUTURE])),
    )


def plainly(edtf: str | None, window: Window, match: str) -> bool:
    """The formulas of docs/dates.md, read in plain Python on the widened bounds."""
    if edtf is None:
        return False
    span, (a, b) = parse_edtf(edtf).widened(conventions()), window
    certain = span.start_latest <= b and span.end_earliest >= a
    return {
        "possible": span.earliest <= b and span.latest >= a,
        "certain": certain,
        "within": certain and a <= span.earliest <= b and a <= span.latest <= b,
        "starts": certain and a <= span.earliest <= b and a <= span.start_latest <= b,
    }[match]


class DuringTest(HypothesisTestCase):
    """Each example is rolled back."""

    @given(st.lists(dates(), min_size=1, max_size=8), windows())
    @example(["1914/1918", "[1914..1918]"], Window(parse_edtf("1916").earliest, parse_edtf("1916").latest))
    @example(["../..", None, "2015/.."], Window())
    def test_every_match_is_what_its_formula_says(self, edtfs: list[str | None], window: Window) -> None:
        kind, numbers = make.a_kind(), count()
        Event.objects.bulk_create(
            Event(slug=f"event-{next(numbers)}", title="", kind=kind, date={"text": "", "edtf": edtf})
            for edtf in edtfs
        )
        events = list(Event.objects.order_by("id"))
        for match in MATCHES:
            found = set(Event.objects.during(window, match).values_list("pk", flat=True))
            assert found == {
                e.pk for e, edtf in zip(events, edtfs, strict=True) if plainly(edtf, window, match)
            }, match
        certain = Event.objects.during(window).with_match(window).filter(match="certain")
        assert set(certain) == set(Event.objects.during(window, "certain"))

    @given(st.lists(dates(), min_size=1, max_size=8))
    def test_the_order_is_total_and_the_undated_come_last(self, edtfs: list[str | None]) -> None:
        kind, numbers = make.a_kind(), count()
        Event.objects.bulk_create(
            Event(slug=f"event-{next(numbers)}", title="", kind=kind, date={"text": "", "edtf": edtf})
            for edtf in edtfs
        )
        events = list(Event.objects.order_by("id"))
        forwards = sorted(events, key=lambda event: (event.date.sort_at, event.pk))
        assert list(Event.objects.in_order()) == forwards
        dated = [event for event in forwards if event.date.sort_at < OPEN_FUTURE]
        rest = [event for event in forwards if event.date.sort_at >= OPEN_FUTURE]
        assert [*map(list, Event.objects.newest_first())] == [dated[::-1], rest[::-1]]


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("edtf", "possible", "certain", "within"),
    [
        ("1914/1918", True, True, False),
        ("[1914..1918]", True, False, False),
        ("1916-05", True, True, True),
        ("1916?", True, False, False),
        ("1917~", True, False, False),
        ("../1918", True, False, False),
        ("1916/..", True, True, False),
        ("1914/..", True, False, False),
        ("1919", False, False, False),
        (None, False, False, False),
    ],
)
def test_the_table_of_the_design_for_1916(
    edtf: str | None, possible: bool, certain: bool, within: bool
) -> None:
    event = make.an_event(date={"edtf": edtf})
    window = Window.over(parse_edtf("1916"), parse_edtf("1916"))
    found = [event in Event.objects.during(window, match) for match in ("possible", "certain", "within")]
    assert found == [possible, certain, within]


def test_starts_asks_for_the_start_alone() -> None:
    war = make.an_event(date="1914/1918")
    assert war in Event.objects.during(Window.over(parse_edtf("1914"), parse_edtf("1914")), "starts")
    assert war not in Event.objects.during(Window.over(parse_edtf("1916"), parse_edtf("1916")), "starts")


def test_an_unknown_match_is_refused() -> None:
    with pytest.raises(ValueError, match="possible, certain, within, starts"):
        during(Window(), "maybe")


def test_a_window_is_widened_where_its_ends_are_approximate() -> None:
    exact, about = parse_edtf("1917"), parse_edtf("1917~")
    assert Window.over(about, None).start < exact.earliest
    assert Window.over(None, about).end > exact.latest
    assert Window.over(None, None) == (OPEN_PAST, OPEN_FUTURE)


def test_before_a_day_stands_by_that_day() -> None:
    before = make.an_event(date="[..2020-08-23]", title="before")
    day = make.an_event(date="2020-08-22", title="the day before")
    later = make.an_event(date="2020-09", title="later")
    about = make.an_event(date="1917~", title="about 1917")
    year = make.an_event(date="1916", title="1916")
    assert list(Event.objects.in_order()) == [year, about, day, before, later]


# --- who took part ---


def test_involving_finds_any_of_the_actors_in_the_role() -> None:
    speaker, signer = make.a_role(), make.a_role()
    one, other, nobody = make.an_actor(), make.an_actor(), make.an_actor()
    said, signed = make.an_event(), make.an_event()
    make.a_participation(event=said, actor=one, role=speaker)
    make.a_participation(event=signed, actor=one, role=signer)
    make.a_participation(event=signed, actor=other, role=speaker)
    assert set(Event.objects.involving([one])) == {said, signed}
    assert set(Event.objects.involving([one, nobody], roles=[speaker])) == {said}
    assert set(Event.objects.involving([one]).involving([other])) == {signed}
    assert set(Event.objects.with_role([signer])) == {signed}
    assert not Event.objects.involving([nobody])


@pytest.mark.parametrize(
    ("held", "date", "found"),
    [
        ("2014/2023", "2020", True),
        ("2014/2019", "2020", False),
        ("2014/2019", "2019-12-31", True),
        ("2020~", "2019-12", True),
        ("2015/..", "2020", True),
        ("2015/..", "2014", False),
        (None, "2020", True),
        ("2014/2019", None, True),
        (None, None, True),
    ],
)
def test_members_take_part_for_their_organization_while_possibly_affiliated(
    held: str | None, date: str | None, found: bool
) -> None:
    ministry, minister = make.an_actor(kind="organization"), make.an_actor()
    make.an_affiliation(member=minister, organization=ministry, held={"edtf": held})
    event = make.an_event(date={"edtf": date})
    make.a_participation(event=event, actor=minister)
    make.a_participation(event=make.an_event(date="2020"))
    assert not Event.objects.involving([ministry])
    assert list(Event.objects.involving([ministry], members=True)) == ([event] if found else [])


def test_a_place_includes_its_parts_at_any_depth() -> None:
    country = make.a_place(name="Slovenia")
    region = make.a_place(part_of=country)
    city = make.a_place(name="Bled", part_of=region)
    village = make.a_place()
    there, elsewhere = make.an_event(place=city), make.an_event(place=village)
    assert list(Event.objects.located_in([country.slug])) == [there]
    assert set(Event.objects.located_in([city.slug, village.slug])) == {there, elsewhere}
    assert not Event.objects.located_in([])
    assert set(Place.objects.inside(country.slug)) == {country, region, city}


# --- who sees what ---


def test_a_place_is_public_with_a_published_event_in_it_or_in_its_parts() -> None:
    country = make.a_place()
    region = make.a_place(part_of=country)
    city, village = make.a_place(part_of=region), make.a_place(part_of=region)
    make.an_event(place=village)
    assert not Place.objects.public()
    event = make.a_published_event(place=city)
    assert set(Place.objects.public()) == {country, region, city}
    Place.objects.filter(pk=country.pk).update(part_of=city)  # a circle, past all that refuses one
    assert set(Place.objects.public()) == {country, region, city}
    # Also where the query gives the table another name.
    others = Place.objects.exclude(pk__in=Place.objects.public())
    assert list(others) == [village]
    event.delete()
    assert not Place.objects.public()


def test_the_parts_of_each_place_are_found_by_an_index_however_many_there_are() -> None:
    country = make.a_place()
    regions = [make.a_place(part_of=country) for _ in range(30)]
    Place.objects.bulk_create(
        Place(slug=f"village-{number}", name="", part_of=regions[number % 30]) for number in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE timeline_place")
    plan = Place.objects.public().explain()
    on_postgresql = "timeline_place_part_of_id" in plan and "Hash Join" not in plan
    assert "SEARCH place USING COVERING INDEX" in plan or on_postgresql, plan


def test_the_public_sees_what_something_published_uses() -> None:
    """Each used thing is public with a published user, hidden with a draft, and public when marked."""
    for review, seen in (("published", True), ("draft", False), ("in_review", False), ("retracted", False)):
        country, tag, source, publisher = make.a_place(), make.a_tag(), make.a_source(), make.an_actor()
        source.publisher = publisher
        source.save()
        city = make.a_place(part_of=country)
        event = make.an_event(review=review, place=city, tags=(tag,))
        other = make.an_event(review=review)
        contract = make.a_contract(review=review)
        taking_part = make.a_participation(event=event).actor
        says, lends, buys, denies = (make.an_actor() for _ in range(4))
        make.a_citation(event=event, source=source, attributed_to=says)
        contract.payment_terms.create(kind="loan", provider=lends)
        contract.parties.create(actor=buys, role="buyer")
        event.relations.create(kind="denies", related=other, attributed_to=denies)
        actors: list[Any] = [taking_part, says, lends, buys, denies, publisher]
        used: list[Any] = [tag, source, city, *actors]
        for thing in [event, contract, country, *used]:
            assert type(thing).objects.public().filter(pk=thing.pk).exists() == seen, (review, thing)
        for thing in used:
            type(thing).objects.filter(pk=thing.pk).update(is_public=True)
            assert type(thing).objects.public().filter(pk=thing.pk).exists()


def test_a_relation_to_a_draft_does_not_make_its_speaker_public() -> None:
    published, draft, speaker = make.a_published_event(), make.an_event(), make.an_actor()
    published.relations.create(kind="denies", related=draft, attributed_to=speaker)
    assert not Actor.objects.public().filter(pk=speaker.pk).exists()


@pytest.mark.parametrize("model", [Event, Contract, Actor, Source, Timeline, Place, Tag])
def test_only_who_may_view_the_model_sees_what_is_not_public(model: Any) -> None:
    factories: dict[Any, Callable[[], Any]] = {
        Event: make.an_event,
        Contract: make.a_contract,
        Actor: make.an_actor,
        Source: make.a_source,
        Timeline: make.a_timeline,
        Place: make.a_place,
        Tag: make.a_tag,
    }
    hidden = factories[model]()
    name = model._meta.model_name
    assert hidden not in model.objects.visible_to(AnonymousUser())
    assert hidden not in model.objects.visible_to(make.a_user(permissions=(f"add_{name}",)))
    assert hidden in model.objects.visible_to(make.a_user(permissions=(f"view_{name}",)))
    assert hidden in model.objects.visible_to(make.an_editor())


def test_the_vocabularies_are_public() -> None:
    kind, role = make.a_kind(), make.a_role()
    assert kind in EventKind.objects.visible_to(AnonymousUser())
    assert role in Role.objects.visible_to(AnonymousUser())


def test_a_timeline_is_public_when_it_says_so() -> None:
    assert make.a_timeline(is_public=True) in Timeline.objects.public()
    assert make.a_timeline() not in Timeline.objects.public()


def test_citations_of_what_is_published_are_public() -> None:
    seen, _ = make.a_citation(event=make.an_event(review="published")), make.a_citation()
    assert set(Citation.objects.public()) == {seen}


# --- fixtures ---


def test_a_natural_key_may_have_nothing_in_one_place() -> None:
    contract = make.a_contract()
    citation = make.a_citation(contract=contract)
    key = citation.natural_key()
    assert key == (citation.source.slug, None, contract.slug, 0)
    assert Citation.objects.get_by_natural_key(*key) == citation
