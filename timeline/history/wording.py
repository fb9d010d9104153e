"""Two wordings of one text: what stands in both, and which words were removed and added.

By the shortest way from one to the other (E. Myers, "An O(ND) Difference Algorithm and Its Variations",
1986), first for paragraphs and then for the words of those that differ. What it takes grows with the number
of differences, not with the length of the text, and an `Effort` ends it: texts that somebody has made to be
compared for ever are shown as removed and added as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

SAME, REMOVED, ADDED, LEFT_OUT = "same", "removed", "added", "left out"
# Characters of what is the same that stand around a change, and most that are shown of a change.
AROUND = 120
LONGEST = 4000
MOST_PIECES = 400
# Below this part of the words in common two passages are not told word by word.
ALIKE = 0.25
STEPS = 300_000

_words = re.compile(r"\w+|\s+|[^\w\s]")
_paragraphs = re.compile(r"[^\n]*\n|[^\n]+")


class Piece(NamedTuple):
    """A part of the text: SAME, REMOVED, ADDED, or LEFT_OUT, whose text says what."""

    kind: str
    text: str


class Run(NamedTuple):
    """What of the one and what of the other, as start and end, is the same or is not."""

    is_same: bool
    one: tuple[int, int]
    other: tuple[int, int]


class Effort:
    """How many steps comparing may still take, for all texts of a page together."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps


def pieces(before: str, after: str, effort: Effort) -> list[Piece]:
    """The whole text in its order, with long stretches shortened."""
    joined = [
        Piece(kind, "".join(piece.text for piece in some))
        for kind, some in groupby(_by_paragraphs(before, after, effort), key=lambda piece: piece.kind)
    ]
    shortened = [short for at, piece in enumerate(joined) for short in _shortened(piece, at, len(joined))]
    shown = [piece for piece in shortened if piece.text]
    if len(shown) > MOST_PIECES:
        shown = [*shown[:MOST_PIECES], Piece(LEFT_OUT, "more changes")]
    return shown


def _by_paragraphs(before: str, after: str, effort: Effort) -> Iterator[Piece]:
    one, other = _paragraphs.findall(before), _paragraphs.findall(after)
    for run in runs(one, other, effort):
        removed, added = "".join(one[slice(*run.one)]), "".join(other[slice(*run.other)])
        if run.is_same:
            yield Piece(SAME, removed)
        elif removed and added:
            yield from _by_words(removed, added, effort)
        else:
            yield Piece(REMOVED if removed else ADDED, removed or added)


def _by_words(before: str, after: str, effort: Effort) -> Iterator[Piece]:
    one, other = _words.findall(before), _words.findall(after)
    found = list(_whole_changes(runs(one, other, effort), one))
    same = sum(len("".join(one[slice(*run.one)]).strip()) for run in found if run.is_same)
    if same < ALIKE * min(len(before), len(after)):
        found = [Run(False, (0, len(one)), (0, len(other)))]
    for run in found:
        removed, added = "".join(one[slice(*run.one)]), "".join(other[slice(*run.other)])
        if run.is_same:
            yield Piece(SAME, removed)
        else:
            yield from (Piece(kind, text) for kind, text in ((REMOVED, removed), (ADDED, added)) if text)


def _whole_changes(found: list[Run], tokens: Sequence[str]) -> Iterator[Run]:
    """Runs with changes that only a space or a sign stands between made one."""
    change: list[Run] = []
    for at, run in enumerate(found):
        between = 0 < at < len(found) - 1 and run.one[1] - run.one[0] <= 2
        if run.is_same and not (between and not any(re.search(r"\w", tokens[i]) for i in range(*run.one))):
            yield from _joined(change)
            change = []
            yield run
        else:
            change.append(run)
    yield from _joined(change)


def _joined(change: list[Run]) -> Iterator[Run]:
    if change:
        yield Run(False, (change[0].one[0], change[-1].one[1]), (change[0].other[0], change[-1].other[1]))


