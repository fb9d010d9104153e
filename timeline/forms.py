"""How a time span is a form field: the words, a reading that overrides them, and how both are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script

from timeline.dates import DateError, TimeSpan
from timeline.fields import MAX_TEXT, When, conventions

UNDATED = "undated"


def read_inputs(text: str, edtf: str) -> When:
    """What the two inputs say together. Raises DateError, or ValueError for words that are too long."""
    text, edtf = text.strip(), edtf.strip()
    if edtf.lower() == UNDATED:
        return When.of({"text": text, "edtf": None})
    return When.of({"text": text, "edtf": edtf} if edtf else text)


@dataclass(frozen=True)
class Reading:
    """What stands under the inputs of a time span (timeline/reading.html): the reading, or the error.

    `overridden` is how the words read by themselves where the second input overrides them, "" where they
    cannot be read. `kept` says that the words have changed under an override that has not.
    """

    when: When | None = None
    error: str = ""
    before: str = ""
    wrong: str = ""
    after: str = ""
    overridden: str | None = None
    kept: bool = False

    @classmethod
    def of(cls, text: str, edtf: str, *, kept: bool = False) -> Reading:
        try:
            when = read_inputs(text, edtf)
        except DateError as error:
            at = error.position
            before, wrong, after = error.text[:at], error.text[at : at + 1], error.text[at + 1 :]
            return cls(error=error.reason, before=before, wrong=wrong, after=after)
        except ValueError as error:
            return cls(error=str(error))
        if not (edtf.strip() and text.strip()):
            return cls(when)
        return cls(when, overridden=_words_alone(text), kept=kept)

    def bounds(self) -> list[tuple[str, str, str]]:
        """(label, from, to), "" for an open end: the searched bounds, and when it certainly went on."""
        span = self.when and self.when.span
        if not span:
            return []
        wide = span.widened(conventions())
        rows = [("Searched:", *_shown(wide, wide.earliest, wide.latest))]
        if wide.start_latest <= wide.end_earliest:
            rows.append(("Certain:", *_shown(wide, wide.start_latest, wide.end_earliest)))
        return rows


def _words_alone(text: str) -> str:
    try:
        return When.of(text.strip()).display()
    except (DateError, ValueError):
        return ""


def _shown(span: TimeSpan, *bounds: int) -> tuple[str, str]:
    first, last = (span.iso(bound) or "" for bound in bounds)
    return first, last


class TimeSpanWidget(forms.MultiWidget):
    """Two inputs: what the source says, and an EDTF text (or "undated") that stands instead of the reading.

    With `read_url`, an address that answers `?text=&edtf=` with timeline/reading.html, the reading
    follows the typing.
    """

    template_name = "timeline/widgets/time_span.html"
    use_fieldset = False

    class Media:
        js = (Script("timeline/time-span.js", type="module"),)

    def __init__(self, attrs: dict[str, Any] | None = None, *, read_url: Any = "") -> None:
        self.read_url = read_url
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "text": forms.TextInput(
                attrs={
                    "placeholder": "for example: mid-March 2020",
                    "class": "time-span-words",
                    "maxlength": MAX_TEXT,
                }
            ),
            "edtf": forms.TextInput(
                attrs={
                    "placeholder": "EDTF, if needed",
                    "class": "time-span-edtf",
                    "aria-label": "EDTF that stands instead of the reading, or “undated”",
                    "title": "EDTF that stands instead of the reading, or “undated” for none",
                }
            ),
        }
        super().__init__(widgets, attrs)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_ and f"{id_}_0"

    def decompress(self, value: When | str | None) -> list[str]:
        """The inputs for a stored value; the second is filled where the words do not read as that."""
        if isinstance(value, str):  # from the query of an address, ?date=2020
            return [value, ""]
        if not value:
            return ["", ""]
        try:
            as_read = When.of(value.text) == value
        except (DateError, ValueError):
            as_read = False
        return [value.text, "" if as_read else value.edtf or UNDATED]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        parts = value if isinstance(value, list | tuple) else self.decompress(value)
        text, edtf = (part or "" for part in parts)
        context: dict[str, Any] = super().get_context(name, parts, attrs)
        context["widget"]["read_url"] = str(self.read_url)
        context["reading"] = Reading.of(text, edtf)
        return context


class TimeSpanFormField(forms.MultiValueField):
    """Cleans to a When. Words alone are read; a given reading stands and the words are kept."""

    widget = TimeSpanWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> When:
        text, edtf = data_list or ("", "")
        try:
            return read_inputs(text, edtf)
        except (DateError, ValueError) as error:
            raise ValidationError(str(error), code="invalid_date") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or When()))
        except ValidationError:
            return True
