"""What is perhaps kept already: names, addresses of pages, titles and dates that are alike."""

from __future__ import annotations

import pytest

from tests import factories as make
from timeline.alike import (
    actors_called,
    are_similar,
    events_like,
    places_called,
    plain_address,
    sources_at,
    sources_titled,
)
from timeline.dates import parse_edtf

SAME = [
    ("https://www.example.org/a/", "http://example.org/a"),
    ("https://example.org/a?utm_source=x&id=2", "https://EXAMPLE.org:443/a?id=2#top"),
    ("https://example.org/?b=1&a=2&fbclid=3", "https://example.org?a=2&b=1"),
    ("  https://example.org/ä ", "https://example.org/ä"),
]
OTHER = [
    ("https://example.org/a", "https://example.org/b"),
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/a?id=1", "https://example.org/a?id=2"),
    ("https://example.org/a", "https://news.example.org/a"),
    ("https://example.org:8000/a", "https://example.org/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_addresses_of_one_page(one: str, other: str) -> None:
    assert plain_address(one) == plain_address(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_addresses_of_two_pages(one: str, other: str) -> None:
    assert plain_address(one) != plain_address(other)


@pytest.mark.parametrize("text", ["", "example", "ftp://example.org", "http://[", "https://a:x", "https://"])
def test_what_is_no_address(text: str) -> None:
    assert plain_address(text) == ""


@pytest.mark.django_db
def test_actors_and_places_of_the_same_name() -> None:
    actor = make.an_actor(name="Mevlüt Çavuşoğlu")
    actor.aliases.create(name="M. Çavuşoğlu")
    make.an_actor(name="Mevlüt Çavuş")
    assert actors_called("  mevlut CAVUSOGLU ") == [(actor, "same name")]
    assert actors_called("m. cavusoglu") == [(actor, "also called M. Çavuşoğlu")]
    assert actors_called("çavuşoğlu") == actors_called(" ") == []
    place = make.a_place(name="Şırnak", part_of=make.a_place(name="Türkiye"))
    assert places_called("sirnak") == [(place, "same name, part of Türkiye")]
    assert [why for _, why in places_called("turkiye")] == ["same name"]


@pytest.mark.django_db
def test_sources_of_the_same_address_or_title() -> None:
    source = make.a_source(title="The Deal", url="https://www.example.org/a/?utm_medium=x")
    make.a_source(url="https://example.org/a/b")
    assert sources_at("http://example.org/a") == [(source, "same address")]
    other = make.a_source(url="https://www.example.org:443/b")
    for url in ("http://example.org/b/", "https://example.org:443/b", "http://example.org:80/b"):
        assert sources_at(url) == [(other, "same address")]
    assert sources_at("https://example.org:8000/b") == []
    assert sources_at("nothing") == sources_at("https://example.org/%") == []
    assert sources_titled("the deal ") == [(source, "same title")]
    assert sources_titled("") == []


LIKE = [
    # title and date of what is entered; whether the event below is pointed out
    ("Turkey signs the contract", "2020-03-15", True),
    ("the CONTRACT that Türkey signs", "2020-03-11", True),
    ("Turkey signs", "2020-03-20", True),
    ("Turkey signs the contract", "2020-03", True),
    ("Turkey signs the contract", "2019/2020", True),
    ("Turkey signs the contract", "2020-03-21", False),
    ("Turkey signs the contract", "2020-04", False),
    ("Turkey", "2020-03-15", False),
    ("Greece protests", "2020-03-15", False),
    ("", "2020-03-15", False),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("title", "edtf", "is_alike"), LIKE)
def test_events_of_the_same_time_with_a_similar_title(title: str, edtf: str, is_alike: bool) -> None:
    event = make.an_event(title="Turkey signs the contract", date="mid-March 2020")
    make.an_event(title="Turkey signs the contract")
    found = events_like(title, parse_edtf(edtf))
    assert found == ([(event, "similar title, some day from 11 to 20 March 2020")] if is_alike else [])


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("a b c", "a b d", True),
        ("a b", "a b c d e f", True),
        ("a", "a b c", False),
        ("a b c", "a d e", False),
    ],
)
def test_titles_are_similar_by_their_words(one: str, other: str, are: bool) -> None:
    assert are_similar(set(one.split()), set(other.split())) is are
