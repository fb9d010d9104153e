"""Findings that somebody has looked at, with what they say of them, until the facts change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction

from timeline.contradictions.finding import Finding
from timeline.contradictions.registry import CHECKS
from timeline.models import CheckNote

VIEW = "timeline.view_checknote"
CHANGE = ("timeline.add_checknote", "timeline.change_checknote", "timeline.delete_checknote")
# Of one thing at most so many rows of a check are searched for a finding.
MOST_OF_ONE = 1000


class NoSuchFinding(ValueError):
    """Nothing is found under this key, or it is hidden."""


class FactsChanged(ValueError):
    """What is found under this key rests on other facts by now."""


class Noted(NamedTuple):
    """The note that stands with a finding, and the last one from when its facts were others."""

    note: CheckNote | None = None
    earlier: CheckNote | None = None


NOTHING = Noted()


def noted(user: Any, findings: Iterable[Finding]) -> dict[Finding, Noted]:
    """The notes of each finding; none where the user may not see them. Runs at most one query."""
    findings = list(findings)
    if not findings or not user.has_perm(VIEW):
        return dict.fromkeys(findings, NOTHING)
    rows = CheckNote.objects.filter(key__in={one.key for one in findings}).select_related("by")
    by_key: dict[str, list[CheckNote]] = {}
    for row in rows.order_by("-at", "-pk"):
        by_key.setdefault(row.key, []).append(row)
    return {one: _noted(one, by_key.get(one.key, [])) for one in findings}


def _noted(finding: Finding, notes: list[CheckNote]) -> Noted:
    standing = [note for note in notes if note.digest == finding.digest]
    others = [note for note in notes if note.digest != finding.digest]
    return Noted(next(iter(standing), None), next(iter(others), None))


def finding_of(user: Any, key: str, digest: str) -> Finding:
    """What stands under a key, if the user may see it. Raises NoSuchFinding or FactsChanged."""
    code, _, rest = key.partition(":")
    subject = rest.partition(":")[0]
    same = [
        found
        for check in CHECKS
        if check.code == code
        for found in check.of(user, subject, MOST_OF_ONE)
        if found.key == key
    ]
    if not same:
        raise NoSuchFinding(key)
    for found in same:
        if found.digest == digest:
            return found
    raise FactsChanged(key)


def look_at(user: Any, key: str, digest: str, note: str = "") -> Finding:
    """Keep that the user has looked at a finding; who looks at it again replaces what was said."""
    with transaction.atomic():
        found = finding_of(user, key, digest)
        said = {"code": found.code, "about": found.message, "note": note, "by": user}
        CheckNote.objects.update_or_create(key=key, digest=digest, defaults=said)
    return found


def look_away(user: Any, key: str, digest: str) -> Finding:
    """Take that back: the finding is open again."""
    with transaction.atomic():
        found = finding_of(user, key, digest)
        CheckNote.objects.filter(key=key, digest=digest).delete()
    return found
