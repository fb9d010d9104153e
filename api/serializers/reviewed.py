"""Writing what goes through review: `review` in a body is a step, which asks for its right and its words."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError

from api.exceptions import error
from api.fields import Text
from api.serializers.base import RecordSerializer
from timeline import review
from timeline.history.changesets import changeset
from timeline.models.event import Reviewed

# What goes with a step; no answer has it.
WORDS = ("review_note", "retraction_reason")


class ReviewedSerializer(RecordSerializer):
    """An event or a contract. A body that leaves `review` out takes no step, also as a PUT."""

    kept: ClassVar[tuple[str, ...]] = ("review", *WORDS)
    # What the body that is being written takes.
    step: review.Step | None

    review_note = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        help_text="Why it is returned: with the step from `in_review` to `draft`.",
    )
    retraction_reason = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        help_text="Why it is retracted, for everybody to read: with the step to `retracted`.",
    )

    def written(self, record: Any, attrs: dict[str, Any], *, asked: bool) -> Any:
        return super().written(record, self.stepped(record, attrs), asked=asked)

    def stepped(self, record: Reviewed, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take the step that the body asks for; returns what else is to be written."""
        user = self.context["request"].user
        content = {name: value for name, value in attrs.items() if name not in review.COLUMNS}
        if content:
            record.edited_by = user
        self.step = review.step_to(attrs.get("review", record.review), record)
        for name in WORDS:
            if attrs.get(name) and (self.step is None or self.step.note != name):
                message = f"`{name}` goes with the step that asks for it."
                raise ValidationError({name: [error(message, "needs_its_step")]})
        if self.step is not None:
            note = attrs.get(self.step.note, "")
            with changeset(by=user, message=note) if note else nullcontext():
                review.begin(self.step, record, user, note)
        return content

    def check_whole(self, record: Any, lists: dict[str, list[Any]], *, is_new: bool) -> None:
        super().check_whole(record, lists, is_new=is_new)
        citations = lists.get("citations", [] if is_new else None)
        number = None if citations is None else len(citations)
        if self.step is review.PUBLISH:
            review.refuse_unready(record, number)
        else:
            record.check_publishable(number)
