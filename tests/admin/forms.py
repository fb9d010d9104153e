"""Fills in the admin's forms as a browser does: what the page has, with what the test changes."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def address(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:timeline_{model}_{page}", args=args)


def filled_in(response: HttpResponse) -> dict[str, Any]:
    """Everything that the form of this page sends when nothing is changed."""
    context = response.context  # type: ignore[attr-defined]
    data = _values(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        data |= _values(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= _values(form)
    return data


def _values(form: BaseForm) -> dict[str, Any]:
    """The names and values of a form's inputs, without what stands empty."""
    data = {}
    for bound in form:
        context = bound.field.widget.get_context(bound.html_name, bound.value(), {})["widget"]
        for widget in context.get("subwidgets", [context]):
            if (value := widget.get("value")) is not None and widget.get("attrs", {}).get("checked") is None:
                data[widget["name"]] = value[0] if isinstance(value, list) and len(value) == 1 else value
    return {name: value for name, value in data.items() if value not in (None, [])}


def send(client: Client, url: str, changes: dict[str, Any], **extra: Any) -> HttpResponse:
    """Open a form, change some of it, and send it; the answer after redirects."""
    data = filled_in(client.get(url)) | changes
    return client.post(url, data, follow=True, **extra)  # type: ignore[return-value]


def row(prefix: str, number: int, **values: Any) -> dict[str, Any]:
    """A row of an inline; `prefix` is its related name."""
    return {f"{prefix}-{number}-{name}": value for name, value in values.items()}


def rows(prefix: str, *values: dict[str, Any]) -> dict[str, Any]:
    """New rows of an inline that has none yet."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(values)}
    for number, row_values in enumerate(values):
        data |= row(prefix, number, **row_values)
    return data


def errors(response: HttpResponse) -> str:
    """All error messages of the page's forms as one text."""
    context = response.context  # type: ignore[attr-defined]
    if context is None or "adminform" not in context:
        return ""
    found = [context["adminform"].form.errors]
    for inline in context["inline_admin_formsets"]:
        found += [inline.formset.non_form_errors(), *inline.formset.errors]
    return " ".join(str(error) for error in found if error)


def messages(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]  # type: ignore[attr-defined]
