"""How often somebody may do something: a rate, and the counters that hold it."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache

SECONDS = {"s": 1, "min": 60, "hour": 3600, "day": 86400}
# Who has an IPv6 address has at least the 2^64 of its network.
IPV6_NETWORK = 64


@dataclass(frozen=True)
class Rate:
    """So many in so many seconds, counted in windows that begin at multiples of the seconds."""

    number: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Rate | None:
        """The rate that `600/min` says; None, which is no limit, for `off`. Raises a ValueError."""
        if text == "off":
            return None
        found = re.fullmatch(r"([1-9][0-9]{0,8})/(s|min|hour|day)", text)
        if found is None:
            raise ValueError(f"{text!r} is no rate such as 600/min, by s, min, hour or day, and not off.")
        return cls(int(found[1]), SECONDS[found[2]])


@dataclass(frozen=True)
class Counter:
    """Counts what one somebody does, in the cache. Without a rate it counts nothing and is never full."""

    rate: Rate | None
    name: str

    def add(self) -> bool:
        """Count one more; whether it is still within the rate."""
        if self.rate is None:
            return True
        key = self._key(self.rate)
        try:
            return cache.incr(key) <= self.rate.number
        except ValueError:  # a window begins; two that begin it at the same moment count as one
            cache.add(key, 1, self.rate.seconds)
            return True

    def is_full(self) -> bool:
        return self.rate is not None and cache.get(self._key(self.rate), 0) >= self.rate.number

    def wait(self) -> float:
        """The seconds until the next window begins."""
        return 0 if self.rate is None else self.rate.seconds - time.time() % self.rate.seconds

    def _key(self, rate: Rate) -> str:
        return f"rate:{self.name}:{int(time.time()) // rate.seconds}"


def address_of(environ: Mapping[str, Any]) -> str:
    """The client's address, or its network in IPv6.

    Each of settings.NUM_PROXIES before this server has added to X-Forwarded-For from whom it got the request.
    What stands before these entries was written by the client and is not believed.
    """
    peer = _network(str(environ.get("REMOTE_ADDR") or "")) or "unknown"
    if not settings.NUM_PROXIES:
        return peer
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    return _network(forwarded[-min(settings.NUM_PROXIES, len(forwarded))].strip()) or peer


@lru_cache(maxsize=1024)
def _network(text: str) -> str:
    """Empty where the text is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    network = ipaddress.ip_network((int(address), IPV6_NETWORK), strict=False)
    return str(network.network_address)
