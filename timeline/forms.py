"""How a time span is a form field: the words, a reading that overrides them, and how both are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script

from timeline.bar import Bar
from timeline.dates import DateError, TimeSpan, read
from timeline.fields import MAX_TEXT, When, conventions

UNDATED = "undated"
# Whether words can be read once they have a day to count from shows on one of these: after 28 years the
# days of the week fall on the same days again.
_SOME_DAYS = [date(year, 1, 1) for year in range(2000, 2028)]


def read_inputs(text: str, edtf: str, reference: str = "") -> When:
    """What the inputs say together. Raises DateError, or ValueError for what is too long or is no day.

    `reference` is the day, in ISO 8601, that relative words ("last Tuesday") count from. Words that can be
    read by themselves do not take it into account, and it is not stored: the reading is.
    """
    text, edtf = text.strip(), edtf.strip()
    day = _day(reference)
    if edtf.lower() == UNDATED:
        return When.of({"text": text, "edtf": None})
    if edtf:
        return When.of({"text": text, "edtf": edtf})
    try:
        return When.of(text)
    except DateError:
        if day is None:
            raise
    span = read(text, reference=day, conventions=conventions())
    return When.of({"text": text, "edtf": span and span.edtf})


def counts_from_another(text: str) -> bool:
    """Whether the words cannot be read by themselves, and can once they have a day to count from."""
    return not _reads(text, None) and any(_reads(text, day) for day in _SOME_DAYS)


def _reads(text: str, reference: date | None) -> bool:
    try:
        read(text.strip(), reference=reference, conventions=conventions())
    except DateError:
        return False
    return True


def _day(reference: str) -> date | None:
    try:
        return date.fromisoformat(reference.strip()) if reference.strip() else None
    except ValueError:
        message = "What the words count from is a day, such as 2020-03-12."
        raise ValueError(message) from None


@dataclass(frozen=True)
class Reading:
    """What stands under the inputs of a time span (timeline/reading.html): the reading, or the error.

    `overridden` is how the words read by themselves where the second input overrides them, "" where they
    cannot be read. `kept` says that the words have changed under an override that has not, `relative` that
    the words count from another day, which is `reference` where it was given.
    """

    when: When | None = None
    error: str = ""
    before: str = ""
    wrong: str = ""
    after: str = ""
    overridden: str | None = None
    kept: bool = False
    relative: bool = False
    reference: date | None = None

    @classmethod
    def of(cls, text: str, edtf: str, reference: str = "", *, kept: bool = False) -> Reading:
        relative = len(text) <= MAX_TEXT and counts_from_another(text)
        try:
            when = read_inputs(text, edtf, reference)
        except DateError as error:
            at = error.position
            before, wrong, after = error.text[:at], error.text[at : at + 1], error.text[at + 1 :]
            return cls(error=error.reason, before=before, wrong=wrong, after=after, relative=relative)
        except ValueError as error:
            return cls(error=str(error), relative=relative)
        if edtf.strip() and text.strip():
            return cls(when, overridden=_words_alone(text), kept=kept, relative=relative)
        return cls(when, relative=relative, reference=_day(reference) if relative else None)

    @property
    def asks(self) -> bool:
        """Whether the page has to show what the words count from."""
        return self.relative and self.overridden is None

    def bar(self) -> Bar | None:
        """The reading as a picture, with the bounds that are searched."""
        span = self.when and self.when.span
        return Bar.of(span.widened(conventions())) if span else None

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
    """What the source says, an EDTF text (or "undated") that stands instead of the reading, and a day.

    The day is what relative words count from; timeline/admin.css shows it where it is needed. With
    `read_url`, an address that answers `?text=&edtf=&reference=` with timeline/reading.html, the reading
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
            "reference": forms.DateInput(attrs={"type": "date", "class": "time-span-day"}, format="%Y-%m-%d"),
        }
        super().__init__(widgets, attrs)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_ and f"{id_}_0"

    def decompress(self, value: When | str | None) -> list[str]:
        """The inputs for a stored value; the second is filled where the words do not read as that."""
        if isinstance(value, str):  # from the query of an address, ?date=2020
            return [value, "", ""]
        if not value:
            return ["", "", ""]
        return [value.text, "" if value.is_as_read() else value.edtf or UNDATED, ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        parts = value if isinstance(value, list | tuple) else self.decompress(value)
        text, edtf, reference = (part or "" for part in parts)
        context: dict[str, Any] = super().get_context(name, parts, attrs)
        context["widget"]["read_url"] = str(self.read_url)
        context["reading"] = Reading.of(text, edtf, reference)
        return context


class TimeSpanFormField(forms.MultiValueField):
    """Cleans to a When. Words alone are read; a given reading stands and the words are kept."""

    widget = TimeSpanWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _ in range(3)]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> When:
        text, edtf, reference = data_list or ("", "", "")
        try:
            return read_inputs(text, edtf, reference)
        except (DateError, ValueError) as error:
            raise ValidationError(str(error), code="invalid_date") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or When()))
        except ValidationError:
            return True
