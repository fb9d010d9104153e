"""Events as a table for spreadsheets: its columns, the cells that would run as formulas, and the way back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

from timeline.exchange import outward
from timeline.exchange.nouns import EVENT, STAMPS
from timeline.exchange.survey import Problem
from timeline.fields import When
from timeline.models import Event
from timeline.models.revision import PAST

# The columns that stand for each key of an event as the API has it.
COLUMNS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in ("slug", "url", "title", "summary", "kind", "status", "verification", "review")
    },
    "importance": ("importance",),
    "date": ("date_text", "date_edtf", "date_earliest", "date_latest"),
    "participants": ("participants",),
    "contracts": ("contracts",),
    "place": ("place",),
    "tags": ("tags",),
    "related": ("related",),
    "citations": ("sources",),
    **{name: (name,) for name in STAMPS},
    "timelines": ("timelines",),
    "match": ("match",),
}
# What follows from others, or belongs to other things: read over.
TOLD = {"url", "date_earliest", "date_latest", "timelines", "match"}
KNOWN = {name for names in COLUMNS.values() for name in names}
# A row to be filled in: what each column that is read looks like.
EXAMPLE = {
    "slug": "second-contract-announced",
    "title": "Second contract announced",
    "summary": "",
    "kind": "statement",
    "status": "occurred",
    "verification": "reported",
    "review": "draft",
    "importance": "2",
    "date_text": "mid-March 2020",
    "date_edtf": "",
    "participants": "dmitry-shugaev:speaker; turkey:subject",
    "contracts": "",
    "place": "",
    "tags": "",
    "related": "",
    "sources": "",
}
# In date_edtf, of words that give no date: an empty cell would have them read.
UNDATED = "undated"
SEPARATOR = "; "
PAIR = ":"
WHOLE = ("importance", "version")
CHUNK = 500
# For the whole process, since who looks at the first rows of a file (uploads.py) reads cells as long.
csv.field_size_limit(2**31 - 1)

# What a spreadsheet may run, also after white space or in full width; and before it the quotes of escapes.
_formula = re.compile(r"['\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_whole = re.compile(r"\d{1,9}")
_line_ends = re.compile(rb"\r\n|\r|\n")


def escaped(cell: str) -> str:
    """With a quote before it if a spreadsheet would run it, or if it looks as if it were escaped."""
    return f"'{cell}" if _formula.match(cell) else cell


def unescaped(cell: str) -> str:
    """Exactly what `escaped` was given; what it would not have escaped is left as it is."""
    return cell[1:] if cell.startswith("'") and _formula.match(cell, 1) else cell


def table_line(cells: Sequence[str]) -> str:
    """A row of a table, escaped and quoted as csv.writer quotes, in a fraction of its time."""
    # What begins with a letter or a digit is no formula, and most texts do.
    if not "".join([cell[:1] for cell in cells]).isalnum():
        cells = [escaped(cell) for cell in cells]
    line = ",".join(cells)
    if line.count(",") >= len(cells) or '"' in line or "\n" in line or "\r" in line:
        line = ",".join([_quoted(cell) for cell in cells])
    return f"{line or _NOTHING}\r\n"


def _quoted(cell: str) -> str:
    if "," in cell or '"' in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


# A row of one empty cell, which would be no row.
_NOTHING = '""'


def example() -> bytes:
    """A table with one row, in the columns that an import reads."""
    return "".join([table_line([*EXAMPLE]), table_line([*EXAMPLE.values()])]).encode()


def lines_from(table: IO[bytes], out: IO[bytes]) -> tuple[Sequence[int], list[Problem]]:
    """Write a line of JSON for each row of a table of events; returns at which line of the table each ends.

    A row says what its columns hold; for the rest the event keeps what it has, where it stands already. Of a
    participant or source that stays, it keeps capacity, quote and whatever else a cell cannot say.
    """
    text = io.TextIOWrapper(table, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    try:
        header = next(rows, [])
        if problems := problems_of(header):
            return (), problems
        numbers: list[int] = []
        chunk: list[dict[str, str]] = []
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                message = f"It has {len(row)} cells; the first row has {len(header)}."
                return (), [Problem(rows.line_num, "", message)]
            numbers.append(rows.line_num)
            chunk.append(dict(zip(header, map(unescaped, row), strict=True)))
            if len(chunk) == CHUNK:
                out.writelines(_lines(chunk))
                chunk = []
        out.writelines(_lines(chunk))
    except csv.Error as error:
        return (), [Problem(rows.line_num, "", f"It is not CSV: {error}.")]
    except UnicodeDecodeError as error:
        # Read in blocks: all lines of those before have been taken, and the rest is counted here.
        line = rows.line_num + 1 + len(_line_ends.findall(error.object, 0, error.start))
        return (), [Problem(line, "", "It is not UTF-8.")]
    finally:
        text.detach()
    return numbers, []


def problems_of(header: list[str]) -> list[Problem]:
    """What is wrong with the names of the columns."""
    found = [Problem(1, name, "There is no such column.") for name in header if name not in KNOWN]
    found += [Problem(1, name, "The column is there twice.") for name in {*header} if header.count(name) > 1]
    if "slug" not in header:
        found.append(Problem(1, "slug", "This column is needed."))
    return found


def _lines(rows: list[dict[str, str]]) -> Iterator[bytes]:
    ids = dict(Event.objects.filter(slug__in={row["slug"] for row in rows}).values_list("slug", "pk"))
    standing = {record["slug"]: record for record in outward.records(EVENT, list(ids.values()))}
    before = _dates_before(rows, ids, standing)
    for row in rows:
        stands = standing.get(row["slug"], {})
        event = _event(row, stands, before.get(row["slug"], stands.get("date")))
        yield outward.line({"type": "event", **event})


def _dates_before(
    rows: list[dict[str, str]], ids: dict[str, int], standing: dict[str, Any]
) -> dict[str, dict[str, str | None]]:
    """By slug the date at the version that a row names, where the event has a later one by now.

    A table that is taken in again would otherwise put the reading of the old words beside the new ones.
    """
    named = {
        row["slug"]: int(row["version"])
        for row in rows
        if row["slug"] in standing and _whole.fullmatch(row.get("version", ""))
    }
    old = {ids[slug]: slug for slug, version in named.items() if version < standing[slug]["version"]}
    past: Any = PAST[Event]._base_manager
    states = past.filter(id__in=[*old]).values_list("id", "version", "date") if old else ()
    return {old[pk]: date.as_parts() for pk, version, date in states if version == named[old[pk]]}


def _event(row: dict[str, str], stands: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The event of a row as a line has it. `before` is the date that the row was made of."""
    event: dict[str, Any] = dict(stands)
    for name, cell in row.items():
        if name in TOLD or name.startswith("date_"):
            continue
        if name in WHOLE or name in STAMPS:
            if cell:
                event[name] = int(cell) if name in WHOLE and _whole.fullmatch(cell) else cell
        elif name == "place":
            event[name] = cell or None
        elif name in ("contracts", "tags"):
            event[name] = _parts(cell)
        elif name in PAIRS:
            event[name] = _pairs(name, cell, stands.get(name, []))
        elif name == "sources":
            event["citations"] = _citations(cell, stands.get("citations", []))
        elif cell or name not in DEFAULTED:
            event[name] = cell
    date = stands.get("date") or {"text": "", "edtf": None}
    text, edtf = row.get("date_text", date["text"]), row.get("date_edtf")
    if before is not None and edtf and _is_for_new_words(text, edtf, before):
        edtf = None
    if edtf is not None or text != date["text"]:
        event["date"] = _date(text, edtf)
    return event


