"""How histories show a moment, and a text with what was removed and added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from timeline.history.differences import told
from timeline.history.wording import ADDED, LEFT_OUT, REMOVED, SAME, Piece

register = template.Library()

FORMS = {
    SAME: "{}",
    REMOVED: "<del>{}</del>",
    ADDED: "<ins>{}</ins>",
    LEFT_OUT: '<span class="left-out">[{}]</span>',
}


@register.filter
def moment(at: datetime) -> SafeString:
    exactly = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return format_html('<time datetime="{}">{}</time>', exactly, told(at))


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    return format_html_join("", "{}", ((format_html(FORMS[kind], text),) for kind, text in pieces))
