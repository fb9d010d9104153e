"""What is perhaps there twice: which pairs are found, for which reason, and which are not."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories as make
from timeline.identity import duplicates
from timeline.identity.duplicates import alike_by_name, possible, tell_apart
from timeline.models import Actor, Alias, Event, Place, Source

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Çavuşoğlu", "cavusoglu", "same name"),
        ("Rostec", "ROSTEC.", "same name"),
        ("Jane Doe", "Doe, Jane", "same words in another order"),
        ("J. Doe", "Jane Doe", "same name with initials"),
        ("Doe, J. A.", "Jane Anne Doe", "same name with initials"),
        ("J. Doe", "John Roe", None),
        ("J. Anne Doe", "Doe, J. A.", "same name with initials"),
        ("J. J. Doe", "Jane Jill Doe", "same name with initials"),
        ("J. A. Doe", "Jane Doe", None),
        ("J. D.", "Jane Doe", None),
        ("Jane Doe", "John Doe", None),
        ("Air Force", "Air Force of Turkey", None),
    ],
)
def test_actors_and_places_are_alike_by_name(one: str, other: str, reason: str | None) -> None:
    for noun, make_one in ((Actor, make.an_actor), (Place, make.a_place)):
        pair = tuple(make_one(name=name).pk for name in (one, other))
        assert possible(noun).pairs == ({} if reason is None else {pair: [reason]})


def test_many_with_the_same_initials_are_not_compared_with_each_other() -> None:
    """Were they, this would not end: there are 400 million pairs."""
    rows: list[tuple[int, tuple[str, ...]]] = [(number, ("j", f"d{number}")) for number in range(20_000)]
    assert alike_by_name(rows) == {}
    assert alike_by_name([*rows, (20_000, ("jane", "d7"))]) == {(7, 20_000): ["same name with initials"]}


def test_where_many_share_a_short_form_not_all_are_paired() -> None:
    many = range(2 * duplicates.MOST_ALIKE)
    rows: list[tuple[int, tuple[str, ...]]] = [(number, ("j", "doe")) for number in many]
    rows += [(100 + number, (f"j{number}", "doe")) for number in many]
    reasons = [*alike_by_name(rows).values()]
    assert reasons.count(["same name with initials"]) == duplicates.MOST_ALIKE**2


def test_actors_are_alike_by_alias_and_not_like_themselves() -> None:
    one, other = make.an_actor(name="Turkey"), make.an_actor(name="Republic of Turkey")
    for actor, name in ((one, "Türkiye"), (one, "turkiye"), (other, "TÜRKİYE")):
        Alias.objects.create(actor=actor, name=name)
    assert possible(Actor).pairs == {(one.pk, other.pk): ["same name"]}


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (
            {"url": "http://www.example.org/a/?b=1&a=2#x"},
            {"url": "https://example.org/a?a=2&b=1"},
            ["same address"],
        ),
        ({"url": "https://example.org/a"}, {"url": "https://example.org/b"}, None),
        ({"title": "A deal"}, {"title": "a Deal!"}, ["same title"]),
        ({"title": "A deal", "published": "2020-03-16"}, {"title": "A deal"}, None),
        (
            {"title": "A deal", "published": "2020-03-16"},
            {"title": "A deal", "published": "16 March 2020"},
            ["same title and date"],
        ),
    ],
)
def test_sources_are_alike_by_address_or_by_title_and_more(
    one: dict[str, Any], other: dict[str, Any], reasons: list[str] | None
) -> None:
    pair = tuple(make.a_source(**fields).pk for fields in (one, other))
    assert possible(Source).pairs == ({} if reasons is None else {pair: reasons})


def test_sources_of_one_publisher_are_alike_by_title() -> None:
    paper = make.an_actor()
    pair = tuple(
        make.a_source(title="News", publisher=paper, url="https://example.org/1").pk for _ in range(2)
    )
    make.a_source(title="News", publisher=make.an_actor())
    assert possible(Source).pairs == {pair: ["same address", "same title and publisher"]}


def test_events_are_alike_by_title_at_the_same_time() -> None:
    one = make.an_event(title="Second S-400 contract signed", date="March 2020")
    other = make.an_event(title="The second S-400 contract is signed", date="2020-03-11")
    make.an_event(title="Second S-400 contract signed", date="April 2021")
    make.an_event(title="Minister resigns", date="March 2020")
    undated = [make.an_event(title=title).pk for title in ("A talk", "A talk!", "Another talk")]
    reason = "nearly the same title at the same time"
    assert possible(Event).pairs == {(one.pk, other.pk): [reason], tuple(undated[:2]): [reason]}


def test_events_with_the_same_participants_need_less_of_a_title() -> None:
    actor = make.an_actor()
    titles = ("Talks about a contract in Ankara", "Talks about a loan")
    pair = tuple(make.an_event(title=title, date="2020-03-11").pk for title in titles)
    assert possible(Event).pairs == {}
    for pk in pair:
        make.a_participation(event=Event.objects.get(pk=pk), actor=actor)
    reasons = ["similar title at the same time, with the same who took part"]
    assert possible(Event).pairs == {pair: reasons}


def test_many_events_are_looked_through_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "EVENTS_AT_ONCE", 3)
    pks = [make.an_event(title=f"Talk {number // 2}", date=f"202{number // 2}").pk for number in range(6)]
    found, after, parts = set(), None, 0
    while True:
        part = possible(Event, after)
        found |= set(part.pairs)
        parts += 1
        after = part.after
        if after is None:
            break
    assert (found, parts) == ({(pks[0], pks[1]), (pks[4], pks[5])}, 2)


def test_what_was_told_apart_comes_back_under_another_name() -> None:
    one, other = make.an_actor(name="Ann"), make.an_actor(name="Ann")
    pair = (one.pk, other.pk)
    tell_apart(Actor, (other.pk, one.pk), None)
    assert possible(Actor).pairs == {}
    Alias.objects.create(actor=other, name="Anna")
    assert possible(Actor).pairs == {pair: ["same name"]}
    tell_apart(Actor, pair, None)
    assert possible(Actor).pairs == {}
    Actor.objects.update(name="Bob", description="Written")
    assert set(possible(Actor).pairs) == {pair}