DEFAULTED = ("status", "verification", "review")
PAIRS = {"participants": ("actor", "role"), "related": ("kind", "related")}


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(SEPARATOR.strip()) if part.strip()]


def _pairs(name: str, cell: str, standing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = PAIRS[name]
    known = {PAIR.join(line[key] for key in keys): line for line in standing}
    return [known.get(part) or dict(zip(keys, part.split(PAIR, 1), strict=False)) for part in _parts(cell)]


def _citations(cell: str, standing: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sources = _parts(cell)
    kept = [citation for citation in standing if citation["source"] in sources]
    cited = {citation["source"] for citation in kept}
    return [*kept, *({"source": source} for source in dict.fromkeys(sources) if source not in cited)]


def _date(text: str, edtf: str | None) -> Any:
    if edtf:
        return {"text": text, "edtf": None if edtf == UNDATED else edtf}
    return text or None


def _is_for_new_words(text: str, edtf: str, before: dict[str, str | None]) -> bool:
    """Whether the words are new and the reading is still that of the old ones: then the new ones are read.

    A reading that the old words do not have by themselves was given by hand, and stays.
    """
    if not before["text"] or text.strip() in ("", before["text"]) or edtf != (before["edtf"] or UNDATED):
        return False
    return When(before["text"], before["edtf"]).is_as_read()
