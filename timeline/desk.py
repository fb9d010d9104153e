"""What waits for an editor, counted in one statement: review, quotes, dates, precise sources."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from timeline.dates import OPEN_FUTURE
from timeline.models import Citation, Contract, Event, Review
from timeline.quotes import QuoteStatus

# Counting stops here: more than a thousand are a thousand and more, and cost no more.
MOST = 1000


class Pile(NamedTuple):
    """Rows of one model that wait for somebody; `asked` is what its list is filtered by to show them."""

    title: str
    rows: QuerySet[Any]
    asked: str


class Counted(NamedTuple):
    """How many there are; with `more`, at least as many."""

    pile: Pile
    number: int
    more: bool


def desk(user: Any) -> list[Counted]:
    """What waits, of what the user may see. Runs one query."""
    piles = [pile for pile in _piles(user) if user.has_perm(_view(pile.rows.model))]
    if not piles:
        return []
    with connection.cursor() as cursor:
        parts: list[str] = []
        params: list[Any] = []
        for pile in piles:
            sql, values = pile.rows.order_by().values("pk")[: MOST + 1].query.sql_with_params()
            parts.append(f"(SELECT count(*) FROM ({sql}) AS pile)")
            params += values
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        numbers = cursor.fetchone()
    return [
        Counted(pile, min(number, MOST), number > MOST) for pile, number in zip(piles, numbers, strict=True)
    ]


def _view(model: Any) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


def _piles(user: Any) -> list[Pile]:
    undated = Event.objects.undated().filter(date_sort_at__gte=OPEN_FUTURE)  # which an index has
    things: tuple[Any, ...] = (Event.objects, Contract.objects)
    in_review = (rows.in_state(Review.IN_REVIEW) for rows in things)
    return [
        *(Pile("Waiting for review", waiting, "review__exact=in_review") for waiting in in_review),
        *(Pile("Returned to me", rows.returned_to(user), "desk=returned") for rows in things),
        Pile(
            "Broken quotes",
            Citation.objects.filter(quote_status=_literal(QuoteStatus.MISSING)),
            "quote_status__exact=missing",
        ),
        Pile("Undated", undated, "undated=only"),
        *(
            Pile("Published without a precise source", rows.without_precise_source(), "desk=imprecise")
            for rows in things
        ),
    ]


def _literal(value: str) -> RawSQL:
    """The value written into the statement: SQLite cannot tell of a parameter that a partial index has it."""
    return RawSQL(f"'{value}'", ())
