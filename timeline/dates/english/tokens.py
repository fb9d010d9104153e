"""The tokenizer: text to words of known kinds, each with its place in the text as it was given."""

import re
from typing import Final, NamedTuple

from timeline.dates.english.tables import PHRASES, ROMAN, WORDS


class Token(NamedTuple):
    """A number, word or mark: its kind, its meaning, and the characters it covers."""

    kind: str
    value: object
    start: int
    end: int


# No alternative can give characters back to another, so matching is linear.
_TOKEN: Final = re.compile(
    r"\d{1,3}(?:,\d{3}){1,4}(?![\d,])|\d+|(?:[a-z]\.)+[a-z]\b\.?|[^\W\d_]+(?:'[^\W\d_]+)?|-+|\.+|\S"
)
_MARKS: Final = {
    ",": "comma",
    ";": "semicolon",
    ":": "colon",
    "/": "slash",
    "(": "open",
    ")": "close",
    "[": "open",
    "]": "close",
    "?": "question",
    "'": "apostrophe",
    "~": "approximate",
    "&": "and",
    "+": "plus",
}
# One character for one, so that positions stay those of the text as given.
_LOOKALIKES: Final = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2018\u2019\u201b\u2032\u00b4`\u2044\u02b0\u1d57\u02e2\u207f\u1d48\u02b3",
    "-------'''''" + "'/" + "htsndr",
)
# Quotation marks around a date say that it is quoted, and nothing about when.
_QUOTES: Final = frozenset('"\u201c\u201d\u201e\u00ab\u00bb')
_TENS: Final = (20, 30)
_COUNTERS: Final = frozenset(("ordinal", "latter", "deictic", "count", "number"))


def normalized(text: str) -> str:
    """Lower-case text with plain dashes and apostrophes, character for character."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lowered if lowered.isascii() else lowered.translate(_LOOKALIKES)


def tokenize(text: str) -> list[Token]:
    """The tokens of a normalized text, closed by one of kind "end"."""
    tokens: list[Token] = []
    phrases = False
    for match in _TOKEN.finditer(text):
        word = match[0]
        start, end = match.span()
        first = word[0]
        if first.isdecimal():
            number = int(word) if word.isdecimal() else int(word.replace(",", ""))
            tokens.append(Token("number", number, start, end))
        elif first.isalpha():
            _add_word(tokens, word.replace(".", ""), start, end)
            phrases = phrases or word in PHRASES
        elif first == "-":
            tokens.append(Token("dash", None, start, end))
        elif first in _QUOTES:
            continue
        elif first == ".":
            _add_dots(tokens, text, start, end)
        else:
            tokens.append(Token(_MARKS.get(first, "word"), word, start, end))
    tokens.append(Token("end", None, len(text), len(text)))
    return _join_phrases(tokens, text) if phrases else tokens


def _add_dots(tokens: list[Token], text: str, start: int, end: int) -> None:
    """Keep a full stop between two numbers and an ellipsis; one that ends a word says nothing."""
    if end - start > 1:
        tokens.append(Token("dash", None, start, end))
    elif (
        tokens and tokens[-1].kind == "number" and tokens[-1].end == start and text[end : end + 1].isdecimal()
    ):
        tokens.append(Token("dot", None, start, end))


def _add_word(tokens: list[Token], word: str, start: int, end: int) -> None:
    """Add a word, joined with the number, word or phrase before it that it completes."""
    kind, value = WORDS.get(word, ("word", word))
    if tokens:
        last = tokens[-1]
        if kind == "suffix" and last.kind == "number" and last.end == start:
            # In "1th century" a digit may be missing.
            fits = _suffix(int(str(last.value))) == word
            tokens[-1] = Token("ordinal" if fits else "word", last.value, last.start, end)
            return
        if kind == "unit" and value == "century" and last.value in ROMAN:
            tokens[-1] = Token(*ROMAN[str(last.value)], last.start, last.end)
        if kind in ("ordinal", "tens", "hundreds") and _compounds(tokens, kind, value, end):
            return
    if kind == "suffix":
        kind = "undated" if word == "nd" else "word"
    if kind != "the":
        tokens.append(Token(kind, value, start, end))


def _suffix(number: int) -> str:
    if number // 10 % 10 == 1:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _compounds(tokens: list[Token], kind: str, value: object, end: int) -> bool:
    """Join "twenty-first" into 21 and "nineteen-nineties" into 1990 (of kind "decade")."""
    before = -2 if tokens[-1].kind == "dash" else -1
    if len(tokens) < -before or not isinstance(value, int):
        return False
    count = tokens[before]
    if count.kind != "count" or not isinstance(count.value, int):
        return False
    if kind == "ordinal" and value < 10 and count.value in _TENS:
        joined = Token("ordinal", count.value + value, count.start, end)
    elif kind != "ordinal" and count.value >= 10:
        joined = Token("decade", count.value * 100 + value * 10, count.start, end)
    else:
        return False
    del tokens[before:]
    tokens.append(joined)
    return True


def _join_phrases(tokens: list[Token], text: str) -> list[Token]:
    """Replace runs of words that are a phrase by one token each."""
    joined: list[Token] = []
    position, count = 0, len(tokens)
    while position < count:
        token = tokens[position]
        # "The first week of March" is a part of March, and not the week of a day.
        counted = token.kind == "unit" and joined and joined[-1].kind in _COUNTERS
        phrases = () if counted else PHRASES.get(text[token.start : token.end], ())
        for words, (kind, value) in phrases:
            last = position + len(words)
            if last < count and all(
                text[tokens[at].start : tokens[at].end] == word
                for at, word in enumerate(words[1:], position + 1)
            ):
                joined.append(Token(kind, value, token.start, tokens[last - 1].end))
                position = last
                break
        else:
            joined.append(token)
            position += 1
    return joined
