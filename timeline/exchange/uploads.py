"""Files that come by a form: what can be read at all, and what an import makes of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice

from timeline.exchange import spreadsheet
from timeline.exchange.by_user import ImportByUser, Told, written_down
from timeline.models import Upload

MEGABYTE = 1024 * 1024
MOST_BYTES, MOST_LINES, LONGEST_LINE = 10 * MEGABYTE, 10_000, 5 * MEGABYTE
LIMITS = "UTF-8, at most 10 MB and 10,000 lines, none longer than 5 MB."


class Unreadable(ValueError):
    """Why a file is not read at all."""


def refuse_large(size: int) -> None:
    if size > MOST_BYTES:
        raise Unreadable(
            f"The file has {size / MEGABYTE:.1f} MB; at most {MOST_BYTES // MEGABYTE} are possible."
        )


def refuse_unreadable(content: bytes) -> None:
    """Refuse what is no text, has too many lines, or too long ones."""
    if not content.strip():
        raise Unreadable("The file is empty.")
    if b"\0" in content:
        raise Unreadable(f"This is no text: byte {content.index(0) + 1} is NUL.")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"This is no text in UTF-8: byte {error.start + 1}, in line {line}.") from error
    lines = content.splitlines()
    if len(lines) > MOST_LINES:
        raise Unreadable(f"The file has {len(lines):,} lines; at most {MOST_LINES:,} are possible.")
    longest = max(range(len(lines)), key=lambda number: len(lines[number]))
    if len(lines[longest]) > LONGEST_LINE:
        size, most = len(lines[longest]) / MEGABYTE, LONGEST_LINE // MEGABYTE
        raise Unreadable(f"Line {longest + 1} has {size:.1f} MB; at most {most} are possible.")


def refuse_header(content: bytes) -> None:
    """Refuse a table whose columns are not those of events, or that has no rows."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    try:
        header, *first = islice(rows, 2)
    except (csv.Error, ValueError) as error:
        raise Unreadable(f"It is not CSV: {error}.") from error
    if len(header) == 1 and ";" in header[0]:
        raise Unreadable("The columns are separated by “;”. Save the table with commas.")
    if problems := spreadsheet.problems_of(header):
        raise Unreadable(" ".join(f"“{problem.path[:50]}”: {problem.message}" for problem in problems))
    if not first:
        raise Unreadable("The table has no rows below its header.")


def take(upload: Upload, *, seen: str = "") -> list[Told]:
    """Take the file in if what comes of it is what was `seen`; otherwise nothing changes.

    Sets `report` and `digest` of the upload, and saves neither.
    """
    lines = io.BytesIO(upload.content)
    numbers: Sequence[int] = ()
    if upload.form == Upload.Form.CSV:
        made = io.BytesIO()
        numbers, problems = spreadsheet.lines_from(lines, made)
        if problems:
            return _reported(
                upload,
                [Told(one.line, "refused", reasons=((one.path, one.message),)) for one in problems],
                "",
            )
        lines = made
    taken = ImportByUser(
        lines,
        upload.user,
        seen=seen,
        update=upload.updates,
        numbers=numbers,
        message=f"Import of {upload.name}",
    )
    taken.run()
    return _reported(upload, taken.told(), taken.digest())


def _reported(upload: Upload, lines: Sequence[Told], digest: str) -> list[Told]:
    upload.report, upload.digest = written_down([*lines]), digest
    return [*lines]
