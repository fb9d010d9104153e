"""`manage.py import FILE`: take lines of JSON, or a table of events, in: all or nothing."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from tqdm import tqdm

from timeline import kept
from timeline.exchange.inward import Import, Outcome
from timeline.exchange.spreadsheet import lines_from
from timeline.exchange.survey import MOST_PROBLEMS
from timeline.models import EventChange

FORMATS = ("ndjson", "csv")


class Command(BaseCommand):
    help = (
        "Take in what `export` wrote, or a table of events as CSV. Everything or nothing: where a line is "
        "wrong, or something stands already and is different, each is named and nothing changes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--format", choices=FORMATS, help="by default what the name of the file says")
        parser.add_argument("--update", action="store_true", help="overwrite what stands and is different")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")

    def handle(self, *, file: str, update: bool, dry_run: bool, **options: Any) -> None:
        given = options["format"] or ("csv" if file.endswith(".csv") else "ndjson")
        try:
            with seekable(file) as lines:
                outcome = self.take(lines, given, update=update, dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except IntegrityError as error:
            message = (
                f"Somebody else changed what the file refers to, meanwhile; nothing was imported: {error}"
            )
            raise CommandError(message) from error
        self.report(outcome, dry_run=dry_run)
        if not dry_run:
            self.settle()

    def take(self, lines: IO[bytes], given: str, *, update: bool, dry_run: bool) -> Outcome:
        numbers: Sequence[int] = ()
        with tempfile.TemporaryFile() as made:
            if given == "csv":
                numbers, problems = lines_from(lines, made)
                if problems:
                    return Outcome(problems=problems)
                lines = made
            with self.progress("B", 2 * lines.seek(0, 2), unit_scale=True) as bar:
                lines.seek(0)
                return Import(lines, update=update, numbers=numbers, progress=bar.update).run(dry_run=dry_run)

    def report(self, outcome: Outcome, *, dry_run: bool) -> None:
        for problem in outcome.problems:
            self.stderr.write(str(problem))
        if number := len(outcome.problems):
            more = " at least" if number >= MOST_PROBLEMS else ""
            raise CommandError(f"Nothing was imported:{more} {number} problem{'s' * (number > 1)}.")
        would = "Would be imported" if dry_run else "Imported"
        self.stdout.write(f"{would}: {counted(outcome.made)}.")
        if outcome.updated:
            self.stdout.write(f"Overwritten: {counted(outcome.updated)}.")
        if outcome.equal:
            self.stdout.write(f"As they stood: {counted(outcome.equal)}.")

    def settle(self) -> None:
        """Render the documents of the events that have changed, so that the first readers need not."""
        pending = EventChange.objects.values("event_id").distinct().count()
        with self.progress(" events", pending) as bar:
            for number in kept.settle_all():
                bar.update(number)

    def progress(self, unit: str, total: int, **options: Any) -> Any:
        # disable=None: no bar where nobody watches.
        return tqdm(total=total, unit=unit, disable=None, file=sys.stderr, **options)


@contextmanager
def seekable(file: str) -> Iterator[IO[bytes]]:
    """The file. It is read twice, so what cannot be is put down first."""
    if file != "-" and Path(file).is_file():
        with Path(file).open("rb") as lines:
            yield lines
        return
    with (
        tempfile.TemporaryFile() as lines,
        nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb") as stream,
    ):
        copyfileobj(stream, lines)
        lines.seek(0)
        yield lines


def counted(numbers: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.items()) or "nothing"
