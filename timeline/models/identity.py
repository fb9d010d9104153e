"""Which thing is which: addresses that things once had, merges, and things that only look alike.

`noun` is the name of a model: "actor", "source". Things are named by number, without a foreign key: what is
said of them here stays when they go.
"""

from __future__ import annotations

from django.db import models

from timeline.models.user import User


class FormerSlug(models.Model):
    """A slug that a thing had while the public could see it. Triggers write it (timeline/identity/former.py).

    As long as the thing stands, no other gets the slug. The row stays when the thing goes, so that it leads
    there again if the thing is put back.
    """

    noun = models.CharField(max_length=20)
    slug = models.CharField(max_length=100)
    thing_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("noun", "slug"), name="former_slug_leads_to_one_thing"),
        )
        indexes = (models.Index(fields=("noun", "thing_id"), name="former_slug_of_thing"),)

    def __str__(self) -> str:
        return f"{self.noun} {self.slug}"


class Merge(models.Model):
    """That one thing was merged into another, and all that it takes to undo that.

    `record` is made by timeline/identity/merging.py and read by timeline/identity/undoing.py. It is empty,
    and so are the names, where something of one of the two was erased since.
    """

    noun = models.CharField(max_length=20)
    kept_id = models.BigIntegerField()
    kept_name = models.CharField(max_length=300)
    gone_id = models.BigIntegerField()
    gone_name = models.CharField(max_length=300)
    gone_slug = models.CharField(max_length=100)
    record = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        default_permissions = ("view",)
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("noun", "gone_id"), name="merge_of_what_is_gone"),
            models.Index(fields=("noun", "kept_id"), name="merge_into_what_is_kept"),
        )

    def __str__(self) -> str:
        if not self.kept_name:
            return f"{self.noun} {self.gone_id} into {self.noun} {self.kept_id}"
        return f"“{self.gone_name}” into “{self.kept_name}”"


class Distinction(models.Model):
    """That two things that look alike are not the same, as somebody has said.

    `digest` is of what they were called and where they stood then: under other names they may be found again.
    `first_id` is the smaller number.
    """

    noun = models.CharField(max_length=20)
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    digest = models.CharField(max_length=16)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "possible duplicate"
        constraints = (
            models.UniqueConstraint(
                fields=("noun", "first_id", "second_id"), name="distinction_is_made_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.noun} {self.first_id} is not {self.second_id}"
