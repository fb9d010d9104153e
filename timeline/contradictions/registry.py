"""All checks, in the order in which their findings are listed."""

from __future__ import annotations

from timeline.contradictions import citations, course, offices, payments, relations
from timeline.contradictions.check import Check

CHECKS: tuple[Check, ...] = (
    *course.CHECKS,
    *payments.CHECKS,
    *relations.CHECKS,
    *offices.CHECKS,
    *citations.CHECKS,
)
# What each code is about, in words; several checks may have one code.
TITLES = {check.code: check.title for check in CHECKS}
SEVERITIES = {check.code: check.severity for check in CHECKS}
