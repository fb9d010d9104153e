"""How a time span is a form field: the words, and beside them a reading that overrides the reader's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from timeline.dates import DateError
from timeline.fields import When

UNDATED = "undated"


class TimeSpanWidget(forms.MultiWidget):
    """Two inputs: what the source says, and an EDTF text (or "undated") that stands instead of the reading."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets = {
            "text": forms.TextInput(attrs={"placeholder": "mid-March 2020", "class": "vTextField"}),
            "edtf": forms.TextInput(attrs={"placeholder": "EDTF, if the reading differs"}),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: When | None) -> list[str]:
        if not value:
            return ["", ""]
        try:
            as_read = When.of(value.text) == value
        except (DateError, ValueError):
            as_read = False
        return [value.text, "" if as_read else value.edtf or UNDATED]


class TimeSpanFormField(forms.MultiValueField):
    """Cleans to a When. Words alone are read; a given reading stands and the words are kept."""

    widget = TimeSpanWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> When:
        text, edtf = data_list or ("", "")
        try:
            if edtf.strip().lower() == UNDATED:
                return When.of({"text": text, "edtf": None})
            return When.of({"text": text, "edtf": edtf.strip()} if edtf.strip() else text)
        except (DateError, ValueError) as error:
            raise ValidationError(str(error), code="invalid_date") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != (initial or When()))
        except ValidationError:
            return True
