"""How often a client may ask: reading by its address, writing by its user, wrong tokens by its address.

REST framework's own throttle keeps the time of each request of a window and copies them all with every
request; a counter costs the same however many there were.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from timeline.rates import Counter, address_of


class CountingThrottle(BaseThrottle):
    """Refuses what is more than a counter's rate. REST framework makes one for each request."""

    counted: Counter | None

    def counter(self, request: Request) -> Counter | None:
        """Where the request counts; None: it does not."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        self.counted = self.counter(request)
        return self.counted is None or self.counted.add()

    def wait(self) -> float | None:
        return None if self.counted is None else self.counted.wait()


class Anonymous(CountingThrottle):
    """Reading without an account, by address."""

    def counter(self, request: Request) -> Counter | None:
        if request.user.is_authenticated:
            return None
        return Counter(settings.RATES["anonymous"], f"anonymous:{address_of(request.META)}")


class Writing(CountingThrottle):
    """Writing, by user."""

    def counter(self, request: Request) -> Counter | None:
        if request.method in SAFE_METHODS or not request.user.is_authenticated:
            return None
        return Counter(settings.RATES["writing"], f"writing:{request.user.pk}")


def wrong_tokens(request: Request) -> Counter:
    """The requests of the client's address with a token that is none."""
    return Counter(settings.RATES["failures"], f"token:{address_of(request.META)}")
