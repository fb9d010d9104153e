"""An import with the rights of a user, told line by line; it stays only if it is as it was shown before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.db import models

from timeline.exchange.inward import Import
from timeline.exchange.nouns import Noun
from timeline.fields import When
from timeline.models import Contract, Event, Review
from timeline.review import blocking
from timeline.roles import THINGS

CREATED, CHANGED, EQUAL, REFUSED = "created", "changed", "equal", "refused"
OUTCOMES = {"made": CREATED, "updated": CHANGED, "equal": EQUAL}
MOST_PROBLEMS = 1_000
# Between these two nobody needs more than to change the thing.
UNSEEN = (Review.DRAFT, Review.IN_REVIEW)
# What the public reads of what was retracted, and what stands there as long as it was not.
TOMBSTONE = {"retracted_at": None, "retraction_reason": ""}


class Told(NamedTuple):
    """What becomes of a line.

    `keys` are those that change; `reasons` say why it is refused, (path of keys, message). `version` is that
    of the thing that stands under the slug, 0 where nothing does.
    """

    line: int
    what: str
    type: str = ""
    slug: str = ""
    keys: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    version: int = 0


def may_import(user: Any) -> bool:
    """Whether the user sees everything that a file can name, and may add or change events."""
    sees_all = all(user.has_perm(f"timeline.view_{noun}") for noun in THINGS)
    return sees_all and any(user.has_perm(f"timeline.{action}_event") for action in ("add", "change"))


class ImportByUser(Import):
    """`seen` is the digest of what was shown; something else does not stay. Without it nothing stays."""

    most_problems = MOST_PROBLEMS

    def __init__(self, file: IO[bytes], user: Any, *, seen: str = "", **options: Any) -> None:
        super().__init__(file, by=user, **options)
        self.user, self.seen = user, seen

    def _begin(self, *, careful: bool) -> None:
        super()._begin(careful=careful)
        self.lines: dict[int, Told] = {}
        # By model the slugs of what is written, and of that what is sent to review.
        self.written: dict[type[models.Model], list[str]] = {Event: [], Contract: []}
        self.sent: dict[type[models.Model], list[str]] = {Event: [], Contract: []}

    def tell(
        self, what: str, noun: Noun, line: int, found: dict[str, Any], stands: Any = None, differing: Any = ()
    ) -> None:
        super().tell(what, noun, line, found, stands, differing)
        version = stands["version"] if stands else 0
        number = self._number(line)
        self.lines[number] = Told(
            number, OUTCOMES[what], noun.name, found["slug"], tuple(differing), (), version
        )
        if what == "equal":
            return
        for path, message in self._refusals(noun, found, stands, differing):
            self.problems.add(line, path, message)
        if noun.model in self.written:
            self.written[noun.model].append(found["slug"])
            if found["review"] == Review.IN_REVIEW and (not stands or "review" in differing):
                self.sent[noun.model].append(found["slug"])

    def is_wanted(self) -> bool:
        for model, slugs in self.written.items():
            model._default_manager.filter(slug__in=slugs).update(edited_by=self.user)
        for model, slugs in self.sent.items():
            model._default_manager.filter(slug__in=slugs).update(sent_by=self.user)
        return bool(self.seen) and self.seen == self.digest()

    def told(self) -> list[Told]:
        """All lines in order, each once."""
        lines = dict(self.lines)
        named = {
            self._number(line): (type_, slug)
            for type_, part in self.parts.items()
            for slug, line in part.slugs.items()
        }
        for problem in sorted(self.problems.found):
            before = lines.get(problem.line, Told(problem.line, REFUSED, *named.get(problem.line, ())))
            reasons = (*before.reasons, (problem.path, problem.message))
            lines[problem.line] = before._replace(what=REFUSED, reasons=reasons)
        return [lines[number] for number in sorted(lines)]

    def _number(self, line: int) -> int:
        """Of a line in the file that was sent."""
        return self.numbers[line - 1] if self.numbers else line

    def digest(self) -> str:
        """What names this outcome: another state of the database gives another."""
        return hashlib.sha256(written_down(self.told()).encode()).hexdigest()

    # --- What the user may do ---

    def _refusals(
        self, noun: Noun, found: dict[str, Any], stands: Any, differing: Any
    ) -> Iterator[tuple[str, str]]:
        for path, action, model in _needed(noun, found, stands, differing):
            if not self._may(action, model):
                yield path, f"You may not {action} {model._meta.verbose_name_plural}."
        if noun.model in self.written:
            yield from self._refusals_of_review(noun, found, stands)

    def _refusals_of_review(
        self, noun: Noun, found: dict[str, Any], stands: Any
    ) -> Iterator[tuple[str, str]]:
        """A step that the public sees, and sending something back, are for those who may publish."""
        before = stands["review"] if stands else Review.DRAFT
        after = found["review"]
        if not self._may("publish", noun.model):
            for name, nothing in TOMBSTONE.items():
                if found[name] != (stands[name] if stands else nothing):
                    yield name, f"You may not retract {noun.model._meta.verbose_name_plural}."
        if before == Review.PUBLISHED != after and not (after == Review.RETRACTED and found["retracted_at"]):
            yield "review", "What is published is retracted: `retracted_at` says when."
        if before == after or (before == Review.DRAFT and after in UNSEEN):
            return
        if not self._may("publish", noun.model):
            yield "review", f"You may not publish {noun.model._meta.verbose_name_plural}."
        if after == Review.PUBLISHED:
            if settings.REQUIRE_FOUR_EYES:
                yield "review", "Somebody else has to publish it: who imports it has written it last."
            for finding in blocking(_thing(noun, found), len(found["citations"])):
                if finding.field != "citations":  # which is a rule of every import
                    yield finding.field, finding.message

    def _may(self, action: str, model: type[models.Model]) -> bool:
        return bool(self.user.has_perm(f"timeline.{action}_{model._meta.model_name}"))


def _needed(
    noun: Noun, found: dict[str, Any], stands: Any, differing: Any
) -> Iterator[tuple[str, str, type[models.Model]]]:
    """What a line takes: (path, action, model). A list that changes is replaced as a whole."""
    yield "", "change" if stands else "add", noun.model
    for lines in noun.lines:
        if stands and lines.key in differing:
            yield from ((lines.key, action, lines.model) for action in ("add", "delete"))
        elif not stands and found[lines.key]:
            yield lines.key, "add", lines.model
    if any(milestone["event"] for milestone in found.get("milestones", ())):
        yield "milestones", "change", Event  # which comes to belong to the contract


def _thing(noun: Noun, found: dict[str, Any]) -> Any:
    """The row that comes of a line, as far as publishing looks at it."""
    model: Any = noun.model
    date = {"date": When.of(found["date"])} if noun.model is Event else {}
    return model(title=found["title"], review=found["review"], **date)


def written_down(lines: list[Told]) -> str:
    return json.dumps(lines, ensure_ascii=False)


def read_again(report: str) -> list[Told]:
    return [Told(*line) for line in json.loads(report)]
