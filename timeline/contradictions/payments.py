"""Contracts whose payment terms add up to more than the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from timeline.contradictions.check import Check, Rows, Severity, Told, in_order
from timeline.contradictions.finding import Side, finding
from timeline.models import Contract, PaymentTerm

SHARES = "shares_exceed_100"
AMOUNTS = "amounts_exceed_value"
WHOLE = Decimal(100)
ZERO = Value(Decimal(0), DecimalField(max_digits=30, decimal_places=2))


def _contracts(user: Any) -> Rows:
    """Contracts with what their terms add up to; `most` is the highest that the value may be."""
    high = Greatest(Coalesce("value", "value_high"), Coalesce("value_high", "value"))
    own = Q(payment_terms__currency=F("currency"))
    rows = Contract.objects.annotate(
        shares=Coalesce(Sum("payment_terms__share"), ZERO),
        amounts=Coalesce(Sum("payment_terms__amount", filter=own), ZERO),
        most=high,
    )
    rows = rows.visible_to(user).prefetch_related("payment_terms")
    return in_order(rows, "", keys=["pk"])


def _over_100(user: Any) -> Rows:
    return _contracts(user).filter(shares__gt=100)


def _over_value(user: Any) -> Rows:
    """Shares of whatever the value is leave no more than the rest of its highest for the amounts."""
    rows = _contracts(user).filter(shares__lte=100, most__isnull=False, amounts__gt=0)
    return rows.filter(amounts__gt=F("most") * (Value(WHOLE) - F("shares")) / Value(WHOLE))


def _tell_shares(rows: Sequence[Any]) -> Told:
    for contract in rows:
        terms = _terms(contract)
        total = sum((term.share for term in terms if term.share is not None), Decimal(0))
        if total <= WHOLE:  # SQLite adds up in floating point
            yield None
            continue
        message = f"{contract.slug}: the payment terms share out {_plain(total)} % of the price."
        sides = (Side(contract, "value", "100 %"), Side(contract, "payment_terms", f"{_plain(total)} %"))
        facts = (part for term in terms for part in (term.kind, term.share))
        yield finding(SHARES, message, sides, about=(), facts=facts)


def _tell_amounts(rows: Sequence[Any]) -> Told:
    for contract in rows:
        terms = [term for term in _terms(contract) if term.share is not None or _counts(term, contract)]
        shares = sum((term.share for term in terms if term.share is not None), Decimal(0))
        amounts = sum((term.amount or Decimal(0) for term in terms if _counts(term, contract)), Decimal(0))
        most = max(one for one in (contract.value, contract.value_high) if one is not None)
        if amounts <= most * (WHOLE - shares) / WHOLE:
            yield None
            continue
        paid = f"{amounts:,} {contract.currency}" + (f" and {_plain(shares)} %" if shares else "")
        value = f"{'c. ' if contract.value_is_estimate else ''}{most:,} {contract.currency}"
        message = f"{contract.slug}: the payment terms add up to {paid}, more than the value of {value}."
        sides = (Side(contract, "value", value), Side(contract, "payment_terms", paid))
        facts = [contract.currency, _plain(most), contract.value_is_estimate]
        facts += [_plain(part) for term in terms for part in (term.share, term.amount) if part is not None]
        yield finding(AMOUNTS, message, sides, about=(), facts=facts)


def _terms(contract: Any) -> list[PaymentTerm]:
    return list(contract.payment_terms.all())


def _counts(term: PaymentTerm, contract: Contract) -> bool:
    return term.amount is not None and term.currency == contract.currency


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


CHECKS = (
    Check(SHARES, Severity.ERROR, "Payment shares over 100 %", _over_100, _tell_shares, Contract),
    Check(AMOUNTS, Severity.WARNING, "Payments above the value", _over_value, _tell_amounts, Contract),
)
