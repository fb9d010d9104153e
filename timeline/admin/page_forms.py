"""The forms of pages and of their lines: what they check, and that no page overwrites what came meanwhile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models

from timeline.history.states import revisions_of

LONGEST_MESSAGE = 1000
OVERTAKEN, DELETED = "changed_meanwhile", "deleted_meanwhile"
# The name of the input for the words that go with a step of review.
STEP_WORDS = "_review_words"
# What a page says beside the thing itself.
SEEN = ("seen_version", "seen_revision")
BESIDE = ("message", *SEEN)


class RecordForm(forms.ModelForm):
    """A form that checks all constraints of its row.

    Django leaves out those that name the id or, in an inline, the row above ("a contract does not follow
    itself"), and the database's refusal would be a failure without a word for the editor.
    """

    def has_changed(self) -> bool:
        """A new row that has a place among the others and nothing else is an empty one."""
        if self.instance.pk is None and self.empty_permitted:
            return any(name != "position" for name in self.changed_data)
        return super().has_changed()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        missing = self._get_validation_exclusions() - {"id"}  # type: ignore[attr-defined]
        for constraint in self.instance._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                try:
                    constraint.validate(type(self.instance), self.instance, exclude=missing)
                except ValidationError as error:
                    self.add_error(None, error)


class Beside(forms.Field):
    """What a page says beside the thing itself; it is no change of it."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class Message(Beside, forms.CharField):
    pass


class Number(Beside, forms.IntegerField):
    pass


class PageForm(RecordForm):
    """The form of a page, with the words that the history shows beside the change."""

    message = Message(
        required=False,
        max_length=LONGEST_MESSAGE,
        label="What this change is about",
        help_text="If it needs saying; the history shows it.",
        widget=AdminTextInputWidget,
    )


def deleted() -> ValidationError:
    message = "This was deleted meanwhile. What you entered stands below; saving makes it anew."
    return ValidationError(message, code=DELETED)


class WholeForm(PageForm):
    """The form of a thing with a version: it does not overwrite what came after its page was opened.

    `seen_revision` is the last state that had ended when the page was opened, so that the one that it shows
    can be found (timeline/admin/together.py).
    """

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen_revision = Number(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version
        self.initial["seen_revision"] = self.last_revision

    def last_revision(self) -> int:
        """Runs one query."""
        if self.instance.pk is None:
            return 0
        last = revisions_of(type(self.instance), self.instance.pk).values_list("pk", flat=True).first()
        return last or 0

    def clean(self) -> dict[str, Any]:
        """Locks the row until the transaction ends: rules over several rows count what stands meanwhile."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk is None:
            if data.get("seen_version"):
                raise deleted()
            return data
        rows = type(self.instance)._default_manager.filter(pk=self.instance.pk)
        version = rows.select_for_update(no_key=True).values_list("version", flat=True).first()
        if version is None:
            raise deleted()
        seen = data.get("seen_revision")
        if version != data.get("seen_version") or (seen is not None and seen != self.last_revision()):
            message = (
                "This was changed meanwhile by somebody else. Nothing of what you entered is lost: it stands "
            )
            message += "below, together with what they changed. Save again to keep it so."
            raise ValidationError(message, code=OVERTAKEN)
        return data

    def catch_up(self) -> None:
        """Let the page say that it shows what stands now."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("seen_version")] = str(self.instance.version)
        data[self.add_prefix("seen_revision")] = str(self.last_revision())
        self.data = data
