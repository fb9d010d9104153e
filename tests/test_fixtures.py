"""The fixtures: what they hold, that they load anywhere and twice, and that every fact in them is quoted."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model, QuerySet
from pytest_django import DjangoDbBlocker

from timeline.audit import findings
from timeline.dates import DateError, read
from timeline.models import (
    Actor,
    Changeset,
    Citation,
    Contract,
    Event,
    EventChange,
    EventKind,
    Milestone,
    Place,
    Role,
    Source,
    Tag,
    Timeline,
)

ROOT = Path(__file__).parent.parent
NAMES = ("vocabularies", "turkey-s400")
LONGEST_QUOTE = 12
# The article is not part of this repository. Where it lies beside it the quotes are checked against it.
ARTICLE = ROOT.parent / "shared" / "article" / "turkey-s400.txt"
TEXTS = {"against the article": "article", "against a stand-in made of the quotes": "stand-in"}
if not ARTICLE.exists():
    TEXTS = {"against a stand-in only (the article is not beside this checkout)": "stand-in"}

# Every date of the timeline, in its order: the article's words and what they mean.
DATED = [
    ("first-contract-signed", "April 2017", "2017-04"),
    ("bled-strategic-forum-2019", "September 2019", "2019-09"),
    ("cavusoglu-at-bled", "September 2019", "2019-09"),
    ("first-contract-completed", "fall of 2019", "2019-23"),
    ("second-contract-announced", "mid-March 2020", "[2020-03-11..2020-03-20]"),
    ("thune-proposes-buying-turkeys-s-400", "the end of June 2020", "[2020-06-21..2020-06-30]"),
    ("sanctions-bill-submitted", "mid-July", "[2020-07-11..2020-07-20]"),
    ("mikheev-reports-second-contract", "August 23, 2020", "2020-08-23"),
    ("shugaev-on-ekoturk", "shortly before the signing of the deal", "[..2020-08-23]"),
    ("second-contract-signed", "had signed", "[..2020-08-23]"),
]
# What the article says of time without a date, in its order. All other events have no words either.
UNDATED_IN_WORDS = [
    ("turkey-modernizes-its-forces", "ongoing"),
    ("manturov-on-delivery", "earlier"),
    ("second-contract-delivery", "in a short time"),
]


@pytest.fixture(scope="module")
def loaded_for_all(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The fixtures, loaded once: loading takes longer than all the tests here. Rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("loaddata", *NAMES, verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_for_all: None, db: None) -> None:
    """The fixtures; what a test changes is rolled back after it."""


def all_rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, but for when, and in which changesets, this database took it in.

    That something was written is noted, even if it changes nothing; the notes are left out, too.
    """
    models = apps.get_app_config("timeline").get_models(include_auto_created=True)
    rows = {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in models
        if model not in (Changeset, EventChange)
    }
    for row in (row for table in rows.values() for row in table):
        for name in ("recorded_at", "recorded_in"):
            row.pop(name, None)
    return rows


