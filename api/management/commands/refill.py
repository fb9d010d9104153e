"""`manage.py refill`: render the documents of all events that have changed since they were rendered."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from timeline import counts, kept
from timeline.models import EventCount


class Command(BaseCommand):
    help = "Render the kept documents that do not stand. Readers would do the same, page by page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that stand: after an upgrade")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            kept.overtake_all()
        count = sum(kept.settle_all())
        if options["all"]:
            counts.count_all_again()
        else:
            counts.add_up(*EventCount.By.values)
        if options["verbosity"]:
            self.stdout.write(f"Rendered {count} events.")
