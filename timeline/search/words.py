"""The words of a text: one reading for the index, for what a person types, and for the marks in a passage.

Case, accents and compatibility forms do not count. A word is a run of letters or of digits, so "S-400",
"S 400" and "s400" are all the words `s 400`. In scripts that are written without spaces each character is
a word. What a hyphen or an apostrophe holds together is found joined, too: "co-operation" as `cooperation`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from timeline.folding import fold

# A longer run of letters is no word of a language; it is taken as several. (A lexeme of PostgreSQL has at
# most 2,046 bytes.)
LONGEST = 100

_JOINERS = {"'": "’‘ʹʺʻʼʽʾʿ`´", "-": "\u2010\u2011"}
_LETTERS = str.maketrans({"œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ŋ": "n"})
# What is written or left out as one likes: soft hyphens, joiners, vowel points, the Arabic lengthening.
_OPTIONAL = re.compile(
    "[\u00ad\u200c\u200d\u2060\ufeff\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
# Thai, Lao, Tibetan, Burmese, Khmer; the syllables and ideographs of Chinese and Japanese.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = "".join(
    chr(code) for code in range(0x0300, 0x10000) if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_SIGN = f"[^\\W_][{_MARKS}]{{0,3}}"
_LETTER = f"[^\\W0-9_{_UNSPACED}][{_MARKS}]{{0,3}}"
_DIGITS = f"[0-9]{{1,{LONGEST}}}"
_WORD = re.compile(f"{_DIGITS}|[{_UNSPACED}][{_MARKS}]{{0,3}}|(?:{_LETTER}){{1,{LONGEST}}}")
_ASCII_WORD = re.compile(f"{_DIGITS}|[a-z]{{1,{LONGEST}}}")
_PIECE = re.compile(r"\S+")
# Only from where a word starts, and possessive: linear in whatever there is.
_COMPOUNDS = [
    re.compile(f"(?<![^\\W_])(?<![{_MARKS}])(?:{_SIGN})++(?:{joiner}(?:{_SIGN})++)+") for joiner in _JOINERS
]
_JOINER = re.compile(f"(?<=[^\\W_])([{_MARKS}]{{0,3}})[-'](?=[^\\W_])")


class _Table(dict[int, str]):
    """What each character becomes, for `str.translate`; filled as characters come."""

    def __missing__(self, code: int) -> str:
        self[code] = found = self._reading(chr(code))
        return found

    @staticmethod
    def _reading(character: str) -> str:
        for joiner, others in _JOINERS.items():
            if character in others:
                return joiner
        if character.isdecimal():
            return str(unicodedata.decimal(character))
        return _OPTIONAL.sub("", fold(character).translate(_LETTERS))


_TABLE = _Table()


class Span(NamedTuple):
    """Words that stand at text[start:end]: one, or those of a compound as they read when joined."""

    words: tuple[str, ...]
    start: int
    end: int


def words(text: str) -> list[str]:
    """The words in their order."""
    return _words(_plain(text))


def words_and_compounds(text: str) -> tuple[list[str], list[list[str]]]:
    """The words, and the compounds as they read without their hyphens, where that makes other words."""
    plain = _plain(text)
    return _words(plain), [found for _, found in _compounds(plain)]


def without_joiners(text: str) -> list[str]:
    """The words as they are when each compound is written as one."""
    return _words(_JOINER.sub(r"\1", _plain(text)))


def spans(text: str) -> tuple[list[Span], list[Span]]:
    """Each word of the text with its place, and each joined compound."""
    plain, places = _plain(text), _places(text)
    pattern = _ASCII_WORD if plain.isascii() else _WORD

    def span(match: re.Match[str], found: list[str]) -> Span:
        return Span(tuple(found), places[match.start()][0], places[match.end() - 1][1])

    single = [span(match, [match[0]]) for match in pattern.finditer(plain)]
    return single, [span(match, found) for match, found in _compounds(plain)]


def _plain(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_TABLE)


def _words(plain: str) -> list[str]:
    return (_ASCII_WORD if plain.isascii() else _WORD).findall(plain)


def _compounds(plain: str) -> Iterator[tuple[re.Match[str], list[str]]]:
    if "-" not in plain and "'" not in plain:  # none of _JOINERS, as in most texts
        return
    for piece in _PIECE.finditer(plain):
        for joiner, pattern in zip(_JOINERS, _COMPOUNDS, strict=True):
            # Few pieces have one, and the pattern is slow.
            if joiner in piece[0]:
                for match in pattern.finditer(plain, *piece.span()):
                    whole = _words(match[0].replace(joiner, ""))
                    if len(whole) < len(_words(match[0])):
                        yield match, whole


def _places(text: str) -> list[tuple[int, int]]:
    """For each character of the plain text its place in the text, with the accents that were taken off."""
    found: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        signs = len(_TABLE[ord(character)])
        if not signs and found:
            found[-1] = (found[-1][0], at + 1)
        found += [(at, at + 1)] * signs
    return found
