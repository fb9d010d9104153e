"""Reads a file of lines: what is in it and where, and then the lines of a type, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

import orjson

from timeline.exchange import values
from timeline.exchange.nouns import BY_TYPE, FORMAT

BOM = b"\xef\xbb\xbf"
# So many problems are reported; then the file is read no further.
MOST_PROBLEMS = 100


class Problem(NamedTuple):
    """What is wrong with a line; `path` leads to the key, with lines of lists by their number, from 0."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return (
            f"line {self.line}: {self.path}: {self.message}"
            if self.path
            else f"line {self.line}: {self.message}"
        )


class TooManyProblems(Exception):
    """There are as many as are reported."""


class Problems:
    """What has been found so far, `most` at most.

    `numbers` are the lines of the file that the lines read were made of.
    """

    def __init__(self, numbers: Sequence[int] = (), most: int = MOST_PROBLEMS) -> None:
        self.found: list[Problem] = []
        self.lines: set[int] = set()
        self.numbers, self.most = numbers, most

    def add(self, line: int, path: str, message: str) -> None:
        self.lines.add(line)
        self.found.append(Problem(self.numbers[line - 1] if self.numbers else line, path, message))
        if len(self.found) >= self.most:
            raise TooManyProblems


@dataclass
class Part:
    """Where the lines of a type begin and end in the file, in bytes, and the slugs that they have."""

    start: int
    first: int
    end: int = 0
    slugs: dict[str, int] = field(default_factory=dict)


def survey(file: IO[bytes], problems: Problems, progress: Callable[[int], object]) -> dict[str, Part]:
    """Go through the whole file once: it is JSON, each line names its type, and no slug comes twice."""
    parts: dict[str, Part] = {}
    offset = 0
    for number, raw in enumerate(file, 1):
        start, offset = offset, offset + len(raw)
        progress(len(raw))
        if (found := _parsed(number, raw, problems)) is None:
            continue
        if found.get("type") == FORMAT["type"]:
            if found != FORMAT:
                problems.add(number, "", "This version reads the format timeline, version 1.")
            continue
        if found.get("type") not in BY_TYPE:
            problems.add(number, "type", f"It is one of: {', '.join(BY_TYPE)}.")
            continue
        part = parts.setdefault(found["type"], Part(start, number))
        part.end = offset
        try:
            slug = values.slug(found.get("slug"))
        except values.Refused as refused:
            problems.add(number, "slug", str(refused))
            continue
        if (before := part.slugs.setdefault(slug, number)) != number:
            before = problems.numbers[before - 1] if problems.numbers else before
            problems.add(number, "slug", f"Line {before} has the same: “{slug}”.")
    return parts


def _parsed(number: int, raw: bytes, problems: Problems) -> dict[str, Any] | None:
    try:
        found = orjson.loads(raw.removeprefix(BOM) if number == 1 else raw) if raw.strip() else None
    except orjson.JSONDecodeError as error:
        problems.add(number, "", f"It is not JSON: {error}.")
        return None
    if found is None:
        return None
    if type(found) is not dict:
        problems.add(number, "", "A line is an object.")
        return None
    if b"\\u0000" in raw and _has_nul(found):
        problems.add(number, "", "U+0000 is not a character of text.")
        return None
    return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return any(map(_has_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def lines_of(
    file: IO[bytes], type_: str, part: Part, size: int, without: Container[int]
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """The lines of a type, so many at a time, each with its number under "line", and the bytes read for them.

    The lines in `without` are left out: the survey found something wrong with them.
    """
    file.seek(part.start)
    batch: list[dict[str, Any]] = []
    offset = before = part.start
    for number, raw in enumerate(file, part.first):
        offset += len(raw)
        if number not in without and raw.strip():
            found = orjson.loads(raw.removeprefix(BOM) if number == 1 else raw)
            if found["type"] == type_:
                batch.append({**found, "line": number})
        if len(batch) >= size or offset >= part.end:
            yield offset - before, batch
            batch, before = [], offset
        if offset >= part.end:
            return
