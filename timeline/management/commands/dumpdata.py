"""`manage.py dumpdata`: Django's, without what is kept beside the events, and without history."""

from typing import Any

from django.core.management.commands import dumpdata
from django.db.models import Model

from timeline.models import Changeset, EventChange, EventCount, EventDocument, Revision, Upload
from timeline.models.revision import PAST


class Command(dumpdata.Command):
    help = (
        f"{dumpdata.Command.help} Left out is what is kept of events to answer fast, which loading makes "
        "anew, what things were before, and files sent for import."
    )

    def handle(self, *app_labels: str, **options: Any) -> Any:
        # Loaded back, a note of a change would overwrite another that the triggers have made meanwhile, and
        # the event of that one would be answered as it was in the dump.
        beside: tuple[type[Model], ...] = (EventChange, EventCount, EventDocument)
        # What was goes with a copy of the database. Loaded into another, it would be of other things.
        past: tuple[type[Model], ...] = (Changeset, Revision, *PAST.values())
        models: list[type[Model]] = [*beside, *past, Upload]
        left_out = [model._meta.label for model in models]
        options["exclude"] = [*options["exclude"], *left_out]
        return super().handle(*app_labels, **options)
