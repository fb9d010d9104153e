"""That something was erased, when and by whom, and nothing of what it was (timeline/identity/erasing.py)."""

from __future__ import annotations

from django.db import models

from timeline.models.user import User


class Erasure(models.Model):
    """An erasure of a thing, or of the part of it that `part` names, from all that stood and stands.

    `noun` is the type of the thing's lines in an export. The thing is named by number, which tells nothing.
    Who has erased something is not deleted, only made inactive.
    """

    noun = models.CharField(max_length=10)
    thing_id = models.BigIntegerField("number")
    part = models.CharField(max_length=60, blank=True)
    erased_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="erasures")
    basis = models.CharField(
        max_length=200,
        blank=True,
        help_text="Why it has to be, such as “Court order 12/2026”. It stays: write nothing that is erased.",
    )

    class Meta:
        default_permissions = ("view", "add")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"erasure {self.pk}"
