"""Texts in EDTF's characters that are no EDTF: which of them people write, and which are mistakes."""

import re
from typing import Final

from timeline.dates.edtf import parse_edtf
from timeline.dates.errors import DateError

# Besides EDTF's own characters: what people put between and around dates in digits.
_NOTATION: Final = frozenset("0123456789-/.:,;~?%[]{}XTtZYES+ ()")
_BRACKETS: Final = frozenset("[]{}")
_SPLIT_NUMBER: Final = re.compile(r"(?<!\d)\d{1,3}[\[(]\d|\d[\])]\d{1,3}(?!\d)")
_TWO_DOTS: Final = re.compile(r"(?<!\.)\.\.(?!\.)")
_PIECES: Final = re.compile(r"(?:(?! - |(?<= )- )[^/,;])+")
_MARKS: Final = re.compile(r"[ ()?~%]+")
_SHORT_NUMBER: Final = re.compile(r"[ ()?~%]*(?:\d[ ()?~%]*){3}")
# Whatever marks stand between, a hyphen with two digits behind it may lead to a month or day.
_HYPHENED: Final = re.compile(r"\d[ ()?~%]*-[ ()?~%]*\d[ ()?~%]*\d(?!\d)")
_MONTH_OR_DAY: Final = re.compile(r"-?\d{4}-\d\d(?:(-\d\d)(?:[Tt](.+))?)?")
_CLOCK: Final = re.compile(r"\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?")


def check_notation(text: str) -> None:
    """Refuse what was meant as EDTF and is not, with EDTF's own reason, and a number that is no year.

    Spans such as "1914-18" and "2 - 5.3.2020" pass: the rules for English read them.
    """
    if ("[" in text or "(" in text) and (found := _SPLIT_NUMBER.search(text)):
        raise DateError(text, found.start(), "A bracket within a number leaves open which year is meant.")
    if not _NOTATION.issuperset(text):
        return
    if _is_set_or_dots(text):
        _refuse_as_edtf(text, 0, len(text))
    start, slash, end = text.partition("/")
    if slash and "T" not in text and _is_edtf(start) and _is_edtf(end):
        _refuse_as_edtf(text, 0, len(text))
    if _HYPHENED.search(text):
        for match in _PIECES.finditer(text):
            _check_piece(text, match.start(), match.end())
    if _SHORT_NUMBER.fullmatch(text):
        raise DateError(text, 0, "A number of fewer than four digits is a year only with AD, BC, CE or BCE.")


def _is_set_or_dots(text: str) -> bool:
    if ".." in text and _TWO_DOTS.search(text):
        return True
    if _BRACKETS.isdisjoint(text):
        return False
    opened, closed = text.count("[") + text.count("{"), text.count("]") + text.count("}")
    listed = bool(opened) and text.lstrip()[0] in "[{" and ("," in text or ".." in text)
    return opened != closed or listed


def _check_piece(text: str, start: int, end: int) -> None:
    """Refuse one year and month, or one day, that does not exist or is not written like one."""
    piece = text[start:end]
    bare = _MARKS.sub("", piece)
    found = _MONTH_OR_DAY.fullmatch(bare)
    if found is None:
        return
    day, clock = found.groups()
    if clock is not None:
        if _CLOCK.fullmatch(clock):
            return
    elif day is None and int(bare[-2:]) > int(bare[-5:-3]) and "-(" not in piece:
        # A span such as 1914-18, whose end is in the same century.
        return
    elif bare in piece and _is_edtf(bare):
        return
    _refuse_as_edtf(text, start, end)


def _is_edtf(text: str) -> bool:
    try:
        parse_edtf(text)
    except DateError:
        return False
    return True


def _refuse_as_edtf(text: str, start: int, end: int) -> None:
    """Raise EDTF's own error for a part of the text, at its place in the whole."""
    part = text[start:end]
    try:
        parse_edtf(part.strip())
    except DateError as error:
        raise DateError(text, start + len(part) - len(part.lstrip()) + error.position, error.reason) from None
