"""How long reading a date takes, against the targets: `python -m benchmarks.dates`, on a quiet core.

All comparisons are made within one run. It ends with the targets that were missed, if any were with status 1.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks import museum
from timeline import dates
from timeline.dates.english import MAX_LENGTH

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
# Microseconds for the median text, and milliseconds for any one text, however odd.
HUMAN_TARGET = 35
ENGLISH_TARGET = 60
EDTF_TARGET = 30
CRAFTED_TARGET = 100
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
# Each is repeated up to the limit of length.
REPEATED_ENGLISH = [
    "c. ",
    "first ",
    "early ",
    "mid-",
    "(",
    "1,",
    "1-",
    "1/",
    "9",
    "no later ",
    "before ",
    "1 to ",
    "a.",
    "of ",
    "or ",
    "1914 or ",
    "a couple of ",
    "2019-05 / ",
    "1[",
    "? ",
    "'",
    "every year from ",
    "(year ",
]
CRAFTED_ENGLISH = [
    "9" * 100_000,
    "early mid late " * 6,
    "12-12-12-12-12-12-12-12-12-12-12-12",
    *((unit * MAX_LENGTH)[:MAX_LENGTH] for unit in REPEATED_ENGLISH),
]

Reader = Callable[[str], object]

missed: list[str] = []


def check(title: str, taken: float, target: float, unit: str) -> str:
    """Whether the target was met, for the line at hand; what was missed is listed again at the end."""
    if taken <= target:
        return f"target {target} {unit} met"
    missed.append(f"{title}: {taken:.1f} {unit}, target {target} {unit}")
    return f"target {target} {unit} MISSED"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


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


def report(title: str, reader: Reader, texts: Iterable[str], target: float | None = None) -> None:
    taken = sorted((microseconds(reader, text), text) for text in texts)
    times = [time_taken for time_taken, _ in taken]
    median, p95 = statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))]
    slowest, text = taken[-1]
    verdict = check(title, median, target, "us") if target is not None else ""
    print(
        f"{title:<34} {len(times):>6} texts  median {median:7.1f} us  p95 {p95:7.1f} us"
        f"  slowest {slowest:8.1f} us {text[:40]!r}  {verdict}"
    )


def report_crafted(title: str, reader: Reader, texts: Iterable[str]) -> None:
    print(title)
    for text in texts:
        taken = microseconds(reader, text, repeats=1) / 1_000
        verdict = check(f"{title}, {text[:30]!r}", taken, CRAFTED_TARGET, "ms")
        print(f"  {taken:8.3f} ms  {len(text):>7,} characters  {text[:30]!r}  {verdict}")


def report_museum() -> None:
    """The dates of five museums, or the sample of them that is in the repository."""
    path = museum.DATA if museum.DATA.exists() else DATA / "museum-sample.jsonl"
    found = museum.run([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    times = museum.medians(found)
    title = "English, museum dates"
    verdict = check(title, min(times), museum.TARGET_MICROSECONDS, "us")
    passes = " ".join(f"{taken:.1f}" for taken in times)
    print(f"{title:<34} {len(found):>6} texts  medians of {len(times)} passes {passes} us  {verdict}")


def main() -> None:
    facts = rows("edtf-facts.jsonl")
    valid = [fact["input"] for fact in facts if fact["valid"]]
    report("EDTF, valid", dates.parse_edtf, valid, EDTF_TARGET)
    report("EDTF, refused", dates.parse_edtf, (fact["input"] for fact in facts if not fact["valid"]))
    report("EDTF, parsed and widened", lambda text: dates.parse_edtf(text).widened(), valid)
    report("EDTF, parsed and put into words", lambda text: dates.parse_edtf(text).display(), valid)
    report_crafted("EDTF, crafted to be slow", dates.parse_edtf, CRAFTED_EDTF)
    words = [dates.parse_edtf(text).display() for text in valid]
    report("English, the words of the above", dates.read, words)
    human = [row["text"] for row in rows("human-expressions.jsonl") if not row["uses_context"]]
    report("English, as people write", dates.read, human, HUMAN_TARGET)
    expressions = [row["text"] for row in rows("english-expressions.jsonl") if row["kind"] != "relative"]
    report("English, an expression per rule", dates.read, expressions, ENGLISH_TARGET)
    report_museum()
    report_crafted("English, crafted to be slow", dates.read, CRAFTED_ENGLISH)
    print("\nAll targets were met." if not missed else "\nMissed:")
    print("\n".join(missed))
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
