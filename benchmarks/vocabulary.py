"""The words that the benchmark's texts are made of: drawn by Zipf's law, the same for the same seed.

No text has a quotation mark, a backslash or white space other than blanks, so that it stands in JSON and
in the lines of COPY as it is.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import accumulate
from random import Random


def words_of(text: str) -> list[str]:
    return text.split()


WORDS = 30_000
PHRASES, TITLES = 100_000, 20_000
PHRASE_LENGTH = 49
_COMMON = words_of(
    "the of and in to a that for on was by with as at from said is its it be not has were an which or who"
    " will had new contract delivery defence minister agreement system state government official talks"
    " missile"
)
_ONSETS = words_of("b br c ch d dr f g gr h k kr l m n p pr r s sh st t tr v w y z ç ş ğ")
_VOWELS = words_of("a a a e e e i i o o u ai ea ou ı ö ü é")
_CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "k", "nd", "rt"]


def zipf_table(number: int, exponent: float, slots: int) -> list[int]:
    """A table of about `slots` numbers below `number`, each as often as Zipf's law says, once at least."""
    weights = [(rank + 1) ** -exponent for rank in range(number)]
    whole = sum(weights)
    ends = [round(end / whole * slots) for end in accumulate(weights)]
    table = list(range(number))
    for rank, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        table.extend([rank] * (end - start - 1))
    return table


class Vocabulary:
    """Words, and the phrases and titles of these words from which texts are put together."""

    def __init__(self, seed: int, *, events: int) -> None:
        self._random = Random(f"{seed} words")
        self.words = self._words()
        table = zipf_table(len(self.words), 1.0, 1 << 20)
        # Fewer for a world that is only for trying.
        self.phrases = [self._phrase(table) for _ in range(min(PHRASES, events + 500))]
        self.titles = [self._title(table) for _ in range(min(TITLES, events + 100))]

    def _words(self) -> list[str]:
        words = dict.fromkeys(_COMMON)
        draw = self._random.choice
        while len(words) < WORDS:
            syllables = range(draw((2, 2, 2, 3, 3, 4)))
            words["".join(draw(_ONSETS) + draw(_VOWELS) + draw(_CODAS) for _ in syllables)] = None
        return list(words)

    def _phrase(self, table: list[int]) -> str:
        text = ""
        while len(text) < PHRASE_LENGTH:
            text += self.words[self._random.choice(table)] + " "
        text = text[:PHRASE_LENGTH]
        return text[:-1] + "." if text.endswith(" ") else text

    def _title(self, table: list[int]) -> str:
        chosen = [self.words[self._random.choice(table)] for _ in range(6)]
        return " ".join(chosen).capitalize()

    @cached_property
    def _uses(self) -> Counter[str]:
        """In how many phrases and titles each word stands."""
        uses: Counter[str] = Counter()
        for text in (*self.phrases, *self.titles):
            uses.update(set(text.rstrip(".").lower().split()))
        return uses

    def rare(self) -> list[str]:
        """Words that stand in one phrase only: at a million events in some fifty of them."""
        return [word for word in self.words if len(word) > 7 and self._uses[word] == 1]

    def common(self) -> list[str]:
        """Words that stand in a twentieth to a fifth of the events."""
        texts = len(self.phrases) + len(self.titles)
        return [word for word in _COMMON if 0.01 <= self._uses[word] / texts <= 0.04]
