"""What an import takes, refuses, skips and overwrites."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests import factories as make
from tests.exchange.files import WORDS, an_event, exported, file_of, taken, told
from timeline.exchange.inward import Import
from timeline.exchange.nouns import Noun
from timeline.models import Actor, Citation, Contract, Event, Participation, Source, Tag

pytestmark = pytest.mark.django_db

PART = {"actor": "turkey", "role": "speaker"}
CITED = [{"source": "paper", "quote": "signed"}]
CONTRACT = {"type": "contract", "slug": "deal", "title": "Deal", "kind": "purchase", "status": "signed"}


def test_a_short_line_is_filled_in_as_everywhere() -> None:
    assert told(taken((an_event(date="mid-March 2020", participants=[PART], citations=CITED),))) == []
    event = Event.objects.get()
    assert (event.status, event.verification, event.review, event.importance) == (
        "occurred", "reported", "draft", 2,
    )  # fmt: skip
    assert (event.version, event.date.edtf, event.place) == (1, "[2020-03-11..2020-03-20]", None)
    assert Participation.objects.get().earliest == event.date.earliest
    assert Citation.objects.get().quote_status == "exact"
    assert Source.objects.get().text_sha256 == Source.objects.get().digest()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (an_event(date="12 Foo 2020"), "line 6: date: "),
        (an_event(date={"text": "x", "edtf": "2020-13"}), "line 6: date: "),
        (an_event(date=[2020]), "line 6: date: "),
        (an_event(titel="x"), "line 6: titel: Unknown key."),
        ({"type": "event", "slug": "x", "kind": "meeting"}, "line 6: title: This key is needed."),
        (an_event(title=""), "line 6: title: It must not be empty."),
        (an_event(title=7), "line 6: title: It is a text."),
        (an_event(title="x" * 301), "line 6: title: It has 301 characters; at most 300 are possible."),
        (an_event(title="a\0b"), "line 6: U+0000 is not a character of text."),
        (an_event(status="done"), "line 6: status: It is one of: cancelled, occurred, planned."),
        (an_event(kind="party"), "line 6: kind: No event kind has the slug “party”."),
        (an_event(kind=None), "line 6: kind: Name it by its slug."),
        (an_event(place=1), "line 6: place: Name it by its slug."),
        (an_event(importance="2"), "line 6: importance: It is a whole number from 0 to 32767."),
        (an_event(importance=5), "line 6: Importance is from 0 to 4. [event_importance_is_0_to_4]"),
        (an_event(review="published"), "line 6: review: A published event has at least one citation."),
        (an_event(created_at="2020-01-01"), "line 6: created_at: A time stamp names its time zone"),
        (an_event(created_at="soon"), "line 6: created_at: It is a time stamp such as"),
        (an_event(version=-1), "line 6: version: "),
        (an_event(version=10**9), "line 6: version: It is a whole number from 0 to 999999999."),
        (an_event(slug="a b"), "line 6: slug: A slug is a text of"),
        (an_event(participants={}), "line 6: participants: It is a list."),
        (an_event(participants=["turkey"]), "line 6: participants.0: It is an object."),
        (
            an_event(participants=[PART, {"actor": "x"}]),
            "line 6: participants.1.actor: No actor has the slug “x”.",
        ),
        (an_event(participants=[{**PART, "size": 1}]), "line 6: participants.0.size: Unknown key."),
        (
            an_event(participants=[PART, PART]),
            "line 6: participants.1: An actor has a role in an event once. [participation_is_given_once]",
        ),
        (
            an_event(related=[{"kind": "asserts", "related": "summit"}]),
            "line 6: related.0: An event is not related to itself. [event_is_not_related_to_itself]",
        ),
        (
            an_event(citations=[{"source": "paper", "field": "x"}]),
            "line 6: citations.0.field: It is one of: title",
        ),
        (an_event(tags="x"), "line 6: tags: It is a list."),
        (an_event(tags=["x"]), "line 6: tags.0: No tag has the slug “x”."),
        (an_event(contracts=["deal", "deal"]), "line 6: contracts.0: No contract"),
        ({**CONTRACT, "value": "1"}, "line 6: A value needs a currency. [contract_value_has_a_currency]"),
        ({**CONTRACT, "value": 1.5}, "line 6: value: It is a decimal as a text"),
        ({**CONTRACT, "value": "1.555"}, "line 6: value: At most 2 digits after the point are possible."),
        ({**CONTRACT, "value": "1" * 19}, "line 6: value: At most 18 digits before the point are possible."),
        ({**CONTRACT, "follows": "deal"}, "line 6: A contract does not follow itself."),
        ({**CONTRACT, "value_is_estimate": "no"}, "line 6: value_is_estimate: It is true or false."),
        (
            {**CONTRACT, "payment_terms": [{"kind": "loan", "share": "60"}] * 2},
            "line 6: payment_terms: The shares add up to 120 %, more than 100 %.",
        ),
        (
            {**CONTRACT, "milestones": [{"kind": "signed", "event": "summit", "met": "2020"}]},
            "line 6: milestones.0.event: No event",
        ),
        (
            {"type": "source", "slug": "x", "title": "X", "kind": "article", "url": "javascript:alert(1)"},
            "line 6: url: Enter a valid URL.",
        ),
        (
            {"type": "source", "slug": "x", "title": "X", "kind": "article", "retrieved_on": "2020"},
            "line 6: retrieved_on: It is a date such as",
        ),
        ({"type": "user", "slug": "root"}, "line 6: type: It is one of: kind, role"),
        ({"type": "format", "name": "timeline", "version": 2}, "line 6: This version reads the format"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_told_by_its_line_and_nothing_comes_in(line: dict[str, Any], problem: str) -> None:
    outcome = taken((line,))
    assert told(outcome)[0][: len(problem)] == problem
    assert not Actor.objects.exists()


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"{", "line 1: It is not JSON: "),
        (b"[1]", "line 1: A line is an object."),
        (b'{"type": "tag", "slug": "a", "name": "\\ud800"}', "line 1: It is not JSON: "),
        (b'{"type": "tag", "slug": "a", "name": "\xff"}', "line 1: It is not JSON: "),
        (b"[" * 100_000, "line 1: It is not JSON: "),
    ],
)
def test_a_line_is_an_object_of_json(raw: bytes, problem: str) -> None:
    assert [one[: len(problem)] for one in told(taken(raw))] == [problem]


def test_all_that_is_wrong_is_told_in_the_order_of_lines() -> None:
    lines = (
        an_event("a", kind="x", date="12 Foo"),
        an_event("b"),
        an_event("b"),
        an_event("c", importance=9),
    )
    problems = [problem.rpartition(":")[0] for problem in told(taken(lines))]
    assert problems[0].startswith("line 6: date") and problems[1].startswith("line 6: kind")
    assert [problem.partition(":")[0] for problem in problems] == ["line 6", "line 6", "line 8", "line 9"]


def test_it_ends_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Import, "most_problems", 3)
    outcome = taken(tuple(an_event(f"e-{number}", kind="x") for number in range(10)))
    assert len(outcome.problems) == 3
    assert not Actor.objects.exists()


def test_lines_may_come_in_any_order_and_name_each_other() -> None:
    milestone = {"kind": "signed", "event": "summit"}
    affiliated = {"name": "Of each other", "kind": "group"}
    lines = (
        an_event(contracts=["deal"], related=[{"kind": "precedes", "related": "after"}], citations=CITED),
        {**CONTRACT, "milestones": [milestone], "follows": "older"},
        {**CONTRACT, "slug": "older"},
        an_event("after", related=[{"kind": "responds_to", "related": "summit"}], tags=["new"]),
        {"type": "tag", "slug": "new", "name": "New"},
        {"type": "actor", "slug": "a", **affiliated, "affiliations": [{"organization": "b"}]},
        {"type": "actor", "slug": "b", **affiliated, "affiliations": [{"organization": "a"}]},
        *WORDS,
    )
    assert told(taken(file_of(*lines))) == []
    assert Contract.objects.get(slug="deal").milestones.get().event == Event.objects.get(slug="summit")
    assert Citation.objects.get().quote_status == "exact"
    first = exported()
    assert told(taken(first)) == []


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_a_row_that_a_constraint_refuses_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr("timeline.exchange.inward.BATCH", batch)
    known = [{"scheme": "wikidata", "value": "Q43"}]
    lines = tuple(
        {"type": "actor", "slug": slug, "name": slug, "kind": "state", "identifiers": known} for slug in "abc"
    )
    message = "identifiers.0: An identifier names one actor. [identifier_names_one_actor]"
    assert told(taken(lines)) == [f"line 7: {message}", f"line 8: {message}"]


@pytest.mark.parametrize(
    ("type_", "above"), [("place", "part_of"), ("source", "quoted_in"), ("contract", "follows")]
)
def test_nothing_leads_back_to_itself(type_: str, above: str) -> None:
    fields = (
        {"title": "It", "kind": "purchase", "status": "signed"} if type_ == "contract" else {"name": "It"}
    )
    fields = {"title": "It", "kind": "article"} if type_ == "source" else fields
    lines = tuple(
        {"type": type_, "slug": a, **fields, above: b} for a, b in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    found = told(taken((*lines, {"type": type_, "slug": "d", **fields, above: "a"})))
    assert found == [
        f"line {line}: {above}: It leads back to “{slug}” itself."
        for line, slug in ((6, "a"), (7, "b"), (8, "c"))
    ]


def test_the_event_of_a_milestone_stays_with_the_contract() -> None:
    milestone = {"kind": "signed", "event": "summit"}
    (problem,) = told(taken(({**CONTRACT, "milestones": [milestone]}, an_event())))
    assert problem == "line 7: contracts: The event meets a milestone of “deal” and stays with it."
    (problem,) = told(taken(({**CONTRACT, "milestones": [{**milestone, "met": "2020"}]}, an_event())))
    assert problem == "line 6: milestones.0.met: It is met on the date of its event; leave it out."


def test_a_milestone_joins_an_event_that_stands_to_the_contract() -> None:
    event = make.an_event(slug="summit", date="2020-03-15")
    assert told(taken(({**CONTRACT, "milestones": [{"kind": "signed", "event": "summit"}]},))) == []
    contract = Contract.objects.get()
    assert [*event.contracts.all()] == [contract]
    assert contract.milestones.get().met == event.date


def test_what_stands_and_is_equal_is_skipped_and_what_differs_is_told() -> None:
    lines = (an_event(date="March 2020", tags=[]), an_event("other"))
    assert told(taken(lines)) == []
    before = exported()
    same = taken(lines)
    assert (told(same), same.made, same.equal["event"]) == ([], {}, 2)
    changed = (an_event(date="April 2020", tags=[]), an_event("new"))
    assert told(taken(changed)) == ["line 6: The event “summit” stands and differs in: date."]
    assert exported() == before


def test_update_overwrites_what_differs_and_nothing_else() -> None:
    cited: dict[str, Any] = {"participants": [PART], "citations": CITED, "contracts": ["deal"]}
    assert told(taken((CONTRACT, an_event(**cited), an_event("other")))) == []
    versions = dict(Event.objects.values_list("slug", "version"))
    parts = [{"actor": "russia", "role": "speaker", "capacity": "host"}, PART]
    source = {**WORDS[-1], "text": "Nothing was."}
    lines = (
        *WORDS[:-1],
        source,
        an_event(title="Renamed", date="2020", participants=parts, citations=CITED),
        an_event("other"),
    )
    outcome = taken(file_of(*lines), update=True)
    assert (told(outcome), outcome.updated, outcome.made) == ([], {"source": 1, "event": 1}, {})
    event = Event.objects.get(slug="summit")
    assert (event.title, event.date.edtf, event.version) == ("Renamed", "2020", versions["summit"] + 1)
    assert [part.actor.slug for part in event.participations.all()] == ["russia", "turkey"]
    assert not event.contracts.exists()
    assert Event.objects.get(slug="other").version == versions["other"]
    assert event.citations.get().quote_status == "missing"
    assert Source.objects.get().text_sha256 == Source.objects.get().digest()


def test_update_checks_the_quotes_of_what_is_not_in_the_file() -> None:
    assert told(taken((an_event(citations=CITED),))) == []
    assert told(taken(file_of({**WORDS[-1], "text": "Nothing was."}), update=True)) == []
    assert Citation.objects.get().quote_status == "missing"


def test_a_text_that_comes_while_a_file_is_taken_in_is_looked_into() -> None:
    class Meanwhile(Import):
        def tell(self, what: str, noun: Noun, *given: Any) -> None:
            if noun.model is Event:
                Source.objects.update(text="It was signed.")

    source = {**WORDS[-1], "text": ""}
    Meanwhile(io.BytesIO(file_of(*WORDS[:-1], source, an_event(citations=CITED)))).run()
    assert Citation.objects.get().quote_status == "exact"


def test_update_never_gives_a_version_again() -> None:
    assert told(taken((an_event(version=5),))) == []
    assert told(taken((an_event(title="A", version=3),), update=True)) == []
    assert Event.objects.get().version == 6
    stamp = "2020-01-01T00:00:00Z"
    assert told(taken((an_event(title="B", version=9, updated_at=stamp),), update=True)) == []
    event = Event.objects.get()
    assert (event.version, event.updated_at.isoformat()) == (9, "2020-01-01T00:00:00+00:00")


def test_update_is_refused_by_the_same_rules() -> None:
    assert told(taken((an_event(),))) == []
    before = exported()
    assert told(taken((an_event(importance=7),), update=True)) == [
        "line 6: Importance is from 0 to 4. [event_importance_is_0_to_4]"
    ]
    assert told(taken((an_event(review="published"),), update=True)) != []
    assert exported() == before


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    before = exported()
    outcome = taken((an_event(),), dry_run=True)
    assert (told(outcome), outcome.made["event"]) == ([], 1)
    assert exported() == before
    assert told(taken((an_event(importance=7),), dry_run=True)) != []


def test_entries_of_a_timeline_have_no_order_of_their_own() -> None:
    timeline = {"type": "timeline", "slug": "story", "title": "Story"}
    entries = [{"event": "summit"}, {"event": "other"}]
    events = (an_event(date="2021"), an_event("other", date="2020"))
    assert told(taken((*events, {**timeline, "entries": entries}))) == []
    assert told(taken((*events, {**timeline, "entries": entries[::-1]}))) == []
    assert told(taken((*events, {**timeline, "entries": entries[:1]}))) != []


def test_empty_lines_and_a_byte_order_mark_are_read_over() -> None:
    tag = file_of({"type": "tag", "slug": "a", "name": "A"})
    assert told(taken(b"\xef\xbb\xbf" + tag + b"\n  \n" + tag.replace(b'"a"', b'"b"'))) == []
    assert Tag.objects.count() == 2
    (problem,) = told(taken(b"\n\n" + tag[:-9]))
    assert problem.startswith("line 3: It is not JSON")
