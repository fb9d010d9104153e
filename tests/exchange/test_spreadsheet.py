"""Events as CSV: what a spreadsheet would run is escaped, and taken off again exactly."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests import factories as make
from tests.api.world import a_world
from tests.exchange.files import WORDS, an_event, exported, file_of, taken, told
from timeline.exchange.inward import Outcome
from timeline.exchange.spreadsheet import escaped, lines_from, table_line, unescaped
from timeline.fields import When
from timeline.models import Event

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
formulas = st.text(st.sampled_from("'=+-@ \t\r\n\uff1da1,\""), max_size=8)


@given(cells | formulas)
def test_the_escape_comes_off_exactly(cell: str) -> None:
    assert unescaped(escaped(cell)) == cell


@given(cells | formulas)
def test_no_escaped_cell_is_a_formula(cell: str) -> None:
    shown = escaped(cell)
    assert not shown.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
    assert not shown.lstrip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))


@given(st.lists(cells | formulas, min_size=1, max_size=4))
def test_cells_survive_the_table(row: list[str]) -> None:
    line = table_line(row)
    (read,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert [*map(unescaped, read)] == row
    out = io.StringIO()
    csv.writer(out).writerow([*map(escaped, row)])
    assert line == out.getvalue()


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("=1", "'=1"), ("'=1", "''=1"), ("'tis", "'tis"), (" -1", "' -1"), ("a=1", "a=1"), ("", ""), ("'", "'")],
)
def test_only_what_could_run_is_escaped(cell: str, shown: str) -> None:
    assert escaped(cell) == shown


def imported(table: bytes, **options: Any) -> Outcome:
    out = io.BytesIO()
    numbers, problems = lines_from(io.BytesIO(table), out)
    if problems:
        return Outcome(problems=problems)
    return taken(out.getvalue(), numbers=numbers, **options)


def answered() -> bytes:
    """What somebody downloads who sees everything."""
    client = APIClient()
    client.force_authenticate(make.an_editor())
    response: Any = client.get("/api/v1/events/?format=csv&include=timelines")
    return b"".join(response.streaming_content)


@pytest.mark.django_db
def test_what_the_api_gave_is_what_stands() -> None:
    event = a_world()
    make.an_event(slug="words", title="=1+1", kind=event.kind, date={"text": "some day", "edtf": None})
    make.an_event(slug="nothing", title="'=1", kind=event.kind, summary="two\r\nlines; and, more")
    before = exported()
    outcome = imported(answered())
    assert (told(outcome), outcome.made, outcome.equal) == ([], {}, {"event": 4})
    assert sorted(exported().splitlines()) == sorted(before.splitlines())


@pytest.mark.django_db
def test_events_that_are_gone_come_back_with_all_that_a_table_says() -> None:
    assert told(taken(WORDS_AND_EVENTS)) == []
    table = answered()
    before = exported()
    Event.objects.all().delete()
    assert told(imported(table)) == []
    assert sorted(exported().splitlines()) == sorted(before.splitlines())


PARTS = [{"actor": "turkey", "role": "speaker"}, {"actor": "russia", "role": "speaker"}]
WORDS_AND_EVENTS = file_of(
    *WORDS,
    {"type": "tag", "slug": "s-400", "name": "S-400"},
    {"type": "place", "slug": "ankara", "name": "Ankara"},
    an_event(
        date="mid-March 2020", participants=PARTS, tags=["s-400"], place="ankara", title="+1", importance=4
    ),
    an_event("bc", date="-0043-03-15", summary="-", citations=[{"source": "paper"}], review="published"),
    an_event(
        "words",
        date={"text": "in a short time", "edtf": None},
        related=[{"kind": "asserts", "related": "bc"}],
    ),
    an_event("nothing", title="\t'=", status="cancelled", version=7),
)


@pytest.mark.django_db
def test_a_row_changes_what_its_columns_say_and_no_more() -> None:
    cited = [{"source": "paper", "quote": "signed", "locator": "page 3"}]
    parts = [{**PARTS[0], "capacity": "host"}]
    assert told(taken((an_event(participants=parts, citations=cited, date="March 2020"),))) == []
    table = b"slug,title,participants,sources\r\nsummit,New,turkey:speaker; russia:speaker,paper\r\n"
    assert told(imported(table)) == ["line 2: The event “summit” stands and differs in: title, participants."]
    assert told(imported(table, update=True)) == []
    event = Event.objects.get()
    assert (event.title, event.date.edtf, event.version) == ("New", "2020-03", 2)
    assert [*event.participations.values_list("actor__slug", "capacity")] == [
        ("turkey", "host"),
        ("russia", ""),
    ]
    assert [*event.citations.values_list("quote", "locator")] == [("signed", "page 3")]


@pytest.mark.django_db
def test_a_new_row_needs_little_and_dates_are_read() -> None:
    assert told(taken(file_of(*WORDS))) == []
    rows = [
        "slug,title,kind,date_text,status",
        "new,It,meeting,mid-March 2020,",
        "",
        "undated,It,meeting,,planned",
    ]
    table = "\ufeff" + "\r\n".join(rows)
    assert told(imported(table.encode())) == []
    event = Event.objects.get(slug="new")
    assert (event.date.text, event.date.edtf, event.status) == (
        "mid-March 2020",
        "[2020-03-11..2020-03-20]",
        "occurred",
    )
    assert not Event.objects.get(slug="undated").date


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"", "line 1: slug: This column is needed."),
        (b"title\r\nIt\r\n", "line 1: slug: This column is needed."),
        (b"slug,colour\r\n", "line 1: colour: There is no such column."),
        (b"slug,slug\r\n", "line 1: slug: The column is there twice."),
        (b"slug,title\r\na\r\n", "line 2: It has 1 cells; the first row has 2."),
        (b'slug,title\r\na,"x"y\r\n', "line 2: It is not CSV: "),
        (b"slug,title\r\na,\xff\r\n", "line 2: It is not UTF-8."),
        (b"slug,title\r\n" + b"a,b\r\n" * 5000 + b"a,b\n\xff", "line 5003: It is not UTF-8."),
        (b'slug,summary\r\na,"two\r\nlines"\r\nb,x\r\n', "line 3: kind: This key is needed."),
        (b"slug,title,kind,participants\r\na,It,meeting,turkey\r\n", "line 2: participants.0.role: This key"),
        (b"slug,title,kind,importance\r\na,It,meeting,high\r\n", "line 2: importance: It is a whole number"),
        (b"slug,title,kind,date_edtf\r\na,It,meeting,March\r\n", "line 2: date: "),
    ],
)
def test_what_is_wrong_is_told_by_the_line_of_the_table(table: bytes, problem: str) -> None:
    assert told(taken(file_of(*WORDS))) == []
    assert told(imported(table))[0][: len(problem)] == problem
    assert not Event.objects.exists()


def test_a_process_that_has_read_no_table_yet_takes_a_long_cell() -> None:
    program = (
        "import django; django.setup()\n"
        "from timeline.exchange.uploads import refuse_header\n"
        "refuse_header(b'slug,summary\\nsummit,' + b'x' * 200_000)\n"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "timeline.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


BY_HAND = {"text": "last Tuesday", "edtf": "2020-03-10"}
WORDS_ALONE = {"text": "in a short time", "edtf": None}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stands", "text", "edtf", "date"),
    [
        # The cell repeats what the old words say: the new ones are read.
        ("mid-March 2020", "mid-April 2020", "[2020-03-11..2020-03-20]", "[2020-04-11..2020-04-20]"),
        ("2020-03", " April 2020 ", "2020-03", "2020-04"),
        ("unknown", "April 2020", "undated", "2020-04"),
        ("April 2020", "unknown", "2020-04", None),
        # What was given by hand stays beside the new words.
        (BY_HAND, "on the Tuesday before", "2020-03-10", "2020-03-10"),
        ({"text": "March 2020", "edtf": "2020-03-10"}, "April 2020", "2020-03-10", "2020-03-10"),
        (WORDS_ALONE, "April 2020", "undated", None),
        ({"text": "March 2020", "edtf": None}, "April 2020", "undated", None),
        # So does what the cell says anew, and what stands beside words that are the same or none.
        ("March 2020", "April 2020", "2021-05", "2021-05"),
        ("March 2020", "April 2020", "undated", None),
        ("March 2020", "March 2020", "2020-03", "2020-03"),
        ("March 2020", "", "2020-03", "2020-03"),
        (None, "April 2020", "2020-03", "2020-03"),
        (None, "April 2020", "undated", None),
        # An empty cell has the words read.
        ("March 2020", "April 2020", "", "2020-04"),
        (BY_HAND, "April 2020", "", "2020-04"),
    ],
)
def test_new_words_are_read_where_the_cell_repeats_the_reading_of_the_old(
    stands: Any, text: str, edtf: str, date: str | None
) -> None:
    assert told(taken((an_event(date=stands),))) == []
    table = table_line(["slug", "date_text", "date_edtf"]) + table_line(["summit", text, edtf])
    assert told(imported(table.encode(), update=True)) == []
    event = Event.objects.get()
    assert (event.date.text, event.date.edtf) == (text.strip() or edtf, date)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cells", "date"),
    [
        # A column that is not there leaves what stands.
        ({"title": "Summit"}, ("March 2020", "2020-03-10")),
        ({"date_edtf": "2020-03-11"}, ("March 2020", "2020-03-11")),
        ({"date_edtf": "undated"}, ("March 2020", None)),
        ({"date_text": "March 2020"}, ("March 2020", "2020-03-10")),
        ({"date_text": "April 2020"}, ("April 2020", "2020-04")),
        ({"date_text": ""}, ("", None)),
        # An empty one has the words read, those that stand, too.
        ({"date_edtf": ""}, ("March 2020", "2020-03")),
        ({"date_text": "March 2020", "date_edtf": ""}, ("March 2020", "2020-03")),
        ({"date_text": "", "date_edtf": ""}, ("", None)),
    ],
)
def test_a_table_with_one_column_of_the_date(cells: dict[str, str], date: tuple[str, str | None]) -> None:
    assert told(taken((an_event(date={"text": "March 2020", "edtf": "2020-03-10"}),))) == []
    table = table_line(["slug", *cells]) + table_line(["summit", *cells.values()])
    assert told(imported(table.encode(), update=True)) == []
    event = Event.objects.get()
    assert (event.date.text, event.date.edtf) == date


@pytest.mark.django_db(transaction=True)  # a state has to end before it is history
def test_a_downloaded_table_in_which_only_words_are_corrected() -> None:
    assert told(taken((an_event(date="mid-March 2020"), an_event("other", date=BY_HAND)))) == []
    table = answered().replace(b"mid-March", b"mid-April").replace(b"last Tuesday", b"the Tuesday before")
    assert told(imported(table)) == [
        f"line {number}: The event “{slug}” stands and differs in: date."
        for number, slug in ((2, "other"), (3, "summit"))
    ]
    assert told(imported(table, update=True)) == []
    assert [*Event.objects.order_by("slug").values_list("date_text", "date_edtf")] == [
        ("the Tuesday before", "2020-03-10"),
        ("mid-April 2020", "[2020-04-11..2020-04-20]"),
    ]
    assert imported(table, update=True).equal == {"event": 2}
    again = table.replace(b"mid-April", b"mid-May")
    assert told(imported(again, update=True)) == []
    assert Event.objects.get(slug="summit").date.edtf == "[2020-05-11..2020-05-20]"
    given = again.replace(b"[2020-03-11..2020-03-20]", b"2020-06")
    assert told(imported(given, update=True)) == []
    assert Event.objects.get(slug="summit").date == When("mid-May 2020", "2020-06")
    assert imported(again, update=True).equal == {"event": 2}  # which others gave a reading by hand meanwhile


@pytest.mark.django_db(transaction=True)  # a state has to end before it is history
def test_new_words_are_read_though_somebody_else_gave_others_meanwhile() -> None:
    assert told(taken((an_event(date="March 2020"),))) == []
    table = answered().replace(b"March", b"April")
    assert told(taken((an_event(date="May 2020"),), update=True)) == []
    assert told(imported(table, update=True)) == []
    assert Event.objects.get().date.edtf == "2020-04"


@pytest.mark.django_db(transaction=True)  # a state has to end before it is history
def test_undated_stays_beside_words_where_there_were_none() -> None:
    assert told(taken((an_event(),))) == []
    assert told(taken((an_event(title="New"),), update=True)) == []
    row = ["summit", "April 2020", "undated", "1"]
    table = table_line(["slug", "date_text", "date_edtf", "version"]) + table_line(row)
    assert told(imported(table.encode(), update=True)) == []
    assert Event.objects.get().date == When("April 2020", None)


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["mid-Foo 2020", "last Tuesday", "x" * 301])
def test_new_words_that_cannot_be_read_are_refused(words: str) -> None:
    assert told(taken((an_event(date="mid-March 2020"),))) == []
    before = exported()
    (problem,) = told(imported(answered().replace(b"mid-March 2020", words.encode()), update=True))
    assert problem.startswith("line 2: date: ")
    assert exported() == before
