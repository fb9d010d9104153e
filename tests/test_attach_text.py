"""`manage.py attach_text`: what it says of the quotes, and what it refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import a_citation, a_contract, a_source, an_event
from timeline.models import Citation, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return a_source(slug="gazette", title="The Gazette")


def attach(slug: str, path: Path) -> list[str]:
    """The lines that the command prints."""
    out = StringIO()
    call_command("attach_text", slug, path, stdout=out)
    return out.getvalue().splitlines()


def a_file(folder: Path, content: bytes) -> Path:
    path = folder / "text.txt"
    path.write_bytes(content)
    return path


def test_the_source_gets_the_text_to_the_letter(source: Source, tmp_path: Path) -> None:
    content = "“Zeile”\r\n\n\ttwo \n"
    lines = attach("gazette", a_file(tmp_path, content.encode()))
    source.refresh_from_db()
    assert source.text == content
    assert lines[0] == f"“The Gazette” has its text: 16 characters, SHA-256 {source.text_sha256[:12]}…."


def test_a_byte_order_mark_is_no_part_of_the_text(source: Source, tmp_path: Path) -> None:
    attach("gazette", a_file(tmp_path, b"\xef\xbb\xbfwords"))
    source.refresh_from_db()
    assert source.text == "words"


def test_it_counts_the_quotes_and_names_those_that_need_a_look(source: Source, tmp_path: Path) -> None:
    a_citation(source=source, quote="“to the letter”")
    a_citation(source=source, quote='"with other marks"', event=an_event(title="A sale"), locator="page 3")
    a_citation(source=source, quote="nowhere", event=None, contract=a_contract(title="A lease"))
    a_citation(source=source)
    a_citation(quote="of another source")
    lines = attach("gazette", a_file(tmp_path, "“to the letter” and “with other marks”".encode()))
    assert lines[1:] == [
        "4 citations: 1 exact, 1 normalized, 1 missing, 1 unchecked.",
        "  normalized: '\"with other marks\"', page 3, cited for A sale",
        "  missing: 'nowhere', cited for A lease",
    ]
    assert sorted(Citation.objects.values_list("quote_status", flat=True)) == [
        "exact",
        "missing",
        "normalized",
        "unchecked",
        "unchecked",
    ]


def test_it_says_when_it_replaces_another_text(source: Source, tmp_path: Path) -> None:
    citation = a_citation(source=source, quote="old")
    attach("gazette", a_file(tmp_path, b"the old text"))
    lines = attach("gazette", a_file(tmp_path, b"the new text"))
    assert "has a new text, which replaces another one (SHA-256 " in lines[0]
    citation.refresh_from_db()
    assert citation.quote_status == "missing"


def test_the_same_text_again_is_no_change_but_looks_for_the_quotes(source: Source, tmp_path: Path) -> None:
    path = a_file(tmp_path, b"the text")
    citation = a_citation(source=source, quote="text")
    attach("gazette", path)
    before = Source.objects.values().get()
    Citation.objects.update(quote_status="unchecked")
    lines = attach("gazette", path)
    assert "has this text already" in lines[0]
    assert Source.objects.values().get() == before
    citation.refresh_from_db()
    assert citation.quote_status == "exact"


def test_an_unknown_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no source with the slug 'nobody'"):
        attach("nobody", a_file(tmp_path, b"words"))


def test_a_file_that_cannot_be_read_is_named(source: Source, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.txt cannot be read: No such file"):
        attach("gazette", tmp_path / "missing.txt")
    with pytest.raises(CommandError, match="cannot be read: Is a directory"):
        attach("gazette", tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"caf\xe9", "is not UTF-8: byte 3 cannot be read"),
        (b"\xed\xa0\x80", "is not UTF-8: byte 0 cannot be read"),
        (b"a\0b", "is not plain text: character 1 is NUL"),
    ],
)
def test_what_is_no_text_is_refused_and_the_text_before_stays(
    source: Source, tmp_path: Path, content: bytes, message: str
) -> None:
    Source.objects.update(text="the text before")
    with pytest.raises(CommandError, match=message):
        attach("gazette", a_file(tmp_path, content))
    source.refresh_from_db()
    assert source.text == "the text before"
