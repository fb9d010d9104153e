"""What is known of a quote is right after every way of writing it, or the text that it is taken from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from timeline.audit import findings
from timeline.models import Citation, Source

pytestmark = pytest.mark.django_db

TEXT = "They “signed” it. Later they signed it again."


def state(citation: Citation) -> tuple[str, int | None, int | None]:
    citation.refresh_from_db()
    return (citation.quote_status, citation.start, citation.end)


def saved(thing: Any, field: str, value: Any) -> None:
    setattr(thing, field, value)
    thing.save()


def saved_alone(thing: Any, field: str, value: Any) -> None:
    setattr(thing, field, value)
    thing.save(update_fields=[field])


def updated(thing: Any, field: str, value: Any) -> None:
    type(thing).objects.filter(pk=thing.pk).update(**{field: value})


def updated_in_bulk(thing: Any, field: str, value: Any) -> None:
    setattr(thing, field, value)
    type(thing).objects.bulk_update([thing], [field])


def put(thing: Any, field: str, value: Any) -> None:
    type(thing).objects.update_or_create(pk=thing.pk, defaults={field: value})


WAYS = [saved, saved_alone, updated, updated_in_bulk, put]
Way = Callable[[Any, str, Any], None]


@pytest.mark.parametrize("way", WAYS)
def test_a_quote_that_changes_is_looked_for(way: Way) -> None:
    citation = make.a_citation(source=make.a_source(text=TEXT), quote="sung")
    assert state(citation) == ("missing", None, None)
    way(citation, "quote", "signed it")
    assert state(citation) == ("exact", 29, 38)
    way(citation, "quote", '"signed"')
    assert state(citation) == ("normalized", 5, 13)
    way(citation, "quote", "")
    assert state(citation) == ("unchecked", None, None)


@pytest.mark.parametrize("way", WAYS)
def test_a_text_that_changes_is_looked_through(way: Way) -> None:
    source = make.a_source(text=TEXT)
    citation = make.a_citation(source=source, quote="signed it")
    other = make.a_citation(source=source, quote="Later")
    way(source, "text", "They signed it.")
    assert state(citation) == ("exact", 5, 14)
    assert state(other) == ("missing", None, None)
    source.refresh_from_db()
    assert source.text_sha256 == source.digest()
    way(source, "text", "")
    assert state(citation) == ("unchecked", None, None)


@pytest.mark.parametrize("way", WAYS)
def test_a_citation_of_another_source_is_looked_for_there(way: Way) -> None:
    citation = make.a_citation(source=make.a_source(text=TEXT), quote="signed it")
    way(citation, "source", make.a_source(text="signed it"))
    assert state(citation) == ("exact", 0, 9)


def test_citations_made_in_bulk_are_looked_for() -> None:
    event, source = make.an_event(), Source.objects.bulk_create([Source(title="x", slug="x", text=TEXT)])[0]
    assert source.text_sha256 == source.digest()
    quotes = ("signed it", "sung", "")
    citations = [Citation(source=source, event=event, quote=quote) for quote in quotes]
    made = Citation.objects.bulk_create(citations)
    assert [state(citation)[0] for citation in made] == ["exact", "missing", "unchecked"]


@pytest.mark.parametrize("source_first", [True, False])
def test_fixtures_are_looked_through_whatever_they_say(tmp_path: Path, source_first: bool) -> None:
    event, standing = make.an_event(), make.a_source()
    stamp = "2026-01-01T00:00:00Z"
    source: dict[str, Any] = {"slug": "gazette", "title": "Gazette", "kind": "book", "text": TEXT}
    source |= {"created_at": stamp, "updated_at": stamp}
    number = standing.pk + 100
    citation = {"source": number, "event": event.pk, "quote": "signed it", "quote_status": "missing"}
    rows = [
        {"model": "timeline.source", "pk": number, "fields": source},
        {"model": "timeline.citation", "pk": 7000, "fields": citation},
    ]
    load(tmp_path, rows if source_first else rows[::-1])
    assert state(event.citations.get()) == ("exact", 29, 38)
    source["text"] = "signed it"
    load(tmp_path, rows[:1])
    assert state(event.citations.get()) == ("exact", 0, 9)


def load(folder: Path, rows: list[Any]) -> None:
    fixture = folder / "fixture.json"
    fixture.write_text(json.dumps(rows))
    management.call_command("loaddata", fixture, verbosity=0)


def test_the_occurrence_that_was_chosen_stays_while_the_quote_stands_there() -> None:
    source = make.a_source(text="signed, signed and signed")
    citation = make.a_citation(source=source, quote="signed", start=8, end=14)
    assert state(citation) == ("exact", 8, 14)
    citation.save()
    assert state(citation) == ("exact", 8, 14)
    saved(source, "text", "signed, signed")
    assert state(citation) == ("exact", 8, 14)
    saved(source, "text", "was signed")
    assert state(citation) == ("exact", 4, 10)
    assert "quote_out_of_step" not in {finding.code for finding in findings()}


def test_a_source_read_before_somebody_else_changed_it_looks_again_when_it_is_saved() -> None:
    stale = make.a_source(text=TEXT)
    citation = make.a_citation(source=stale, quote="Later")
    saved(Source.objects.get(pk=stale.pk), "text", "Something else.")
    assert state(citation)[0] == "missing"
    stale.save()
    assert state(citation)[0] == "exact"


def test_a_citation_looks_in_the_text_as_it_stands_and_not_as_it_was_read() -> None:
    stale = make.a_source(text="Something else.")
    saved(Source.objects.get(pk=stale.pk), "text", TEXT)
    assert state(make.a_citation(source=stale, quote="Later"))[0] == "exact"


def test_a_citation_without_a_quote_reads_no_text() -> None:
    source, event = make.a_source(text=TEXT), make.an_event()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        Citation.objects.create(source=source, event=event)
    assert not [query for query in queries.captured_queries if "timeline_source" in query["sql"]]
