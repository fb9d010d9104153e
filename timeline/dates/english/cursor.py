"""A place in the tokens of a text, which the rules of the grammar read and move."""

from typing import Final, NoReturn

from timeline.dates.english.resolve import Context, UnknownWordsError
from timeline.dates.english.tokens import Token

_BEYOND: Final = ["end"] * 8


class Cursor:
    """The tokens from `at` on. The last token is of kind "end" and is never passed."""

    __slots__ = ("at", "context", "kinds", "tokens")

    def __init__(self, tokens: list[Token], context: Context) -> None:
        self.tokens = tokens
        # The rules look at most this far ahead of the end.
        self.kinds = [token.kind for token in tokens] + _BEYOND
        self.context = context
        self.at = 0

    @property
    def token(self) -> Token:
        """The token at the cursor."""
        return self.tokens[self.at]

    def ahead(self, steps: int) -> Token:
        """The token so many places on, or the end."""
        at = self.at + steps
        return self.tokens[at] if at < len(self.tokens) else self.tokens[-1]

    def kind(self, steps: int = 0) -> str:
        """The kind of the token so many places on."""
        return self.kinds[self.at + steps]

    def adjacent(self, steps: int) -> bool:
        """Whether no space parts the token so many places on from the one before it."""
        at = self.at + steps
        return at < len(self.tokens) and self.tokens[at].start == self.tokens[at - 1].end

    def skip(self, *kinds: str) -> bool:
        """Pass the token if it is of one of the kinds, and say whether it was."""
        if self.kinds[self.at] in kinds:
            self.at += 1
            return True
        return False

    def follows(self, *words: str, steps: int = 0) -> bool:
        """Whether one of these very words stands before the cursor, or so many tokens further back."""
        at = self.at - 1 - steps
        return at >= 0 and self.context.text[self.tokens[at].start : self.tokens[at].end].lower() in words

    def number(self, steps: int = 0, *, digits: tuple[int, int] = (1, 12)) -> int | None:
        """The number so many places on, if one of so many digits is there."""
        token = self.ahead(steps)
        if token.kind != "number" or not digits[0] <= token.end - token.start <= digits[1]:
            return None
        return integer(token)

    def has_years_digits(self, steps: int = 0) -> bool:
        """Whether the number so many places on has four digits, or three that do not begin with 0."""
        token = self.ahead(steps)
        width = token.end - token.start
        return width == 4 or (width == 3 and self.context.text[token.start] != "0")

    def unexpected(self) -> NoReturn:
        """Refuse the token at the cursor."""
        token = self.token
        if token.kind == "end":
            self.context.refuse(token.start, "The text ends where a date should follow.")
        shown = self.context.text[token.start : token.end]
        if token.kind == "word":
            raise UnknownWordsError(self.context.text, token.start, f"No rule knows “{shown}” in a date.")
        raise UnknownWordsError(
            self.context.text, token.start, f"“{shown}” makes no sense at this place in a date."
        )


def integer(token: Token) -> int:
    """The value of a token whose kind carries a number."""
    assert isinstance(token.value, int)
    return token.value
