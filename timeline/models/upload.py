"""Files that editors have sent for import and not confirmed yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Upload(models.Model):
    """A file as it was sent, and what would come of it.

    `report` and `digest` are those of timeline/exchange/by_user.py. The row goes once the file is taken in.
    """

    class Form(models.TextChoices):
        NDJSON = "ndjson", "Lines of JSON (NDJSON)"
        CSV = "csv", "Table of events (CSV)"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    form = models.CharField(max_length=6, choices=Form)
    updates = models.BooleanField(help_text="Whether what stands already and is different is changed.")
    content = models.BinaryField()
    report = models.TextField(default="[]")
    digest = models.CharField(max_length=64, default="")
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
