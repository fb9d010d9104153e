"""Amounts of money as sources word them: “$ 2.5 billion” is some dollar, rounded to a tenth of a billion."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from timeline.currencies import CODES

SCALES = {
    **dict.fromkeys(("thousand", "k"), 3),
    **dict.fromkeys(("million", "millions", "mn", "mln", "m"), 6),
    **dict.fromkeys(("billion", "billions", "bn", "bln", "b"), 9),
    **dict.fromkeys(("trillion", "trillions", "tn", "trn"), 12),
}
DOLLAR = "$"
UNITS = {
    **dict.fromkeys(("$", "dollar", "dollars"), DOLLAR),
    **dict.fromkeys(("us$", "usd$"), "USD"),
    **dict.fromkeys(("€", "euro", "euros"), "EUR"),
    "£": "£",
    "¥": "¥",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₹": "INR",
}
# Currencies that people write with that sign.
DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"}
ABOUT = {
    "about",
    "around",
    "approximately",
    "approx",
    "roughly",
    "some",
    "nearly",
    "almost",
    "circa",
    "c",
    "ca",
    "~",
}
ABOVE = {"over", "above", "exceeding"}
BELOW = {"under", "below"}
PHRASES = (
    (re.compile(r"\b(more than|at least|no less than|not less than)\b"), "over"),
    (re.compile(r"\b(less than|up to|at most|no more than|not more than)\b"), "under"),
    (re.compile(r"\b(us|u\.s\.) dollars?\b"), "usd"),
    (re.compile(r"\bus ?\$"), "usd "),
)
FILLERS = {"a", "the", "of", "total", "in", "worth", "value", "price", "cost"}
BETWEEN = {"to", "and", "-", "or"}

_token = re.compile(r"\d[\d.,\u00a0\u202f]*|[^\W\d_]+|[^\s.,]")


class Number(NamedTuple):
    """A number, half of what its last digit counts, and the power of ten that a word gives it."""

    value: Decimal
    half: Decimal
    power: int | None = None


class Amount(NamedTuple):
    """From `low` to `high` of a currency, None where nothing bounds it; it may be rounded by `off`."""

    low: Decimal
    high: Decimal | None
    off: Decimal
    unit: str


def read_amount(text: str, currency: str = "") -> Amount | None:
    """The amount that these words give, as exactly as they are rounded; None unless every word is understood.

    “About” doubles how far it may be rounded, “more than” and “up to” leave one end open. A `$` is the
    currency that is given, if people write it so.
    """
    units: set[str] = set()
    numbers: list[Number] = []
    marks: set[str] = set()
    for token in _tokens(text):
        if token[0].isdigit():
            if (number := _number(token)) is None:
                return None
            numbers.append(number)
        elif token in SCALES and numbers:
            numbers[-1] = numbers[-1]._replace(power=SCALES[token])
        elif unit := _unit(token, currency):
            units.add(unit)
        elif token in ABOUT | ABOVE | BELOW | BETWEEN | {"between", "from"}:
            marks.add(token)
        elif token not in FILLERS:
            return None
    return _amount(numbers, marks, units.pop() if units else "") if len(units) < 2 else None


def differ(one: Amount, other: Amount) -> bool:
    """Whether the two are of one currency, and the finer number is not what the other is rounded from.

    2.53 billion is 2.5 billion, and 2.6 billion is 3 billion; 2.5 billion, half way, is not.
    """
    if one.unit != other.unit:
        return False
    off = max(one.off, other.off)
    return _is_below(one, other, off) or _is_below(other, one, off)


def _is_below(one: Amount, other: Amount, off: Decimal) -> bool:
    return one.high is not None and one.high + off <= other.low


def _tokens(text: str) -> list[str]:
    text = text.casefold()
    for phrase, plain in PHRASES:
        text = phrase.sub(plain, text)
    return _token.findall(text.replace("–", "-"))


def _unit(token: str, currency: str) -> str:
    if token.upper() in CODES:
        return token.upper()
    unit = UNITS.get(token, "")
    return currency if unit == DOLLAR and currency in DOLLARS else unit


def _number(token: str) -> Number | None:
    """The number, as English writes it, or German where it can be nothing else.

    1.500 may be either, and is not read; 0.500 is a half. Zeros at the end of a whole number count only as
    its second digit: 100 is rounded to tens, 120 too.
    """
    token = re.sub(r"[\u00a0\u202f]", "", token).rstrip(".,")
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", token):
        return None
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", token):
        token = token.replace(",", "")
    elif re.fullmatch(r"\d{1,3}((\.\d{3}){2,}(,\d+)?|\.\d{3},\d{1,2})", token):
        token = token.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+,\d{1,2}", token):
        token = token.replace(",", ".")
    if not re.fullmatch(r"\d{1,25}(\.\d{1,10})?", token):
        return None
    value = Decimal(token)
    counted = (value if "." in token else value.normalize()).as_tuple()
    last = int(counted.exponent)
    if last > 0 and len(counted.digits) == 1:
        last -= 1
    return Number(value, Decimal(5).scaleb(last - 1))


def _amount(numbers: list[Number], marks: set[str], unit: str) -> Amount | None:
    joined = bool(marks & BETWEEN)
    if len(numbers) != (2 if joined else 1) or (marks & ABOVE and marks & BELOW):
        return None
    first, last = numbers[0], numbers[-1]
    power = last.power or 0
    # “2 to 2.5 billion”: the first number is of the scale of the second.
    low, high = first.value.scaleb(power if first.power is None else first.power), last.value.scaleb(power)
    if low > high:
        return None
    off = last.half.scaleb(power) * (2 if marks & ABOUT else 1)
    if marks & BELOW:
        low = Decimal(0)
    return Amount(low, None if marks & ABOVE else high, off, unit)
