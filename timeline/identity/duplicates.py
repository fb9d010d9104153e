"""What is perhaps there twice: pairs of things, each with the reasons, without those that were told apart.

A noun is read once, narrowly, and grouped by what it would have in common; no thing is compared with all
others. Only events, of which there may be many, are looked through in parts, in the order of their dates.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from timeline.alike import are_similar, plain_address
from timeline.models import Actor, Alias, Distinction, Event, Participation, Place, Source
from timeline.search.words import words

# So many events are looked through at once, each beside so many that begin before it.
EVENTS_AT_ONCE = 20_000
BESIDE = 40
# Where so many share a name it is no name: pairs of all of them would help nobody.
MOST_ALIKE = 20
# A longer name has too many short forms, and nobody shortens it so.
MOST_SHORTENED = 6

Key = tuple[str, ...]
Pair = tuple[int, int]
Short = tuple[Key, Key]
Reasons = dict[Pair, list[str]]
NOUNS: tuple[type[Any], ...] = (Actor, Place, Source, Event)


class Found(NamedTuple):
    """Pairs with their reasons, in the order of the things; `after` is where more events are to be seen."""

    pairs: Reasons
    after: Pair | None = None


def name_key(name: str) -> Key:
    """The words without regard to case, accents and punctuation."""
    return tuple(words(name))


def possible(noun: type[Any], after: Pair | None = None) -> Found:
    """All pairs of a noun that nobody has told apart; of events those of one part. Runs a few queries."""
    if noun is Event:
        found = _events(after)
    else:
        found = Found({Actor: _actors, Place: _places, Source: _sources}[noun]())
    distinctions = Distinction.objects.filter(noun=noun._meta.model_name)
    columns = distinctions.values_list("first_id", "second_id", "digest")
    told: dict[Pair, str] = {(first, second): digest for first, second, digest in columns}
    names = _called(noun, {pk for pair in told.keys() & found.pairs.keys() for pk in pair})
    pairs = {
        pair: reasons
        for pair, reasons in found.pairs.items()
        if pair not in told or told[pair] != digest_of(names, pair)
    }
    return Found(dict(sorted(pairs.items())), found.after)


def tell_apart(noun: type[Any], pair: Pair, by: Any) -> None:
    """Remember that the two are not the same, as long as they are called as they are."""
    first, second = sorted(pair)
    digest = digest_of(_called(noun, {first, second}), (first, second))
    Distinction.objects.update_or_create(
        noun=noun._meta.model_name,
        first_id=first,
        second_id=second,
        defaults={"digest": digest, "by": by},
    )


def digest_of(names: dict[int, Any], pair: Pair) -> str:
    """What names two things as they are called now."""
    return hashlib.blake2b(repr([names.get(pk) for pk in pair]).encode(), digest_size=8).hexdigest()


def _called(noun: type[Any], pks: Iterable[int]) -> dict[int, Any]:
    """What a pair is alike by, of each."""
    columns = {Source: ("title", "url"), Event: ("title",)}.get(noun, ("name",))
    found: dict[int, Any] = {
        pk: [values] for pk, *values in noun._default_manager.filter(pk__in=pks).values_list("pk", *columns)
    }
    if noun is Actor:
        for pk, name in Alias.objects.filter(actor__in=found).order_by("name").values_list("actor", "name"):
            found[pk].append(name)
    return found


# --- Pairs ---


def _note(reasons: Reasons, group: Iterable[int], reason: str) -> None:
    """Each two of a group."""
    alike = sorted(set(group))
    for at, one in enumerate(alike[:MOST_ALIKE]):
        for other in alike[at + 1 : MOST_ALIKE]:
            known = reasons.setdefault((one, other), [])
            if reason not in known:
                known.append(reason)


def _grouped(rows: Iterable[tuple[int, Any]], key: Callable[[Any], Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for pk, value in rows:
        if found := key(value):
            groups[found].append(pk)
    return groups


def alike_by_name(rows: list[tuple[int, Key]]) -> Reasons:
    """By names: the same words; the same words in another order; the same where one is an initial."""
    reasons: Reasons = {}
    for group in _grouped(rows, lambda name: name).values():
        _note(reasons, group, "same name")
    for group in _grouped(rows, lambda name: tuple(sorted(name))).values():
        for pair in _pairs_of(group):
            reasons.setdefault(pair, ["same words in another order"])
    short = _grouped(rows, _as_short)
    long: dict[Short, set[int]] = defaultdict(set)
    for pk, name in rows:
        for form in _short_forms(name):
            if form in short:
                long[form].add(pk)
    for form, group in short.items():
        for one in sorted(set(group))[:MOST_ALIKE]:
            for other in sorted(long[form] - {one})[:MOST_ALIKE]:
                reasons.setdefault((min(one, other), max(one, other)), ["same name with initials"])
    return reasons


def _pairs_of(group: list[int]) -> Iterator[Pair]:
    found: Reasons = {}
    _note(found, group, "")
    return iter(found)


def _as_short(name: Key) -> Short | None:
    """The words and the initials of a name that has both."""
    whole, letters = _apart(name)
    return (tuple(whole), tuple(letters)) if whole and letters else None


def _short_forms(name: Key) -> Iterator[Short]:
    """All that it may be shortened to: some of its words, but not all, become initials."""
    whole, letters = _apart(name)
    if len(name) > MOST_SHORTENED:
        return
    for number in range(1, len(whole)):
        for kept in combinations(whole, number):
            left = Counter(whole) - Counter(kept)
            yield kept, tuple(sorted([*letters, *(word[0] for word in left.elements())]))


def _apart(name: Key) -> tuple[list[str], list[str]]:
    words_and_letters = sorted(name)
    return (
        [word for word in words_and_letters if len(word) > 1],
        [word for word in words_and_letters if len(word) == 1],
    )


def _actors() -> Reasons:
    rows = [(pk, name_key(name)) for pk, name in Actor.objects.order_by("pk").values_list("pk", "name")]
    rows += [(pk, name_key(name)) for pk, name in Alias.objects.order_by("pk").values_list("actor", "name")]
    return alike_by_name(rows)


def _places() -> Reasons:
    return alike_by_name(
        [(pk, name_key(name)) for pk, name in Place.objects.order_by("pk").values_list("pk", "name")]
    )


def _sources() -> Reasons:
    rows = list(
        Source.objects.order_by("pk").values_list("pk", "title", "url", "publisher", "published_edtf")
    )
    reasons: Reasons = {}
    for group in _grouped(((pk, url) for pk, _, url, *_ in rows if url), plain_address).values():
        _note(reasons, group, "same address")
    titled = [(pk, name_key(title), publisher, day) for pk, title, _, publisher, day in rows]
    for number, reason in ((2, "same title and publisher"), (3, "same title and date")):
        groups = _grouped(
            ((row[0], row) for row in titled),
            lambda row, number=number: (row[1], row[number]) if row[number] else (),  # type: ignore[misc]
        )
        for group in groups.values():
            _note(reasons, group, reason)
    bare = [(pk, title) for pk, title, publisher, day in titled if not publisher and not day]
    for group in _grouped(bare, lambda title: title).values():
        _note(reasons, group, "same title")
    return reasons


# --- Events ---


def _events(after: Pair | None) -> Found:
    """Events that possibly were at the same time, and are called nearly the same, or share who took part."""
    rows = Event.objects.order_by("date_sort_at", "pk")
    if after is not None:
        rows = rows.filter(date_sort_at__gte=after[0]).exclude(date_sort_at=after[0], pk__lte=after[1])
    columns = ("pk", "title", "date_sort_at", "date_earliest", "date_latest")
    part = list(rows.values_list(*columns)[: EVENTS_AT_ONCE + 1])
    more = part[EVENTS_AT_ONCE - 1] if len(part) > EVENTS_AT_ONCE else None
    similar, related = _beside(part[:EVENTS_AT_ONCE])
    reasons: Reasons = {pair: ["nearly the same title at the same time"] for pair in similar}
    for pair in _who_share(related):
        reasons[pair] = ["similar title at the same time, with the same who took part"]
    return Found(reasons, (more[2], more[0]) if more else None)


def _beside(rows: list[Any]) -> tuple[list[Pair], list[Pair]]:
    """Pairs with nearly the same title, and those that share some of it."""
    similar, related = [], []
    before: deque[Any] = deque(maxlen=BESIDE)
    for pk, title, _, earliest, latest in rows:
        said = set(words(title))
        undated = earliest > latest
        for other, others, its_latest, is_undated in before:
            if undated != is_undated or not (undated or its_latest >= earliest):
                continue
            pair = (min(pk, other), max(pk, other))
            if said == others if undated else are_similar(said, others):
                similar.append(pair)
            elif not undated and 3 * len(said & others) >= len(said | others):
                related.append(pair)
        before.append((pk, said, latest, undated))
    return similar, related


def _who_share(pairs: list[Pair]) -> Iterator[Pair]:
    """Pairs in which the same took part, all of them, and somebody did."""
    events = {pk for pair in pairs for pk in pair}
    actors: dict[int, set[int]] = defaultdict(set)
    for start in range(0, len(events), 10_000):
        some = sorted(events)[start : start + 10_000]
        for event, actor in Participation.objects.filter(event__in=some).values_list("event", "actor"):
            actors[event].add(actor)
    return (pair for pair in pairs if actors[pair[0]] and actors[pair[0]] == actors[pair[1]])
