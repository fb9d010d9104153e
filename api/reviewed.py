"""The addresses of what goes through review: what was retracted says so, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404

from api.exceptions import Gone
from api.filters import Parameter
from api.known import KNOWN_BY
from api.views import RecordView


class ReviewedView(RecordView):
    """Events or contracts. Where the public once saw one, a tombstone stands; a draft leaves no trace."""

    of_one: ClassVar[tuple[Parameter, ...]] = (KNOWN_BY,)

    def answered_for(self, model: Any) -> Any:
        return super().answered_for(model) | model._default_manager.withdrawn()

    def one(self, rows: Any) -> Any:
        try:
            return super().one(rows)
        except Http404:
            if self.action != "retrieve":
                raise
            withdrawn = rows.model.objects.withdrawn().order_by()
            columns = ("slug", "retraction_reason", "retracted_at")
            found = withdrawn.filter(slug=self.kwargs["slug"]).values_list(*columns).first()
            if found is None:
                raise
            raise Gone(*found) from None
