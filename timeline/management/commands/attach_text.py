"""`manage.py attach_text SOURCE FILE`: give a source its text, and say which of its quotes stand in it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from timeline.history.changesets import changeset
from timeline.models import Citation, Source
from timeline.quotes import QuoteStatus

DOUBTFUL = (QuoteStatus.NORMALIZED, QuoteStatus.MISSING)


def read_text(path: Path) -> str:
    """The file's text, to the letter (only a byte order mark at its start is dropped), or a CommandError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8: byte {error.start} cannot be read. Convert it first."
        raise CommandError(message) from error
    if not text.strip():
        raise CommandError(f"{path} is empty.")
    if "\0" in text:
        raise CommandError(f"{path} is not plain text: character {text.index(chr(0))} is NUL.")
    return text


def find_source(slug: str) -> Source:
    """The source, locked until the transaction ends, or a CommandError."""
    try:
        source: Source = Source.objects.select_for_update().get(slug=slug)
    except Source.DoesNotExist:
        raise CommandError(f"There is no source with the slug {slug!r}.") from None
    return source


def attach(source: Source, text: str) -> str:
    """Save the text with its source, look for all quotes, and say what became of the text before."""
    before, digest = source.text, source.digest()[:12]
    source.text = text
    if text == before:
        source.check_quotes()
        return "has this text already; its quotes were looked for again"
    source.save(update_fields=["text"])
    return f"has a new text, which replaces another one (SHA-256 {digest}…)" if before else "has its text"


def describe(citation: Citation) -> str:
    """The status, the quote, the place it is said to stand at, and what it is cited for."""
    target = citation.event or citation.contract
    where = f", {citation.locator}" if citation.locator else ""
    return f"  {citation.quote_status}: {citation.quote!r}{where}, cited for {target}"


class Command(BaseCommand):
    help = "Give a source its text from a file, and check the quotes of its citations against it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="the slug of the source")
        parser.add_argument("file", type=Path, help="a text file in UTF-8")

    def handle(self, *, source: str, file: Path, **options: Any) -> None:
        text = read_text(file)
        with changeset(message=f"Text from {file.name}"):
            found = find_source(source)
            outcome = attach(found, text)
            citations = list(found.citations.select_related("event", "contract"))
        size = f"{len(text):,} characters, SHA-256 {found.text_sha256[:12]}…"
        self.stdout.write(f"“{found}” {outcome}: {size}.")
        self.report(citations)

    def report(self, citations: Iterable[Citation]) -> None:
        """How many citations have which status, and one line for each whose quote needs a look."""
        statuses = [citation.quote_status for citation in citations]
        counts = (f"{statuses.count(status)} {status}" for status in QuoteStatus)
        self.stdout.write(f"{len(statuses)} citations: {', '.join(counts)}.")
        for citation in citations:
            if citation.quote_status in DOUBTFUL:
                self.stdout.write(describe(citation))
