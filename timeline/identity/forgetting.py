"""What has to be forgotten of a thing that is erased: former addresses, merges, and what it was told from."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from timeline.models import Distinction, FormerSlug, Merge


def forget(noun: type[Any], pk: int) -> None:
    """Delete all of it; also of a thing that was merged into another. Part of the eraser's transaction.

    A merge has copies of both things, so it cannot be undone afterwards.
    """
    name = noun._meta.model_name
    FormerSlug.objects.filter(noun=name, thing_id=pk).delete()
    Merge.objects.filter(Q(kept_id=pk) | Q(gone_id=pk), noun=name).delete()
    Distinction.objects.filter(Q(first_id=pk) | Q(second_id=pk), noun=name).delete()
