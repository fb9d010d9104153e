"""What is found: the same on both databases, and what the words in Python say."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.core import management
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories as make
from timeline import search
from timeline.models import Alias, Event
from timeline.querysets import Window
from timeline.search import Query
from timeline.search.index import GAP, MOST_BYTES, MOST_PLACES, MOST_WORDS, TABLE

# Title, summary, names of participants with their aliases behind a bar, quotes.
CORPUS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "a": ("Turkey buys the S-400", "", ("Recep Tayyip Erdoğan|R. T. Erdogan",), ("It is a done deal.",)),
    "b": ("Delivery of S 400 batteries", "Co-operation goes on.", ("Mevlüt Çavuşoğlu",), ()),
    "c": ("S400 crews are trained", "Cooperation in Sana’a", ("Dmitry Shugaev|Шугаев, Дмитрий",),
          ("Two", "batteries")),
    "d": ("Batteries arrive", "The S-300 was not bought", ("Rosoboronexport",),
          ("a “second” contract of 400 men",)),
    "e": ("土耳其购买导弹", "日本語のニュース", ("Diyarbakır Valiliği",), ("Turkey denies",)),
    "f": ("Talks", "Turkey and Russia", ("Erdoğan, Emine", "Bilal Erdoğan"), ("the deal is done",)),
    "g": ("Deal done", "", (), ("deal", "done deal or not")),
}  # fmt: skip

FOUND = {
    "S-400": "abc",
    "S 400": "abcd",
    "s400": "abc",
    "400": "abcd",
    '"S 400"': "abc",
    "s-400 -deal": "bc",
    "cavusoglu": "b",
    "ÇAVUŞOĞLU": "b",
    "Cavus oglu": "",
    "diyarbakir": "e",
    "DİYARBAKIR": "e",
    "erdogan": "af",
    "Erdoğan -emine": "a",
    '"tayyip erdogan"': "a",
    '"emine bilal"': "",
    '"erdogan emine"': "f",
    "шугаев": "c",
    "cooperation": "bc",
    "co-operation": "bc",
    "sanaa": "c",
    "sana'a": "c",
    "batteries": "bcd",
    "two batteries": "c",
    '"two batteries"': "",
    "done deal": "afg",
    '"done deal"': "ag",
    '"deal done"': "g",
    '"done deal" -"or not"': "a",
    "turkey": "aef",
    "turkey -russia -buys": "e",
    '-russia turkey "the s"': "a",
    "土耳其": "e",
    "耳土": "",
    "日本": "e",
    "second": "d",
    "“a second”": "d",
    '"a second contract': "d",
    # What the languages of the databases take for signs of their own is words, or nothing.
    "deal AND done": "f",
    "deal OR done": "g",
    "NOT deal": "g",
    "NEAR(deal done)": "",
    "title:batteries": "",
    "batter*": "",
    "deal & !done | x <-> y": "",
    "s:A": "",
    "^turkey": "aef",
    "'deal' \\ \"": "afg",
    "deal) OR (deal": "g",
    "deal'; DROP TABLE timeline_event --": "",
    "¶": None,
    "-deal": None,
    '"" - !': None,
}


def an_event(slug: str, title: str, summary: str, names: Iterable[str], quotes: Iterable[str]) -> Event:
    event = make.an_event(slug=slug, title=title, summary=summary, review="published")
    for name in names:
        name, *aliases = name.split("|")
        part = make.a_participation(event=event, actor=make.an_actor(name=name))
        Alias.objects.bulk_create([Alias(actor=part.actor, name=alias) for alias in aliases])
    for quote in quotes:
        make.a_citation(event=event, quote=quote)
    return event


@pytest.fixture
def corpus(db: None) -> None:
    for slug, (title, summary, names, quotes) in CORPUS.items():
        an_event(slug, title, summary, names, quotes)


def found(text: str) -> str:
    rows = Event.objects.matching(Query.read(text)).order_by("slug")
    return "".join(rows.values_list("slug", flat=True))


def test_the_table(corpus: None) -> None:
    told = {}
    for text in FOUND:
        try:
            told[text] = found(text)
        except search.QueryError as error:
            assert error.code == "nothing_to_search"
            told[text] = None  # type: ignore[assignment]
    assert told == FOUND


def tiers(text: str) -> str:
    query = Query.read(text)
    rows = Event.objects.by_relevance(query)
    return " ".join("".join(tier.order_by("slug").values_list("slug", flat=True)) or "-" for tier in rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("batteries", "bd - - c"),
        ("deal", "g - - af"),
        ("turkey", "a - f e"),
        ("erdogan turkey", "- a f -"),
        ('"s 400"', "abc - - -"),
        ("400", "abc - - d"),
        ("400 deal", "- - - a"),
        ("batteries -s-300", "b - - c"),
        ("cooperation", "- - bc -"),
        ('"done deal"', "- - - ag"),
    ],
)
def test_tiers_are_by_the_fields_that_have_all_of_it(corpus: None, text: str, expected: str) -> None:
    assert tiers(text) == expected


WORDS = st.sampled_from(["one", "two", "s-400", "400", "co-op", "coop", "é", "土", "x'y"])
TEXT = st.lists(WORDS, max_size=6).map(" ".join)
EVENTS = st.lists(st.tuples(TEXT, TEXT, st.lists(TEXT, max_size=2), st.lists(TEXT, max_size=2)), max_size=6)
TERMS = st.lists(
    st.tuples(st.sampled_from(["", "", "-"]), st.lists(WORDS, min_size=1, max_size=3).map(" ".join)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS, st.lists(TERMS, min_size=1, max_size=5), st.sets(st.sampled_from([1, 3])))
@pytest.mark.django_db
def test_the_databases_find_what_python_finds(
    events: list[tuple[str, str, list[str], list[str]]],
    asked: list[list[tuple[str, str]]],
    hidden: set[int],
) -> None:
    Event.objects.all().delete()
    for number, (title, summary, names, quotes) in enumerate(events):
        an_event(f"event-{number}", title, summary, [name or "-" for name in names], quotes)
    ids = [*Event.objects.values_list("pk", flat=True)]
    lines = search.lines_of(ids)
    shown = search.EVERY - hidden
    for terms in asked:
        if all(minus for minus, _ in terms):
            continue
        query = Query.read(" ".join(f'{minus}"{term}"' for minus, term in terms))
        hits = search.find(query)
        assert hits.compared == ()
        for tier in (None, *search.TIERS):
            expected = {
                pk for pk in ids if (at := query.tier(lines[pk], shown)) is not None and tier in (None, at)
            }
            rows = Event.objects.filter(search.IsHit(hits, shown, tier))
            assert set(rows.values_list("pk", flat=True)) == expected


@pytest.mark.parametrize(("few", "dense", "way"), [(1, 1_000, "ask"), (1, -1, "list"), (1_000, 8, "fetch")])
def test_a_page_is_the_same_whichever_way_sqlite_finds_it(
    corpus: None, monkeypatch: pytest.MonkeyPatch, few: int, dense: int, way: str
) -> None:
    monkeypatch.setattr("timeline.search.hits.FEW", few)
    monkeypatch.setattr("timeline.search.hits.DENSE", dense)
    if connection.vendor == "sqlite":
        assert search.find(Query.read("400")).way() == way
        assert search.find(Query.read("nothing")).way() == "fetch"
    for text, slugs in FOUND.items():
        if slugs is not None:
            rows = Event.objects.matching(Query.read(text)).order_by("slug")
            assert [row.slug for row in rows[:3]] == [*slugs[:3]]


def test_sqlite_asks_for_each_event_only_where_it_walks_them_in_order(
    corpus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.search.hits.FEW", 1)
    monkeypatch.setattr("timeline.search.hits.DENSE", 1_000)
    query, hits = Query.read("400"), {event.slug: event for event in Event.objects.all()}
    make.a_participation(event=hits["b"], actor=(actor := make.an_actor()))
    hits["b"].tags.add(tag := make.a_tag())
    of_kind = Event.objects.filter(kind=hits["b"].kind)
    narrowed = {
        "EXISTS": (Event.objects.all(), Event.objects.published(), Event.objects.during(Window())),
        "IN": (of_kind, Event.objects.involving([actor]), Event.objects.published().tagged([tag])),
    }
    for way, asked in narrowed.items():
        for rows in asked:
            page = rows.matching(query).in_order()[:9]
            if connection.vendor == "sqlite":
                assert (f"EXISTS (SELECT rowid FROM {TABLE}" in str(page.query)) is (way == "EXISTS")
            found = {event.slug for event in page}
            assert found == {event.slug for event in rows} & set("abcd")
            assert way == "EXISTS" or "b" in found


@pytest.mark.parametrize(("some", "way"), [(3, "fetch"), (4, "list")])
def test_a_page_is_the_same_whichever_way_postgresql_finds_it(
    corpus: None, monkeypatch: pytest.MonkeyPatch, some: int, way: str
) -> None:
    monkeypatch.setattr("timeline.search.hits.SOME", some)
    assert found("s-400") == "abc"
    if connection.vendor == "postgresql":
        assert search.find(Query.read("s-400")).way() == way
        assert search.find(Query.read("400")).way() == "fetch"
    for text, slugs in FOUND.items():
        if slugs is not None:
            rows = Event.objects.matching(Query.read(text)).order_by("slug")
            assert [row.slug for row in rows[:3]] == [*slugs[:3]]


@pytest.mark.django_db
def test_what_is_beyond_the_limits_is_found_on_neither() -> None:
    make.an_event(slug="many", title="t", summary="word " * (MOST_WORDS + 10) + "behind")
    make.an_event(slug="often", title="t", summary="again then " * (MOST_PLACES + 1) + "behind")
    make.an_event(
        slug="long", title="t", summary=" ".join(f"{n:05}" + "\U00010428" * 95 for n in range(2_000))
    )
    assert found("word") == "many"
    assert found("behind") == "often"
    assert found('"then behind"') == ""
    assert found('"then again"') == "often"
    assert found("00001") == "long"
    assert found("01999") == ""
    longest = max(len(" ".join(lines).encode()) for lines in search.lines_of(_ids()).values())
    assert longest <= MOST_BYTES + MOST_WORDS


def _ids() -> list[int]:
    return [*Event.objects.values_list("pk", flat=True)]


def test_fields_are_laid_out_with_gaps_and_compounds_behind(corpus: None) -> None:
    event = Event.objects.get(slug="c")
    assert search.lines_of([event.pk])[event.pk] == (
        f"s 400 crews are trained {GAP}",
        f"dmitry shugaev {GAP} шугаев дмитрии {GAP}",
        f"cooperation in sana a {GAP} sanaa {GAP}",
        f"two {GAP} batteries {GAP}",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 201, "too_long"),
        (" ".join("abcdefghi"), "too_many_terms"),
        ("", "nothing_to_search"),
        ('-a -"b c" --d', "nothing_to_search"),
        ("?! … «»", "nothing_to_search"),
    ],
)
def test_what_cannot_be_searched_for(text: str, code: str) -> None:
    with pytest.raises(search.QueryError) as caught:
        Query.read(text)
    assert caught.value.code == code


def test_a_term_that_comes_twice_counts_once() -> None:
    assert Query.read("a A á b") == Query.read("a b")
    assert len(Query.read(" ".join("abcdefghaa")).wanted) == 8


@pytest.mark.django_db(transaction=True)
def test_the_index_is_made_anew_where_it_is_missing(corpus: None) -> None:
    assert found("deal") == "afg"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE timeline_eventsearch")
    management.call_command("migrate", verbosity=0)
    assert found("deal") == "afg"


@pytest.mark.django_db(transaction=True)
def test_rows_that_a_flush_leaves_behind_do_no_harm(corpus: None) -> None:
    assert found("deal") == "afg"
    management.call_command("flush", interactive=False, verbosity=0)
    assert found("deal") == ""
    ids = [make.an_event(title=f"Other {number}").pk for number in range(10)]
    assert found("deal") == ""
    assert Event.objects.matching(Query.read("other")).count() == len(ids)
