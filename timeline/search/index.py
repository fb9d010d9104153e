"""The index: for each event the words of its title, its participants' names, its summary and its quotes.

SQLite has a table of FTS5, PostgreSQL one with a tsvector. Both get the words that timeline/search/words.py
finds and do nothing to them, so that the same queries have the same hits. A row is written together with the
event's document (timeline/kept.py) and stands as long as that does. Nobody else writes here, and a row of an
event that is gone does no harm.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection, connections

from timeline.changes import CHANGE
from timeline.rows import LISTED, as_list
from timeline.search.query import EVERY, FIELDS, TIERS, Query, Term, Way, upto
from timeline.search.words import words_and_compounds

TABLE = "timeline_eventsearch"
# PostgreSQL counts to 16,383 words in a row and to 255 places of a word, and holds a megabyte of them. What
# an event has beyond these is not found, on either database.
MOST_WORDS, MOST_PLACES, MOST_BYTES = 16_000, 255, 400_000
# Stands between texts, so that no phrase runs across them. It is no letter, so nobody can search for it;
# being no ASCII either, it is a word to FTS5.
GAP = "¶"
TITLE, NAMES, SUMMARY, QUOTES = TIERS
_WEIGHTS = "ABCD"

# The fields of an event, each its words with blanks between them.
Lines = tuple[str, ...]
NOTHING: Lines = ("",) * len(FIELDS)
# By text, the words and the compounds that it has.
Read = Mapping[str, tuple[list[str], list[list[str]]]]


class Text(NamedTuple):
    """A text of an event; `owner` is the id of the actor whose name, or of the source whose quote it is."""

    event: int
    field: int
    position: int
    row: int
    number: int
    owner: int | None
    text: str


def create(*, using: str) -> None:
    """Create the index where it is missing; its rows come as the events are settled."""
    on = connections[using]
    if TABLE in on.introspection.table_names():
        return
    with on.cursor() as cursor:
        for statement in _TABLES[on.vendor]:
            cursor.execute(statement)
        cursor.execute(f"INSERT INTO {CHANGE} (event_id) SELECT id FROM timeline_event")


_TABLES = {
    # Ranks and lengths of documents are not asked for. “ascii” takes whatever is not ASCII for letters.
    "sqlite": [
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5({', '.join(FIELDS)}, tokenize = 'ascii', columnsize = 0)"
    ],
    "postgresql": [
        f"CREATE TABLE {TABLE} (event_id bigint PRIMARY KEY, words tsvector NOT NULL)",
        # Every search reads what has not been sorted in yet: not more of that than it is worth.
        f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin (words) WITH (gin_pending_list_limit = 256)",
        # So that a word of which nothing is known is taken for a rare one.
        f"ALTER TABLE {TABLE} ALTER COLUMN words SET STATISTICS 1000",
    ],
}


# --- What is indexed ---


def texts(ids: Iterable[int]) -> list[Text]:
    """All texts of these events that are searched, in order. Runs one query."""
    return [*map(Text._make, _rows(ids))]


def _rows(ids: Iterable[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS[connection.vendor], [as_list(ids)])
        return sorted(cursor.fetchall())


_TEXTS = {
    vendor: f"""
    WITH asked AS ({listed})
    SELECT event.id, {TITLE}, 0, 0, 0, CAST(NULL AS bigint), event.title
    FROM timeline_event event JOIN asked USING (id)
    UNION ALL
    SELECT event.id, {SUMMARY}, 0, 0, 0, CAST(NULL AS bigint), event.summary
    FROM timeline_event event JOIN asked USING (id)
    UNION ALL
    SELECT part.event_id, {NAMES}, part.position, part.id, 0, actor.id, actor.name
    FROM asked JOIN timeline_participation part ON part.event_id = asked.id
    JOIN timeline_actor actor ON actor.id = part.actor_id
    UNION ALL
    SELECT part.event_id, {NAMES}, part.position, part.id, alias.id, alias.actor_id, alias.name
    FROM asked JOIN timeline_participation part ON part.event_id = asked.id
    JOIN timeline_alias alias ON alias.actor_id = part.actor_id
    UNION ALL
    SELECT citation.event_id, {QUOTES}, citation.position, citation.id, 0, citation.source_id, citation.quote
    FROM asked JOIN timeline_citation citation ON citation.event_id = asked.id
    """
    for vendor, listed in LISTED.items()
}


def lines_of(ids: Iterable[int]) -> dict[int, Lines]:
    """By event, the words of its fields. Runs one query."""
    fields: dict[int, tuple[dict[str, None], ...]] = defaultdict(lambda: tuple({} for _ in FIELDS))
    names = set[str]()
    for event, field, *_, text in _rows(ids):
        fields[event][field][text] = None
        if field == NAMES:
            names.add(text)
    # Who takes part in one event takes part in others.
    read = {name: words_and_compounds(name) for name in names}
    return {event: _lines(of, read) for event, of in fields.items()}


def _lines(fields: Sequence[Iterable[str]], read: Read) -> Lines:
    lines = [_line(found, read) for found in fields]
    if sum(map(len, lines)) > MOST_PLACES:
        places, left = Counter[str](), [MOST_WORDS, MOST_BYTES]
        lines = [list(_capped(line, places, left)) for line in lines]
    return tuple(" ".join(line) for line in lines)


def _line(found: Iterable[str], read: Read) -> list[str]:
    """The words of the texts of a field, and behind them the compounds as they read when joined."""
    line, behind = list[str](), list[str]()
    for text in found:
        words, compounds = read.get(text) or words_and_compounds(text)
        if words:
            line += words
            line.append(GAP)
        for compound in compounds:
            behind += compound
            behind.append(GAP)
    return line + behind


def _capped(line: Iterable[str], places: Counter[str], left: list[int]) -> Iterator[str]:
    for word in line:
        left[0] -= 1
        left[1] -= len(word.encode())
        if min(left) < 0:
            return
        places[word] += 1
        yield word if places[word] <= MOST_PLACES else GAP


def write(ids: Sequence[int], lines: Mapping[int, Lines]) -> None:
    """Make the rows of these events what `lines` say; without lines there is none."""
    rows = [(event, lines[event]) for event in ids if event in lines]
    with connection.cursor() as cursor:
        cursor.execute(_DELETE[connection.vendor], [as_list(ids)])
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(FIELDS))
            insert = f"INSERT INTO {TABLE} (rowid, {', '.join(FIELDS)}) VALUES (%s, {marks})"
            cursor.executemany(insert, [(event, *of) for event, of in rows])
        else:
            insert = f"""INSERT INTO {TABLE} (event_id, words)
                SELECT * FROM unnest(%s::bigint[], %s::text[]::tsvector[])
                ON CONFLICT (event_id) DO UPDATE SET words = EXCLUDED.words"""
            cursor.execute(insert, [[event for event, _ in rows], [tsvector(of) for _, of in rows]])


_DELETE = {
    "sqlite": f"DELETE FROM {TABLE} WHERE rowid IN ({LISTED['sqlite']})",
    "postgresql": f"DELETE FROM {TABLE} WHERE event_id IN ({LISTED['postgresql']})",
}


def leave_documented() -> None:
    """Delete the rows of events that have no document: `flush` leaves them. Looks at every row."""
    key = "rowid" if connection.vendor == "sqlite" else "event_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} WHERE {key} NOT IN (SELECT event_id FROM timeline_eventdocument)"
        )


def tsvector(lines: Sequence[str]) -> str:
    """The words with the number of the first field that has them in front, which makes tiers a matter of
    the index alone: weights are looked up in the rows."""
    found: dict[str, str] = {}
    at = 0
    for field, weight in enumerate(_WEIGHTS):
        for word in lines[field].split():
            at += 1
            if word in found:
                found[word] += f",{at}{weight}"
            elif word != GAP:
                found[word] = f"'{field}{word}':{at}{weight}"
    return " ".join(found.values())


# --- What is asked of it. Words are letters and digits, and quoted, so no operator comes in with them. ---


def expression(
    vendor: str, query: Query, shown: frozenset[int] = EVERY, tier: int | None = None
) -> str | None:
    """The query in the language of the database: in the fields that are shown, all tiers or one of them.

    None where that tier can have no hit.
    """
    fields = shown if tier is None else upto(tier, shown)
    lower = frozenset[int]() if tier is None else upto(tier - 1, shown)
    if fields == lower:
        return None
    write_terms = _fts5 if vendor == "sqlite" else _tsquery
    found = f"({write_terms(query.wanted, fields, ' AND ')})"
    left_out = [write_terms(query.wanted, lower, " AND ")] if lower else []
    left_out += [write_terms(query.unwanted, shown, " OR ")] if query.unwanted else []
    for terms in left_out:
        found = f"({found} {'NOT' if vendor == 'sqlite' else '& !'} ({terms}))"
    return found


def _fts5(terms: Iterable[Term], fields: frozenset[int], between: str) -> str:
    found = between.join(f"({' OR '.join(_quoted(way) for way in term)})" for term in terms)
    return f"({{{' '.join(FIELDS[field] for field in sorted(fields))}}} : ({found}))"


def _quoted(way: Way) -> str:
    return f'"{" ".join(way)}"'


def _tsquery(terms: Iterable[Term], fields: frozenset[int], between: str) -> str:
    sign = {" AND ": " & ", " OR ": " | "}[between]
    return sign.join(f"({' | '.join(_lexemes(way, fields) for way in term)})" for term in terms)


def _lexemes(way: Way, fields: frozenset[int]) -> str:
    """A word is within the first fields if one of them is the first that has it; else its weights tell."""
    first = [*range(max(fields) + 1)]
    by_weight = fields != EVERY and (len(way) > 1 or fields != {*first})
    weights = ":" + "".join(_WEIGHTS[field] for field in sorted(fields)) if by_weight else ""
    choices = (" | ".join(f"'{tier}{word}'{weights}" for tier in first) for word in way)
    return f"({' <-> '.join(f'({choice})' for choice in choices)})"
