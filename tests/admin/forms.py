"""Fills in the admin's forms as a browser does: what the page has, with what the test changes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

UNORDERED = ("aliases", "identifiers", "affiliations", "entries")


def address(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:timeline_{model}_{page}", args=args)


class Form(HTMLParser):
    """What a browser would send for the page's main form: `data`, a list of values by name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self.inside = False
        self.select = self.textarea = ""
        self.feed(re.sub("\r\n?", "\n", html))  # as browsers read a page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = values.get("id", "").endswith("_form")
        name = values.get("name", "")
        if not self.inside or "__prefix__" in name:
            return
        if tag == "input" and name:
            kind = values.get("type", "text")
            if kind not in ("submit", "file") and (kind not in ("checkbox", "radio") or "checked" in values):
                default = "on" if kind == "checkbox" else ""
                self.data.setdefault(name, []).append(values.get("value", default))
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            self.textarea = name
            self.data[name] = [""]
        elif tag == "option" and self.select and "selected" in values:
            self.data.setdefault(self.select, []).append(values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.textarea:
            # As browsers do: without the line break that opens it, each line ended by CR LF.
            text = (self.data[self.textarea][0] + data).removeprefix("\n")
            self.data[self.textarea] = [text]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            self.data[self.textarea] = [self.data[self.textarea][0].replace("\n", "\r\n")]
        self.textarea = "" if tag == "textarea" else self.textarea
        self.select = "" if tag == "select" else self.select


def filled_in(response: Any) -> dict[str, Any]:
    """Everything that the form of this page sends when nothing is changed."""
    return dict(Form(response.content.decode()).data)


def send(client: Client, url: str, changes: dict[str, Any], **extra: Any) -> Any:
    """Open a form, change some of it, and send it; the answer after redirects."""
    data = filled_in(client.get(url)) | changes
    return client.post(url, data, follow=True, **extra)


def row(prefix: str, number: int, **values: Any) -> dict[str, Any]:
    """A row of an inline; `prefix` is its related name."""
    return {f"{prefix}-{number}-{name}": value for name, value in values.items()}


def rows(prefix: str, *values: dict[str, Any]) -> dict[str, Any]:
    """New rows of an inline that has none yet."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(values)}
    for number, row_values in enumerate(values):
        ordered = {} if prefix in UNORDERED else {"position": 0}
        data |= row(prefix, number, **ordered, **row_values)
    return data


def errors(response: Any) -> str:
    """All error messages of the page's forms as one text."""
    context = response.context
    if context is None or "adminform" not in context:
        return ""
    found = [context["adminform"].form.errors]
    for inline in context["inline_admin_formsets"]:
        found += [inline.formset.non_form_errors(), *inline.formset.errors]
    return " ".join(str(error) for error in found if error)


def messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]
