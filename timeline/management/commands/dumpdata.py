"""`manage.py dumpdata`: Django's, without what is kept beside the events and can be made again from them."""

from typing import Any

from django.core.management.commands import dumpdata

from timeline.models import EventChange, EventCount, EventDocument


class Command(dumpdata.Command):
    help = (
        f"{dumpdata.Command.help} What is kept of events to answer fast is left out: loading makes it anew."
    )

    def handle(self, *app_labels: str, **options: Any) -> Any:
        # Loaded back, a note of a change would overwrite another that the triggers have made meanwhile, and
        # the event of that one would be answered as it was in the dump.
        left_out = [model._meta.label for model in (EventChange, EventCount, EventDocument)]
        options["exclude"] = [*options["exclude"], *left_out]
        return super().handle(*app_labels, **options)