def rows_of_file(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((ROOT / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def article_citations() -> QuerySet[Citation]:
    citations: QuerySet[Citation] = Source.objects.get(slug="turkey-s400").citations.order_by("pk")
    return citations


def paragraph_number(citation: Citation) -> int:
    """The number in a locator such as “paragraph 23”: the non-empty lines of the article, counted from 1."""
    found = re.fullmatch(r"paragraph (\d+)", citation.locator)
    assert found, f"{citation.quote!r} stands at {citation.locator!r}"
    return int(found[1])


def stand_in() -> str:
    """A text in which every quote stands in its paragraph, and nothing else does."""
    paragraphs: dict[int, list[str]] = {}
    for citation in article_citations():
        paragraphs.setdefault(paragraph_number(citation), []).append(citation.quote)
    lines = (" … ".join(paragraphs.get(number, ["…"])) for number in range(1, max(paragraphs) + 1))
    return "\n\n".join(lines)


def paragraphs_of(text: str) -> list[tuple[int, int]]:
    """Where each non-empty line begins and ends."""
    return [match.span() for match in re.finditer(r"^.*\S.*$", text, re.MULTILINE)]


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").glob("*.json")), ids=lambda path: path.name)
def test_every_fixture_is_one_of_those_that_are_loaded_here(path: Path) -> None:
    assert path.stem in NAMES


def test_loading_twice_changes_nothing(loaded: None) -> None:
    before = all_rows()
    assert sum(map(len, before.values())) > 500
    call_command("loaddata", *NAMES, verbosity=0)
    assert all_rows() == before


def test_every_row_would_pass_the_admin(loaded: None) -> None:
    models: Iterator[type[Model]] = apps.get_app_config("timeline").get_models()
    for model in models:
        for row in model._default_manager.all():
            row.full_clean()
    assert list(findings()) == []


def test_the_timeline_has_all_events_and_everybody_may_see_it(loaded: None) -> None:
    timeline = Timeline.objects.public().get()
    assert timeline.slug == "turkey-s400"
    assert set(timeline.events.all()) == set(Event.objects.public()) == set(Event.objects.all())
    assert set(Contract.objects.public()) == set(Contract.objects.all())
    for model in (Actor, Place, Source, Tag):
        assert set(model.objects.public()) == set(model.objects.all())


def test_the_vocabularies_have_no_word_that_the_timeline_does_not_use(loaded: None) -> None:
    assert list(EventKind.objects.filter(events=None)) == []
    assert list(Role.objects.filter(participations=None)) == []


def test_dates_are_those_of_the_article_and_in_their_order_tell_the_story(loaded: None) -> None:
    events = Event.objects.filter(timelines__slug="turkey-s400")
    dated = [(event.slug, event.date.text, event.date.edtf) for event in events.dated().in_order()]
    assert dated == DATED
    in_words = events.undated().exclude(date_text="").in_order()
    assert [(event.slug, event.date.text) for event in in_words] == UNDATED_IN_WORDS


def test_words_that_can_be_read_mean_what_the_fixture_says() -> None:
    """Fixtures carry words and reading of every date, as exports do; here they are held to each other."""
    unread = set()
    for row in rows_of_file("turkey-s400"):
        for when in (row["fields"].get(name) for name in ("date", "due", "held", "met", "published")):
            try:
                span = when and read(when["text"])
            except DateError:
                unread.add((when["text"], when["edtf"]))
            else:
                assert (span and span.edtf) == (when and when["edtf"])
    assert unread == {
        ("mid-July", "[2020-07-11..2020-07-20]"),
        ("had signed", "[..2020-08-23]"),
        ("shortly before the signing of the deal", "[..2020-08-23]"),
        *((words, None) for _, words in UNDATED_IN_WORDS),
        ("current", None),
    }


def test_the_words_of_a_date_are_in_a_quote(loaded: None) -> None:
    for event in Event.objects.exclude(date_text=""):
        quotes = " … ".join(event.citations.values_list("quote", flat=True)).casefold()
        assert event.date.text.removeprefix("by ").casefold() in quotes, event.slug


def test_everything_published_is_cited_from_the_article(loaded: None) -> None:
    for published in (*Event.objects.published(), *Contract.objects.published()):
        assert published.citations.filter(source__slug="turkey-s400").exclude(quote="").exists(), published


def test_quotes_are_short_and_say_where_they_stand(loaded: None) -> None:
    for citation in article_citations():
        assert 1 <= len(citation.quote.split()) <= LONGEST_QUOTE
        assert paragraph_number(citation) >= 1


def test_what_is_known_only_through_the_article_says_so_and_quotes_nothing(loaded: None) -> None:
    others = Source.objects.exclude(slug="turkey-s400")
    assert {source.slug: source.quoted_in.slug for source in others} == dict.fromkeys(
        ("bloomberg-interview", "ekoturk-broadcast", "afp-photograph"), "turkey-s400"
    )
    assert set(Citation.objects.filter(source__in=others).values_list("quote", flat=True)) == {""}


@pytest.mark.parametrize("which", TEXTS.values(), ids=TEXTS.keys())
def test_every_quote_stands_in_its_paragraph_to_the_letter(loaded: None, which: str, tmp_path: Path) -> None:
    path = ARTICLE
    if which == "stand-in":
        path = tmp_path / "stand-in.txt"
        path.write_text(stand_in(), encoding="utf-8")
    call_command("attach_text", "turkey-s400", path, verbosity=0)
    spans = paragraphs_of(Source.objects.get(slug="turkey-s400").text)
    for citation in article_citations():
        assert citation.quote_status == "exact", citation.quote
        start, end = spans[paragraph_number(citation) - 1]
        assert citation.start in range(start, end) and citation.end in range(start, end + 1), citation.quote


def test_the_first_contract_is_told_with_price_payment_and_course(loaded: None) -> None:
    contract = Contract.objects.get(slug="s-400-first")
    assert (contract.status, f"{contract.value:f}", contract.currency) == (
        "completed",
        "2500000000.00",
        "USD",
    )
    assert [str(party) for party in contract.parties.all()] == [
        "Turkey (Buyer)",
        "Russia (Seller)",
        "Russia (Lender)",
        "Turkish Armed Forces (End user)",
    ]
    assert [str(item) for item in contract.items.all()] == ["4 air defense missile systems of S-400 Triumph"]
    terms = [(str(term), str(term.provider)) for term in contract.payment_terms.all()]
    assert terms == [("45 % advance", "Turkey"), ("55 % loan", "Russia")]
    assert course_of(contract) == [("signed", "2017-04"), ("completed", "2019-23")]


def test_the_second_contract_follows_it_and_says_no_more_than_is_known(loaded: None) -> None:
    contract = Contract.objects.get(slug="s-400-second")
    assert contract.follows is not None
    assert (contract.follows.slug, contract.status, contract.value) == ("s-400-first", "signed", None)
    assert [(item.quantity, item.unit) for item in contract.items.all()] == [(None, "regimental set")]
    assert not contract.payment_terms.exists()
    assert course_of(contract) == [
        ("announced", "[2020-03-11..2020-03-20]"),
        ("signed", "[..2020-08-23]"),
        ("delivered", None),
    ]
    delivery = contract.milestones.get(kind="delivered")
    assert (delivery.due.text, delivery.met.text, delivery.event) == ("in a short time", "", None)


def course_of(contract: Contract) -> list[tuple[str, str | None]]:
    return [(milestone.kind, milestone.met.edtf) for milestone in contract.milestones.all()]


def test_american_deals_are_told_as_far_as_they_went(loaded: None) -> None:
    american = Contract.objects.filter(parties__actor__slug="united-states").order_by("slug")
    assert [(contract.slug, contract.kind, contract.status) for contract in american] == [
        ("f-35-purchase", "purchase", "refused"),
        ("patriot-offer", "offer", "proposed"),
        ("patriot-purchase", "purchase", "refused"),
    ]


def test_a_milestones_event_is_among_the_events_of_its_contract(loaded: None) -> None:
    for milestone in Milestone.objects.exclude(event=None):
        assert milestone.event is not None
        assert milestone.contract in milestone.event.contracts.all()
        assert milestone.met == milestone.event.date


def test_only_what_was_announced_is_planned(loaded: None) -> None:
    planned = Event.objects.exclude(status="occurred")
    assert [(event.slug, event.status) for event in planned] == [("second-contract-delivery", "planned")]
