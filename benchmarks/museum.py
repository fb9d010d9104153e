"""Reads the dates of five museums' catalogues and compares the bounds with those that their curators gave.

    python benchmarks/museum.py [museum-dates.jsonl] [--all]

The data (10,566 strings with bounds, CC0) are not part of the repository; the suite has a sample of them.
What differs from house to house is said with `Conventions`, by house, below.
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from timeline.dates import Conventions, DateError, TimeSpan  # noqa: E402
from timeline.dates.calendar import iso_bound  # noqa: E402
from timeline.dates.english import read  # noqa: E402

PASSES = 7
TARGET_MICROSECONDS = 45
DATA = ROOT.parent / "shared" / "data" / "dates" / "museum-dates.jsonl"

# All are American or British catalogues: a hyphen joins years, and words about a thing stand before its date.
_CATALOGUE = Conventions(short_spans_with_hyphen=True, labels=True)
HOUSES: dict[str, Conventions] = {
    # A date is that of the design and of the manufacture; prints are dated by their plate.
    "cmoa": replace(
        _CATALOGUE,
        stage_years="halves",
        neighbouring_parts_meet=True,
        phases_left_out=frozenset({"plan", "printing", "copying", "showing"}),
    ),
    "cmoa-teenie": _CATALOGUE,
    "met": _CATALOGUE,
    "nga-constituent": _CATALOGUE,
    # Remaking and printing by the artist count; casts, reprints, publication and exhibition do not.
    "tate": replace(_CATALOGUE, phases_left_out=frozenset({"copying", "showing"})),
    "tate-artist": _CATALOGUE,
    # A century has an early and a late half, and a reprint is dated by its printing.
    "wcma": replace(
        _CATALOGUE,
        stage_years="halves",
        neighbouring_parts_meet=True,
        phases_that_replace=frozenset({"copying"}),
    ),
}


def bounds(span: TimeSpan | None) -> tuple[str | None, str | None]:
    """The first and last possible day, None where open or undated."""
    return (None, None) if span is None else (day(span.earliest), day(span.latest))


def day(moment: int) -> str | None:
    """The day as the data write it: four digits of year with a sign before Christ."""
    iso = iso_bound(moment)
    return re.sub(r"^-0*(\d{4})", r"-\1", iso) if iso else None


def order(bound: str) -> tuple[int, str]:
    """A key that sorts days, also before Christ."""
    year, rest = re.fullmatch(r"(-?\d+)-(.*)", bound).groups()  # type: ignore[union-attr]
    return int(year), rest


def is_narrower(got: tuple[str | None, str | None], given: tuple[str | None, str | None]) -> bool:
    """Whether the reading leaves out a day that the curators left in."""
    starts_late = got[0] is not None and (given[0] is None or order(got[0]) > order(given[0]))
    ends_early = got[1] is not None and (given[1] is None or order(got[1]) < order(given[1]))
    return starts_late or ends_early


def curated(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """The bounds that the curators gave."""
    return row["earliest"], row["latest"]


def is_plain(text: str) -> bool:
    """A year, or two years joined by a dash."""
    return bool(re.fullmatch(r"\d{4}(\s*[-–]\s*\d{4})?", text))


def run(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the reading and its bounds."""
    for row in rows:
        try:
            span = read(row["text"], conventions=HOUSES[row["institution"]])
            row["edtf"], row["got"] = span.edtf if span else None, bounds(span)
        except DateError as error:
            row["edtf"], row["got"] = f"refused: {error.reason}", None
        row["right"] = row["got"] == curated(row)
        row["shape"] = re.sub(r"\d", "9", row["text"])
    return rows


def medians(rows: list[dict[str, Any]], passes: int = PASSES) -> list[float]:
    """The median microseconds of a string that is read, by pass; the rows come from `run`, which warms up."""
    texts = [(row["text"], HOUSES[row["institution"]]) for row in rows if row["got"] is not None]
    found = []
    for _ in range(passes):
        times = []
        for text, conventions in texts:
            start = time.perf_counter()
            read(text, conventions=conventions)
            times.append(time.perf_counter() - start)
        found.append(statistics.median(times) * 1e6)
    return found


def share(rows: list[dict[str, Any]]) -> str:
    """How many of the rows are right."""
    right = sum(row["right"] for row in rows)
    return f"{right:5} of {len(rows):5} = {100 * right / max(len(rows), 1):5.1f} %"


def report(rows: list[dict[str, Any]], *, everything: bool) -> None:
    """Print the three figures, what is narrower, the times, and what is wrong by shape."""
    grounded = [row for row in rows if row["grounded"]]
    shapes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in grounded:
        shapes[row["shape"]].append(row)
    mean = statistics.mean(statistics.mean(row["right"] for row in group) for group in shapes.values())
    narrower = [row for row in rows if row["got"] and is_narrower(row["got"], curated(row))]
    others = [row for row in grounded if not is_plain(row["text"])]
    print(f"grounded strings, bounds exact:             {share(grounded)}")
    print(f"  neither a year nor a span of two years:   {share(others)}")
    print(f"  mean over {len(shapes)} shapes:                              = {100 * mean:5.1f} %")
    print(f"all strings, read at all: {sum(bool(row['got']) for row in rows)} of {len(rows)}")
    grounded_narrower = sum(row["grounded"] for row in narrower)
    print(f"narrower than the curators: {len(narrower)}, of them grounded: {grounded_narrower}")
    times = medians(rows)
    passes = ", ".join(f"{time_taken:.1f}" for time_taken in times)
    verdict = "met" if min(times) <= TARGET_MICROSECONDS else "MISSED"
    print(
        f"median of a string that is read: {statistics.median(times):.1f} µs over {PASSES} passes ({passes})"
    )
    print(f"  in the quietest pass {min(times):.1f} µs, target {TARGET_MICROSECONDS} µs: {verdict}")
    for house in HOUSES:
        print(f"  {house:18} {share([row for row in grounded if row['institution'] == house])}")
    print("\nWrong, by shape: strings, one of them, its reading, what the curators gave")
    wrong = [row for row in rows if not row["right"] and (everything or row["grounded"])]
    examples = {row["shape"]: row for row in reversed(wrong)}
    for shape, count in Counter(row["shape"] for row in wrong).most_common():
        row = examples[shape]
        given = " ".join(str(bound) for bound in curated(row))
        print(f"{count:4} {row['institution']:8.8} {row['text']!r} -> {row['edtf']}; {given}")


def main() -> None:
    """Read the arguments and the file, and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", nargs="?", type=Path, default=DATA)
    parser.add_argument("--all", action="store_true", help="list also strings whose bounds they do not state")
    arguments = parser.parse_args()
    if not arguments.path.exists():
        parser.exit(1, f"There is no {arguments.path}: give the path of museum-dates.jsonl.\n")
    rows = [json.loads(line) for line in arguments.path.read_text(encoding="utf-8").splitlines()]
    report(run(rows), everything=arguments.all)


if __name__ == "__main__":
    main()
