"""`manage.py flush`: Django's, which also forgets what things were."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.models import Model

from timeline.models import Changeset, Revision
from timeline.models.revision import PAST


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        super().handle(**options)
        connection = connections[options["database"]]
        if connection.vendor != "sqlite":
            return  # TRUNCATE has emptied all tables at once
        # SQLite has deleted row by row, and triggers have kept what each was.
        tables: tuple[type[Model], ...] = (Revision, Changeset, *PAST.values())
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for model in tables:
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
