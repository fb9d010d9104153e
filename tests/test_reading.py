"""Long lists of rows, read some at a time and ahead of their use."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from threading import Event, current_thread
from threading import enumerate as all_threads

import pytest
from django.db import OperationalError, connection

from tests import factories as make
from timeline import reading
from timeline.models import EventKind
from timeline.moment import one_moment
from timeline.reading import AHEAD, Rows, ahead, in_chunks

PATIENCE_SECONDS = 60


def counted(parts: int, happened: dict[int, Event]) -> Callable[[], Rows]:
    """What returns so many parts, each with the number of the call, and sets what happens at one."""
    numbers = iter(range(parts))

    def read() -> Rows:
        number = next(numbers, None)
        if number in happened:
            happened[number].set()
        return [] if number is None else [(number,)]

    return read


def test_what_comes_is_read_while_what_came_is_in_use() -> None:
    second = Event()
    with closing(ahead(counted(5, {1: second}))) as parts:
        assert next(parts) == [(0,)]
        assert second.wait(PATIENCE_SECONDS)
        assert [*parts] == [[(1,)], [(2,)], [(3,)], [(4,)]]


def test_no_more_is_read_ahead_than_a_little() -> None:
    read = counted(100, {})
    with closing(ahead(read)) as parts:
        next(parts)
    ((number,),) = read()
    assert number <= 1 + AHEAD


def test_who_stops_in_the_middle_leaves_no_thread() -> None:
    readers = []

    def read() -> Rows:
        readers.append(current_thread())
        return [(0,)]

    with closing(ahead(read)) as parts:
        next(parts)
    assert readers
    assert not {*readers} & {*all_threads()}


def test_what_fails_fails_where_it_would_be_used() -> None:
    parts_then_failure = iter([[(0,)]])

    def read() -> Rows:
        for part in parts_then_failure:
            return part
        raise OperationalError("The connection is gone.")

    with closing(ahead(read)) as parts:
        assert next(parts) == [(0,)]
        with pytest.raises(OperationalError, match="gone"):
            next(parts)


@pytest.mark.parametrize("pooled", (False, True))
def test_only_rows_of_a_cursor_in_the_server_are_read_by_a_thread(
    db: None, monkeypatch: pytest.MonkeyPatch, *, pooled: bool
) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    readers = []

    def noted(read: Callable[[], Rows]) -> Generator[Rows, None, None]:
        readers.append(read)
        return ahead(read)

    monkeypatch.setattr(reading, "ahead", noted)
    make.a_kind(slug="one")
    found = [*in_chunks(EventKind.objects.filter(slug="one").values_list("slug"), 1)]
    assert found == [[(b"one",)]]
    assert len(readers) == (connection.vendor == "postgresql" and not pooled)


@pytest.mark.parametrize("pooled", (False, True))
@pytest.mark.parametrize("size", (1, 2, 3, 100))
def test_other_questions_are_asked_between_the_parts(
    db: None, monkeypatch: pytest.MonkeyPatch, size: int, *, pooled: bool
) -> None:
    """What is read is bytes, what is asked meanwhile is text."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    slugs = [make.a_kind(slug=f"kind-{number}").slug for number in range(7)]
    rows = EventKind.objects.filter(slug__in=slugs).order_by("slug").values_list("slug")
    read: list[str] = []
    with closing(in_chunks(rows, size)) as parts:
        for part in parts:
            assert len(part) <= size
            for (slug,) in part:
                assert (
                    EventKind.objects.values_list("slug", flat=True).get(slug=slug.decode()) == slug.decode()
                )
                read.append(slug.decode())
    assert read == slugs


@pytest.mark.django_db(transaction=True)
def test_who_stops_reading_can_go_on_with_the_connection() -> None:
    for number in range(20):
        make.a_kind(slug=f"kind-{number}")
    with one_moment(), closing(in_chunks(EventKind.objects.order_by("slug").values_list("slug"), 1)) as parts:
        assert len(next(parts)) == 1
    assert make.a_kind(slug="another").pk
