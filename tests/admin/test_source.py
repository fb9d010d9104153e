"""A source's page: its text, by file or pasted, and what becomes of the quotes; and the page of citations."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, filled_in, messages, rows, send
from timeline.models import Citation, Event, Source
from timeline.quotes import QuoteStatus

TEXT = "  First line.\n\nThe “second”, at last.\n"


def change(client: Client, source: Source, **changes: Any) -> Any:
    return send(client, address("source", "change", source.pk), changes)


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("article.txt", content)


def quoted_source() -> Source:
    source = factories.a_source()
    event = factories.an_event(title="The signing")
    for quote in ("First line.", 'The "second"', "third", ""):
        factories.a_citation(source=source, quote=quote, event=event)
    return source


def test_a_text_from_a_file_is_kept_to_the_letter_and_the_quotes_are_counted(client: Client) -> None:
    source = quoted_source()
    response = change(client, source, text_file=upload(b"\xef\xbb\xbf" + TEXT.encode()))
    source.refresh_from_db()
    assert source.text == TEXT
    assert messages(response)[0] == "Quotes from this source: 1 exact, 1 normalized, 1 missing, 1 unchecked."
    html = client.get(address("source", "change", source.pk)).content.decode()
    assert '<span class="quote-status quote-missing">Missing</span>' in html
    assert "The signing</a>" in html
    assert html.index("<td>third</td>") < html.index("<td>First line.</td>")
    assert "First line." in html


def test_a_pasted_text_is_kept_with_plain_line_ends(client: Client) -> None:
    source = quoted_source()
    change(client, source, pasted_text=TEXT.replace("\n", "\r\n"))
    source.refresh_from_db()
    assert source.text == TEXT


def test_saving_the_page_leaves_the_text_as_it_is(client: Client) -> None:
    source = factories.a_source(text=TEXT)
    assert errors(change(client, source, title="Renamed")) == ""
    source.refresh_from_db()
    assert (source.text, source.title) == (TEXT, "Renamed")
    change(client, source, remove_text="on")
    source.refresh_from_db()
    assert (source.text, source.text_sha256) == ("", "")


def test_a_file_comes_back_as_pasted_where_it_could_not_be_saved(client: Client) -> None:
    source = factories.a_source(text="Old.")
    page = address("source", "change", source.pk)
    opened = filled_in(client.get(page))
    source.save()
    met = client.post(page, {**opened, "text_file": upload(TEXT.encode())})
    assert "changed meanwhile" in errors(met)
    again = filled_in(met)
    source.delete()
    gone = client.post(page, {**opened, "text_file": upload(TEXT.encode())})
    assert "deleted meanwhile" in errors(gone)
    made = filled_in(gone)
    for sent in (again, made):
        assert sent["pasted_text"] == [TEXT.replace("\n", "\r\n")]
    client.post(address("source", "add"), made)
    assert Source.objects.get().text == TEXT


@pytest.mark.parametrize(
    "changes",
    [
        {"text_file": upload(b"one\r\ntwo")},
        {"text_file": upload(b"x" * 100_001)},
        {"text_file": upload(b"one"), "pasted_text": "two"},
    ],
)
def test_a_file_that_cannot_come_back_is_to_be_chosen_again(client: Client, changes: dict[str, Any]) -> None:
    response = change(client, factories.a_source(), title="", **changes)
    assert "choose it again" in str(response.context["adminform"].form.errors["text_file"])
    assert filled_in(response)["pasted_text"] == [changes.get("pasted_text", "")]


@pytest.mark.django_db
def test_the_page_of_what_may_not_be_saved_names_the_file() -> None:
    client = factories.a_browser(factories.a_user(permissions=("view_source",), is_staff=True))
    response = client.post(address("source", "add"), {"title": "Note", "text_file": upload(b"x")})
    assert response.status_code == 403
    assert "<dt>Text file</dt><dd>article.txt (the file itself is not kept)</dd>" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text_file": upload(b"caf\xe9")}, "no text in UTF-8 (byte 4)"),
        ({"text_file": upload(b"a\0b")}, "NUL"),
        ({"text_file": upload(b"x" * (5 * 1024 * 1024 + 1))}, "at most 5 MB"),
        ({"text_file": upload(b"x"), "pasted_text": "y"}, "in one way"),
        ({"pasted_text": "y", "remove_text": "on"}, "in one way"),
        ({"pasted_text": "a\0b"}, "Null characters"),
        ({"url": "javascript:alert(1)"}, "valid URL"),
        ({"title": ""}, "required"),
        ({"published_text": "whenever"}, "whenever"),
        ({"retrieved_on": "yesterday"}, "valid date"),
        ({"publisher": "x"}, "valid choice"),
    ],
)
def test_what_is_no_text_or_makes_no_sense_is_refused(
    client: Client, changes: dict[str, Any], said: str
) -> None:
    source = factories.a_source(text=TEXT, title="Kept")
    assert said in errors(change(client, source, **{"title": "Renamed", **changes}))
    source.refresh_from_db()
    assert (source.text, source.title) == (TEXT, "Kept")


def test_a_source_is_not_quoted_in_itself(client: Client) -> None:
    source = factories.a_source()
    assert "That source is known through this one." in errors(change(client, source, quoted_in=source.pk))


def test_a_source_or_actor_in_use_is_not_deleted(client: Client) -> None:
    citation = factories.a_citation()
    participation = factories.a_participation()
    for model, thing in (("source", citation.source), ("actor", participation.actor)):
        html = client.post(address(model, "delete", thing.pk), {"post": "yes"}).content.decode()
        assert f"Cannot delete {model}" in html
        data = {"action": "delete_selected", "_selected_action": thing.pk, "post": "yes"}
        client.post(address(model, "changelist"), data)
        assert type(thing).objects.filter(pk=thing.pk).exists()


def test_the_list_counts_citations_and_what_is_missing(client: Client) -> None:
    source = quoted_source()
    source.text = TEXT
    source.save()
    row = client.get(address("source", "changelist")).context["cl"].result_list[0]
    assert (row.citation_count, row.missing_count) == (4, 1)


def test_a_source_with_very_many_citations_shows_the_first(client: Client) -> None:
    source = factories.a_source(text="x" * 100_001)
    event = factories.an_event()
    Citation.objects.bulk_create(Citation(source=source, event=event, quote="y") for _ in range(101))
    html = client.get(address("source", "change", source.pk)).content.decode()
    assert "The first 100; all stand in the list of citations." in html
    assert "The first 100,000 characters." in html


def test_citations_are_listed_by_the_state_of_their_quotes(client: Client) -> None:
    source = quoted_source()
    source.text = TEXT
    source.save()
    factories.a_citation(source=source, contract=factories.a_contract(), quote="x" * 100)
    response = client.get(address("citation", "changelist") + "?quote_status__exact=missing")
    quotes = {citation.quote for citation in response.context["cl"].result_list}
    assert quotes == {"third", "x" * 100}
    assert "x" * 100 in response.content.decode()
    response = client.get(address("citation", "changelist") + "?stance__exact=supports")
    assert "x" * 80 + "…" in response.content.decode()


def add_citation(client: Client, **values: Any) -> Any:
    data = {"source": factories.a_source().pk, "stance": "supports", "position": 0, **values}
    return send(client, address("citation", "add"), data)


def test_a_citation_is_of_exactly_one_thing(client: Client) -> None:
    event, contract = factories.an_event(), factories.a_contract()
    for targets in ({}, {"event": event.pk, "contract": contract.pk}):
        assert "A citation is of exactly one thing" in errors(add_citation(client, **targets))
    assert not Citation.objects.exists()
    assert errors(add_citation(client, event=event.pk)) == ""
    assert Citation.objects.get().event == event


def test_the_last_citation_of_a_published_thing_is_neither_moved_nor_deleted(client: Client) -> None:
    event = factories.a_published_event(title="The signing")
    citation = event.citations.get()
    page = address("citation", "change", citation.pk)
    assert "“The signing” is published and has no other citation." in errors(
        send(client, page, {"event": factories.an_event().pk})
    )
    html = client.post(address("citation", "delete", citation.pk), {"post": "yes"}).content.decode()
    assert "The signing (published, with no other citation)" in html
    data = {"action": "delete_selected", "_selected_action": citation.pk, "post": "yes"}
    client.post(address("citation", "changelist"), data)
    assert list(event.citations.all()) == [citation]
    factories.a_citation(event=event)
    client.post(address("citation", "delete", citation.pk), {"post": "yes"})
    assert event.citations.count() == 1


def test_a_published_thing_with_another_citation_may_lose_one(client: Client) -> None:
    event = factories.a_published_event()
    citation = factories.a_citation(event=event)
    draft = factories.an_event()
    assert errors(send(client, address("citation", "change", citation.pk), {"event": draft.pk})) == ""
    assert list(draft.citations.all()) == [citation]
    assert Event.objects.published().get().citations.count() == 1


def test_a_quote_is_looked_for_when_its_citation_is_saved(client: Client) -> None:
    source = factories.a_source(text=TEXT)
    response = add_citation(client, source=source.pk, event=factories.an_event().pk, quote="First line.")
    assert errors(response) == ""
    citation = Citation.objects.get()
    assert (citation.quote_status, citation.start, citation.end) == (QuoteStatus.EXACT, 2, 13)


def test_an_actor_is_entered_with_names_offices_and_entries(client: Client) -> None:
    force = factories.an_actor()
    data = rows("aliases", {"name": "Шугаев", "language": "ru"})
    data |= rows("identifiers", {"scheme": "wikidata", "value": "Q1"})
    data |= rows("affiliations", {"organization": force.pk, "title": "head", "held_text": "since 2017"})
    response = send(client, address("actor", "add"), {"name": "Dmitry Shugaev", "kind": "person", **data})
    assert errors(response) == ""
    actor = force.members.get().member
    assert (actor.slug, actor.aliases.get().name, actor.identifiers.get().value) == (
        "dmitry-shugaev",
        "Шугаев",
        "Q1",
    )
    assert actor.affiliations.get().held.edtf == "2017/.."


def test_what_is_said_twice_of_an_actor_is_refused(client: Client) -> None:
    actor, force, other = factories.an_actor(), factories.an_actor(), factories.an_actor()
    other.identifiers.create(scheme="wikidata", value="Q1")
    office = {"organization": force.pk, "title": "head", "held_text": "2017"}
    page = address("actor", "change", actor.pk)
    for name, values, said in (
        ("affiliations", [office, office], "given twice"),
        ("aliases", [{"name": "A"}, {"name": "A"}], "duplicate data"),
        ("identifiers", [{"scheme": "wikidata", "value": "Q1"}], "An identifier names one actor."),
        ("affiliations", [{"organization": actor.pk}], "Nobody is affiliated with themselves."),
        ("affiliations", [{"organization": "x", "held_text": "whenever"}, office], "whenever"),
    ):
        assert said in errors(send(client, page, rows(name, *values)))
    assert errors(send(client, page, rows("affiliations", office))) == ""
    assert "given twice" in errors(send(client, page, {
        "affiliations-TOTAL_FORMS": 2,
        **{f"affiliations-1-{field}": value for field, value in office.items()},
    }))  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), [
    ({"latitude": "5"}, "both latitude and longitude"), ({"latitude": "91", "longitude": "0"}, "-90 to 90"),
    ({"latitude": "0", "longitude": "181"}, "-180 to 180"), ({"latitude": "x", "longitude": "0"}, "number"),
    ({"latitude": "99999999999", "longitude": "0"}, "digits"), ({"part_of": "self"}, "part of this one"),
])  # fmt: skip
def test_a_place_that_is_nowhere_is_refused(client: Client, changes: dict[str, Any], said: str) -> None:
    place = factories.a_place()
    changes = {name: place.pk if value == "self" else value for name, value in changes.items()}
    assert said in errors(send(client, address("place", "change", place.pk), changes))


def test_a_timeline_is_made_of_events(client: Client) -> None:
    event = factories.an_event(date="mid-March 2020")
    entry = {"event": event.pk, "headline": "The deal"}
    assert (
        errors(send(client, address("timeline", "add"), {"title": "S-400", **rows("entries", entry)})) == ""
    )
    timeline = event.timelines.get()
    html = client.get(address("timeline", "change", timeline.pk)).content.decode()
    assert "mid-March 2020" in html
    assert "duplicate data" in errors(
        send(client, address("timeline", "add"), {"title": "B", **rows("entries", entry, entry)})
    )
    assert client.get(address("timeline", "changelist")).context["cl"].result_list[0].number_of_entries == 1
