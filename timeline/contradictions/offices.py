"""Capacities in which somebody takes part in an event although they did not hold that office then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat

from timeline.contradictions.check import Check, Rows, Severity, Told, in_order, seen_by
from timeline.contradictions.finding import Side, finding
from timeline.contradictions.spans import fact, words
from timeline.models import Actor, Affiliation, Event

OUTSIDE = "affiliation_outside_date"
# How a capacity names an office: by its title alone, or with what it is an office of. Anything else would
# have to be guessed.
BETWEEN = (" of ", " of the ", ", ")
NAMES = {
    "by_title": F("title"),
    **{
        f"by_both_{number}": Concat("title", Value(between), "organization__name", output_field=TextField())
        for number, between in enumerate(BETWEEN)
    },
}


def _named(rows: Rows, capacity: Any) -> Rows:
    """Affiliations that this capacity names."""
    condition = Q()
    for name in NAMES:
        condition |= Q(**{name: capacity})
    return rows.annotate(**NAMES).filter(condition, title__gt="")


def _rows(user: Any) -> Rows:
    """Affiliations, each with a participation of its member in that capacity at another time.

    Where any office of that name may have been held at the time, nothing is wrong.
    """
    rows: Rows = Affiliation.objects.annotate(
        participation=F("member__participations__pk"),
        capacity=F("member__participations__capacity"),
        event=F("member__participations__event"),
        role=F("member__participations__role__slug"),
        earliest=F("member__participations__earliest"),
        latest=F("member__participations__latest"),
    )
    apart = Q(held_latest__lt=F("earliest")) | Q(held_earliest__gt=F("latest"))
    # Undated events and affiliations end before they begin.
    dated = Q(held_edtf__isnull=False, latest__gte=F("earliest"))
    # A list of what it may be called, so that an index finds the few participations that are called so.
    rows = rows.filter(dated, apart, title__gt="", capacity__gt="", capacity__in=list(NAMES.values()))
    held = Q(held_earliest__lte=OuterRef("latest"), held_latest__gte=OuterRef("earliest"))
    others: Rows = _named(Affiliation.objects.filter(member=OuterRef("member")), OuterRef("capacity"))
    others = others.filter(Q(held_edtf__isnull=True) | held | Q(pk__lt=OuterRef("pk")))
    others, rows = _of_seen(user, others), _of_seen(user, rows)
    rows = seen_by(user, rows.filter(~Exists(others)), event=Event)
    if Event.objects.all().hides_nothing_from(user):
        rows = seen_by(user, rows, member=Actor)  # who takes part in what is published is public
    rows = rows.select_related("member", "organization")
    return in_order(
        rows, "member__participations__event", "member__slug", "role", keys=["pk", "participation"]
    )


def _of_seen(user: Any, rows: Rows) -> Rows:
    """Affiliations with organizations that the user may see.

    These are listed once: to ask of each affiliation whether its organization is public takes much longer.
    """
    actors: Any = Actor.objects.all()
    if actors.hides_nothing_from(user):
        return rows
    asked = Affiliation.objects.filter(organization=OuterRef("pk"), held_edtf__isnull=False)
    return rows.filter(organization__in=actors.filter(Exists(asked)).visible_to(user).order_by().values("pk"))


def _tell(rows: Sequence[Any]) -> Told:
    events = Event.objects.in_bulk([row.event for row in rows])
    for row in rows:
        event, member = events.get(row.event), row.member
        if event is None:  # gone at this moment
            yield None
            continue
        office = f"{row.title}, {row.organization}, {words(row.held)}"
        message = (
            f"{event.slug} ({words(event.date)}): {member.slug} takes part as “{row.capacity}”, an office "
        )
        message += f"held {words(row.held)} ({row.organization.slug})."
        sides = (
            Side(event, "participants", f"{member}: {row.capacity}"),
            Side(member, "affiliations", office),
        )
        about = (member.slug, row.role)
        facts = (row.capacity, *fact(event.date), row.organization.slug, row.title, *fact(row.held))
        yield finding(OUTSIDE, message, sides, about=about, facts=facts)


CHECKS = (Check(OUTSIDE, Severity.ERROR, "Offices at another time", _rows, _tell, Event),)
