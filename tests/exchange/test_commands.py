"""`manage.py export` and `manage.py import`, as somebody types them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.exchange.files import WORDS, an_event, exported, file_of
from timeline.models import Actor, Event, EventChange, EventDocument

LINES = file_of(*WORDS, an_event(review="published", citations=[{"source": "paper"}]))


def imported(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("import", *arguments)
    return capsys.readouterr().out


class Stream:
    """Standard input or output, as bytes only."""

    def __init__(self, content: bytes = b"") -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.django_db
def test_what_is_exported_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lines.ndjson").write_bytes(LINES)
    told = imported(str(tmp_path / "lines.ndjson"), capsys=capsys)
    assert told == "Imported: kind 1, role 1, actor 2, source 1, event 1.\n"
    call_command("export", str(tmp_path / "out.ndjson"))
    assert (tmp_path / "out.ndjson").read_bytes() == exported()
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    told = imported(str(tmp_path / "out.ndjson"), capsys=capsys)
    assert told == "Imported: nothing.\nAs they stood: kind 1, role 1, actor 2, source 1, event 1.\n"


@pytest.mark.django_db
def test_documents_are_made_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lines.ndjson").write_bytes(LINES)
    imported(str(tmp_path / "lines.ndjson"), capsys=capsys)
    assert EventDocument.objects.get().body
    assert not EventChange.objects.exists()


@pytest.mark.django_db
def test_standard_input_and_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(LINES))
    assert imported("-", capsys=capsys).startswith("Imported: ")
    out = Stream()
    monkeypatch.setattr(sys, "stdout", out)
    call_command("export")
    assert out.buffer.getvalue() == exported()


@pytest.mark.django_db
def test_what_is_no_plain_file_is_read_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export", "/dev/null")
    assert Path("/dev/null").is_char_device()
    assert imported("/dev/null", capsys=capsys) == "Imported: nothing.\n"


@pytest.mark.django_db
def test_problems_go_to_standard_error_and_the_command_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines").write_bytes(file_of(*WORDS, an_event(kind="x", importance=-1)))
    with pytest.raises(CommandError, match=r"^Nothing was imported: 2 problems\.$"):
        call_command("import", str(tmp_path / "lines"))
    assert capsys.readouterr().err.splitlines() == [
        "line 6: importance: It is a whole number from 0 to 32767.",
        "line 6: kind: No event kind has the slug “x”.",
    ]
    assert not Actor.objects.exists()


@pytest.mark.django_db
def test_a_dry_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lines").write_bytes(LINES)
    told = imported(str(tmp_path / "lines"), "--dry-run", capsys=capsys)
    assert told.startswith("Would be imported: kind 1")
    assert not Actor.objects.exists()


@pytest.mark.django_db
def test_a_table_is_known_by_its_name_or_by_what_one_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lines").write_bytes(LINES)
    imported(str(tmp_path / "lines"), capsys=capsys)
    (tmp_path / "table.csv").write_text("slug,title\nsummit,Renamed\n")
    told = imported(str(tmp_path / "table.csv"), "--update", capsys=capsys)
    assert told == "Imported: nothing.\nOverwritten: event 1.\n"
    assert Event.objects.get().title == "Renamed"
    (tmp_path / "table.csv").rename(tmp_path / "table")
    assert "As they stood: event 1." in imported(str(tmp_path / "table"), "--format=csv", capsys=capsys)
    (tmp_path / "table").write_text("colour\n")
    with pytest.raises(CommandError, match="2 problems"):
        call_command("import", str(tmp_path / "table"), "--format=csv")


@pytest.mark.django_db
def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import", str(tmp_path / "nothing"))
    with pytest.raises(CommandError, match="cannot be written: "):
        call_command("export", str(tmp_path / "no" / "folder"))
