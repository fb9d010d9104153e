"""What is perhaps kept already: things that are called, addressed or dated like one that is being entered."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import Q

from timeline.dates import TimeSpan
from timeline.folding import fold
from timeline.models import Actor, Event, Place, Source
from timeline.querysets import Window
from timeline.search.words import words

MOST = 10
# Among so many candidates is looked for those that are alike.
CANDIDATES = 300
NEAR = 2 * 366 * 24 * 3600
# So many of a title's words, the longest, are asked for: one of them another telling will have.
ASKED_WORDS = 4
# As a stored address may write them, or leave them out.
USUAL_PORTS = ("", ":80", ":443")

# What addresses get from those who count visits.
_COUNTING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id")


class Alike(NamedTuple):
    """A thing, and in what it is alike."""

    thing: Any
    why: str


def actors_called(name: str) -> list[Alike]:
    """Actors with this name or alias; case and accents do not count. Runs two queries."""
    folded = fold(name.strip())
    if not folded:
        return []
    called = Q(name__folded=folded) | Q(aliases__name__folded=folded)
    found = []
    for actor in Actor.objects.filter(called).distinct().prefetch_related("aliases")[:MOST]:
        aliases = [alias.name for alias in actor.aliases.all() if fold(alias.name) == folded]
        found.append(Alike(actor, "same name" if fold(actor.name) == folded else f"also called {aliases[0]}"))
    return found


def places_called(name: str) -> list[Alike]:
    folded = fold(name.strip())
    rows = Place.objects.filter(name__folded=folded).select_related("part_of")[:MOST] if folded else ()
    return [
        Alike(place, f"same name, part of {place.part_of}" if place.part_of else "same name")
        for place in rows
    ]


def sources_titled(title: str) -> list[Alike]:
    folded = fold(title.strip())
    rows = Source.objects.defer("text").filter(title__folded=folded)[:MOST] if folded else ()
    return [Alike(source, "same title") for source in rows]


def sources_at(url: str) -> list[Alike]:
    """Sources at this address, however it is written. Looks through all addresses."""
    plain = plain_address(url)
    if not plain:
        return []
    host, slash, page = plain.split("?")[0].partition("/")
    written = Q()
    for port in USUAL_PORTS:
        written |= Q(url__icontains=f"{host}{port}{slash}{page}")
    rows = Source.objects.defer("text").filter(written).order_by("pk")[:CANDIDATES]
    return [Alike(source, "same address") for source in rows if plain_address(source.url) == plain][:MOST]


def plain_address(url: str) -> str:
    """The address without what may differ while it leads to the same page; "" for what is none.

    That is the scheme, "www.", the port where it is the usual one, a last slash, the fragment, what counts
    visits, and the order of the other parameters.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.hostname.removeprefix("www.")
    named = "" if port is None else f":{port}"
    where = host if named in USUAL_PORTS else f"{host}{named}"
    given = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode(sorted(pair for pair in given if not _COUNTING.fullmatch(pair[0])))
    return f"{where}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def events_like(title: str, span: TimeSpan) -> list[Alike]:
    """Events with a similar title that were possibly at the same time, and begin within two years of it."""
    wanted = set(words(title))
    asked = sorted(wanted, key=lambda word: (-len(word), word))[:ASKED_WORDS]
    if not asked:
        return []
    named = Q()
    for word in asked:
        named |= Q(title__folded__contains=word)
    begins = (span.sort_at - NEAR, span.sort_at + NEAR)
    rows = Event.objects.during(Window.over(span, span)).filter(named, date_sort_at__range=begins)
    candidates = rows.defer("summary").in_order()[:CANDIDATES]
    return [
        Alike(event, f"similar title, {event.date.display()}")
        for event in candidates
        if are_similar(wanted, set(words(event.title)))
    ][:MOST]


def are_similar(one: set[str], other: set[str]) -> bool:
    """Whether two titles share half of their words, or the shorter is a part of the longer."""
    shared = one & other
    return 2 * len(shared) >= len(one | other) or (len(shared) > 1 and shared in (one, other))
