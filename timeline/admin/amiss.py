"""What keeps a page from being saved, in one message above it: the fields by name, linked to their inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SHOWN = 20


def told(form: Any, formsets: list[Any]) -> SafeString:
    """A list of the errors of a bound form and its inlines."""
    found = list(_errors(form, formsets))
    lines = format_html_join("", "<li>{}</li>", ((line,) for line in found[:SHOWN]))
    more = format_html("<li>and {} more</li>", len(found) - SHOWN) if len(found) > SHOWN else ""
    return format_html('Not saved. What is entered stands below.<ul class="amiss">{}{}</ul>', lines, more)


def _errors(form: Any, formsets: list[Any]) -> Iterator[SafeString]:
    yield from _of_form(form, "")
    for formset in formsets:
        noun = str(formset.model._meta.verbose_name)
        noun = noun[:1].upper() + noun[1:]
        for error in formset.non_form_errors():
            yield format_html("{}: {}", noun, error)
        for number, row in enumerate(formset.forms, 1):
            yield from _of_form(row, f"{noun} {number}")


def _of_form(form: Any, row: str) -> Iterator[SafeString]:
    for name, errors in form.errors.items():
        if name not in form.fields:
            where = format_html("{}", row)
        else:
            bound = form[name]
            label = f"{row}, {bound.label}" if row else str(bound.label)
            where = format_html('<a href="#{}">{}</a>', bound.id_for_label, label)
        for error in errors:
            yield format_html("{}: {}", where, error) if where else format_html("{}", error)
