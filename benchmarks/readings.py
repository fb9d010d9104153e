"""A table of what the documents say of each EDTF text, for the statements that build the same JSON in SQL.

No database computes the words for a date. So that the SQL limit need not, it finds them here, by one look
into a primary key; the product does not know the table.
"""

from __future__ import annotations

from django.db import connection, transaction

from api.documents.base import reading
from timeline.models import Event

TABLE = "benchmark_reading"
COLUMNS = (
    "edtf", "display", "earliest", "start_latest", "end_earliest", "latest", "precision", "approximate",
    "uncertain",
)  # fmt: skip


def fill() -> None:
    """Make the table again, from the events that there are."""
    sqlite = connection.vendor == "sqlite"
    columns = ", ".join(
        f"{name} boolean NOT NULL" if name in ("approximate", "uncertain") else f"{name} text"
        for name in COLUMNS
        if name != "edtf"
    )
    marks = ", ".join(["%s"] * len(COLUMNS))
    texts = Event.objects.order_by().values_list("date_edtf", flat=True).distinct()
    rows = [tuple(reading(text)[name] for name in COLUMNS) for text in texts]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TABLE {TABLE} (edtf text PRIMARY KEY, {columns})" + (" WITHOUT ROWID" if sqlite else "")
        )
        cursor.executemany(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})", rows)
