"""Rates, the counters that hold them, and whose requests are counted together."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from timeline.rates import Counter, Rate, address_of

A_DAY = Rate(3, 86400)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "600",
        "600/",
        "/min",
        "0/min",
        "-1/min",
        "1.5/min",
        "1/m",
        "1 / min",
        "\u0661/min",
        "1/min\n",
        "OFF",
    ],
)
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate.read(text)


def test_a_counter_is_full_after_its_number() -> None:
    counter = Counter(A_DAY, "one")
    assert [(counter.add(), counter.is_full()) for _ in range(5)] == [
        (True, False), (True, False), (True, True), (False, True), (False, True),
    ]  # fmt: skip
    assert 0 < counter.wait() <= A_DAY.seconds
    assert Counter(A_DAY, "another").add()


def test_without_a_rate_nothing_is_too_often() -> None:
    counter = Counter(None, "one")
    assert all(counter.add() for _ in range(100))
    assert not counter.is_full()
    assert counter.wait() == 0


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9, who knows", "192.0.2.1"),
        (1, "a" * 9000 + "\0", "192.0.2.1"),
    ],
)
def test_who_asks_is_what_the_proxies_say_and_never_the_client(
    settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.NUM_PROXIES = proxies
    environ = {"REMOTE_ADDR": "192.0.2.1"} | (
        {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    )
    assert address_of(environ) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::"),
        ("", "unknown"),
        ("@", "unknown"),
    ],
)
def test_a_network_of_ipv6_is_one_client(address: str, expected: str) -> None:
    assert address_of({"REMOTE_ADDR": address}) == expected
