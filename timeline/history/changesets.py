"""Who writes, and why: a transaction whose changes go by one name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from timeline.history.recorded import Open, let_stand, standing


@contextmanager
def changeset(*, by: Any = None, message: str = "") -> Iterator[None]:
    """A transaction; what is changed in it was changed by this user, for this reason.

    Inside another one it joins that, and says why where that does not. Costs a statement on PostgreSQL and
    two on SQLite, where what is written outside of any has a changeset for each thing that it touches.
    """
    who = getattr(by, "pk", None)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _tell_triggers(who, message)
            if message:
                _add_message(message, "NULLIF(current_setting('timeline.changeset', true), '')::bigint")
            yield
        elif stands := standing():
            _add_message(message, str(stands.number))
            yield
        else:
            with _open(who, message):
                yield


def current() -> int:
    """The number of the changeset that this code runs in; begun by now, if nothing was written before."""
    if stands := standing():
        return stands.number
    with connection.cursor() as cursor:
        cursor.execute("SELECT history_changeset()")
        ((number,),) = cursor.fetchall()
    return int(number)


def _tell_triggers(who: int | None, message: str) -> None:
    """Until the end of the transaction. The first that says who or why is heard."""
    name = "COALESCE(NULLIF(current_setting('timeline.{0}', true), ''), %s)"
    settings = (f"set_config('timeline.{one}', {name.format(one)}, true)" for one in ("by", "message"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(settings)}", ["" if who is None else str(who), message])


def _add_message(message: str, number: str) -> None:
    """For a changeset that has begun without."""
    with connection.cursor() as cursor:
        sql = f"UPDATE timeline_changeset SET message = %s WHERE id = {number} AND message = ''"
        cursor.execute(sql, [message])


@contextmanager
def _open(who: int | None, message: str) -> Iterator[None]:
    at = datetime.now(UTC)
    stamp = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO timeline_changeset (at, by_id, message, is_open) VALUES (%s, %s, %s, 1)",
            [stamp, who, message],
        )
        number = cursor.lastrowid
        let_stand(Open(number, at))
        try:
            yield
        finally:
            let_stand(None)
        # A dry run is about to be taken back as a whole.
        if not connection.needs_rollback:
            cursor.execute("UPDATE timeline_changeset SET is_open = 0 WHERE id = %s", [number])
