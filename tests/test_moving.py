"""A dump of everything, as docs/operations.md describes it for moving to another database, loses nothing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import management

from tests import factories as make
from timeline import kept
from timeline.models import Citation, Event, EventChange, EventCount, EventDocument
from timeline.models.revision import PAST, Changeset, Revision

LEFT_OUT = ("contenttypes", "auth.permission", "sessions", "admin")


def dump() -> str:
    out = io.StringIO()
    management.call_command("dumpdata", use_natural_foreign_keys=True, exclude=LEFT_OUT, stdout=out)
    return out.getvalue()


def rows_in(dumped: str) -> list[dict[str, Any]]:
    """Without the time at which a row came into its database, which a database says itself."""
    rows: list[dict[str, Any]] = json.loads(dumped)
    for row in rows:
        row["fields"].pop("recorded_at", None)
    return rows


@pytest.mark.django_db(transaction=True)
def test_what_is_dumped_and_loaded_is_what_was_there(tmp_path: Path) -> None:
    management.call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    make.an_editor()
    event, source = make.a_published_event(), make.a_source(text="A text.")
    Citation.objects.bulk_create(
        [Citation(source=source, event=event, quote=quote) for quote in ("A", "text")]
    )
    # What is kept beside the events is made anew, and not all of it at once; history begins anew.
    beside = (EventChange, EventCount, EventDocument, Changeset, Revision, *PAST.values())
    models = [model for model in apps.get_models() if model not in beside]
    before, rows = dump(), {model: model._default_manager.count() for model in models}
    (tmp_path / "everything.json").write_text(before)
    management.call_command("flush", interactive=False, verbosity=0)
    management.call_command("loaddata", tmp_path / "everything.json", verbosity=0)
    assert rows_in(dump()) == rows_in(before)
    assert {model: model._default_manager.count() for model in rows} == rows
    assert set(EventChange.objects.values_list("event_id", flat=True)) == set(
        Event.objects.values_list("id", flat=True)
    )
    assert sum(kept.settle_all()) == Event.objects.count()
    assert make.an_event().pk > event.pk
