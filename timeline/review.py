"""The way of an event or a contract to the public and back: the steps, who may take them, what they ask for.

A step asks for a permission, for the state that it starts from, and some for words. Publishing asks for more:
`remarks` lists what stands in its way, and what an editor should look at all the same. What the public
has seen is never hidden without a word: it is retracted, with a reason that everybody can read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from timeline.history.changesets import changeset
from timeline.models import Citation, Contract, Event, Review
from timeline.models.event import UNCITED, Reviewed
from timeline.quotes import QuoteStatus

# The columns that steps set. Whoever takes one has not written the thing.
COLUMNS = ("review", "review_note", "sent_by", "retracted_at", "retraction_reason")


class Step(NamedTuple):
    """A step from one of `origins` to `target`.

    `right` is the action of the permission that it asks for, on events or on contracts; `note` is the column
    for the words that go with it, if any.
    """

    name: str
    label: str
    done: str
    origins: tuple[Review, ...]
    target: Review
    right: str
    note: str = ""


SEND = Step("send", "Send to review", "sent to review", (Review.DRAFT,), Review.IN_REVIEW, "change")
RETURN = Step(
    "return", "Return", "returned", (Review.IN_REVIEW,), Review.DRAFT, "publish", note="review_note"
)
PUBLISH = Step(
    "publish", "Publish", "published", (Review.DRAFT, Review.IN_REVIEW), Review.PUBLISHED, "publish"
)
RETRACT = Step(
    "retract",
    "Retract",
    "retracted",
    (Review.PUBLISHED,),
    Review.RETRACTED,
    "publish",
    note="retraction_reason",
)
REOPEN = Step("reopen", "Back to draft", "made a draft again", (Review.RETRACTED,), Review.DRAFT, "publish")
STEPS = (SEND, RETURN, PUBLISH, RETRACT, REOPEN)
BY_NAME = {step.name: step for step in STEPS}


class Remark(NamedTuple):
    """What publishing found: a stable code, a sentence, and the key of the thing that it is about.

    `line` is the number of the citation, from 0. What `blocks` has to be mended first.
    """

    code: str
    message: str
    field: str
    line: int | None = None
    blocks: bool = False


def take(step: Step, thing: Reviewed, user: Any, note: str = "") -> None:
    """Take the step and save it. Raises PermissionDenied, or a ValidationError that says what is wrong.

    The thing is read again, and locked until the transaction ends: it is judged as it stands.
    """
    with changeset(by=user, message=note):
        rows = type(thing)._default_manager.select_for_update(no_key=True)
        thing.refresh_from_db(from_queryset=rows)
        begin(step, thing, user, note)
        if step is PUBLISH:
            refuse_unready(thing)
        thing.save(update_fields=COLUMNS)


def step_to(state: str, thing: Reviewed) -> Step | None:
    """The step that leads the thing to a state; None where it is there."""
    if state == thing.review:
        return None
    for step in STEPS:
        if step.target == state and thing.review in step.origins:
            return step
    raise _no_step(state, thing)


def _no_step(state: str, thing: Reviewed) -> ValidationError:
    params = {
        "thing": thing._meta.verbose_name,
        "from": Review(thing.review).label.lower(),
        "to": Review(state).label.lower(),
    }
    message = "No step leads this %(thing)s from “%(from)s” to “%(to)s”."
    return ValidationError({"review": ValidationError(message, code="no_such_step", params=params)})


def begin(step: Step, thing: Reviewed, user: Any, note: str = "") -> None:
    """Check all that the step asks for but what publishing finds, and set its columns; saves nothing."""
    refuse_without_right(step, thing, user)
    if thing.review not in step.origins:
        raise _no_step(step.target, thing)
    if step.note and not note.strip():
        message = "Say why: a reason is needed here."
        raise ValidationError({step.note: ValidationError(message, code="required")})
    if step is PUBLISH and (reason := needs_another(thing, user)):
        raise ValidationError({"review": ValidationError(reason, code="needs_another_person")})
    thing.review = step.target
    if step in (SEND, PUBLISH):
        thing.review_note = ""
    if step is SEND:
        thing.sent_by = user
    if step is PUBLISH:
        thing.retracted_at, thing.retraction_reason = None, ""
    if step is RETRACT:
        thing.retracted_at = timezone.now()
    if step.note:
        setattr(thing, step.note, note.strip())


def may_take(step: Step, thing: Reviewed, user: Any) -> bool:
    return bool(user.has_perm(_permission(step, thing)))


def refuse_without_right(step: Step, thing: Reviewed, user: Any) -> None:
    if not may_take(step, thing, user):
        raise PermissionDenied(f"For this step you need the permission {_permission(step, thing)}.")


def _permission(step: Step, thing: Reviewed) -> str:
    return f"{thing._meta.app_label}.{step.right}_{thing._meta.model_name}"


def needs_another(thing: Reviewed, user: Any) -> str:
    """Why somebody else has to publish it, where the site asks for four eyes; "" where nobody has to."""
    if not settings.REQUIRE_FOUR_EYES:
        return ""
    if thing.edited_by_id == user.pk:
        return "Somebody else has to publish it: you wrote it last."
    if thing.sent_by_id == user.pk:
        return "Somebody else has to publish it: you sent it to review."
    return ""


def offered(thing: Reviewed, user: Any) -> list[Step]:
    """The steps that the user can take from where the thing is."""
    steps = [step for step in STEPS if thing.review in step.origins and may_take(step, thing, user)]
    return [step for step in steps if step is not PUBLISH or not needs_another(thing, user)]


# --- What publishing looks at ---


def refuse_unready(thing: Reviewed, citations: int | None = None) -> None:
    """Refuse to publish what something blocks, all of it at once.

    `citations` is how many there will be, from who knows it; otherwise they are counted, with one query.
    """
    if citations is None:
        citations = _citations_of(thing).count()
    if found := blocking(thing, citations):
        errors = [ValidationError(one.message, code="not_ready_to_publish") for one in found]
        raise ValidationError({"review": errors})


def blocking(thing: Reviewed, citations: int) -> list[Remark]:
    """What has to be mended before the thing is published."""
    name = str(thing._meta.verbose_name)
    found = []
    if not str(thing).strip():
        found.append(Remark("without_title", f"A published {name} has a title.", "title", blocks=True))
    if isinstance(thing, Event) and not thing.date:
        message = "Say when it was, in the source's words, or write “undated”."
        found.append(Remark("without_date", message, "date", blocks=True))
    if not citations:
        message = UNCITED % {"thing": name}
        found.append(Remark("without_citation", message, "citations", blocks=True))
    return found


def remarks(thing: Reviewed) -> list[Remark]:
    """All that publishing finds, first what blocks it. Runs two queries."""
    rows = _citations_of(thing).select_related("source").defer("source__text")
    citations = list(rows.order_by("position", "id"))
    return [*blocking(thing, len(citations)), *_about_parties(thing), *_about_citations(citations)]


def _citations_of(thing: Any) -> Any:
    return Citation.objects.filter(**{thing._meta.model_name: thing.pk})


def _about_parties(thing: Any) -> list[Remark]:
    if isinstance(thing, Contract):
        lacking = not thing.parties.exists()
        return [Remark("without_parties", "Nobody is named as a party.", "parties")] if lacking else []
    lacking = not thing.participations.exists()
    message = "Nobody is named who took part."
    return [Remark("without_participants", message, "participants")] if lacking else []


def _about_citations(citations: Sequence[Any]) -> list[Remark]:
    found = []
    for number, one in enumerate(citations):
        if one.quote_status == QuoteStatus.MISSING:
            message = f"The quote is not found in the text of “{one.source}”."
            found.append(Remark("quote_missing", message, "citations", number))
        if one.stance == Citation.Stance.CONTRADICTS:
            message = f"“{one.source}” contradicts it."
            found.append(Remark("contradicted", message, "citations", number))
    if not citations:
        return found
    if all(one.stance != Citation.Stance.SUPPORTS for one in citations):
        found.append(Remark("without_support", "None of its citations supports it.", "citations"))
    if not any(one.quote or one.locator for one in citations):
        message = "No citation says where in its source it stands, by a quote or a locator."
        found.append(Remark("without_precise_source", message, "citations"))
    if all(one.source.published.edtf is None for one in citations):
        message = "None of its sources has a date of publication."
        found.append(Remark("without_dated_source", message, "citations"))
    return found
