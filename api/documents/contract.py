"""The JSON of contracts."""

from __future__ import annotations

from typing import Any

from api.documents.base import (
    Document,
    Part,
    Viewer,
    address,
    brief_actor,
    briefly,
    by_slug,
    columns,
    fetch,
    plain,
    seen,
    shown,
    time_span,
    titled,
)
from api.documents.event import brief_event
from api.documents.source import CITATIONS
from timeline.models import Actor, Contract, ContractItem, ContractParty, Event, Milestone, PaymentTerm


def _value(contract: Any, viewer: Viewer) -> dict[str, Any] | None:
    amounts = (contract.value, contract.value_low, contract.value_high)
    if not contract.currency and amounts == (None, None, None):
        return None
    return {
        "amount": plain(contract.value),
        "currency": contract.currency,
        "low": plain(contract.value_low),
        "high": plain(contract.value_high),
        "is_estimate": contract.value_is_estimate,
    }


def _parties(contract: Any, viewer: Viewer) -> list[Any]:
    return [
        {"actor": brief_actor(shown(party, "actor")), "role": party.role}
        for party in contract.fetched_parties
        if shown(party, "actor")
    ]


def _items(contract: Any, viewer: Viewer) -> list[Any]:
    return [
        {
            "designation": item.designation,
            "description": item.description,
            "quantity": _quantity(item),
            "unit": item.unit,
        }
        for item in contract.fetched_items
    ]


def _quantity(item: Any) -> dict[str, Any] | None:
    amounts = (item.quantity, item.quantity_low, item.quantity_high)
    if amounts == (None, None, None):
        return None
    amount, low, high = map(plain, amounts)
    return {"amount": amount, "low": low, "high": high, "is_estimate": item.quantity_is_estimate}


def _payment_terms(contract: Any, viewer: Viewer) -> list[Any]:
    return [
        {
            "kind": term.kind,
            "share": plain(term.share),
            "amount": plain(term.amount),
            "currency": term.currency,
            "provider": brief_actor(shown(term, "provider")),
            "note": term.note,
        }
        for term in contract.fetched_payment_terms
    ]


def _milestones(contract: Any, viewer: Viewer) -> list[Any]:
    return [_milestone(milestone, viewer) for milestone in contract.fetched_milestones]


def _milestone(milestone: Any, viewer: Viewer) -> dict[str, Any]:
    event = shown(milestone, "event")
    # `met` is the date of the event, which is as hidden as the event.
    is_shown = event is not None or not milestone.event_id
    slip = milestone.slip if is_shown else None
    return {
        "kind": milestone.kind,
        "title": milestone.title,
        "due": time_span(milestone.due),
        "met": time_span(milestone.met) if is_shown else None,
        "slip": slip and slip._asdict(),
        "event": titled("events", event, viewer),
    }


def _rows(name: str, rows: Any, referred: str, model: Any) -> Any:
    def fetched(viewer: Viewer) -> list[Any]:
        return [fetch(name, rows.objects.prefetch_related(seen(referred, model, viewer)))]

    return fetched


CONTRACT = Document(
    "contracts",
    {
        **columns("slug"),
        "url": address("contracts"),
        **columns("title", "kind", "status", "review", "description"),
        "value": Part(_value),
        "follows": Part(
            lambda contract, viewer: titled("contracts", shown(contract, "follows"), viewer),
            fetched=lambda viewer: [seen("follows", Contract, viewer)],
        ),
        "parties": Part(_parties, fetched=_rows("parties", ContractParty, "actor", Actor)),
        "items": Part(_items, fetched=lambda viewer: [fetch("items", ContractItem.objects.all())]),
        "payment_terms": Part(_payment_terms, fetched=_rows("payment_terms", PaymentTerm, "provider", Actor)),
        "milestones": Part(_milestones, fetched=_rows("milestones", Milestone, "event", Event)),
        "citations": CITATIONS,
        **columns("created_at", "updated_at", "version"),
        "events": Part(
            lambda contract, viewer: [brief_event(event, viewer) for event in contract.fetched_events],
            fetched=lambda viewer: [fetch("events", briefly(Event, viewer, "date").in_order())],
            extra=True,
        ),
        "followed_by": Part(
            lambda contract, viewer: [
                titled("contracts", other, viewer) for other in by_slug(contract.fetched_followed_by)
            ],
            fetched=lambda viewer: [fetch("followed_by", briefly(Contract, viewer, "follows"))],
            extra=True,
        ),
    },
)
