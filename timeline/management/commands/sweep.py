"""`manage.py sweep`: leave nothing of what was erased in the files of the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from timeline import sweeping


class Command(BaseCommand):
    help = (
        "Overwrite what the files of the database keep of rows that are gone. It takes as long as copying "
        "the database, needs as much room on the disk again, and on PostgreSQL others wait meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sweeping.sweep()
        except sweeping.NotSwept as refused:
            raise CommandError(f"{refused} Run it again.") from refused
        self.stdout.write("Swept.")
