"""The addresses of what goes through review: what was retracted says so, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404

from api.exceptions import Gone
from api.filters import Parameter
from api.known import KNOWN_BY
from api.views import RecordView
from timeline.identity.former import withdrawn_from


class ReviewedView(RecordView):
    """Events or contracts. Where the public once saw one, a tombstone stands; a draft leaves no trace."""

    of_one: ClassVar[tuple[Parameter, ...]] = (KNOWN_BY,)

    def one(self, rows: Any) -> Any:
        try:
            return super().one(rows)
        except Http404:
            if self.action != "retrieve":
                raise
            slug = self.kwargs["slug"]
            found = withdrawn_from(rows.model.objects.withdrawn().order_by(), slug)
            if found is None:
                raise
            raise Gone(slug, found.retraction_reason, found.retracted_at) from None
