"""The filters of events lists: by time, by who took part, and by all that events belong to."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from api.exceptions import error, refusal
from api.filters import Choice, Choices, Date, Flag, Parameter, Slugs, among, narrowed
from api.known import KNOWN_BY
from api.search import Words, matching
from timeline.models import Actor, Contract, Event, EventKind, Place, Role, Source, Tag, Timeline
from timeline.querysets import MATCHES, EventQuerySet, Window

DATES = ("date", "date_from", "date_to")

PARAMETERS: tuple[Parameter, ...] = (
    Words(
        "q",
        'Events with all these words in title, summary, quotes or the names of who took part. `"…"` is a '
        "phrase, `-` before a word or phrase leaves out what has it. Case and accents do not count.",
        matching,
    ),
    Date(
        "date", "Events at this time, in EDTF or English: `2020-03`, `mid-March 2020`, `-0043`, `1914/1918`."
    ),
    Date("date_from", "Events at this time or later: the window starts with its first possible moment."),
    Date("date_to", "Events at this time or earlier: the window ends with its last possible moment."),
    Choice(
        "date_match",
        "How an event has to meet the window: `possible` (the default) if some reading of its date touches "
        "it, `certain` if every reading does, `within` if it lies wholly in it, `starts` if it starts in it.",
        choices=MATCHES,
    ),
    Choice(
        "undated",
        "What to do with undated events: `exclude` (the default with a date filter), `include` (the default "
        "without), `only`.",
        choices=("exclude", "include", "only"),
    ),
    Slugs("actor", "Events in which any of these took part.", model=Actor),
    Slugs("actor_all", "Events in which all of these took part.", model=Actor),
    Slugs(
        "role",
        "Events in which somebody has one of these roles; with `actor`, in which the actor has.",
        model=Role,
    ),
    Flag(
        "members", "With `actor`: count also those who were, possibly, affiliated with the actor at the time."
    ),
    Slugs("contract", "Events of any of these contracts.", lambda rows, of: rows.under(of), model=Contract),
    Slugs("source", "Events that cite any of these sources.", lambda rows, of: rows.citing(of), model=Source),
    Slugs(
        "timeline",
        "Events that any of these timelines selects.",
        lambda rows, of: rows.told_in(of),
        model=Timeline,
    ),
    Slugs("kind", "Events of any of these kinds.", among("kind"), model=EventKind),
    Slugs("tag", "Events with any of these tags.", lambda rows, of: rows.tagged(of), model=Tag),
    Slugs(
        "place",
        "Events in any of these places or in their parts.",
        lambda rows, places: rows.located_in([place.slug for place in places]),
        model=Place,
    ),
    Choices("status", "Events with any of these.", among("status"), choices=tuple(Event.Status.values)),
    Choices(
        "verification",
        "Events with any of these.",
        among("verification"),
        choices=tuple(Event.Verification.values),
    ),
    KNOWN_BY,
)


def events_asked_for(rows: EventQuerySet, asked: dict[str, Any]) -> EventQuerySet:
    """The events that the parameters leave, each with `match` where there is a date filter."""
    rows = narrowed(rows, asked, PARAMETERS)
    if "known_by" in asked and "source" in asked:
        sources = Source.objects.filter(pk__in=[source.pk for source in asked["source"]])
        rows = rows.citing(asked["known_by"].of(sources))
    return _in_time(_by_participants(rows, asked), asked)


def has_date_filter(asked: dict[str, Any]) -> bool:
    return any(name in asked for name in DATES)


def _by_participants(rows: EventQuerySet, asked: dict[str, Any]) -> EventQuerySet:
    roles, members = asked.get("role"), asked.get("members", False)
    everybody = [[actor] for actor in asked.get("actor_all", ())]
    groups = [asked["actor"], *everybody] if "actor" in asked else everybody
    if not groups:
        if "members" in asked:
            raise refusal("members", "It needs `actor` or `actor_all`.", "needs_another_parameter")
        return rows if roles is None else rows.with_role(roles)
    for actors in groups:
        rows = rows.involving(actors, roles=roles, members=members)
    return rows


def _in_time(rows: EventQuerySet, asked: dict[str, Any]) -> EventQuerySet:
    undated = asked.get("undated")
    if not has_date_filter(asked):
        if "date_match" in asked:
            message = "It needs `date`, `date_from` or `date_to`."
            raise refusal("date_match", message, "needs_another_parameter")
        return {None: rows.all, "include": rows.all, "exclude": rows.dated, "only": rows.undated}[undated]()
    window = window_of(asked)
    if undated == "only":
        return rows.undated().with_match(window)
    match = asked.get("date_match", "possible")
    return rows.during(window, match, or_undated=undated == "include").with_match(window)


def window_of(asked: dict[str, Any]) -> Window:
    """The time that is asked for. Refuses parameters that do not go together."""
    if "date" in asked:
        others = [name for name in ("date_from", "date_to") if name in asked]
        if others:
            message = "Give either `date`, or `date_from` and `date_to`."
            raise ValidationError(
                {name: [error(message, "excluded_by_another_parameter")] for name in others}
            )
        return Window.over(asked["date"], asked["date"])
    window = Window.over(asked.get("date_from"), asked.get("date_to"))
    if window.start > window.end:
        raise refusal("date_to", "The window ends before it starts.", "reversed_window")
    return window
