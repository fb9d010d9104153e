"""Contracts whose milestones are out of order: by the course that a deal takes, and by its signing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import combinations
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from timeline.contradictions.check import Check, Rows, Severity, Told, in_order, is_hidden, seen_by
from timeline.contradictions.finding import Side, finding
from timeline.contradictions.spans import fact, words
from timeline.models import Contract, Event, Milestone

Kind = Milestone.Kind
Pairs = Sequence[tuple[str, str]]

# What comes first in any deal. An announcement, a refusal, a suspension may come at many points, and a
# payment at any after the signing.
COURSE = (
    Kind.PROPOSED,
    Kind.NEGOTIATED,
    Kind.SIGNED,
    Kind.DELIVERY_STARTED,
    Kind.DELIVERED,
    Kind.ACCEPTED,
    Kind.COMPLETED,
)
ALL_PAIRS = (*combinations(COURSE, 2), (Kind.SIGNED, Kind.PAID))
OF_SIGNING = tuple(pair for pair in ALL_PAIRS if pair[0] == Kind.SIGNED)
OTHERS = tuple(pair for pair in ALL_PAIRS if pair[0] != Kind.SIGNED)

OUT_OF_ORDER = "milestones_out_of_order"
BEFORE_SIGNATURE = "milestone_before_signature"


def _rows(user: Any, *, pairs: Pairs, first: str, then: str) -> Rows:
    """Milestones, each with an `other` that must come later and has begun before it can have begun.

    `first` and `then` are the dates by which it and the other are compared. Of several milestones of a kind
    the first counts; one whose date is not known, or hidden, may have been the first.
    """
    rows: Rows = Milestone.objects.annotate(
        other=F("contract__milestones__pk"),
        other_kind=F("contract__milestones__kind"),
        other_position=F("contract__milestones__position"),
        other_event=F("contract__milestones__event"),
        other_edtf=F(f"contract__milestones__{then}_edtf"),
        other_begun=F(f"contract__milestones__{then}_start_latest"),
    )
    kinds = Q()
    for kind, later in pairs:
        kinds |= Q(kind=kind, other_kind=later)
    dated = Q(**{f"{first}_edtf__isnull": False, "other_edtf__isnull": False})
    rows = rows.filter(kinds, dated, **{f"{first}_earliest__gt": F("other_begun")})
    same = Milestone.objects.filter(contract=OuterRef("contract"), kind=OuterRef("kind"))
    maybe = Q(**{f"{first}_edtf__isnull": True}) | Q(**{f"{first}_earliest__lte": OuterRef("other_begun")})
    sooner = Q(**{f"{first}_sort_at__lt": OuterRef(f"{first}_sort_at")})
    tied = Q(**{f"{first}_sort_at": OuterRef(f"{first}_sort_at")}, pk__lt=OuterRef("pk"))
    if first == "met":
        maybe |= is_hidden(user, Event, "event")
    rows = rows.filter(~Exists(same.filter(maybe | sooner | tied)))
    events = {name: Event for name, date in (("event", first), ("other_event", then)) if date == "met"}
    rows = seen_by(user, rows.select_related("contract", "event"), contract=Contract, **events)
    return in_order(rows, "contract", "position", "other_position", keys=["pk", "other"])


def _tell(rows: Sequence[Any], *, code: str, first: str, then: str) -> Told:
    others = Milestone.objects.select_related("event").in_bulk([row.other for row in rows])
    for row in rows:
        contract, other = row.contract, others.get(row.other)
        if other is None:  # gone at this moment
            yield None
            continue
        due, before = getattr(row, first), getattr(other, then)
        message = f"{contract.slug}: “{_name(other)}”, {then} {words(before)}, "
        message += f"comes before “{_name(row)}”, {first} {words(due)}.{_slips((other, then), (row, first))}"
        yield finding(
            code,
            message,
            (_side(contract, row, first), _side(contract, other, then)),
            about=(row.kind, row.title, first, other.kind, other.title, then),
            facts=(*fact(due), *fact(before)),
        )


def _name(milestone: Milestone) -> str:
    return milestone.title or milestone.get_kind_display()


def _side(contract: Contract, milestone: Milestone, date: str) -> Side:
    """The date of a milestone, which its event proves where it is the event's."""
    value = f"{_name(milestone)}, {date} {words(getattr(milestone, date))}"
    if date == "met" and milestone.event is not None:
        return Side(contract, "milestones", value, proved_by=(milestone.event, "date"))
    return Side(contract, "milestones", value)


def _slips(*compared: tuple[Milestone, str]) -> str:
    """How late those were that have both dates, each with the date that it was compared by.

    `met` may be the date of an event that is hidden, unless it was what was compared.
    """
    told = [
        f" “{_name(one)}” was due {one.due} and met {one.met}: {one.slip.words()}."
        for one, date in compared
        if one.slip is not None and (date == "met" or one.event_id is None)
    ]
    return "".join(told)


def _check(code: str, title: str, pairs: Pairs, first: str, then: str) -> Check:
    return Check(
        code,
        Severity.ERROR,
        title,
        partial(_rows, pairs=pairs, first=first, then=then),
        partial(_tell, code=code, first=first, then=then),
        Contract,
    )


CHECKS = (
    _check(BEFORE_SIGNATURE, "Milestones before the signature", OF_SIGNING, "met", "met"),
    _check(BEFORE_SIGNATURE, "Milestones before the signature", OF_SIGNING, "met", "due"),
    _check(OUT_OF_ORDER, "Milestones out of order", OTHERS, "met", "met"),
    _check(OUT_OF_ORDER, "Milestones out of order", ALL_PAIRS, "due", "due"),
)
