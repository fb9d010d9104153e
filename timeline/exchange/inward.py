"""Takes a file of lines in: all of it or nothing, by the rules that hold everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

import orjson
from django.db import DataError, IntegrityError, connection, transaction

from timeline.exchange import outward, rules
from timeline.exchange.nouns import NOUNS, STAMPS, Lines, Links, Noun
from timeline.exchange.shapes import Known, NounShape, is_newer
from timeline.exchange.survey import (
    MOST_PROBLEMS,
    Part,
    Problem,
    Problems,
    TooManyProblems,
    lines_of,
    survey,
)
from timeline.exchange.tables import Origin, Way, new_ids, reason, way_in
from timeline.exchange.writing import Writer, digest_of, slugs_with_text
from timeline.history.changesets import changeset
from timeline.models import Event, Source

BATCH = 1000
Found = tuple[int, dict[str, Any]]


@dataclass
class Outcome:
    """How many things of which type came in, stood as they are, or were overwritten; and what is wrong."""

    made: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


class Import:
    """One file on its way in. `numbers` are the lines that its lines were made of, where it was made.

    `by` and `message` say who takes it in and why. `progress` is told of bytes; the file is read twice.
    """

    most_problems = MOST_PROBLEMS

    def __init__(
        self,
        file: IO[bytes],
        *,
        update: bool = False,
        numbers: Sequence[int] = (),
        by: Any = None,
        message: str = "Import",
        progress: Callable[[int], object] = lambda size: None,
    ) -> None:
        self.file, self.update, self.numbers, self.progress = file, update, numbers, progress
        self.by, self.message = by, message
        self._begin(careful=False)

    def _begin(self, *, careful: bool) -> None:
        self.refused = self._refused if careful else None
        self.problems = Problems(self.numbers, self.most_problems)
        self.outcome = Outcome()
        self.parts: dict[str, Part] = {}
        self.known: Known = {}
        self.standing: dict[str, dict[str, int]] = {}
        self.new_texts: list[int] = []
        self.now = datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def run(self, *, dry_run: bool = False) -> Outcome:
        """Take the file in, unless something is wrong with it or `dry_run` asks only whether something is."""
        try:
            return self._run(dry_run=dry_run)
        except (IntegrityError, DataError):
            # Some row is refused by a constraint. Again, with a look at each, to tell which.
            self._begin(careful=True)
            return self._run(dry_run=dry_run)

    def _run(self, *, dry_run: bool) -> Outcome:
        try:
            self.file.seek(0)
            self.parts = survey(self.file, self.problems, self.progress)
            with changeset(by=self.by, message=self.message):
                self._take_in()
                if self.problems.found or dry_run or not self.is_wanted():
                    transaction.set_rollback(True)
        except TooManyProblems:
            pass
        self.outcome.problems = sorted(self.problems.found)
        return self.outcome

    def tell(
        self,
        what: str,
        noun: Noun,
        line: int,
        found: dict[str, Any],
        stands: dict[str, Any] | None = None,
        differing: Sequence[str] = (),
    ) -> None:
        """Count what becomes of a line: `made`, `equal` or `updated`. Who asks for more adds to this.

        `found` is the line as it was read, `stands` the thing under its slug, `differing` the keys that
        change.
        """
        getattr(self.outcome, what)[noun.name] += 1

    def is_wanted(self) -> bool:
        """Whether what nothing is wrong with is to stay. Asked inside the transaction."""
        return True

    def _take_in(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Triggers keep the plans that they make while the tables are small or known to be empty;
                # without an index each row would be looked for in all of a table that has grown since.
                cursor.execute("SET LOCAL enable_seqscan = off")
        for noun in NOUNS:
            self._name(noun)
        with way_in(self.refused) as way:
            writers = [self._take_all(noun, part, way) for noun, part in self._parts()]
            for writer in writers:
                writer.finish()
        self._check_whole()
        self._check_quotes([writer.with_text for writer in writers if writer.with_text is not None])

    def _check_quotes(self, looked_into: list[set[str]]) -> None:
        """In texts that the file put in the place of others, and in those that somebody else gave meanwhile.

        `looked_into` are, for each noun that cites, the sources that had a text before its first line.
        """
        texts = slugs_with_text() if looked_into else set()
        ids = self.known[Source]
        late = [ids[slug] for before in looked_into for slug in texts - before if slug in ids]
        for pk in {*self.new_texts, *late}:
            for source in Source.objects.filter(pk=pk):  # unless it is gone by now
                source.check_quotes()

    def _parts(self) -> Iterator[tuple[Noun, Part]]:
        for noun in NOUNS:
            if (part := self.parts.get(noun.name)) is not None:
                yield noun, part

    def _take_all(self, noun: Noun, part: Part, way: Way) -> Writer:
        """Take the lines of a noun. What the writer still has comes in when it is finished."""
        shape = NounShape(noun, self.known)
        writer = Writer(shape, self.known, way)
        for size, lines in lines_of(self.file, noun.name, part, BATCH, self.problems.lines.copy()):
            self._take(shape, writer, lines)
            self.progress(size)
        return writer

    def _name(self, noun: Noun) -> None:
        """Learn the ids of all slugs, and give some to those that are new, in the order of the file."""
        ids = dict(noun.rows.order_by().values_list("slug", "pk").iterator())
        slugs = self._lines(noun.name)
        self.standing[noun.name] = {slug: ids[slug] for slug in slugs if slug in ids}
        new = [slug for slug in slugs if slug not in ids]
        ids.update(zip(new, new_ids(noun.model, len(new)), strict=True))
        self.known[noun.model] = ids

    def _refused(self, origin: Origin, message: str) -> None:
        # What the database says of other rows of the same line follows from the first.
        if origin.line not in self.problems.lines:
            self.problems.add(origin.line, origin.path, message)

    def _take(self, shape: NounShape, writer: Writer, lines: list[dict[str, Any]]) -> None:
        ids, standing = self.known[shape.noun.model], self.standing[shape.noun.name]
        again: list[Found] = []
        for given in lines:
            amiss: list[tuple[str, str]] = []
            found = shape.read(given, amiss)
            if not amiss:
                rules.check(shape.noun, found, amiss)
            if amiss:
                for path, message in amiss:
                    self.problems.add(given["line"], path, message)
            elif found["slug"] in standing:
                again.append((given["line"], found))
            else:
                pk = ids[found["slug"]]
                writer.put(given["line"], pk, self._stamped(found), is_new=True)
                self.tell("made", shape.noun, given["line"], found)
        self._take_again(shape, writer, again)
        writer.flush()

    def _stamped(self, found: dict[str, Any]) -> dict[str, Any]:
        return {"created_at": self.now, "updated_at": self.now, "version": 1} | found

    def _take_again(self, shape: NounShape, writer: Writer, again: list[Found]) -> None:
        """Compare lines with the things that stand under their slugs."""
        if not again:
            return
        noun = shape.noun
        ids = [self.standing[noun.name][found["slug"]] for _, found in again]
        if self.update:
            list(noun.rows.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        for (line, found), stands in zip(again, outward.records(noun, ids), strict=True):
            stands = orjson.loads(outward.line(stands))
            differing = shape.differing(found, stands)
            if not differing:
                self.tell("equal", noun, line, found, stands)
            elif self.update:
                self._overwrite(shape, writer, line, found, stands)
                self.tell("updated", noun, line, found, stands, differing)
            else:
                thing = f"{noun.name} “{found['slug']}”"
                self.problems.add(line, "", f"The {thing} stands and differs in: {', '.join(differing)}.")

    def _overwrite(
        self, shape: NounShape, writer: Writer, line: int, found: dict[str, Any], stands: dict[str, Any]
    ) -> None:
        noun, pk = shape.noun, self.standing[shape.noun.name][found["slug"]]
        found = {"created_at": stands["created_at"], "updated_at": self.now} | found
        if not is_newer(found, stands):
            # An ETag that somebody has must not come to name something else.
            found |= {"updated_at": self.now, "version": stands["version"] + 1}
        columns = shape.shape.columns_of(found) | {name: found[name] for name in STAMPS}
        if noun.model is Source and found["text"] != stands["text"]:
            columns["text_sha256"] = digest_of(found["text"])
            self.new_texts.append(pk)
        try:
            with transaction.atomic():
                noun.rows.filter(pk=pk).update(**columns)
        except (IntegrityError, DataError) as error:
            self._refused(Origin(line, ""), reason(noun.model, error))
            return
        parts: tuple[Lines | Links, ...] = (*noun.lines, *noun.links)
        for part in parts:
            part.model._default_manager.filter(**{part.whole: pk}).delete()
        writer.put(line, pk, found, is_new=False)

    def _check_whole(self) -> None:
        for noun in NOUNS:
            if noun.above:
                lines = self._lines(noun.name)
                for slug in rules.circles(noun, lines):
                    self.problems.add(lines[slug], noun.above, f"It leads back to “{slug}” itself.")
        events, contracts = self._lines("event"), self._lines("contract")
        for milestone, event, contract in rules.milestones_of_foreign_events():
            if event in events:
                message = f"The event meets a milestone of “{contract}” and stays with it."
                self.problems.add(events[event], "contracts", message)
            elif contract in contracts:
                Event.objects.filter(slug=event).join(milestone.contract)

    def _lines(self, type_: str) -> dict[str, int]:
        """The lines of a type by slug."""
        return self.parts[type_].slugs if type_ in self.parts else {}
