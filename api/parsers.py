"""Reads JSON bodies strictly: small enough, flat enough, and with nothing in them that a database refuses."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.settings import api_settings

from api.exceptions import LengthRequired, TooLarge, refusal

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32

_strings = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_not_text = re.compile("[\0\ud800-\udfff]")


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN or Infinity, no key twice.

    Numbers with a fraction become Decimal, so that no digit is lost.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge(f"A body has at most {MAX_BYTES} bytes.")
        try:
            text = body.decode("utf-8")
            check_depth(text)
            found = json.loads(
                text, parse_constant=_refuse, parse_float=_number, object_pairs_hook=_without_repeats
            )
        except ValueError as error:
            # UnicodeDecodeError and JSONDecodeError are ValueErrors, and so is an integer of 5,000 digits.
            raise ParseError(f"The body is not JSON: {error}") from error
        check_text(found)
        return found


def check_length(environ: Mapping[str, Any]) -> None:
    """Refuse a body by its headers, before any of it is read."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise TooLarge(f"A body has at most {MAX_BYTES} bytes.")
    # Django reads nothing of a body without a length: the client would be told that its keys are missing.
    if not length and environ.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired()


def check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it. Linear."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _strings.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise ParseError(f"The body nests deeper than {MAX_DEPTH} levels.")


def check_text(value: Any, path: tuple[str, ...] = ()) -> None:
    """Refuse NUL, which PostgreSQL cannot store, and lone surrogates, which no answer could be made of."""
    if isinstance(value, str):
        if found := _not_text.search(value):
            message = f"U+{ord(found[0]):04X} is not a character of text."
            name = ".".join(path) or str(api_settings.NON_FIELD_ERRORS_KEY)
            raise refusal(name, message, "invalid_characters", found.start())
    elif isinstance(value, list):
        for index, part in enumerate(value):
            check_text(part, (*path, str(index)))
    elif isinstance(value, dict):
        for key, part in value.items():
            check_text(key, (*path, "a key"))
            check_text(part, (*path, key))


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number of JSON.")


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:30]} is out of range.") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"The key {twice[:100]!r} is given twice.")
    return found
