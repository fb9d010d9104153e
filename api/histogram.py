"""`events/histogram/`: how many events there are at each time, under any filter of the events list."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from api.conditional import Answer, etag_of, unless_known
from api.event_filters import DATES, events_asked_for, has_date_filter, window_of
from api.event_filters import PARAMETERS as EVENT_FILTERS
from api.exceptions import refusal
from api.filters import Choice, Number, Parameter
from api.moments import AS_OF
from api.renderers import json_of
from api.views import FORMAT, AskedView
from timeline import histogram
from timeline.buckets import CALENDAR, TooManyBuckets
from timeline.dates.calendar import DAY, iso_bound
from timeline.histogram import MOST, Histogram
from timeline.models import Event
from timeline.querysets import Window

MOST_BINS = 1_000
BUCKET = Choice("bucket", "How long a bucket is. Weeks start on Monday.", choices=tuple(CALENDAR))
BINS = Number(
    "bins",
    "Instead of `bucket`: into how many equal parts the window is cut, or the time of the events found.",
    highest=MOST_BINS,
)
SPREAD = Choice(
    "spread",
    "`start` (the default) counts each event where it starts; `even` spreads each over the time that it may "
    "take, so that it is counted in parts that add up to one.",
    choices=("start", "even"),
)
# With these alone all events of the window are asked for.
UNFILTERED = {BUCKET.name, BINS.name, SPREAD.name, FORMAT.name, *DATES}
COUNTED = {"type": "integer", "minimum": 0}
HISTOGRAM = {
    "type": "object",
    "properties": {
        "bucket": {"type": ["string", "null"], "enum": [*CALENDAR, None]},
        "bins": {"type": ["integer", "null"]},
        "spread": {"type": "string", "enum": ["start", "even"]},
        "total": {**COUNTED, "description": "All events found. The other counts add up to it exactly."},
        "undated": {**COUNTED, "description": "Events without a date."},
        "before": {
            **COUNTED,
            "description": "Events that start before the window and reach into it, or at no known time.",
        },
        "after": {**COUNTED, "description": "Events that may touch the window, but start after it."},
        "buckets": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "start": {"type": "string", "description": "The first day, or second."},
                    "end": {"type": "string", "description": "The last day, or second."},
                    "count": {"type": "number", "minimum": 0, "description": "A multiple of 2⁻²⁰."},
                },
                "required": ["start", "end", "count"],
            },
        },
    },
    "required": ["bucket", "bins", "spread", "total", "undated", "before", "after", "buckets"],
}


class HistogramView(AskedView):
    """How many events there are at each time."""

    answer = HISTOGRAM
    action = "retrieve"  # so the schema tells of its ETag
    permission_classes = (AllowAny,)

    def parameters(self) -> list[Parameter]:
        return [*EVENT_FILTERS, AS_OF, BUCKET, BINS, SPREAD, FORMAT]

    def get(self, request: Request) -> HttpResponse:
        bucket, bins = self.asked.get("bucket"), self.asked.get("bins")
        if bucket and bins:
            raise refusal("bins", "Give either `bucket` or `bins`.", "excluded_by_another_parameter")
        if not (cut := bucket or bins):
            raise refusal("bucket", "Give `bucket` or `bins`.", "required")
        spread = self.asked.get("spread", "start")
        try:
            found = self.found(cut, spread)
        except TooManyBuckets as error:
            raise _too_many(bucket) from error
        body = json_of({"bucket": bucket, "bins": bins, "spread": spread, **_shown(found)})
        return unless_known(request, Answer(body, etag=etag_of(None, body)))

    def found(self, cut: str | int, spread: str) -> Histogram:
        window = window_of(self.asked) if has_date_filter(self.asked) else Window()
        rows: Any = Event.objects.visible_to(self.request.user)
        asked = events_asked_for(rows, self.asked)
        if spread == "even":
            return histogram.spread_evenly(asked, cut, window)
        if not rows.hides_nothing_from(self.request.user) and AS_OF.name not in self.asked:
            filters = self.asked.keys() - UNFILTERED
            # The undated meet no window, not even one that is open at both ends.
            counted = histogram.is_of_days(window) and (window != Window() or not has_date_filter(self.asked))
            if isinstance(cut, str) and not filters and counted:
                return histogram.everything_by_start(cut, window)
            if "actor" in filters <= {"actor", "date_match"} and len(self.asked["actor"]) == 1:
                (actor,) = self.asked["actor"]
                match = self.asked.get("date_match", "possible") if has_date_filter(self.asked) else None
                return histogram.of_actor_by_start(actor, cut, window, match)
        return histogram.by_start(asked, cut, window)


def _too_many(bucket: str | None) -> ValidationError:
    if bucket is None:
        return refusal("bins", "The window has fewer seconds than that.", "too_many_buckets")
    coarser = next((after for one, after in pairwise([*CALENDAR, "bins"]) if one == bucket))
    message = f"These are more than {MOST} buckets. Take a shorter window, or `{coarser}`."
    return refusal("bucket", message, "too_many_buckets")


# The buckets of the calendar are the same in most answers.
_iso = lru_cache(maxsize=40_000)(iso_bound)


def _shown(found: Histogram) -> dict[str, Any]:
    with_time = any(start % DAY or (end + 1) % DAY for start, end, _ in found.buckets)
    return {
        "total": found.total,
        "undated": found.undated,
        "before": found.before,
        "after": found.after,
        "buckets": [
            {
                "start": _iso(start, with_time=with_time),
                "end": _iso(end, with_time=with_time),
                "count": count,
            }
            for start, end, count in found.buckets
        ],
    }
