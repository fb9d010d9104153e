"""What the commands that measure one database share: what they are asked, and a small world to try."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import django

from benchmarks.report import Report

Measure = Callable[[set[str], float, Report], None]


def run(measure: Measure, description: str | None, *, asked: str, is_searched: bool = True) -> None:
    """Measure on DATABASE_URL, or in a small world, what the command names of what may be `asked`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--events", type=int, help="make a small world of so many on SQLite and measure there"
    )
    parser.add_argument("--only", default="", help=f"separated by commas: {asked}")
    parser.add_argument("--seconds", type=float, default=40, help="for a question, about")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there, too")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    with tempfile.TemporaryDirectory() as folder:
        if arguments.events:
            os.environ |= {"DATA_DIR": folder, "DATABASE_URL": ""}
        django.setup()
        if arguments.events:
            from benchmarks.generate import generate

            generate(arguments.events, seed=1, is_searched=is_searched)
        only = {name for name in arguments.only.split(",") if name}
        measure(only, arguments.seconds, Report(arguments.markdown))
