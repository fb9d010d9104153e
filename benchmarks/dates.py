"""How long reading a date takes: `python -m benchmarks.dates`. All comparisons are made within one run."""

import json
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from timeline import dates

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
ROUNDS = 7
REPEATS = 20

CRAFTED_EDTF = [
    "9" * 100_000,
    "Y1E" + "9" * 100_000,
    "[" + "2020," * 20_000,
    "2020-" * 20_000,
    "?" * 100_000,
    # Just below the limit of length, so that the whole grammar runs.
    "Y" + "9" * 999,
    "[" + "XXXX-02-29," * 88 + "XXX1-02-29]",
    "[" + ",".join(["XXXX-XX-XX"] * 90) + "]",
    "{" + ",".join(["-1X3X-X2-3X"] * 80) + "}",
]
CRAFTED_ENGLISH = [
    "9" * 100_000,
    "before " * 14_000,
    "1 to " * 20_000,
    "-" * 100_000,
    "or " * 30_000,
    "(" * 100_000,
    "about " * 16,
    "early mid late " * 6,
    "12-12-12-12-12-12-12-12-12-12-12-12",
]

Reader = Callable[[str], object]


def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def microseconds(reader: Reader, text: str, *, repeats: int = REPEATS) -> float:
    """The best of several rounds: what the machine does besides only ever adds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(repeats):
            try:
                reader(text)
            except dates.DateError:
                continue
        best = min(best, time.perf_counter() - started)
    return best / repeats * 1e6


def report(title: str, reader: Reader, texts: Iterable[str]) -> None:
    taken = sorted((microseconds(reader, text), text) for text in texts)
    if not taken:
        return
    times = [time_taken for time_taken, _ in taken]
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    slowest, text = taken[-1]
    print(
        f"{title:<34} {len(times):>6} texts  median {statistics.median(times):7.1f} us  p95 {p95:7.1f} us"
        f"  slowest {slowest:8.1f} us {text[:40]!r}"
    )


def report_crafted(title: str, reader: Reader, texts: Iterable[str]) -> None:
    print(title)
    for text in texts:
        taken = microseconds(reader, text, repeats=1) / 1_000
        print(f"  {taken:8.3f} ms  {len(text):>7,} characters  {text[:30]!r}")


def main() -> None:
    facts = rows("edtf-facts.jsonl")
    valid = [fact["input"] for fact in facts if fact["valid"]]
    report("EDTF, valid", dates.parse_edtf, valid)
    report("EDTF, refused", dates.parse_edtf, (fact["input"] for fact in facts if not fact["valid"]))
    report("EDTF, parsed and widened", lambda text: dates.parse_edtf(text).widened(), valid)
    report("EDTF, parsed and put into words", lambda text: dates.parse_edtf(text).display(), valid)
    report_crafted("EDTF, crafted to be slow", dates.parse_edtf, CRAFTED_EDTF)
    read: Reader | None = getattr(dates, "read", None)
    if read is None:
        return
    words = [dates.parse_edtf(text).display() for text in valid]
    report("English, the words of the above", read, words)
    expressions = [row["text"] for row in rows("human-expressions.jsonl") if not row["uses_context"]]
    report("English, expressions", read, expressions)
    report("English, museum dates", read, [row["text"] for row in rows("museum-dates.jsonl")][:500])
    report_crafted("English, crafted to be slow", read, CRAFTED_ENGLISH)


if __name__ == "__main__":
    main()