def _shortened(piece: Piece, at: int, number: int) -> Iterator[Piece]:
    kind, text = piece
    if kind != SAME:
        yield Piece(kind, text[:LONGEST])
        if len(text) > LONGEST:
            yield Piece(LEFT_OUT, f"{len(text) - LONGEST:,} characters more")
        return
    before, after = (AROUND if at else 0), (AROUND if at < number - 1 else 0)
    if len(text) <= 2 * AROUND + 40:
        yield piece
        return
    yield Piece(SAME, text[:before])
    yield Piece(LEFT_OUT, "…")
    yield Piece(SAME, text[len(text) - after :])


def runs(one: Sequence[str], other: Sequence[str], effort: Effort) -> list[Run]:
    """What is the same and what is not, in turn; everything is not, where the effort does not suffice."""
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    first, last = (start, len(one) - end), (start, len(other) - end)
    middle = _way(one[slice(*first)], other[slice(*last)], effort)
    found = [
        Run(True, (0, start), (0, start)),
        *(Run(same, (a + start, b + start), (c + start, d + start)) for same, (a, b), (c, d) in middle),
        Run(True, (first[1], len(one)), (last[1], len(other))),
    ]
    return [run for run in found if run.one[0] < run.one[1] or run.other[0] < run.other[1]]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number


def _way(one: Sequence[str], other: Sequence[str], effort: Effort) -> list[Run]:
    whole = [Run(False, (0, len(one)), (0, len(other)))]
    if not one or not other:
        return whole
    numbers: dict[str, int] = {}  # compared as numbers, however long they are
    left, right = ([numbers.setdefault(text, len(numbers)) for text in some] for some in (one, other))
    reached = _reached(left, right, effort)
    return whole if reached is None else _walked(reached, len(left), len(right))


def _reached(left: list[int], right: list[int], effort: Effort) -> list[dict[int, int]] | None:
    """How far one comes on each diagonal, by the number of changes made."""
    best, history = {1: 0}, []
    for changes in range(len(left) + len(right) + 1):
        history.append(best.copy())
        effort.left -= 2 * changes + 1
        for diagonal in range(-changes, changes + 1, 2):
            at = _furthest(best, diagonal, changes)
            begun = at
            while at < len(left) and 0 <= at - diagonal < len(right) and left[at] == right[at - diagonal]:
                at += 1
            effort.left -= at - begun
            best[diagonal] = at
            if at >= len(left) and at - diagonal >= len(right):
                return history
        if effort.left <= 0:
            return None
    return None


def _furthest(best: dict[int, int], diagonal: int, changes: int) -> int:
    adds = diagonal == -changes or (diagonal != changes and best[diagonal - 1] < best[diagonal + 1])
    return best[diagonal + 1] if adds else best[diagonal - 1] + 1


def _walked(history: list[dict[int, int]], at: int, opposite: int) -> list[Run]:
    """The way back from the end, as runs from the beginning."""
    found: list[Run] = []
    for changes in range(len(history) - 1, -1, -1):
        best, diagonal = history[changes], at - opposite
        adds = diagonal == -changes or (diagonal != changes and best[diagonal - 1] < best[diagonal + 1])
        came = best[diagonal + 1] if adds else best[diagonal - 1]
        came_opposite = came - (diagonal + 1 if adds else diagonal - 1)
        begun = came if adds else came + 1
        if changes == 0:
            begun = 0
        if at > begun:
            found.append(Run(True, (begun, at), (opposite - (at - begun), opposite)))
        at, opposite = begun, opposite - (at - begun)
        if changes:
            found.append(Run(False, (came, at), (came_opposite, opposite)))
            at, opposite = came, came_opposite
    found.reverse()
    return [_spanning(list(some)) for _, some in groupby(found, key=lambda run: run.is_same)]


def _spanning(some: list[Run]) -> Run:
    return Run(some[0].is_same, (some[0].one[0], some[-1].one[1]), (some[0].other[0], some[-1].other[1]))
