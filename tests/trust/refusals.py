"""Loaded by schemathesis: what the schema allows is refused only for what no schema can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import schemathesis
from schemathesis import GenerationMode

# Depends on what there is, on what words mean, or on several values together.
BEYOND_SCHEMAS = {
    "unknown_slug",
    "unknown_finding",
    "not_slug",
    "invalid_date",
    "reversed_window",
    "invalid_cursor",
    "nothing_to_search",
    "invalid_characters",
    "needs_another_parameter",
    "excluded_by_another_parameter",
    "moment_to_come",
    # RFC 3339 has leap seconds.
    "invalid_moment",
    "no_such_step",
    "needs_its_step",
    "needs_another_person",
    "unique",
    "slug_was_anothers",
    "not_ready_to_publish",
    "shares_exceed_100",
    "milestone_is_met_by_its_event",
    "event_is_a_milestone",
    "incoming_is_read_only",
    "place_is_circular",
    "contract_is_circular",
    "source_is_circular",
    "unknown_field",
    # Nothing but white space, which minLength counts.
    "blank",
    # A body may bring along what follows from other keys, which the schema does not list.
    "unknown_key",
}
# Numbers have so many digits before and after the point, which a schema says of texts only.
NUMBERS = {"latitude", "longitude", "amount", "low", "high", "share"}
DIGITS = {"invalid", "max_digits", "max_decimal_places", "max_whole_digits"}


def refusals(body: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The key and the code of each error in the body of a 400."""
    if isinstance(body, dict):
        if isinstance(body.get("code"), str) and ("message" in body or "detail" in body):
            yield key, body["code"]
        else:
            for name, part in body.items():
                yield from refusals(part, name)
    elif isinstance(body, list):
        for part in body:
            yield from refusals(part, key)


@schemathesis.check
def is_refused_for_what_no_schema_says(ctx: Any, response: Any, case: Any) -> None:
    if response.status_code != 400 or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    beyond = BEYOND_SCHEMAS
    if case.operation.path.endswith("/histogram/"):
        beyond = beyond | {"required"}  # one of two
    # The names of constraints say that values do not go together.
    others = [
        (key, code)
        for key, code in refusals(response.json())
        if code not in beyond and code.count("_") < 3 and not (key in NUMBERS and code in DIGITS)
    ]
    assert not others, f"The schema allows what is refused: {others}"
