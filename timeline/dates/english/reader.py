"""What people write: English dates, and through dateparser others, to a time span."""

import re
from datetime import date

from timeline.dates.conventions import Conventions
from timeline.dates.edtf import parse_edtf
from timeline.dates.english.compose import compose
from timeline.dates.english.cursor import Cursor
from timeline.dates.english.grammar import Sentence
from timeline.dates.english.notation import check_notation
from timeline.dates.english.partial import Partial, fill
from timeline.dates.english.resolve import Context, UnknownWordsError
from timeline.dates.english.tokens import normalized, tokenize
from timeline.dates.errors import DateError
from timeline.dates.timespan import TimeSpan

MAX_LENGTH = 500

_STANDARD = Conventions()
_EDTF_CHARACTERS = frozenset("0123456789-/.:,~?%[]{}XTZYES+")
# Behind a digit and a hyphen EDTF has two digits.
_TWO_YEARS = re.compile("[0-9]-[0-9]{3}")
_UNDATED = frozenset(("undated", "unknown", "end", "open", "close"))


def read(
    text: str, *, reference: date | None = None, conventions: Conventions = _STANDARD
) -> TimeSpan | None:
    """The time span that the text states; None where it says that there is no date, as "undated" does.

    EDTF is taken as EDTF, then come the rules for English, then dateparser for what no rule knows. Words that
    count from another date ("yesterday", "August 23") are read against `reference` only. Raise DateError.
    The bounds are nominal: see `TimeSpan.widened`.
    """
    if len(text) > MAX_LENGTH:
        raise DateError(text, MAX_LENGTH, f"A date has at most {MAX_LENGTH} characters.")
    stripped = text.strip()
    if _may_be_edtf(stripped) and not _is_short_span(stripped, conventions):
        try:
            return parse_edtf(stripped)
        except DateError:
            pass
    check_notation(text)
    if text.endswith(")") and (shown := _shown(stripped)) is not None:
        return shown
    context = Context(text, reference, conventions)
    try:
        edtf = _english(normalized(text), context)
    except UnknownWordsError as error:
        from timeline.dates.fallback import read_other_languages

        span = read_other_languages(text, reference=reference, conventions=conventions)
        if span is None:
            raise DateError(text, error.position, error.reason) from None
        return span
    if edtf is None:
        return None
    try:
        return parse_edtf(edtf)
    except DateError as error:
        raise DateError(text, 0, error.reason) from error


def _may_be_edtf(text: str) -> bool:
    """Whether it is worth while to parse the text: 1914-1918 only has EDTF's characters."""
    return _EDTF_CHARACTERS.issuperset(text) and not _TWO_YEARS.search(text)


def _shown(text: str) -> TimeSpan | None:
    """The span whose words name its EDTF because English has no better: "some year from … (1XX3)"."""
    pattern = text[text.rfind("(") + 1 : -1]
    if "X" not in pattern or not _may_be_edtf(pattern):
        return None
    try:
        span = parse_edtf(pattern)
    except DateError:
        return None
    return span if span.display() == text else None


def _is_short_span(text: str, conventions: Conventions) -> bool:
    """Whether EDTF's season code is meant for the last year of a span: 1921-22, by a convention."""
    return (
        conventions.short_spans_with_hyphen
        and len(text) == 7
        and text[4] == "-"
        and text[:4].isdecimal()
        and text[5:].isdecimal()
        and int(text[5:]) > int(text[2:4])
    )


def _english(text: str, context: Context) -> str | None:
    """The EDTF of an English date, or None for none. Raise DateError."""
    cursor = Cursor(tokenize(text), context)
    if _says_undated(cursor):
        return None
    partials = Sentence(cursor).read()
    if len(partials) > 1:
        fill(partials)
    return compose(_counted(partials, context), context)


def _says_undated(cursor: Cursor) -> bool:
    if "undated" not in cursor.kinds and "unknown" not in cursor.kinds:
        return False
    return _UNDATED.issuperset(cursor.kinds)


def _counted(partials: list[Partial], context: Context) -> list[Partial]:
    """The dates that count, where a house leaves out or prefers some phases of a thing."""
    replacing, left_out = context.conventions.phases_that_replace, context.conventions.phases_left_out
    if not (replacing or left_out) or len(partials) == 1:
        return partials
    kept = [partial for partial in partials if partial.phase in replacing]
    kept = kept or [partial for partial in partials if partial.phase not in left_out]
    kept = kept or [partial for partial in partials if partial.phase == partials[0].phase]
    kept[0].link = ""
    return kept
