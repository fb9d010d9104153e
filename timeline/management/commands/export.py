"""`manage.py export [FILE]`: write everything as lines of JSON."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.exchange.outward import everything


class Command(BaseCommand):
    help = "Write all events, actors, contracts, sources, timelines and words as lines of JSON, drafts too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="where to; standard output by default")

    def handle(self, *, file: str, **options: Any) -> None:
        path = Path(file)
        try:
            if file == "-":
                sys.stdout.buffer.writelines(everything())
                sys.stdout.buffer.flush()
            elif path.exists() and not path.is_file():
                with path.open("wb") as out:
                    out.writelines(everything())
            else:
                write_beside(path)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error


def write_beside(path: Path) -> None:
    """What is there already stays until the new file is whole."""
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("wb") as out:
            out.writelines(everything())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
