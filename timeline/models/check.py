"""What editors have said of what the checks find (timeline/contradictions)."""

from __future__ import annotations

from django.db import models

from timeline.models.base import Row
from timeline.models.user import User
from timeline.querysets import RowQuerySet


class CheckNote(Row):
    """That somebody has looked at a finding, and what they say of it.

    `key` names what the finding is about, `digest` the facts that it rests on. A finding whose facts have
    changed has another digest, so this note is not about it any more, and it stands open again.
    `about` is what the finding said when it was looked at.
    """

    code = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=16)
    about = models.TextField(blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    natural_lookups = ("key", "digest")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "check"
        constraints = (models.UniqueConstraint(fields=("key", "digest"), name="check_note_is_given_once"),)

    def __str__(self) -> str:
        return f"{self.code}: {self.about}"
