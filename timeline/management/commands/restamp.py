"""`manage.py restamp`: compute the stored bounds again, after the conventions have changed."""

from typing import Any

from django.core.management.base import BaseCommand

from timeline.fields import restamp


class Command(BaseCommand):
    help = (
        "Compute the bounds of every time span again by settings.DATE_CONVENTIONS; words and readings stay."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for label, changed in restamp():
            if options["verbosity"]:
                self.stdout.write(f"{label}: {changed} rows had other bounds")
