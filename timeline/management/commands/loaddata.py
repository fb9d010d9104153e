"""`manage.py loaddata`: Django's, as one changeset."""

from typing import Any

from django.core.management.commands import loaddata

from timeline.history.changesets import changeset


class Command(loaddata.Command):
    def loaddata(self, fixture_labels: Any) -> None:
        names = ", ".join(map(str, fixture_labels))
        with changeset(message=f"Loaded {names}"):
            super().loaddata(fixture_labels)
