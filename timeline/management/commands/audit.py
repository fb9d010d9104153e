"""`manage.py audit`: list what breaks a rule over several rows, which no constraint can hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from timeline.audit import findings


class Command(BaseCommand):
    help = "List what breaks a rule over several rows. Exits with an error when there is anything to list."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for finding in findings():
            self.stdout.write(str(finding))
            found += 1
        if found:
            raise CommandError(f"{found} found.")
        self.stdout.write("Nothing found.")
