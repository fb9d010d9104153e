"""`manage.py roles`: make the groups of the roles, or give them back the permissions they came with."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from timeline.roles import set_roles


class Command(BaseCommand):
    help = "Give the groups reader, editor, reviewer and administrator the permissions that they came with."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for role in set_roles():
            if options["verbosity"]:
                self.stdout.write(role)
